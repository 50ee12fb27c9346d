"""GET /v1/cases: one case, as those see it who may."""

import asyncio
from urllib.parse import quote

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from tests.api.sending import (
    Wire,
    assessment,
    decision,
    event,
    notification,
    send,
    transfer,
)
from tests.conftest import Headers, bearer, said

CHILD = {"ref": "p-1", "age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}


def case(client: TestClient, key: dict[str, str], query: str = "") -> Wire:
    """Return the case A as the holder of *key* sees it."""
    answer = client.get(f"/v1/cases/client-a/A{query}", headers=key)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def test_a_case_shows_its_timeline_its_state_and_its_deadlines(
    client: TestClient, headers: Headers
) -> None:
    first = {
        **notification("A", "2025-03-03", event_id="n1", child=CHILD, worker="w-1"),
        "occurred_at": "2025-03-03T23:30:00+02:00",
        "registered_at": "2025-03-04T08:00:00+02:00",
    }
    del first["occurred_on"]
    # They arrive the wrong way round.
    send(client, headers.integrator, decision("A", "2025-03-14", event_id="d1"))
    send(client, headers.integrator, first)

    found = case(client, headers.lead, "?as_of=2025-03-20")

    assert (found["source"], found["case_ref"]) == ("client-a", "A")
    assert found["state"] == "under_assessment"
    assert found["as_of"] == "2025-03-20"
    assert found["findings"] == []
    recorded = [line.pop("recorded_at") for line in found["timeline"]]
    assert recorded[0] > recorded[1]
    assert found["timeline"] == [
        {
            "source": "client-a",
            "case_ref": "A",
            "id": "n1",
            "kind": "notification",
            "occurred_on": "2025-03-03",
            "occurred_at": "2025-03-03T21:30:00Z",
            "registered_at": "2025-03-04T06:00:00Z",
            "detail": "report",
            "amends": None,
        },
        {
            "source": "client-a",
            "case_ref": "A",
            "id": "d1",
            "kind": "initiation",
            "occurred_on": "2025-03-14",
            "occurred_at": None,
            "registered_at": None,
            "detail": "assessment_started",
            "amends": None,
        },
    ]
    # Seven working days after Mon 3.3.: 4-7, 10, 11, 12. Three months: Tue 3.6.
    # Working days 21.3.-3.6.: 52 weekdays less 18.4., 21.4., 1.5. and 29.5.
    expected: list[Wire] = [
        {
            "rule": "assessment",
            "started_on": "2025-03-03",
            "due_on": "2025-06-03",
            "safe_on": "2025-06-03",
            "met_on": None,
            "status": "open_in_time",
            "unit": "leppavaara",
            "working_days_left": 49,
            "calendar_days_left": 75,
            "joined": False,
        },
        {
            "rule": "initiation",
            "started_on": "2025-03-03",
            "due_on": "2025-03-12",
            "safe_on": "2025-03-12",
            "met_on": "2025-03-14",
            "status": "late",
            "unit": "leppavaara",
            "working_days_left": -2,
            "calendar_days_left": -2,
            "joined": False,
        },
    ]
    assert [
        {name: deadline[name] for name in expected[0]}
        for deadline in found["deadlines"]
    ] == expected


@pytest.mark.parametrize(
    ("lang", "title", "verdict"),
    [
        ("fi", "Palvelutarpeen arvioinnin aloittaminen", "myöhässä"),
        ("sv", "Påbörjande av bedömningen av servicebehovet", "för sent"),
        ("en", "Initiation of the service-needs assessment", "late"),
    ],
)
def test_each_deadline_is_explained_in_three_languages(
    client: TestClient, headers: Headers, lang: str, title: str, verdict: str
) -> None:
    # Over Christmas 2025: due on 7.1.2026, or on 5.1. if the eve counted.
    send(
        client,
        headers.integrator,
        notification("A", "2025-12-22"),
        decision("A", "2026-01-08"),
    )

    found = case(client, headers.lead, f"?lang={lang}")

    deadline = next(d for d in found["deadlines"] if d["rule"] == "initiation")
    explained = deadline["explanation"]
    assert deadline["title"] == explained["title"] == title
    assert explained["due_on"] == deadline["due_on"] == "2026-01-07"
    assert explained["safe_on"] == deadline["safe_on"] == "2026-01-05"
    steps = {step["code"]: step["text"] for step in explained["steps"]}
    assert verdict in steps["verdict"]
    assert explained["rule_version"] == "LSL-26-2015"
    assert explained["alternatives"] == [
        {
            "eves": "working",
            "roll": "on",
            "due_on": "2026-01-05",
            "changes_verdict": False,
        }
    ]


def test_an_explanation_tells_whether_another_reading_changes_the_verdict(
    client: TestClient, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2025-12-22"),
        decision("A", "2026-01-07"),  # in time by one reading, late by the other
    )

    found = case(client, headers.lead)

    explained = {d["rule"]: d["explanation"] for d in found["deadlines"]}
    assert explained["initiation"]["alternatives"][0]["changes_verdict"] is True


def test_a_case_is_shown_as_it_was_on_a_day_and_as_it_was_known(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", "2025-03-03"))
    earlier = client.get("/v1/cases/client-a/A", headers=headers.lead)
    send(
        client,
        headers.integrator,
        decision("A", "2025-03-05"),
        assessment("A", "2025-05-05"),
    )

    states = {
        day: case(client, headers.lead, f"?as_of={day}")["state"]
        for day in ("2025-03-04", "2025-03-05", "2025-05-05")
    }
    known_at = earlier.json()["known_at"]
    again = client.get(
        f"/v1/cases/client-a/A?known_at={known_at}", headers=headers.lead
    )

    assert states == {
        "2025-03-04": "pending",
        "2025-03-05": "under_assessment",
        "2025-05-05": "assessment_completed",
    }
    assert len(case(client, headers.lead, "?as_of=2025-03-05")["timeline"]) == 2
    assert again.content == earlier.content
    before_it_began = client.get(
        "/v1/cases/client-a/A?as_of=2025-03-02", headers=headers.lead
    )
    assert before_it_began.status_code == 404


def test_a_case_is_incomplete_until_its_notification_arrives(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, decision("A", "2025-03-05", event_id="d1"))
    before = case(client, headers.lead)

    send(client, headers.integrator, notification("A", "2025-03-03"))

    assert before["state"] == "incomplete"
    assert before["deadlines"] == []
    assert before["findings"] == [{"code": "act_before_notification", "event_id": "d1"}]
    after = case(client, headers.lead)
    assert after["state"] == "under_assessment"
    assert after["findings"] == []
    met = {d["rule"]: d["met_on"] for d in after["deadlines"]}
    assert met == {"initiation": "2025-03-05", "assessment": None}


def test_a_case_is_found_under_any_reference_that_its_source_may_use(
    client: TestClient, headers: Headers
) -> None:
    references = [
        "2025/17",
        "/2025/17/",
        "A 17",
        "A%2F17",
        "50%",
        "A?17#b&c=d",
        "A+17",
        "äö-東京",
        "a//b",
        "x" * 200,
    ]
    send(
        client,
        headers.integrator,
        *(
            notification(ref, "2025-03-03", event_id=f"n{ref[:9]}")
            for ref in references
        ),
    )

    for reference in references:
        address = f"/v1/cases/client-a/{quote(reference, safe='')}"
        answer = _get(client, address, headers)
        assert answer.status_code == 200, reference
        assert answer.json()["case_ref"] == reference


def _get(client: TestClient, url: str, headers: Headers) -> httpx2.Response:
    """Ask as a server does; Starlette's client would decode the path twice."""
    assert isinstance(client.app, FastAPI)
    transport = httpx2.ASGITransport(app=client.app)

    async def ask() -> httpx2.Response:
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://service"
        ) as caller:
            return await caller.get(url, headers=headers.lead)

    return asyncio.run(ask())


def test_a_case_of_another_unit_is_not_found_just_as_a_missing_one(
    client: TestClient, database: Database, headers: Headers
) -> None:
    send(
        client, headers.integrator, notification("A", "2025-03-03", unit="espoonlahti")
    )
    key = bearer(database, Role.LEAD, units=("leppavaara",))

    hidden = client.get("/v1/cases/client-a/A", headers=key)
    missing = client.get("/v1/cases/client-a/no-such-case", headers=key)

    assert hidden.status_code == missing.status_code == 404
    assert said(hidden) == said(missing)
    assert hidden.headers["content-type"] == missing.headers["content-type"]
    assert case(client, headers.lead)["case_ref"] == "A"


def test_an_incomplete_case_is_of_no_unit(
    client: TestClient, database: Database, headers: Headers
) -> None:
    send(client, headers.integrator, decision("A", "2025-03-05"))
    key = bearer(database, Role.LEAD, units=("leppavaara",))

    answer = client.get("/v1/cases/client-a/A", headers=key)

    assert answer.status_code == 404


def test_a_transfer_moves_the_case_from_its_whole_day_on(
    client: TestClient, database: Database, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03", unit="leppavaara"),
        transfer("A", "2025-03-06", "espoonlahti"),
    )

    def sees(unit: str, day: str) -> bool:
        key = bearer(database, Role.LEAD, units=(unit,))
        answer = client.get(f"/v1/cases/client-a/A?as_of={day}", headers=key)
        assert answer.status_code in {200, 404}
        return answer.status_code == 200

    assert [sees("leppavaara", "2025-03-05"), sees("espoonlahti", "2025-03-05")] == [
        True,
        False,
    ]
    assert [sees("leppavaara", "2025-03-06"), sees("espoonlahti", "2025-03-06")] == [
        False,
        True,
    ]
    found = case(client, headers.lead, "?as_of=2025-03-06")
    assert {deadline["unit"] for deadline in found["deadlines"]} == {"espoonlahti"}
    moved = found["timeline"][-1]
    assert (moved["kind"], moved["detail"]) == ("transfer", "espoonlahti")


def correction(target: Wire, on: str, **said: object) -> Wire:
    """Return that *target* happened *on*, as was told on 26 March."""
    return event(
        "correction",
        target["case_ref"],
        "2025-03-26",
        {
            "target": target["id"],
            "reason": "wrong_date",
            "occurred_on": on,
            "data": {**target["data"], **said},
        },
        event_id=f"correction of {target['id']}",
    )


def test_the_timeline_shows_before_and_after_an_amendment(
    client: TestClient, headers: Headers
) -> None:
    received = notification("A", "2025-03-03", event_id="n1", unit="leppavaara")
    taken_back = event(
        "retraction", "A", "2025-03-27", {"target": "d1", "reason": "wrong_entry"}
    )
    send(
        client,
        headers.integrator,
        received,
        correction(received, "2025-03-05", unit="espoonlahti"),
        taken_back,
    )

    def amends() -> list[Wire | None]:
        timeline = case(client, headers.lead)["timeline"]
        return [line["amends"] for line in timeline]

    at_first = {
        "occurred_on": "2025-03-03",
        "occurred_at": None,
        "detail": "report",
        "unit": "leppavaara",
    }
    now = {**at_first, "occurred_on": "2025-03-05", "unit": "espoonlahti"}
    corrected = {"target": "n1", "before": at_first, "after": now}
    assert amends() == [
        None,
        corrected,
        {"target": "d1", "before": None, "after": None},  # which has not come yet
    ]
    send(client, headers.integrator, decision("A", "2025-03-14", event_id="d1"))
    decided = {
        "occurred_on": "2025-03-14",
        "occurred_at": None,
        "detail": "assessment_started",
        "unit": None,
    }
    assert amends() == [
        None,
        None,
        corrected,
        {"target": "d1", "before": decided, "after": None},
    ]


def test_a_case_is_on_a_day_as_it_has_been_amended(
    client: TestClient, headers: Headers
) -> None:
    """As its clocks are: what a correction tells had happened then too."""
    received = notification("A", "2025-03-20", event_id="n1")
    decided = decision("A", "2025-03-21", event_id="d1")
    send(
        client,
        headers.integrator,
        received,
        decided,
        correction(received, "2025-03-03"),
        correction(decided, "2025-03-24"),
    )

    def seen(day: str) -> tuple[str, int, list[str]]:
        found = case(client, headers.lead, f"?as_of={day}")
        kinds = [line["kind"] for line in found["timeline"]]
        return found["state"], len(found["deadlines"]), kinds

    early = "notification", "correction"
    both = "notification", "initiation", "correction", "correction"
    assert seen("2025-03-03") == ("pending", 2, [*early])
    assert seen("2025-03-21") == ("pending", 2, [*both])
    assert seen("2025-03-24") == ("under_assessment", 2, [*both])


def test_what_cannot_be_asked_is_a_problem(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("A", "2025-03-03"))

    for path, status in (
        ("/v1/cases/client-a/A%00", 422),
        ("/v1/cases/client-a/" + "x" * 201, 422),
        ("/v1/cases/client-a/A?as_of=1741737600", 422),
        ("/v1/cases/client-a/A?as_of=2101-01-01", 422),
        ("/v1/cases/client-a/A?known_at=2120-01-01T00:00:00Z", 422),
        ("/v1/cases/client-a/A?lang=no", 422),
        ("/v1/cases/client-a/", 404),
        ("/v1/cases/client-a", 404),
        ("/v1/cases/client-b/A", 404),
    ):
        answer = client.get(path, headers=headers.lead)
        assert answer.status_code == status, path
        assert answer.headers["content-type"] == "application/problem+json"


def test_only_a_lead_reads_cases(client: TestClient, headers: Headers) -> None:
    send(client, headers.integrator, notification("A", "2025-03-03"))

    statuses = [
        client.get("/v1/cases/client-a/A", headers=key).status_code
        for key in ({}, headers.integrator, headers.admin)
    ]

    assert statuses == [401, 403, 403]


# Chains


def test_runs_that_follow_each_other_are_shown_as_a_chain(
    client: TestClient, headers: Headers, database: Database
) -> None:
    child: Wire = {"ref": "p-1"}
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03", child=child),
        assessment("A", "2025-03-31"),
        notification("A", "2025-04-10", child=child, event_id="n2"),
        decision("A", "2025-04-14", "obviously_unnecessary"),
        notification("B", "2025-05-05", child=child, unit="matinkyla"),
        notification("C", "2025-05-05", child={"ref": "p-2"}),
        notification("D", "2025-06-20", child=child),
    )
    send(
        client,
        headers.integrator,
        event(
            "retraction",
            "D",
            "2025-06-20",
            {"target": "D notification 2025-06-20", "reason": "other"},
        ),
    )

    def chain(key: dict[str, str], case_ref: str = "A", **query: str) -> Wire | None:
        answer = client.get(f"/v1/cases/client-a/{case_ref}", params=query, headers=key)
        found: Wire | None = answer.json()["chain"]
        return found

    own = [
        {
            "case_ref": "A",
            "started_on": "2025-03-03",
            "ended_on": "2025-03-31",
            "end": "no_client",
        },
        {
            "case_ref": "A",
            "started_on": "2025-04-10",
            "ended_on": "2025-04-14",
            "end": "obviously_unnecessary",
        },
    ]
    other = {
        "case_ref": "B",
        "started_on": "2025-05-05",
        "ended_on": None,
        "end": None,
    }
    as_of = {"as_of": "2025-07-01"}
    # From 3 March to 1 July: 28 + 30 + 31 + 30 + 1 days.
    assert chain(headers.lead, **as_of) == {"runs": [*own, other], "total_days": 120}
    assert chain(headers.lead, "B", **as_of) == chain(headers.lead, **as_of)
    assert chain(headers.lead, "C", **as_of) is None
    # As it stood before: from 3 March to 14 April.
    assert chain(headers.lead, as_of="2025-05-01") == {"runs": own, "total_days": 42}
    assert chain(headers.lead, as_of="2025-04-01") is None
    # Who may not know of the other case is not told of it.
    of_one = bearer(database, Role.LEAD, units=("leppavaara",))
    assert chain(of_one, **as_of) == {"runs": own, "total_days": 42}
