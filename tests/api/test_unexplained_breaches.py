"""Missed deadlines that nobody has explained, and follow-ups that are overdue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeAlias

import pytest
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.domain.working_days import FINLAND
from app.services import sources
from app.services.unexplained import explained_before
from tests.api.sending import (
    Wire,
    decision,
    event,
    explanation,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer

Found: TypeAlias = Callable[..., list[Wire]]


def received_so_that_due_on(day: date) -> str:
    """Return a day from which the seven working days end on *day*, a working day."""
    for _ in range(7):
        day = FINLAND.previous_working_day(day - timedelta(1))
    return str(day)


def working_days_ago(count: int) -> date:
    day = clock.today()
    for _ in range(count):
        day = FINLAND.previous_working_day(day - timedelta(1))
    return day


def long_ago() -> str:
    return received_so_that_due_on(working_days_ago(20))


@pytest.fixture
def found(client: TestClient, headers: Headers) -> Found:
    """Give a way to ask for the unexplained breaches."""

    def ask(
        key: dict[str, str] | None = None,
        kind: str = "breach_unexplained",
        **query: str,
    ) -> list[Wire]:
        answer = client.get(
            "/v1/findings", params={"kind": kind, **query}, headers=key or headers.lead
        )
        items: list[Wire] = answer.json()["items"]
        return items

    return ask


def test_a_breach_without_a_cause_is_found_until_one_is_told(
    client: TestClient, headers: Headers, found: Found
) -> None:
    send(client, headers.integrator, notification("A", long_ago(), event_id="n1"))

    (item,) = found()
    assert (item["severity"], item["source"], item["case_ref"]) == (
        "warning",
        "client-a",
        "A",
    )
    assert (item["unit"], item["day"]) == ("leppavaara", str(working_days_ago(20)))
    assert item["facts"] == {"rule": "initiation", "started_by": "n1"}
    assert "viiden arkipäivän" in found(lang="fi")[0]["explanation"]

    told = explanation("A", str(clock.today()))
    send(client, headers.integrator, told)
    assert found() == []

    taken_back = {"target": told["id"], "reason": "wrong_entry"}
    send(
        client,
        headers.integrator,
        event("retraction", "A", str(clock.today()), taken_back),
    )
    assert found() == [item]


@pytest.mark.parametrize(
    ("due_ago", "is_found"),
    [
        pytest.param(5, False, id="the fifth working day after the due date"),
        pytest.param(6, True, id="the day after that"),
    ],
)
def test_there_are_five_working_days_to_explain(
    client: TestClient, headers: Headers, found: Found, *, due_ago: int, is_found: bool
) -> None:
    received = received_so_that_due_on(working_days_ago(due_ago))
    send(client, headers.integrator, notification("A", received))

    assert bool(found()) is is_found


@pytest.mark.parametrize("offset", range(40))
def test_the_days_to_explain_are_counted_as_the_law_counts(offset: int) -> None:
    today = date(2026, 12, 1) + timedelta(offset)

    latest = explained_before(FINLAND, today)

    assert FINLAND.working_day_after(latest, 5) < today
    assert FINLAND.working_day_after(latest + timedelta(1), 5) >= today


def test_what_stands_outside_the_rates_needs_no_cause(
    client: TestClient, headers: Headers, found: Found
) -> None:
    begun = date.fromisoformat(long_ago())
    send(
        client,
        headers.integrator,
        notification("A", long_ago(), entry="anticipatory"),
        notification("B", str(begun - timedelta(9)), event_id="b1"),
        decision("B", str(begun - timedelta(8))),
        notification("B", long_ago(), event_id="b2"),  # joined
        notification("C", long_ago()),
        decision("C", long_ago(), "wrong_or_duplicate"),  # void
        notification("D", long_ago()),
        decision("D", long_ago()),  # in time
    )

    assert found() == []


def test_it_is_of_the_unit_that_has_the_figure(
    client: TestClient, headers: Headers, found: Found, database: Database
) -> None:
    put_units(client, headers.admin, {"leppavaara": None, "espoonlahti": None})
    send(
        client,
        headers.integrator,
        notification("A", long_ago()),
        transfer("A", str(clock.today()), "espoonlahti"),
    )

    def seen_by(unit: str) -> int:
        return len(found(bearer(database, Role.LEAD, units=(unit,))))

    assert (seen_by("leppavaara"), seen_by("espoonlahti")) == (1, 0)
    assert len(found(headers.integrator)) == 1


def test_what_was_before_the_source_was_live_needs_no_cause(
    client: TestClient, headers: Headers, found: Found, database: Database
) -> None:
    send(client, headers.integrator, notification("A", long_ago()))
    assert len(found()) == 1

    sources.put_live(database, "client-a", clock.today())

    assert found() == []


def test_what_was_closed_over_a_year_ago_is_asked_of_no_more(
    client: TestClient, headers: Headers, found: Found
) -> None:
    old = clock.today() - timedelta(500)
    send(
        client,
        headers.integrator,
        notification("A", str(old)),
        decision("A", str(old + timedelta(30)), "obviously_unnecessary"),
        notification("B", str(old)),
    )

    assert {item["case_ref"] for item in found()} == {"B"}


def test_pages_of_breaches_follow_each_other_and_leave_out_what_is_closed(
    client: TestClient, headers: Headers, found: Found
) -> None:
    # Several of one day, and days off, after which several are found on one day.
    send(
        client,
        headers.integrator,
        *(
            notification(f"A/{days}-{number}", received_so_that_due_on(due_on))
            for days in (20, 21, 22, 40)
            for due_on in [working_days_ago(days)]
            for number in range(3)
        ),
        {**notification("B ä", long_ago()), "id": 'n/"ä\\<1>'},
    )
    whole = found()
    assert len(whole) == 13
    assert [item["since"] for item in whole] == sorted(
        (item["since"] for item in whole), reverse=True
    )
    closed = next(item for item in whole if item["case_ref"] == "B ä")

    answer = client.post(
        f"/v1/findings/{closed['id']}/closure",
        json={"reason": "known_and_accepted"},
        headers=headers.lead,
    )

    assert answer.status_code == 200, answer.text
    assert [item["case_ref"] for item in found(status="closed")] == ["B ä"]
    assert len(found(status="all")) == 13
    path = "/v1/findings?kind=breach_unexplained&limit=5"
    pages: list[Wire] = []
    while path:
        page = client.get(path, headers=headers.lead)
        assert page.json()["counts"]["warning"] == 12
        pages += page.json()["items"]
        path = page.headers.get("Link", "").partition("<")[2].partition(">")[0]
    assert pages == [item for item in whole if item != closed]


def test_breaches_are_asked_for_by_source(
    client: TestClient, database: Database, headers: Headers, found: Found
) -> None:
    send(client, headers.integrator, notification("A", long_ago()))
    other = bearer(database, Role.INTEGRATOR, source="client-b")

    assert len(found(source="client-a")) == 1
    assert found(source="client-b") == []
    assert found(other) == []
    assert found(other, source="client-a") == []


def test_findings_of_the_work_are_none_of_the_source(
    client: TestClient, headers: Headers, found: Found
) -> None:
    put_units(client, headers.admin, {"leppavaara": None})
    send(client, headers.integrator, notification("A", long_ago()))
    assert found()

    (source,) = client.get("/v1/sources", headers=headers.lead).json()

    assert source["open_findings"] == 0


def test_a_follow_up_that_is_over_is_found_while_the_deadline_is_open(
    client: TestClient, headers: Headers, found: Found
) -> None:
    told = str(working_days_ago(10))
    yesterday = str(clock.today() - timedelta(1))

    def overdue() -> list[str]:
        return [item["case_ref"] for item in found(kind="follow_up_overdue")]

    send(
        client,
        headers.integrator,
        *(notification(case_ref, long_ago()) for case_ref in "ABC"),
        explanation("A", told, follow_up_on=yesterday),
        explanation("B", told, follow_up_on=str(clock.today())),
        explanation("C", told),
    )
    assert overdue() == ["A"]
    assert found() == []

    send(
        client,
        headers.integrator,
        explanation(
            "A", str(clock.today()), follow_up_on=str(clock.today() + timedelta(7))
        ),
    )
    assert overdue() == []

    send(
        client,
        headers.integrator,
        event(
            "correction",
            "B",
            str(clock.today()),
            {
                "target": explanation("B", told)["id"],
                "reason": "wrong_entry",
                "occurred_on": told,
                "data": {**explanation("B", told)["data"], "follow_up_on": yesterday},
            },
        ),
    )
    assert overdue() == ["B"]

    send(
        client,
        headers.integrator,
        decision("B", str(clock.today()), "obviously_unnecessary"),
    )
    assert overdue() == []
