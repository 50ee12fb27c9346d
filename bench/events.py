"""Realistic events: those of the demo's synthetic year, in order of delivery."""

import json

from app import clock
from app.demo.wire import Event
from app.demo.year import CASE_MANAGEMENT, synthetic_year

SOURCE = CASE_MANAGEMENT
_SEED = 20_261_005
_EVENTS_PER_CASE = 3.4  # of `SOURCE`, a little fewer than there are


def events(count: int) -> list[Event]:
    """Return *count* events of one client system."""
    now = clock.now()
    year = synthetic_year(
        clock.today(), seed=_SEED, now=now, cases=int(count / _EVENTS_PER_CASE)
    )
    own = [event for event in year if event["source"] == SOURCE][:count]
    assert len(own) == count
    return own


def rendered(value: object) -> bytes:
    """Return *value* as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
