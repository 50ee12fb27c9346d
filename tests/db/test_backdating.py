"""What a source sent late is found the same, however its ledger is cut."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.db import backdating
from app.db.database import Database
from app.domain.events import legal_day
from app.domain.findings import Fact
from app.services import intake, sources
from tests.factories import notification, submissions
from tests.histories import on_one_database

AT_LEAST, SHARE = 2, 0.5
# A line is as if it had been recorded so long ago; the order of lines stays.
RECORD_BEFORE = text("""
    UPDATE case_event SET recorded_at = recorded_at - :ago
    WHERE source = :source AND event_id = :event_id
""")
RECORDED = text("""
    SELECT occurred_on, recorded_at FROM case_event
    WHERE source = :source AND recorded_at > :after
""")

_Found: TypeAlias = dict[date | None, tuple[datetime, Fact, Fact]]


@dataclass(frozen=True)
class Sent:
    """An event that came some hours ago, and how many days it was old then."""

    hours_ago: int
    days_old: int


# Many of them about the instant before which nothing is looked at.
_hours = st.sampled_from([0, 1, 13, 24]) | st.integers(90 * 24 - 15, 90 * 24 + 15)
_sent = st.builds(Sent, hours_ago=_hours, days_old=st.integers(6, 9))
_sources = (f"source-{number}" for number in count())
_numbers = count()


@settings(on_one_database, max_examples=25)
@given(
    sent=st.lists(_sent, min_size=1, max_size=20).map(
        lambda all_: sorted(all_, key=lambda each: -each.hours_ago)
    ),
    lines=st.integers(1, 5),
    sent_before=st.integers(0, 20),
    live_for=st.integers(0, 100),
)
def test_it_is_what_was_old_on_its_day_of_all_that_came_then(
    database: Database,
    owned: Database,
    sent: list[Sent],
    *,
    lines: int,
    sent_before: int,
    live_for: int,
) -> None:
    source, live_since = next(_sources), clock.today() - timedelta(live_for)
    sources.put_live(database, source, live_since)

    # Asked in between, so that lines which are read then are remembered.
    for part in (sent[:sent_before], sent[sent_before:]):
        _record(database, owned, source, part)
        found, expected = _found_and_expected(database, source, live_since, lines)
        assert found == expected


def _record(database: Database, owned: Database, source: str, sent: list[Sent]) -> None:
    if not sent:
        return
    ago = {f"e-{next(_numbers)}": each for each in sent}
    now = clock.now()
    events = [
        notification(
            legal_day(now - timedelta(hours=each.hours_ago)) - timedelta(each.days_old),
            event_id,
            source=source,
        )
        for event_id, each in ago.items()
    ]
    intake.record(database, submissions(events))
    with owned.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for event_id, each in ago.items():
            told = {"source": source, "event_id": event_id}
            connection.execute(
                RECORD_BEFORE, {**told, "ago": timedelta(hours=each.hours_ago)}
            )


def _found_and_expected(
    database: Database, source: str, live_since: date, lines: int
) -> tuple[_Found, _Found]:
    with pytest.MonkeyPatch.context() as patch, database.read() as question:
        patch.setattr(backdating, "BACKDATED_EVENTS", AT_LEAST)
        patch.setattr(backdating, "BACKDATED_SHARE", SHARE)
        found = backdating.mass_backdating(
            question.connection, known_at=question.known_at, lines=lines
        )
        after = question.known_at - backdating.BACKDATED_WITHIN
        rows = question.connection.execute(
            RECORDED, {"source": source, "after": after}
        ).all()
    days: dict[date, list[tuple[date, datetime]]] = defaultdict(list)
    for occurred_on, recorded_at in rows:
        days[legal_day(recorded_at)].append((occurred_on, recorded_at))
    expected: _Found = {}
    for day, events in days.items():
        old = sum(live_since <= on < day - timedelta(7) for on, _ in events)
        if day >= live_since and old >= AT_LEAST and old >= SHARE * len(events):
            expected[day] = (max(at for _, at in events), len(events), old)
    return {
        each.day: (each.since, each.facts["events"], each.facts["old"])
        for each in found
        if each.source == source
    }, expected
