"""POST /v1/events, as an integrator meets it."""

import copy

from fastapi.testclient import TestClient

from app.api.events import EXAMPLE
from tests.conftest import Headers


def test_an_event_is_answered_with_its_receipt_and_the_deadlines(
    client: TestClient, headers: Headers
) -> None:
    answer = client.post("/v1/events", json=EXAMPLE, headers=headers.integrator)

    assert answer.status_code == 201
    receipt = answer.json()["receipt"]
    assert receipt.pop("recorded_at").endswith("Z")
    assert len(receipt.pop("digest")) == 64
    assert receipt == {
        "source": "client-a",
        "id": "e-1001",
        "sequence": 1,
        "status": "created",
    }
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
