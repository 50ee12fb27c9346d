"""/v1/reports/sealed: what was reported stays as it was, and can be shown to be so."""

import json
from hashlib import sha256

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app.api.sealed_reports import KNOWN
from app.db.database import Database
from app.domain.access import Role
from app.domain.ledger import GENESIS, seal_hash
from tests.api.sending import Wire, assessment, decision, notification, put_units, send
from tests.conftest import Headers, bearer

MARCH: Wire = {"kind": "monthly", "period": "2025-03", "by": "unit"}
EAST, WEST = "leppavaara", "espoonlahti"


@pytest.fixture(autouse=True)
def county(client: TestClient, headers: Headers) -> None:
    """Put up two units of a county, with three cases."""
    put_units(client, headers.admin, {"espoo": None, EAST: "espoo", WEST: "espoo"})
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03", unit=EAST),
        decision("A", "2025-03-05"),
        assessment("A", "2025-05-05"),
        notification("B", "2025-03-03", unit=EAST),
        decision("B", "2025-03-20"),
        notification("C", "2025-03-04", unit=WEST),
    )


def sealed(client: TestClient, headers: dict[str, str], body: Wire = MARCH) -> Wire:
    answer = client.post("/v1/reports/sealed", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    found: Wire = answer.json()
    return found


def test_the_figures_are_those_of_the_compliance_report_to_the_letter(
    client: TestClient, headers: Headers
) -> None:
    content = sealed(client, headers.lead)["content"]

    asked = {
        "period": "2025-03",
        "by": "unit",
        "as_of": content["as_of"],
        "known_at": content["known_at"],
    }
    report = client.get("/v1/reports/compliance", params=asked, headers=headers.lead)
    told = report.json()
    assert told.pop("bands")
    assert told.pop("definitions_at") == "/v1/definitions"
    assert told == {
        **content["figures"],
        "definition": content["definitions"]["due"]["en"],
        "definitions": {"due": content["definitions"]["due"]["en"]},
    }
    assert content["figures"]["totals"][0]["in_time"] == 1


def test_the_content_says_from_which_knowledge_and_by_which_rules_it_came(
    client: TestClient, headers: Headers
) -> None:
    content = sealed(client, headers.lead)["content"]

    assert content["law"] == content["figures"]["law"]
    assert content["unit_tree"]["units"] == 3
    assert content["scope"] == {"roots": None, "units": None}
    assert [(each["source"], each["position"]) for each in content["ledgers"]] == [
        ("client-a", 6)
    ]
    assert content["sealed_by"] == headers.lead["Authorization"].split("_")[1]
    assert content["software"]
    assert content["sealed_at"] >= content["known_at"]


def test_anybody_can_check_digest_and_chain(
    client: TestClient, headers: Headers
) -> None:
    previous = GENESIS
    for number in (1, 2, 3):
        sealed(client, headers.lead)
        answer = client.get(f"/v1/reports/sealed/{number}", headers=headers.lead)
        text = answer.text.partition('"content": ')[2][:-1]
        digest = sha256(text.encode()).digest()

        assert json.loads(text)["number"] == number
        assert answer.json()["digest"] == digest.hex()
        assert answer.json()["previous"] == previous.hex()
        previous = seal_hash(number, digest, previous)
        assert answer.json()["hash"] == previous.hex()


def test_what_was_looked_at_can_be_sealed_whatever_has_arrived_since(
    client: TestClient, headers: Headers
) -> None:
    looked_at = client.get(
        "/v1/reports/compliance?period=2025-03", headers=headers.lead
    ).json()
    send(client, headers.integrator, decision("C", "2025-03-05"))

    body = {**MARCH, "by": "", "known_at": looked_at["known_at"]}
    content = sealed(client, headers.lead, body)["content"]

    assert content["figures"]["totals"] == looked_at["totals"]
    assert content["known_at"] == looked_at["known_at"]
    assert content["ledgers"][0]["position"] == 6


def test_nothing_but_a_further_report_can_be_written(
    client: TestClient, headers: Headers, owner_url: str
) -> None:
    sealed(client, headers.lead)
    plain = make_url(owner_url).set(drivername="postgresql")

    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        for statement in (
            "UPDATE sealed_report SET content = content",
            "DELETE FROM sealed_report WHERE number = 1",
            "TRUNCATE sealed_report",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(statement.encode())
            connection.rollback()


# --- twice


def test_the_same_twice_makes_two_seals(client: TestClient, headers: Headers) -> None:
    assert [sealed(client, headers.lead)["number"] for _ in "ab"] == [1, 2]


def test_the_same_twice_under_one_key_makes_one(
    client: TestClient, headers: Headers
) -> None:
    asked = {**headers.lead, "Idempotency-Key": "october"}
    first = client.post("/v1/reports/sealed", json=MARCH, headers=asked)
    send(client, headers.integrator, decision("C", "2025-03-05"))
    again = client.post("/v1/reports/sealed", json=MARCH, headers=asked)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.content == first.content


def test_another_report_under_the_same_key_is_refused(
    client: TestClient, headers: Headers
) -> None:
    asked = {**headers.lead, "Idempotency-Key": "october"}
    client.post("/v1/reports/sealed", json=MARCH, headers=asked)

    other = client.post("/v1/reports/sealed", json={**MARCH, "by": ""}, headers=asked)

    assert other.status_code == 409
    assert other.json()["type"] == "urn:maaraaika:problem:key-reused"
    assert len(listing(client, headers.lead)) == 1


def test_the_keys_of_two_leads_are_apart(
    client: TestClient, headers: Headers, database: Database
) -> None:
    for lead in (headers.lead, bearer(database, Role.LEAD)):
        asked = {**lead, "Idempotency-Key": "october"}
        answer = client.post("/v1/reports/sealed", json=MARCH, headers=asked)
        assert answer.status_code == 201


# --- who may see it


def test_a_report_is_seen_by_those_who_may_see_all_that_it_is_about(
    client: TestClient, headers: Headers, database: Database
) -> None:
    espoo, east, west = (
        bearer(database, Role.LEAD, units=(unit,)) for unit in ("espoo", EAST, WEST)
    )
    sealed(client, headers.lead)
    sealed(client, espoo)
    sealed(client, east)

    seen = {
        name: [each["number"] for each in listing(client, lead)]
        for name, lead in (
            ("all", headers.lead),
            ("espoo", espoo),
            ("east", east),
            ("west", west),
        )
    }
    assert seen == {"all": [3, 2, 1], "espoo": [3, 2], "east": [3], "west": []}
    for name, lead in (("espoo", espoo), ("east", east), ("west", west)):
        for number in (1, 2, 3):
            answer = client.get(f"/v1/reports/sealed/{number}", headers=lead)
            assert (answer.status_code == 200) == (number in seen[name])
            assert answer.status_code in (200, 404)


def test_a_report_covers_the_units_of_who_seals_it(
    client: TestClient, database: Database
) -> None:
    east = bearer(database, Role.LEAD, units=(EAST,))

    content = sealed(client, east)["content"]

    assert content["scope"] == {"roots": [EAST], "units": [EAST]}
    assert {row["unit"] for row in content["figures"]["rows"]} == {EAST}


def test_a_unit_that_moved_since_does_not_take_a_report_from_who_sealed_it(
    client: TestClient, headers: Headers, database: Database
) -> None:
    espoo = bearer(database, Role.LEAD, units=("espoo",))
    sealed(client, espoo)

    put_units(client, headers.admin, {"other": None, EAST: "other"})

    assert [each["number"] for each in listing(client, espoo)] == [1]
    other = bearer(database, Role.LEAD, units=("other",))
    assert listing(client, other) == []


def test_only_leads_seal_and_see(
    client: TestClient, headers: Headers, database: Database
) -> None:
    sealed(client, headers.lead)
    auditor = bearer(database, Role.AUDITOR)

    for other in (headers.integrator, headers.admin, auditor):
        for answer in (
            client.post("/v1/reports/sealed", json=MARCH, headers=other),
            client.get("/v1/reports/sealed", headers=other),
            client.get("/v1/reports/sealed/1", headers=other),
        ):
            assert answer.status_code == 403


# --- the list


def listing(client: TestClient, headers: dict[str, str], query: str = "") -> list[Wire]:
    answer = client.get(f"/v1/reports/sealed{query}", headers=headers)
    assert answer.status_code == 200
    items: list[Wire] = answer.json()["items"]
    return items


def test_the_list_is_paged_and_filtered(client: TestClient, headers: Headers) -> None:
    for body in (
        MARCH,
        {"kind": "thl", "period": "thl:2024-10"},
        {"kind": "yearly", "period": "2025", "by": "language_group"},
        {**MARCH, "period": "2025-04"},
    ):
        sealed(client, headers.lead, body)

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in listing(client, headers.lead, query)]

    assert numbers("?kind=monthly") == [4, 1]
    assert numbers("?kind=monthly&period=2025-03") == [1]
    page = client.get("/v1/reports/sealed?limit=3", headers=headers.lead)
    following = page.links["next"]["url"]
    assert [each["number"] for each in page.json()["items"]] == [4, 3, 2]
    rest = client.get(following, headers=headers.lead)
    assert [each["number"] for each in rest.json()["items"]] == [1]
    assert "next" not in rest.links
    assert "figures" not in page.text


# --- what is refused


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        pytest.param({**MARCH, "kind": "weekly"}, 422, "invalid-body", id="kind"),
        pytest.param(
            {**MARCH, "period": "2025"}, 422, "invalid-period", id="year as month"
        ),
        pytest.param(
            {"kind": "thl", "period": "2025-H1"}, 422, "invalid-period", id="no window"
        ),
        pytest.param({**MARCH, "period": "x"}, 422, "invalid-period", id="period"),
        pytest.param(
            {**MARCH, "by": "worker"}, 422, "invalid-parameter", id="dimension"
        ),
        pytest.param(
            {**MARCH, "as_of": "2099-01-01"}, 422, "future-report", id="future day"
        ),
        pytest.param(
            {**MARCH, "known_at": "2099-01-01T00:00:00Z"},
            *(422, "future-knowledge"),
            id="future knowledge",
        ),
        pytest.param({**MARCH, "figures": {}}, 422, "invalid-body", id="own figures"),
        pytest.param(
            {**MARCH, "comment": {"fi": "x" * 4001, "sv": ""}},
            *(422, "invalid-body"),
            id="long comment",
        ),
        pytest.param(
            {**MARCH, "comment": {"fi": "lapsi 010594Y9032", "sv": ""}},
            *(422, "invalid-body"),
            id="identity code in the comment",
        ),
        pytest.param({**MARCH, "comment": {"fi": "x"}}, 422, "invalid-body", id="sv"),
        pytest.param([MARCH], 422, "invalid-body", id="list"),
    ],
)
def test_what_cannot_be_sealed_is_refused_and_leaves_no_number_out(
    client: TestClient, headers: Headers, body: Wire, status: int, code: str
) -> None:
    answer = client.post("/v1/reports/sealed", json=body, headers=headers.lead)

    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"urn:maaraaika:problem:{code}"
    assert "010594Y9032" not in answer.text
    assert sealed(client, headers.lead)["number"] == 1


def test_an_identity_code_is_no_request_key(
    client: TestClient, headers: Headers
) -> None:
    asked = {**headers.lead, "Idempotency-Key": "010594Y9032"}

    answer = client.post("/v1/reports/sealed", json=MARCH, headers=asked)

    assert answer.status_code == 422


def test_a_comment_of_several_paragraphs_is_kept(
    client: TestClient, headers: Headers
) -> None:
    comment = {"fi": "Ensimmäinen.\n\nToinen.", "sv": "Första.\n\nAndra."}

    made = sealed(client, headers.lead, {**MARCH, "comment": comment})

    assert made["content"]["comment"] == comment


def test_names_of_members_may_stand_in_errors() -> None:
    assert {"comment", "fi", "by"} <= KNOWN
