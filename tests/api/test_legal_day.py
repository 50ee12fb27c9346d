"""The legal day is the date in Helsinki, however the instant was written."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from app import clock
from app.db.database import connect
from app.domain.access import Role
from app.main import create_app
from tests import databases
from tests.conftest import bearer

MINUTES_FROM_UTC = (
    *range(-12 * 60, 14 * 60 + 1, 60),  # every full hour in use: 27
    *(-9 * 60 - 30, 5 * 60 + 45, 12 * 60 + 45),  # Marquesas, Nepal, Chatham
)


@pytest.fixture(autouse=True)
def _after_both_nights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make today a day on which all that these tests send has happened."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 1, 12, tzinfo=UTC))


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[TestClient]:
    """Give a caller as `client-a`; every test has a case of its own."""
    name = databases.create(server_url, template)
    database = connect(databases.service_url(server_url, name))
    key = bearer(database, Role.INTEGRATOR, source="client-a")
    with TestClient(create_app(database), headers=key) as caller:
        yield caller
    database.dispose()
    databases.drop(server_url, name)


class Case:
    """A case whose one notification is sent again and again."""

    def __init__(self, service: TestClient) -> None:
        self._service = service
        self._name = uuid.uuid4().hex

    def post(self, occurred_at: str) -> httpx2.Response:
        """Send the notification as of *occurred_at*."""
        event: dict[str, Any] = {
            "id": self._name,
            "source": "client-a",
            "kind": "notification",
            "case_ref": self._name,
            "occurred_at": occurred_at,
            "data": {"entry": "report"},
        }
        return self._service.post("/v1/events", json=event)


@pytest.fixture
def case(service: TestClient) -> Case:
    return Case(service)


def clocks(answer: httpx2.Response) -> dict[str, tuple[str, str]]:
    """Return the first and the last day of each clock in *answer*."""
    return {
        each["rule"]: (each["started_on"], each["due_on"])
        for each in answer.json()["deadlines"]
    }


@pytest.mark.parametrize(
    ("instant", "started_on", "due_on"),
    [
        # In Helsinki half past midnight on Thursday; Wednesday west of it.
        pytest.param("2026-10-07T21:30:00Z", "2026-10-08", "2026-10-19", id="night"),
        # 23.30 on Thursday; Friday east of it.
        pytest.param("2026-10-08T20:30:00Z", "2026-10-08", "2026-10-19", id="evening"),
        # 3.30 for the second time that night.
        pytest.param("2026-10-25T01:30:00Z", "2026-10-25", "2026-11-03", id="twice"),
    ],
)
def test_one_instant_in_thirty_offsets_is_one_event_with_one_due_date(
    case: Case, instant: str, started_on: str, due_on: str
) -> None:
    moment = datetime.fromisoformat(instant)
    written = [
        moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
        for minutes in MINUTES_FROM_UTC
    ]

    answers = [case.post(each) for each in written]

    assert len(set(written)) == 30
    assert [answer.status_code for answer in answers] == [201, *[200] * 29]
    assert {answer.json()["receipt"]["sequence"] for answer in answers} == {
        answers[0].json()["receipt"]["sequence"]
    }
    assert {clocks(each)["initiation"] for each in answers} == {(started_on, due_on)}


@pytest.mark.parametrize(
    ("instant", "started_on", "initiation", "assessment"),
    [
        # Clocks go from 3 to 4 on Sunday, 29.3. Good Friday is 3.4., Easter Monday
        # 6.4.; 28.6. is a Sunday, so the three months of Saturday roll to 29.6.
        ("2026-03-28T21:59:00Z", "2026-03-28", "2026-04-09", "2026-06-29"),
        ("2026-03-28T21:59:59.999999Z", "2026-03-28", "2026-04-09", "2026-06-29"),
        ("2026-03-28T22:00:00Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        ("2026-03-28T22:01:00Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        ("2026-03-29T00:59:59Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        ("2026-03-29T01:00:00Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        # From here on midnight is an hour earlier.
        ("2026-03-29T20:59:00Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        ("2026-03-29T20:59:59Z", "2026-03-29", "2026-04-09", "2026-06-29"),
        ("2026-03-29T21:00:00Z", "2026-03-30", "2026-04-10", "2026-06-30"),
        ("2026-03-29T21:01:00Z", "2026-03-30", "2026-04-10", "2026-06-30"),
        # Clocks go from 4 to 3 on Sunday, 25.10. All Saints' Day is Saturday, 31.10.;
        # 24.1.2027 is a Sunday.
        ("2026-10-24T20:59:00Z", "2026-10-24", "2026-11-03", "2027-01-25"),
        ("2026-10-24T20:59:59.999999Z", "2026-10-24", "2026-11-03", "2027-01-25"),
        ("2026-10-24T21:00:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),
        ("2026-10-24T21:01:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),
        ("2026-10-25T00:30:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),  # 3.30
        ("2026-10-25T01:30:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),  # 3.30
        # From here on midnight is an hour later.
        ("2026-10-25T21:00:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),
        ("2026-10-25T21:59:00Z", "2026-10-25", "2026-11-03", "2027-01-25"),
        ("2026-10-25T21:59:59Z", "2026-10-25", "2026-11-03", "2027-01-25"),
        ("2026-10-25T22:00:00Z", "2026-10-26", "2026-11-04", "2027-01-26"),
        ("2026-10-25T22:01:00Z", "2026-10-26", "2026-11-04", "2027-01-26"),
    ],
)
def test_midnight_is_that_of_helsinki_in_both_nights_of_the_clock_change(
    case: Case,
    *,
    instant: str,
    started_on: str,
    initiation: str,
    assessment: str,
) -> None:
    answer = case.post(instant)

    assert clocks(answer) == {
        "initiation": (started_on, initiation),
        "assessment": (started_on, assessment),
    }


@pytest.mark.parametrize(
    ("occurred_at", "started_on", "due_on"),
    [
        pytest.param(
            "2026-10-08T23:59:59+03:00", "2026-10-08", "2026-10-19", id="last second"
        ),
        pytest.param(
            "2026-10-09T00:00:00+03:00", "2026-10-09", "2026-10-20", id="midnight"
        ),
        pytest.param(
            "2026-12-31T23:59:59+02:00", "2026-12-31", "2027-01-13", id="of the year"
        ),  # 1.1., Epiphany and a weekend are not counted
        pytest.param(
            "2026-10-08T23:59:59.999999+03:00", "2026-10-08", "2026-10-19", id="moment"
        ),
    ],
)
def test_a_message_of_the_evening_counts_until_the_last_second_of_the_day(
    case: Case, occurred_at: str, started_on: str, due_on: str
) -> None:
    answer = case.post(occurred_at)

    assert clocks(answer)["initiation"] == (started_on, due_on)


def test_the_two_hours_between_three_and_four_are_two_instants_of_one_day(
    case: Case,
) -> None:
    first = case.post("2026-10-25T03:30:00+03:00")

    an_hour_later = case.post("2026-10-25T03:30:00+02:00")

    assert (first.status_code, an_hour_later.status_code) == (201, 409)
    assert clocks(first)["initiation"][0] == "2026-10-25"
