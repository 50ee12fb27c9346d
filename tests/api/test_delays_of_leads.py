"""POST /v1/cases/.../delays: leads tell why a deadline is late."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.services import rebuild, sources
from app.services.keys import InvalidKeyRequestError, create
from app.services.sources import SuccessionError
from tests.api.sending import (
    assessment,
    decision,
    event,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer, said

URL = "/v1/cases/client-a/A/delays"
TOLD = {"rule": "initiation", "cause": "staff_shortage", "action": "extra_staff"}


def tell(
    client: TestClient,
    key: dict[str, str],
    url: str = URL,
    idempotency_key: str | None = None,
    **said: object,
) -> httpx2.Response:
    """Tell of a delay in a case; what is not named is ordinary."""
    more = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
    answer: httpx2.Response = client.post(
        url, json=TOLD | said, headers={**key, **more}
    )
    return answer


def causes(client: TestClient, key: dict[str, str]) -> dict[tuple[str, str], Any]:
    """Return the cause that each clock of the case A shows."""
    found = client.get("/v1/cases/client-a/A", headers=key).json()
    return {
        (each["rule"], each["started_on"]): each["delay"] and each["delay"]["cause"]
        for each in found["deadlines"]
    }


@pytest.fixture
def late(client: TestClient, headers: Headers) -> None:
    """Give a case of Leppävaara whose initiation is late, and done."""
    send(
        client,
        headers.integrator,
        notification("A", "2026-03-02", event_id="n1"),
        decision("A", "2026-03-20"),
        assessment("A", "2026-05-04"),
    )


@pytest.mark.usefixtures("late")
def test_it_becomes_an_event_of_the_services_own_source(
    client: TestClient, headers: Headers, database: Database
) -> None:
    answer = tell(client, headers.lead, follow_up_on="2026-12-01")

    assert answer.status_code == 201, answer.text
    receipt = answer.json()["receipt"]
    assert (receipt["source"], receipt["sequence"], receipt["status"]) == (
        "maaraaika",
        1,
        "created",
    )
    assert {d["rule"] for d in answer.json()["deadlines"]} == {
        "assessment",
        "initiation",
    }
    found = client.get("/v1/cases/client-a/A", headers=headers.lead).json()
    (line,) = [e for e in found["timeline"] if e["kind"] == "delay_explained"]
    assert (line["source"], line["case_ref"]) == ("maaraaika", "client-a/A")
    (told,) = [d["delay"] for d in found["deadlines"] if d["delay"]]
    assert told["explained_on"] == str(clock.today())
    assert (told["cause"], told["follow_up_on"]) == ("staff_shortage", "2026-12-01")
    assert list(rebuild.check(database)) == []


@pytest.mark.usefixtures("late")
def test_what_the_client_system_tells_later_still_reaches_the_case(
    client: TestClient, headers: Headers, database: Database
) -> None:
    tell(client, headers.lead)
    made = event(
        "correction",
        "A",
        "2026-06-01",
        {
            "target": "A initiation 2026-03-20",
            "reason": "wrong_date",
            "occurred_on": "2026-03-09",
            "data": {"outcome": "assessment_started"},
        },
    )

    send(client, headers.integrator, made)

    assert set(causes(client, headers.lead).values()) == {None}
    found = client.get("/v1/cases/client-a/A", headers=headers.lead).json()
    assert [each["code"] for each in found["findings"]] == [
        "explanation_without_breach"
    ]
    assert list(rebuild.check(database)) == []


@pytest.mark.usefixtures("late")
def test_the_same_under_the_same_key_gets_the_first_receipt(
    client: TestClient,
    headers: Headers,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = clock.now
    first = tell(client, headers.lead, idempotency_key="x-1")
    with monkeypatch.context() as tomorrow:
        tomorrow.setattr(clock, "now", lambda: now() + timedelta(1))
        again = tell(client, headers.lead, idempotency_key="x-1")

    other = tell(client, headers.lead, idempotency_key="x-1", cause="transfer")
    of_another = tell(
        client, bearer(database, Role.LEAD), idempotency_key="x-1", cause="transfer"
    )

    assert (first.status_code, again.status_code) == (201, 200)
    told = {**first.json()["receipt"], "status": "duplicate"}
    assert again.json()["receipt"] == told
    assert other.status_code == 409
    assert other.json()["type"].endswith("key-reused")
    assert of_another.status_code == 201


@pytest.mark.usefixtures("late")
def test_the_last_of_several_on_one_day_counts(
    client: TestClient, headers: Headers
) -> None:
    for cause in ("staff_shortage", "wrong_entry", "staff_shortage", "transfer"):
        assert tell(client, headers.lead, cause=cause).status_code == 201

    assert causes(client, headers.lead)["initiation", "2026-03-02"] == "transfer"


def test_a_notification_can_be_named(client: TestClient, headers: Headers) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2026-03-02", event_id="n1"),
        notification("A", "2026-03-03", event_id="n2"),
    )

    assert tell(client, headers.lead, explains="n2").status_code == 201

    found = causes(client, headers.lead)
    assert found["initiation", "2026-03-02"] is None
    assert found["initiation", "2026-03-03"] == "staff_shortage"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"rule": "assessment"}, id="a rule that was kept"),
        pytest.param({"explains": "n9"}, id="a notification of another case"),
    ],
)
@pytest.mark.usefixtures("late")
def test_where_nothing_is_late_there_is_nothing_to_explain(
    client: TestClient, headers: Headers, said: dict[str, Any]
) -> None:
    answer = tell(client, headers.lead, **said)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith("nothing-late")
    sources_heard = client.get("/v1/sources", headers=headers.lead).json()
    assert "maaraaika" not in str(sources_heard)


def test_leads_of_the_responsible_and_the_accountable_unit_may_tell(
    client: TestClient, headers: Headers, database: Database
) -> None:
    put_units(
        client,
        headers.admin,
        {"leppavaara": None, "team-1": "leppavaara", "espoonlahti": None, "x": None},
    )
    send(
        client,
        headers.integrator,
        notification("A", "2026-03-02", unit="team-1"),
        transfer("A", "2026-04-01", "espoonlahti"),
    )

    def status(unit: str, url: str = URL) -> int:
        return tell(client, bearer(database, Role.LEAD, units=(unit,)), url).status_code

    assert status("leppavaara") == 201  # accountable: late before the case moved
    assert status("espoonlahti") == 201  # responsible now
    assert status("x") == status("x", "/v1/cases/client-a/B/delays") == 404


@pytest.mark.usefixtures("late")
def test_a_missing_case_and_a_foreign_one_look_the_same(
    client: TestClient, headers: Headers, database: Database
) -> None:
    stranger = bearer(database, Role.LEAD, units=("espoonlahti",))

    missing = tell(client, stranger, "/v1/cases/client-a/B/delays")
    foreign = tell(client, stranger)
    nowhere = tell(client, headers.lead, "/v1/cases/client-a/B/delays")

    assert missing.status_code == foreign.status_code == nowhere.status_code == 404
    assert said(missing) == said(foreign)


@pytest.mark.usefixtures("late")
def test_only_leads_may_tell(client: TestClient, headers: Headers) -> None:
    assert tell(client, headers.integrator).status_code == 403
    assert tell(client, headers.admin).status_code == 403
    assert tell(client, {}).status_code == 401


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"cause": "holiday"}, "/cause", "enum"),
        ({"note": "prose"}, "/*", "extra_forbidden"),
        ({"explains": "010594Y9032"}, "/explains", "identity_code"),
        ({"explains": ""}, "/explains", "string_too_short"),
        ({"follow_up_on": 20261201}, "/follow_up_on", "value_error"),
    ],
)
@pytest.mark.usefixtures("late")
def test_what_is_wrong_is_told_and_never_repeated(
    client: TestClient,
    headers: Headers,
    said: dict[str, Any],
    pointer: str,
    code: str,
) -> None:
    answer = tell(client, headers.lead, **said)

    assert answer.status_code == 422
    (flaw,) = answer.json()["errors"]
    assert (flaw["pointer"], flaw["code"]) == (pointer, code)
    assert str(*said.values()) not in answer.text or said == {"explains": ""}


@pytest.mark.usefixtures("late")
def test_an_identity_code_is_no_idempotency_key(
    client: TestClient, headers: Headers
) -> None:
    answer = tell(client, headers.lead, idempotency_key="010594Y9032")

    assert answer.status_code == 422
    (flaw,) = answer.json()["errors"]
    assert (flaw["pointer"], flaw["code"]) == ("Idempotency-Key", "identity_code")


@pytest.mark.usefixtures("late")
def test_what_was_told_under_a_merged_case_is_of_the_case_it_goes_on_in(
    client: TestClient, headers: Headers
) -> None:
    merged = event("closure", "A", "2026-06-01", {"reason": "merged", "into": "B"})
    send(client, headers.integrator, notification("B", "2026-06-01"), merged)

    answer = tell(client, headers.lead)

    assert answer.status_code == 201
    found = client.get("/v1/cases/client-a/B", headers=headers.lead).json()
    (line,) = [e for e in found["timeline"] if e["kind"] == "delay_explained"]
    assert line["case_ref"] == "client-a/B"


def test_nobody_else_speaks_under_the_services_own_name(database: Database) -> None:
    with pytest.raises(InvalidKeyRequestError, match="own source"):
        create(
            database,
            role=Role.INTEGRATOR,
            source="maaraaika",
            units=(),
            created_at=clock.now(),
        )
    with pytest.raises(SuccessionError, match="own source"):
        sources.succeed(database, "client-a", "maaraaika", clock.today())


@pytest.mark.usefixtures("late")
def test_the_services_own_source_is_never_silent(
    client: TestClient, headers: Headers
) -> None:
    for _ in range(2):
        tell(client, headers.lead)

    listed = client.get("/v1/sources", headers=headers.lead).json()

    heard = {each["source"]: each for each in listed}
    assert heard["maaraaika"]["events"] == {"delay_explained": 2}
    assert heard["maaraaika"]["silent_working_hours"] is None
    assert heard["client-a"]["silent_working_hours"] is not None
