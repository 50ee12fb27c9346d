"""GET /v1/sources: how fresh each client system is, and which has fallen silent."""

from datetime import date, datetime, time, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.events import HELSINKI
from app.domain.findings import Finding, FindingKind
from app.domain.working_days import FINLAND
from app.services import freshness, sources
from app.services.findings import Query, findings
from tests.api.sending import Wire, decision, event, notification, send
from tests.conftest import Headers, bearer, viewer_of

LEAD = Actor(role=Role.LEAD)
NOW = clock.now()
TODAY = clock.today()


def listed(client: TestClient, key: dict[str, str]) -> list[Wire]:
    answer = client.get("/v1/sources", headers=key)
    assert answer.status_code == 200, answer.text
    found: list[Wire] = answer.json()
    return found


def silent(database: Database, now: datetime) -> list[Finding]:
    query = Query(kind=FindingKind.SOURCE_SILENT)
    viewer = viewer_of(database, LEAD)
    return findings(viewer, query, after=None, limit=100, now=now).items


def ten(name: str = "A") -> list[Wire]:
    return [notification(f"{name}-{n}", "2026-03-02") for n in range(10)]


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), HELSINKI)


# Freshness


def test_a_source_is_told_with_what_it_sent_and_how_long_that_took(
    client: TestClient, headers: Headers, database: Database
) -> None:
    happened_at = clock.now() - timedelta(hours=5)
    timed = notification("B", str(TODAY))
    del timed["occurred_on"]
    send(
        client,
        headers.integrator,
        *ten(),
        {**timed, "occurred_at": happened_at.isoformat()},
        decision("A-1", "2026-03-03"),
        event("retraction", "A-1", "2026-03-04", {"target": "x", "reason": "other"}),
    )
    sources.put_live(database, "client-a", date(2026, 1, 1))

    (found,) = listed(client, headers.lead)

    recorded_at = found.pop("last_recorded_at")
    lag = found.pop("lag_hours")
    silent_for = found.pop("silent_working_hours")
    assert found == {
        "source": "client-a",
        "last_occurred_on": str(happened_at.astimezone(HELSINKI).date()),
        "events": {"notification": 11, "initiation": 1, "retraction": 1},
        "open_findings": 2,  # the unit that is not registered, and the retraction
        "live_since": "2026-01-01",
        "successor": None,
        "expected_working_hours": 8,
        "expectation_is_learned": True,
        "is_silent": False,
    }
    assert datetime.fromisoformat(recorded_at) >= happened_at + timedelta(hours=5)
    assert lag["p50"] == lag["p95"] == pytest.approx(5, abs=0.2)
    assert silent_for == pytest.approx(0, abs=0.2)


def test_what_happened_before_a_source_was_live_has_no_lag(
    client: TestClient, headers: Headers, database: Database
) -> None:
    timed = notification("B", "2026-03-02")
    del timed["occurred_on"]
    send(client, headers.integrator, {**timed, "occurred_at": "2026-03-02T10:00:00Z"})
    assert listed(client, headers.lead)[0]["lag_hours"]["p50"] > 24

    sources.put_live(database, "client-a", TODAY)

    assert listed(client, headers.lead)[0]["lag_hours"] == {"p50": None, "p95": None}


def test_a_source_that_was_never_heard_is_told_as_it_was_set(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sources.put_rhythm(database, "client-z", 40)

    (found,) = listed(client, headers.admin)

    assert found == {
        "source": "client-z",
        "last_recorded_at": None,
        "last_occurred_on": None,
        "lag_hours": {"p50": None, "p95": None},
        "events": {},
        "open_findings": 0,
        "live_since": None,
        "successor": None,
        "expected_working_hours": 40,
        "expectation_is_learned": False,
        "silent_working_hours": None,
        "is_silent": False,
    }


def test_each_sees_the_sources_that_it_may_see(
    client: TestClient, headers: Headers, database: Database
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    send(client, headers.integrator, notification("A", "2026-03-02"))
    send(client, other, {**notification("B", "2026-03-02"), "source": "client-b"})

    for key in (headers.lead, headers.admin):
        told = [each["source"] for each in listed(client, key)]
        assert told == ["client-a", "client-b"]
    assert [each["source"] for each in listed(client, other)] == ["client-b"]
    for key in (
        bearer(database, Role.LEAD, units=("espoo",)),
        bearer(database, Role.AUDITOR),
    ):
        assert client.get("/v1/sources", headers=key).status_code == 403


# Silence


def test_a_silent_source_is_a_finding_after_its_interval(
    client: TestClient, headers: Headers, database: Database
) -> None:
    send(client, headers.integrator, *ten())
    # The interval is learned: a working day. It begins now, or when offices open.
    today = clock.today()
    first = FINLAND.next_working_day(today)
    after = FINLAND.next_working_day(first + timedelta(1))
    much_later = FINLAND.next_working_day(after + timedelta(1))

    assert silent(database, at(first, 15)) == []
    (found,) = silent(database, at(much_later, 9))

    assert found.source == "client-a"
    assert found.facts["expected_working_hours"] == 8
    hours = found.facts["silent_working_hours"]
    assert isinstance(hours, float)
    assert 8 < hours <= 17
    (state,) = freshness.states(database, LEAD, now=at(much_later, 9))
    assert state.rhythm is not None
    assert state.rhythm.is_silent
    assert state.open_findings == 2


def test_a_rhythm_that_was_set_is_that_which_counts(
    client: TestClient, headers: Headers, database: Database
) -> None:
    send(client, headers.integrator, notification("A", "2026-03-02"))
    assert silent(database, NOW + timedelta(365)) == []  # too little to learn from

    sources.put_rhythm(database, "client-a", 40)

    # Of five days at most 32 hours are worked, of fourteen at Christmas 48.
    assert silent(database, NOW + timedelta(4)) == []
    assert [each.source for each in silent(database, NOW + timedelta(14))] == [
        "client-a"
    ]


def test_silence_ends_with_the_next_event(
    client: TestClient, headers: Headers, database: Database, owned: Database
) -> None:
    send(client, headers.integrator, *ten())
    _move_back(owned, timedelta(days=30))
    (found,) = silent(database, NOW)
    assert found.since < NOW - timedelta(29)

    send(client, headers.integrator, *ten("B"))

    assert silent(database, clock.now()) == []


def test_a_source_that_another_continues_may_be_silent(
    client: TestClient, headers: Headers, database: Database
) -> None:
    send(client, headers.integrator, *ten())

    sources.succeed(database, "client-a", "client-b", TODAY)

    assert silent(database, NOW + timedelta(60)) == []


def test_a_rhythm_is_learned_from_how_the_source_was_heard(
    client: TestClient, headers: Headers, database: Database, owned: Database
) -> None:
    send(client, headers.integrator, *ten("A"), *ten("B"))
    # Two a week: pauses of 40 working hours, or fewer where a day off lies between.
    _move_back(owned, timedelta(weeks=1), times="(20 - sequence) / 2")

    (state,) = freshness.states(database, LEAD)

    assert state.rhythm is not None
    assert state.setting.expected_working_hours is None
    # Where summer time ends or begins between, a pause is an hour shorter or longer.
    assert state.rhythm.expected in range(117, 124)


def _move_back(owned: Database, by: timedelta, *, times: str = "1") -> None:
    """Let what was recorded have been recorded earlier, as no service can."""
    with owned.write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text(f"UPDATE case_event SET recorded_at = recorded_at - :by * ({times})"),  # noqa: S608
            {"by": by},
        )
        connection.execute(text("UPDATE source SET last_recorded_at = NULL"))
