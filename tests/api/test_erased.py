"""What senders and readers are told of events that have been erased."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.erasure import ErasureGround
from app.services.erasure import erase_child
from tests.api.sending import event, notification, send
from tests.conftest import Headers, bearer

CHILD = {"ref": "canary"}
TOLD = notification("A", "2025-03-03", event_id="n1", child=CHILD)
GONE = "urn:maaraaika:problem:event-erased"


@pytest.fixture(autouse=True)
def erased(client: TestClient, headers: Headers, owned: Database) -> None:
    """Let a case have been told and erased."""
    send(client, headers.integrator, TOLD)
    erase_child(
        owned,
        source="client-a",
        child_ref="canary",
        ground=ErasureGround.COURT_ORDER,
        by=(
            Actor(role=Role.AUDITOR, key_id="a"),
            Actor(role=Role.AUDITOR, key_id="b"),
        ),
    )


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(TOLD, id="the same"),
        pytest.param(notification("B", "2025-03-04", event_id="n1"), id="another"),
        pytest.param(
            event(
                "retraction",
                "A",
                "2025-03-05",
                {"target": "n1", "reason": "wrong_child"},
                "r1",
            ),
            id="a retraction of it",
        ),
    ],
)
def test_it_is_gone_for_who_sends_it_again(
    client: TestClient, headers: Headers, again: dict[str, Any]
) -> None:
    alone = client.post("/v1/events", json=again, headers=headers.integrator)
    batch = client.post("/v1/events/batch", json=[again], headers=headers.integrator)

    assert (alone.status_code, alone.json()["type"]) == (410, GONE)
    (item,) = batch.json()["items"]
    assert (item["status"], item["problem"]["type"]) == ("rejected", GONE)
    assert "receipt" not in item


def test_the_case_is_not_found(client: TestClient, headers: Headers) -> None:
    found = client.get("/v1/cases/client-a/A", headers=headers.lead)

    assert found.status_code == 404


def test_the_feed_tells_that_it_was_erased_and_not_what_it_was(
    client: TestClient, database: Database
) -> None:
    auditor = bearer(database, Role.AUDITOR)

    told, gone = client.get("/v1/events", headers=auditor).json()

    assert (told["id"], told["data"]) == ("n1", None)
    assert gone["type"] == "fi.maaraaika.erased"
    assert gone["data"] == {
        "by": ["a", "b"],
        "cases": 1,
        "clocks": 2,
        "ground": "court_order",
        "late": 2,
        "lines": [{"positions": "1", "source": "client-a"}],
        "open": 2,
        "part": "data",
    }


def test_no_source_can_say_that_something_was_erased(
    client: TestClient, headers: Headers
) -> None:
    said = event("erased", "A", "2025-03-05", {"ground": "court_order"}, "x")

    answer = client.post("/v1/events", json=said, headers=headers.integrator)

    assert answer.status_code == 422
