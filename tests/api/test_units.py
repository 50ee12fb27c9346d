"""PUT and GET /v1/units: the tree, and what it does to answers."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from tests.api.sending import notification, put_units, send
from tests.conftest import Headers, bearer

NAMES = {"fi": "Leppävaara", "sv": "Alberga", "en": "Leppävaara"}


def test_a_unit_is_recorded_and_listed_by_code(
    client: TestClient, headers: Headers
) -> None:
    put_units(client, headers.admin, {"espoo": None})

    answer = client.put(
        "/v1/units/alberga",
        json={"parent": "espoo", "names": NAMES},
        headers=headers.admin,
    )

    alberga = {"code": "alberga", "parent": "espoo", "names": NAMES}
    assert answer.status_code == 200
    assert answer.json() == alberga
    espoo = {"fi": "espoo", "sv": "espoo", "en": "espoo"}
    assert client.get("/v1/units", headers=headers.lead).json() == [
        alberga,
        {"code": "espoo", "parent": None, "names": espoo},
    ]


def test_a_unit_that_is_put_again_is_changed(
    client: TestClient, headers: Headers
) -> None:
    put_units(client, headers.admin, {"espoo": None, "team": None})

    put_units(client, headers.admin, {"team": "espoo"})

    listed = client.get("/v1/units", headers=headers.admin).json()
    assert [(unit["code"], unit["parent"]) for unit in listed] == [
        ("espoo", None),
        ("team", "espoo"),
    ]


def test_a_parent_need_not_be_registered_yet(
    client: TestClient, headers: Headers
) -> None:
    put_units(client, headers.admin, {"team": "not-yet"})

    assert len(client.get("/v1/units", headers=headers.lead).json()) == 1


@pytest.mark.parametrize("parent", ["espoo", "area", "team"])
def test_a_unit_cannot_stand_below_itself(
    client: TestClient, headers: Headers, parent: str
) -> None:
    tree = {"espoo": None, "area": "espoo", "team": "area"}
    put_units(client, headers.admin, tree)

    answer = client.put(
        "/v1/units/espoo",
        json={"parent": parent, "names": NAMES},
        headers=headers.admin,
    )

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:maaraaika:problem:unit-cycle"
    listed = client.get("/v1/units", headers=headers.lead).json()
    assert {unit["code"]: unit["parent"] for unit in listed} == tree


def test_an_admin_puts_units_and_leads_may_read_them(
    client: TestClient, headers: Headers
) -> None:
    body = {"parent": None, "names": NAMES}
    none: dict[str, str] = {}
    keys = (none, headers.integrator, headers.lead, headers.admin)

    put = [client.put("/v1/units/u", json=body, headers=k).status_code for k in keys]
    listed = [client.get("/v1/units", headers=k).status_code for k in keys]

    assert put == [401, 403, 403, 200]
    assert listed == [401, 403, 200, 200]


def test_a_unit_that_is_not_valid_is_refused_without_its_values(
    client: TestClient, headers: Headers
) -> None:
    bodies: list[dict[str, Any]] = [
        {},
        {"names": {"fi": "a", "sv": "b"}},
        {"names": {**NAMES, "fi": ""}},
        {"names": {**NAMES, "fi": "x" * 201}},
        {"names": {**NAMES, "fi": "a\nb"}},
        {"names": {**NAMES, "fi": "010594Y9032"}},
        {"names": {**NAMES, "se": "Leppävaara"}},
        {"names": NAMES, "parent": ""},
        {"names": NAMES, "parent": 7},
        {"names": NAMES, "above": "espoo"},
    ]

    for body in bodies:
        answer = client.put("/v1/units/u", json=body, headers=headers.admin)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"]
        assert "010594Y9032" not in answer.text

    assert client.get("/v1/units", headers=headers.lead).json() == []


def test_an_identity_code_is_no_code_of_a_unit(
    client: TestClient, headers: Headers
) -> None:
    answer = client.put(
        "/v1/units/010594Y9032", json={"names": NAMES}, headers=headers.admin
    )

    assert answer.status_code == 422
    assert "010594Y9032" not in answer.text


def test_earlier_answers_keep_the_earlier_tree(
    client: TestClient, headers: Headers
) -> None:
    put_units(client, headers.admin, {"north": None, "south": None, "team": "north"})
    send(client, headers.integrator, notification("A", "2025-03-03", unit="team"))
    url = "/v1/deadlines?status=open&unit=north"
    earlier = client.get(url, headers=headers.lead)

    put_units(client, headers.admin, {"team": "south"})

    known_at = earlier.json()["known_at"]
    again = client.get(f"{url}&known_at={known_at}", headers=headers.lead)
    assert len(earlier.json()["items"]) == 2
    assert again.content == earlier.content
    assert client.get(url, headers=headers.lead).json()["items"] == []


def test_the_scope_of_a_lead_follows_the_tree(
    client: TestClient, database: Database, headers: Headers
) -> None:
    key = bearer(database, Role.LEAD, units=("north",))
    send(client, headers.integrator, notification("A", "2025-03-03", unit="team"))
    url = "/v1/cases/client-a/A"
    before = client.get(url, headers=key)

    put_units(client, headers.admin, {"north": None, "team": "north"})

    assert before.status_code == 404
    assert client.get(url, headers=key).status_code == 200
