"""What a client system drops is found by its control counts (issue 3, bar 3)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.demo import county
from app.demo.client import post_control_counts, post_events, post_units
from app.demo.wire import Event, occurred_on
from app.demo.year import SOURCES, synthetic_year
from app.domain.access import Role
from tests.api.sending import Wire
from tests.conftest import Headers, bearer

TODAY = clock.today()
CASES = 300


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return synthetic_year(TODAY, seed=3, now=clock.now(), cases=CASES)


@pytest.fixture
def keys(database: Database) -> Mapping[str, str]:
    """Give a key of each source."""
    return {
        source: bearer(database, Role.INTEGRATOR, source=source)[
            "Authorization"
        ].removeprefix("Bearer ")
        for source in SOURCES
    }


def is_dropped(event: Event) -> bool:
    """Tell whether *event* is one of a tenth, always the same."""
    return sha256(str(event["id"]).encode()).digest()[0] % 10 == 0


def place(event: Event) -> tuple[str, str]:
    return str(event["source"]), str(occurred_on(event))


def mismatches(client: TestClient, headers: Headers) -> list[Wire]:
    query = {"kind": "control_count_mismatch", "limit": "1000"}
    answer = client.get("/v1/findings", params=query, headers=headers.lead)
    items: list[Wire] = answer.json()["items"]
    return items


def count(client: TestClient, keys: Mapping[str, str], events: Iterable[Event]) -> None:
    events = list(events)
    days = sorted({occurred_on(event) for event in events})
    post_control_counts(client, events, keys=keys, days=days)


def test_every_day_of_which_anything_was_dropped_is_a_finding(
    client: TestClient, headers: Headers, year: list[Event], keys: Mapping[str, str]
) -> None:
    dropped = [event for event in year if is_dropped(event)]
    assert len(year) / 15 < len(dropped) < len(year) / 7
    sent = [event for event in year if not is_dropped(event)]

    post_events(client, sent, keys=keys)
    count(client, keys, year)

    found = mismatches(client, headers)
    assert {(each["source"], each["day"]) for each in found} == set(map(place, dropped))
    assert {each["severity"] for each in found} == {"alarm"}

    # What was dropped is sent after all, and nothing is left.
    post_events(client, dropped, keys=keys)
    assert mismatches(client, headers) == []


def test_the_demo_as_it_is_raises_no_alarm(
    client: TestClient, headers: Headers, year: list[Event], keys: Mapping[str, str]
) -> None:
    admin = headers.admin["Authorization"].removeprefix("Bearer ")
    post_units(client, county.UNITS, key=admin)
    post_events(client, year, keys=keys)
    days = [TODAY - timedelta(back) for back in range(28)]
    assert post_control_counts(client, year, keys=keys, days=days) == 56

    counts = client.get("/v1/findings", headers=headers.lead).json()["counts"]

    assert counts["alarm"] == 0
    assert counts["warning"] > 0
