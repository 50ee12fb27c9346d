"""POST /v1/events/batch: the good ones are stored whatever the others are."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.database import Database
from tests.conftest import Headers

BATCH = "/v1/events/batch"
CODE = "010594Y9032"  # a public test code
JSON = {"Content-Type": "application/json"}


def event(number: int, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{number}",
        "occurred_on": "2026-03-02",
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


def stored_ids(database: Database) -> list[str]:
    with database.write() as connection:
        return list(
            connection.scalars(
                text("SELECT event_id FROM case_event ORDER BY sequence")
            )
        )


def test_a_thousand_events_are_taken_in_their_order(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sent = [event(number) for number in range(1, 1001)]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["id"] for item in items] == [each["id"] for each in sent]
    assert [item["receipt"]["sequence"] for item in items] == list(range(1, 1001))
    assert answer.json()["counts"] == {
        "created": 1000,
        "duplicate": 0,
        "conflict": 0,
        "rejected": 0,
    }
    assert len(stored_ids(database)) == 1000


def test_every_item_has_its_own_fate_and_the_good_ones_are_stored(
    client: TestClient, headers: Headers, database: Database
) -> None:
    known = client.post(BATCH, json=[event(1), event(2)], headers=headers.integrator)
    sent: list[Any] = [
        event(3),
        event(1),
        event(2, case_ref="A-999"),
        event(4, data={"entry": "rumour"}),
        event(5, source="client-b"),
        event(6, occurred_on="2126-01-01"),
        "not an event",
        event(7),
    ]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    assert answer.status_code == 200
    items = answer.json()["items"]
    assert [item["status"] for item in items] == [
        *("created", "duplicate", "conflict", "rejected"),
        *("rejected", "rejected", "rejected", "created"),
    ]
    assert answer.json()["counts"] == {
        "created": 2,
        "duplicate": 1,
        "conflict": 1,
        "rejected": 4,
    }
    assert items[1]["receipt"] == {
        **known.json()["items"][0]["receipt"],
        "status": "duplicate",
    }
    assert [(i["id"], i["source"]) for i in items[3:6]] == [
        ("e-4", "client-a"),
        ("e-5", "client-b"),
        ("e-6", "client-a"),
    ]
    assert (items[6]["id"], items[6]["source"]) == (None, None)
    assert stored_ids(database) == ["e-1", "e-2", "e-3", "e-7"]


def test_an_item_has_either_a_receipt_or_a_problem_that_points_into_it(
    client: TestClient, headers: Headers
) -> None:
    sent = [
        event(1),
        event(2, data={"entry": "rumour"}),
        event(3, source="client-b"),
        event(1, case_ref="A-999"),
    ]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    created, invalid, foreign, conflict = answer.json()["items"]
    assert "problem" not in created
    assert not any("receipt" in item for item in (invalid, foreign, conflict))
    types = [item["problem"]["type"] for item in (invalid, foreign, conflict)]
    assert types == [
        "urn:maaraaika:problem:invalid-event",
        "urn:maaraaika:problem:wrong-source",
        "urn:maaraaika:problem:event-conflict",
    ]
    (flaw,) = invalid["problem"]["errors"]
    assert flaw["pointer"] == "/data/entry"
    assert flaw["remedy"]


def test_the_same_event_twice_in_one_batch_is_stored_once(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sent = [event(1), event(1), event(1, case_ref="A-2")]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    first, second, third = answer.json()["items"]
    assert (first["status"], second["status"]) == ("created", "duplicate")
    assert second["receipt"] == {**first["receipt"], "status": "duplicate"}
    assert third["status"] == "conflict"
    assert stored_ids(database) == ["e-1"]


def test_events_of_one_case_in_one_batch_are_folded_whatever_their_order(
    client: TestClient, headers: Headers
) -> None:
    decision = {"outcome": "assessment_started"}
    sent = [
        event(
            2,
            case_ref="A-1",
            occurred_on="2026-03-10",
            kind="initiation",
            data=decision,
        ),
        event(1),
    ]

    client.post(BATCH, json=sent, headers=headers.integrator)

    case = client.get("/v1/cases/client-a/A-1", headers=headers.lead).json()
    met = {each["rule"]: each["met_on"] for each in case["deadlines"]}
    assert met == {"initiation": "2026-03-10", "assessment": None}


def test_an_empty_batch_is_answered_as_such(
    client: TestClient, headers: Headers
) -> None:
    answer = client.post(BATCH, json=[], headers=headers.integrator)

    assert answer.status_code == 200
    assert answer.json() == {
        "items": [],
        "counts": {"created": 0, "duplicate": 0, "conflict": 0, "rejected": 0},
    }


def test_a_thousand_and_one_events_are_too_many_and_none_is_stored(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sent = [event(number) for number in range(1001)]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:maaraaika:problem:body-too-large"
    assert stored_ids(database) == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps(event(1)), id="one event"),
        pytest.param("null", id="null"),
        pytest.param('"e-1"', id="a text"),
        pytest.param('{"events":[]}', id="an array in an object"),
    ],
)
def test_what_is_no_array_is_refused(
    client: TestClient, headers: Headers, database: Database, body: str
) -> None:
    answer = client.post(BATCH, content=body, headers={**headers.integrator, **JSON})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    (flaw,) = answer.json()["errors"]
    assert (flaw["pointer"], flaw["code"]) == ("", "array_expected")
    assert stored_ids(database) == []


def test_json_that_cannot_be_read_in_one_item_refuses_the_batch_and_says_where(
    client: TestClient, headers: Headers, database: Database
) -> None:
    twice = json.dumps([event(1), event(2)]).replace(
        '"occurred_on"', '"case_ref": "A-1", "occurred_on"'
    )

    answer = client.post(BATCH, content=twice, headers={**headers.integrator, **JSON})

    assert answer.status_code == 400
    (flaw,) = answer.json()["errors"]
    assert (flaw["pointer"], flaw["code"]) == ("/0/case_ref", "duplicate_key")
    assert stored_ids(database) == []


def with_very_many_codes() -> dict[str, Any]:
    """Return an item whose problems are more than an answer tells."""
    notes = {f"note-{number}": CODE for number in range(30)}
    return {"data": notes, "id": CODE, "source": CODE}


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(event(1, id=CODE), id="as the id"),
        pytest.param(event(1, source=CODE), id="as the source"),
        pytest.param(event(1, case_ref=f"case {CODE}"), id="in the case"),
        pytest.param(event(1, data={"entry": "report", CODE: 1}), id="as a name"),
        pytest.param(event(1, data=[[CODE]]), id="in an array"),
        pytest.param(CODE, id="instead of an event"),
        pytest.param(with_very_many_codes(), id="more often than is told"),
    ],
)
def test_an_identity_code_is_refused_and_never_echoed(
    client: TestClient, headers: Headers, database: Database, item: object
) -> None:
    answer = client.post(BATCH, json=[item, event(2)], headers=headers.integrator)

    assert CODE not in answer.text
    assert [each["status"] for each in answer.json()["items"]] == [
        "rejected",
        "created",
    ]
    codes = {flaw["code"] for flaw in answer.json()["items"][0]["problem"]["errors"]}
    assert codes == {"identity_code"}
    assert stored_ids(database) == ["e-2"]


@pytest.mark.parametrize(
    "name", ["e-1\x00", "e" * 201, "", 7, None, ["e-1"], "\x1b[31m"], ids=repr
)
def test_a_name_that_is_itself_wrong_does_not_stand_in_the_answer(
    client: TestClient, headers: Headers, name: object
) -> None:
    sent = [event(1, id=name)]

    answer = client.post(BATCH, json=sent, headers=headers.integrator)

    (item,) = answer.json()["items"]
    assert item["status"] == "rejected"
    assert item["id"] in {None, ""}
    assert item["problem"]["errors"][0]["pointer"] == "/id"


def test_a_batch_sent_again_is_all_duplicates_with_the_same_receipts(
    client: TestClient, headers: Headers
) -> None:
    sent = [event(number) for number in range(50)]
    first = client.post(BATCH, json=sent, headers=headers.integrator)

    again = client.post(BATCH, json=sent[::-1], headers=headers.integrator)

    assert again.json()["counts"]["duplicate"] == 50
    receipts = [item["receipt"] for item in first.json()["items"]]
    assert [item["receipt"] for item in again.json()["items"]] == [
        {**receipt, "status": "duplicate"} for receipt in reversed(receipts)
    ]
