"""POST /v1/events, as an integrator meets it."""

import copy
import json
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.api.events import EXAMPLE
from app.db.database import Database
from app.domain.access import Role
from tests.conftest import Headers, bearer


def test_an_event_is_answered_with_its_receipt_and_the_deadlines(
    client: TestClient, headers: Headers
) -> None:
    answer = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)

    assert answer.status_code == 201
    receipt = answer.json()["receipt"]
    assert receipt["recorded_at"].endswith("Z")
    assert len(receipt["digest"]) == 64
    assert (receipt["source"], receipt["id"]) == ("client-a", "e-1001")
    assert (receipt["sequence"], receipt["status"]) == (1, "created")
    dates = {
        each["rule"]: (each["started_on"], each["due_on"], each["safe_on"])
        for each in answer.json()["deadlines"]
    }
    assert dates == {
        "initiation": ("2026-10-05", "2026-10-14", "2026-10-14"),
        "assessment": ("2026-10-05", "2027-01-05", "2027-01-05"),
    }


def test_the_same_event_again_gets_its_first_receipt(
    client: TestClient, headers: Headers
) -> None:
    first = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)

    again = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)

    assert again.status_code == 200
    receipt = first.json()["receipt"]
    assert again.json()["receipt"] == {**receipt, "status": "duplicate"}


def test_another_content_under_the_same_id_is_a_conflict_and_the_first_stays(
    client: TestClient, headers: Headers
) -> None:
    first = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)
    other = copy.deepcopy(EXAMPLE)
    other["case_ref"] = "A-2026-0002"

    conflict = client.post("/v1/events", json=other, headers=headers.integrator)

    assert conflict.status_code == 409
    assert conflict.headers["content-type"] == "application/problem+json"
    again = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)
    assert again.json()["receipt"]["sequence"] == first.json()["receipt"]["sequence"]


def event(**changes: object) -> dict[str, Any]:
    """Return a notification of its own case, changed; `...` leaves a member out."""
    plain: dict[str, Any] = {
        "id": "e-1",
        "source": "client-a",
        "kind": "notification",
        "case_ref": "A-1",
        "occurred_at": "2026-03-02T14:20:00+02:00",
        "data": {"entry": "report", "unit": "leppavaara", "child": {"age_years": 7}},
    }
    return {
        name: value for name, value in {**plain, **changes}.items() if value is not ...
    }


FULL_NOTIFICATION = {
    "entry": "anticipatory",
    "unit": "leppavaara",
    "matter": "special_support_child",
    "child": {
        "ref": "p-81f3",
        "age_years": 0,
        "mother_tongue": "so",
        "citizenship": "FI",
    },
    "reasons": ["adult_substance_use", "domestic_violence"],
    "service_language": "sv",
    "worker": "w-7",
}


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("notification", FULL_NOTIFICATION, id="notification in full"),
        pytest.param("notification", {"entry": "report"}, id="notification, bare"),
        pytest.param(
            "notification",
            {
                "entry": "request",
                "language_group": "fi",
                "nationality_group": "foreign",
                "child": {"ref": "p-1"},
            },
            id="notification with groups instead of codes",
        ),
        pytest.param(
            "initiation",
            {
                "outcome": "assessment_started",
                "answers": ["e-7", "e-8"],
                "worker": "w-7",
            },
            id="initiation in full",
        ),
        pytest.param("initiation", {"outcome": "other"}, id="initiation, bare"),
        pytest.param("assessment", {"outcome": "no_client"}, id="assessment"),
        pytest.param(
            "transfer", {"unit": "tapiola", "worker": "w-8"}, id="transfer in full"
        ),
        pytest.param("transfer", {"unit": "tapiola"}, id="transfer, bare"),
        pytest.param("closure", {"reason": "moved_away"}, id="closure"),
        pytest.param(
            "delay_explained",
            {
                "rule": "assessment",
                "cause": "family_not_reached",
                "action": "family_contacted_again",
                "follow_up_on": "2027-01-04",
                "explains": "e-1",
            },
            id="delay in full",
        ),
        pytest.param(
            "delay_explained",
            {"rule": "initiation", "cause": "other", "action": "none_possible"},
            id="delay, bare",
        ),
    ],
)
def test_every_kind_is_accepted_with_and_without_what_is_optional(
    client: TestClient,
    headers: Headers,
    database: Database,
    kind: str,
    data: dict[str, Any],
) -> None:
    sent = event(
        kind=kind,
        data=data,
        registered_at="2026-03-02T15:00:00+02:00",
        sequence=41,
    )

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    assert answer.status_code == 201
    with database.write() as connection:
        stored = connection.execute(
            text("SELECT kind, source_sequence, data::text FROM case_event")
        ).one()
    assert (stored.kind, stored.source_sequence) == (kind, 41)
    assert json.loads(stored.data) == data


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(dict(reversed(event().items())), id="members in another order"),
        pytest.param(
            event(data=dict(reversed(event()["data"].items()))),
            id="members of data in another order",
        ),
        pytest.param(
            event(occurred_at="2026-03-02T12:20:00Z"), id="the instant in UTC"
        ),
        pytest.param(
            event(occurred_at="2026-03-02T02:20:00.000000-10:00"),
            id="the instant in Honolulu",
        ),
        pytest.param(
            event(occurred_on=None, registered_at=None, sequence=None),
            id="nulls in the envelope",
        ),
        pytest.param(
            event(
                data={
                    **event()["data"],
                    "worker": None,
                    "service_language": None,
                    "language_group": None,
                    "child": {"age_years": 7, "ref": None, "citizenship": None},
                }
            ),
            id="nulls in the data",
        ),
        pytest.param(
            event(registered_at="2026-03-03T08:00:00+02:00", sequence=9),
            id="entered again, with a number",  # of the transport, not of the content
        ),
    ],
)
def test_the_same_content_written_otherwise_is_a_duplicate(
    client: TestClient, headers: Headers, again: dict[str, Any]
) -> None:
    first = client.post("/v1/events", json=event(), headers=headers.integrator)

    answer = client.post("/v1/events", json=again, headers=headers.integrator)

    assert (first.status_code, answer.status_code) == (201, 200)
    assert answer.json()["receipt"] == {
        **first.json()["receipt"],
        "status": "duplicate",
    }


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"case_ref": "A-2"}, id="another case"),
        pytest.param(
            {"occurred_at": "2026-03-02T14:20:00.000001+02:00"}, id="a moment later"
        ),
        pytest.param(
            {"occurred_at": ..., "occurred_on": "2026-03-02"},
            id="the day instead of the instant",
        ),
        pytest.param({"data": {"entry": "report"}}, id="less data"),
        pytest.param(
            {"data": {**event()["data"], "matter": "child_protection"}},
            id="a default written out",  # the digest is over what was sent
        ),
        pytest.param(
            {"kind": "transfer", "data": {"unit": "leppavaara"}}, id="another kind"
        ),
    ],
)
def test_any_other_content_under_the_same_id_is_a_conflict(
    client: TestClient, headers: Headers, other: dict[str, Any]
) -> None:
    client.post("/v1/events", json=event(), headers=headers.integrator)

    answer = client.post("/v1/events", json=event(**other), headers=headers.integrator)

    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:maaraaika:problem:event-conflict"


def test_the_digest_is_over_kind_case_instant_and_data_as_sent_without_nulls(
    client: TestClient, headers: Headers
) -> None:
    sent = event(
        sequence=3,
        registered_at="2026-03-02T15:00:00+02:00",
        data={"unit": "leppävaara", "entry": "report", "worker": None},
    )

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    said = (
        '{"case_ref":"A-1","kind":"notification",'
        '"occurred_at":"2026-03-02T12:20:00+00:00"}'
        '{"entry":"report","unit":"leppävaara"}'
    )
    assert answer.json()["receipt"]["digest"] == sha256(said.encode()).hexdigest()


def test_the_digest_of_an_event_without_a_time_is_over_its_day(
    client: TestClient, headers: Headers
) -> None:
    sent = event(
        occurred_at=..., occurred_on="2026-03-02", data={"entry": "application"}
    )

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    said = (
        '{"case_ref":"A-1","kind":"notification","occurred_on":"2026-03-02"}'
        '{"entry":"application"}'
    )
    assert answer.json()["receipt"]["digest"] == sha256(said.encode()).hexdigest()


def test_a_day_without_a_time_starts_the_clocks_on_that_day(
    client: TestClient, headers: Headers
) -> None:
    sent = event(occurred_at=..., occurred_on="2026-03-02")

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    assert answer.status_code == 201
    assert {each["started_on"] for each in answer.json()["deadlines"]} == {"2026-03-02"}


def test_each_source_counts_its_receipts_from_one_without_gaps(
    client: TestClient, headers: Headers, database: Database
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    taken = []

    for number in range(1, 6):
        for source, key in (("client-a", headers.integrator), ("client-b", other)):
            sent = event(id=f"e-{number}", source=source)
            conflicting = event(id=f"e-{number}", source=source, case_ref="A-2")
            for body in (sent, sent, conflicting, event(kind="gossip", source=source)):
                answer = client.post("/v1/events", json=body, headers=key)
                if answer.status_code == 201:
                    taken.append((source, answer.json()["receipt"]["sequence"]))

    # Neither duplicates nor refusals use a number up.
    assert taken == [
        (source, number)
        for number in range(1, 6)
        for source in ("client-a", "client-b")
    ]


def test_the_same_id_of_another_source_is_another_event(
    client: TestClient, headers: Headers, database: Database
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")

    first = client.post("/v1/events", json=event(), headers=headers.integrator)
    second = client.post("/v1/events", json=event(source="client-b"), headers=other)

    assert (first.status_code, second.status_code) == (201, 201)


def test_an_event_before_its_notification_waits_and_then_falls_into_place(
    client: TestClient, headers: Headers
) -> None:
    decision = event(
        id="e-2",
        kind="initiation",
        occurred_at="2026-03-10T09:00:00+02:00",
        data={"outcome": "assessment_started"},
    )

    early = client.post("/v1/events", json=decision, headers=headers.integrator)
    incomplete = client.get("/v1/cases/client-a/A-1", headers=headers.lead)
    late = client.post("/v1/events", json=event(), headers=headers.integrator)
    placed = client.get("/v1/cases/client-a/A-1", headers=headers.lead)

    assert (early.status_code, early.json()["deadlines"]) == (201, [])
    assert incomplete.json()["state"] == "incomplete"
    assert [each["code"] for each in incomplete.json()["findings"]] == [
        "act_before_notification"
    ]
    assert {each["rule"]: each["status"] for each in late.json()["deadlines"]} == {
        "initiation": "in_time",  # due 11.3., decided 10.3.
        "assessment": "open_late",  # due 2.6.
    }
    assert placed.json()["state"] == "under_assessment"
    assert placed.json()["findings"] == []
    assert [each["id"] for each in placed.json()["timeline"]] == ["e-1", "e-2"]


@pytest.mark.parametrize(
    ("today", "verdicts"),
    [
        pytest.param(
            date(2026, 3, 11), {"open_in_time"}, id="on the due day of the initiation"
        ),
        pytest.param(
            date(2026, 3, 12), {"open_late", "open_in_time"}, id="the day after it"
        ),
        pytest.param(date(2026, 6, 3), {"open_late"}, id="after both"),
    ],
)
def test_the_deadlines_in_the_answer_stand_as_of_today(
    client: TestClient,
    headers: Headers,
    monkeypatch: pytest.MonkeyPatch,
    today: date,
    verdicts: set[str],
) -> None:
    monkeypatch.setattr(clock, "today", lambda: today)

    answer = client.post("/v1/events", json=event(), headers=headers.integrator)

    assert {each["status"] for each in answer.json()["deadlines"]} == verdicts


def test_a_duplicate_is_answered_with_the_deadlines_of_the_case_as_it_is_now(
    client: TestClient, headers: Headers
) -> None:
    client.post("/v1/events", json=event(), headers=headers.integrator)
    decision = event(
        id="e-2",
        kind="initiation",
        occurred_at="2026-03-10T09:00:00+02:00",
        data={"outcome": "obviously_unnecessary"},
    )
    client.post("/v1/events", json=decision, headers=headers.integrator)

    again = client.post("/v1/events", json=event(), headers=headers.integrator)

    assert {each["rule"]: each["status"] for each in again.json()["deadlines"]} == {
        "initiation": "in_time",
        "assessment": "void",
    }


def test_a_unit_that_nobody_has_registered_loses_no_event(
    client: TestClient, headers: Headers
) -> None:
    sent = event(data={"entry": "report", "unit": "kauklahti-2"})

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    assert answer.status_code == 201
    case = client.get("/v1/cases/client-a/A-1", headers=headers.lead).json()
    assert {each["unit"] for each in case["deadlines"]} == {"kauklahti-2"}
    assert client.get("/v1/units", headers=headers.lead).json() == []


def test_the_stored_data_are_the_very_text_whose_digest_is_in_the_receipt(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sent = event(data={"worker": None, "unit": "leppävaara", "entry": "report"})

    answer = client.post("/v1/events", json=sent, headers=headers.integrator)

    with database.write() as connection:
        stored = connection.execute(text("SELECT data::text, digest FROM case_event"))
        data, digest = stored.one()
    assert data == '{"entry":"report","unit":"leppävaara"}'
    assert digest.hex() == answer.json()["receipt"]["digest"]


def test_the_example_of_the_documentation_can_be_pasted(
    client: TestClient, headers: Headers
) -> None:
    operation = client.get("/openapi.json").json()["paths"]["/v1/events"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]

    answer = client.post("/v1/events", json=example, headers=headers.integrator)

    assert answer.status_code == 201


def test_the_documentation_shows_the_kinds_as_one_of_by_discriminator(
    client: TestClient,
) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]

    shown = schemas["EventIn"]
    kinds = shown["discriminator"]["mapping"]
    assert shown["discriminator"]["propertyName"] == "kind"
    assert {"notification", "initiation", "assessment", "transfer", "closure"} <= set(
        kinds
    )
    assert {each["$ref"] for each in shown["oneOf"]} == set(kinds.values())
    for reference in kinds.values():
        assert reference.rpartition("/")[2] in schemas
