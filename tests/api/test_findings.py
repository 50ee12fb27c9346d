"""GET /v1/findings: who sees what, what closes a finding, each kind found and gone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.domain.findings import FindingKind
from app.services import rebuild, sources
from app.services.finders import OF_WORK
from tests.api.sending import (
    Wire,
    assessment,
    closure,
    decision,
    event,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer


@pytest.fixture
def units(client: TestClient, headers: Headers) -> None:
    """Register the units of the events."""
    put_units(
        client,
        headers.admin,
        {"espoo": None, "leppavaara": "espoo", "matinkyla": "espoo"},
    )


@pytest.fixture
def post(client: TestClient, headers: Headers, units: None) -> Callable[..., None]:
    """Give a way to send events as `client-a`, with the units registered."""
    _ = units

    def send_them(*events: Wire) -> None:
        send(client, headers.integrator, *events)

    return send_them


@pytest.fixture
def found(client: TestClient, headers: Headers) -> Callable[..., list[Wire]]:
    """Give a way to ask for findings as a lead of all units.

    Those of the work, a missed deadline that nobody has explained, only by their kind.
    """

    def ask(key: dict[str, str] | None = None, **query: str) -> list[Wire]:
        answer = client.get("/v1/findings", params=query, headers=key or headers.lead)
        assert answer.status_code == 200, answer.text
        items: list[Wire] = answer.json()["items"]
        return [
            each for each in items if "kind" in query or each["kind"] not in OF_WORK
        ]

    return ask


Post = Callable[..., None]
Ask = Callable[..., list[Wire]]


def ago(days: int) -> str:
    return str(clock.today() - timedelta(days))


def kinds(items: list[Wire]) -> list[str]:
    return [each["kind"] for each in items]


def close(
    client: TestClient, headers: dict[str, str], finding: str, reason: str = "other"
) -> Any:  # noqa: ANN401 (the client's own type of answer)
    return client.post(
        f"/v1/findings/{finding}/closure", json={"reason": reason}, headers=headers
    )


# In cases


def test_a_finding_says_what_it_means_and_what_to_do(post: Post, found: Ask) -> None:
    post(decision("A", "2026-03-10", event_id="d1"))

    (item,) = found()
    (fi,) = found(lang="fi")

    assert (
        item.items()
        >= {
            "kind": "act_before_notification",
            "severity": "warning",
            "source": "client-a",
            "case_ref": "A",
            "unit": None,
            "day": "2026-03-10",
            "status": "open",
            "event": {"source": "client-a", "id": "d1"},
            "other_cases": [],
            "facts": {},
            "closed_at": None,
            "closed_by": None,
            "closed_reason": None,
        }.items()
    )
    assert item["explanation"].startswith("Something was done in the case before")
    assert item["remedy"].startswith("Send the notification")
    assert fi["remedy"].startswith("Lähetä puuttuva ilmoitus")
    assert fi["id"] == item["id"]


def test_a_finding_closes_by_itself_when_its_cause_is_gone(
    post: Post, found: Ask
) -> None:
    post(decision("A", "2026-03-10", event_id="d1"))
    (before,) = found()

    post(notification("A", "2026-03-02"))

    assert found() == []
    (after,) = found(status="closed")
    assert after["id"] == before["id"]
    assert after["since"] == before["since"]
    assert (after["status"], after["closed_reason"]) == ("closed", "cause_gone")
    assert after["closed_by"] is None
    assert after["closed_at"] > after["since"]
    assert found(status="all") == [after]


def test_a_cause_that_comes_back_is_a_finding_again(post: Post, found: Ask) -> None:
    post(decision("A", "2026-03-10", event_id="d1"))
    (first,) = found()
    post(notification("A", "2026-03-02", event_id="n1"))
    post(
        event(
            "retraction", "A", "2026-03-11", {"target": "n1", "reason": "wrong_entry"}
        )
    )

    (again,) = found()

    assert again["id"] == first["id"]
    assert again["since"] > first["since"]
    assert found(status="closed") == []


def test_a_finding_in_a_case_is_of_the_unit_that_has_the_case(
    post: Post, found: Ask
) -> None:
    post(
        notification("A", "2026-03-02"),
        assessment("A", "2026-03-10", "interrupted"),
        transfer("A", "2026-03-09", "matinkyla"),
    )

    assert [each["unit"] for each in found()] == ["matinkyla"]
    assert kinds(found(unit="espoo")) == ["assessment_interrupted"]
    assert found(unit="leppavaara") == []


def test_a_day_that_is_moved_onto_the_decision_is_an_alarm(
    post: Post, found: Ask
) -> None:
    post(
        notification("A", "2026-03-02", event_id="n1"),
        decision("A", "2026-03-10"),
        event(
            "correction",
            "A",
            "2026-03-20",
            {
                "target": "n1",
                "reason": "wrong_date",
                "occurred_on": "2026-03-10",
                "data": {"entry": "report", "unit": "leppavaara"},
            },
        ),
    )

    (item,) = found()

    assert (item["kind"], item["severity"]) == ("second_clock_suspected", "alarm")
    assert (item["event"]["id"], item["day"]) == ("n1", "2026-03-10")


def test_findings_in_a_merged_case_are_those_of_the_case_it_goes_on_in(
    post: Post, found: Ask
) -> None:
    post(decision("B", "2026-03-10", event_id="d1"))
    assert [each["case_ref"] for each in found()] == ["B"]

    post(
        notification("A", "2026-03-02"),
        event("closure", "B", "2026-03-11", {"reason": "merged", "into": "A"}),
    )

    assert found() == []


def test_the_read_model_of_findings_is_what_the_events_say(
    post: Post, found: Ask, database: Database, owned: Database
) -> None:
    post(decision("A", "2026-03-10", event_id="d1"), closure("B", "2026-03-10", "done"))
    post(notification("A", "2026-03-02"))
    post(assessment("A", "2026-03-12", "interrupted"), notification("C", "2026-03-02"))
    assert list(rebuild.check(database)) == []
    before = found(status="all")

    rebuild.rebuild(owned)

    assert found(status="all") == before
    assert list(rebuild.check(database)) == []
    with owned.write() as connection:
        connection.execute(text("UPDATE case_finding SET day = day + 1"))
    assert len(list(rebuild.check(database))) == 6


def test_a_succession_of_sources_moves_findings_to_the_case_that_goes_on(
    post: Post, found: Ask, database: Database
) -> None:
    post(decision("A", "2026-03-10", event_id="d1"))

    sources.succeed(database, "client-a", "client-b", clock.today())

    (item,) = found()
    assert (item["source"], item["event"]["source"]) == ("client-b", "client-a")
    assert list(rebuild.check(database)) == []
    # Whose source it is may know of it, but not what another source's events are.
    own = bearer(database, Role.INTEGRATOR, source="client-b")
    assert [each["event"] for each in found(own)] == [None]


# Who sees what


def test_a_lead_sees_findings_of_its_units_and_no_others(
    post: Post, found: Ask, database: Database
) -> None:
    post(
        notification("A", "2026-03-02"),
        assessment("A", "2026-03-10", "interrupted"),
        notification("B", "2026-03-02", unit="matinkyla"),
        assessment("B", "2026-03-10", "interrupted"),
        decision("C", "2026-03-10"),
    )
    of_one = bearer(database, Role.LEAD, units=("leppavaara",))
    of_all = bearer(database, Role.LEAD, units=("espoo",))

    assert [each["case_ref"] for each in found(of_one)] == ["A"]
    assert sorted(each["case_ref"] for each in found(of_all)) == ["A", "B"]
    assert sorted(each["case_ref"] for each in found()) == ["A", "B", "C"]
    assert found(of_one, unit="matinkyla") == []


def test_a_lead_of_units_is_not_shown_what_is_about_sources(
    client: TestClient, post: Post, found: Ask, database: Database, headers: Headers
) -> None:
    post(notification("A", "2026-03-02"))
    client.post(
        "/v1/sources/client-a/control-counts",
        json={"day": "2026-03-02", "counts": {"notification": 2}},
        headers=headers.integrator,
    )

    assert kinds(found()) == ["control_count_mismatch"]
    assert found(bearer(database, Role.LEAD, units=("espoo",))) == []


def test_an_integrator_sees_the_findings_of_its_own_source(
    client: TestClient, post: Post, found: Ask, database: Database, headers: Headers
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    post(decision("A", "2026-03-10"))
    send(client, other, {**decision("B", "2026-03-10"), "source": "client-b"})

    assert [each["case_ref"] for each in found(headers.integrator)] == ["A"]
    assert [each["case_ref"] for each in found(other)] == ["B"]
    assert found(headers.integrator, source="client-b") == []
    assert [each["case_ref"] for each in found(source="client-b")] == ["B"]


def test_no_other_role_sees_findings(
    client: TestClient, database: Database, headers: Headers
) -> None:
    for key in (headers.admin, bearer(database, Role.AUDITOR)):
        assert client.get("/v1/findings", headers=key).status_code == 403
        assert close(client, key, "x").status_code == 403
    assert close(client, headers.integrator, "x").status_code == 403


# Closed by a lead


def test_a_lead_closes_a_finding_with_a_reason(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(decision("A", "2026-03-10"))
    (item,) = found()

    answer = close(client, headers.lead, item["id"], "known_and_accepted")

    assert answer.status_code == 200
    assert found() == []
    (closed,) = found(status="closed")
    assert answer.json() == closed
    assert closed["closed_reason"] == "known_and_accepted"
    key_id = headers.lead["Authorization"].split("_")[1]
    assert closed["closed_by"] == key_id


def test_what_is_closed_is_not_closed_again(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(decision("A", "2026-03-10"))
    (item,) = found()
    close(client, headers.lead, item["id"])

    answer = close(client, headers.lead, item["id"])

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":finding-closed")


def test_what_comes_back_after_a_lead_closed_it_is_open_again(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(decision("A", "2026-03-10"))
    (item,) = found()
    close(client, headers.lead, item["id"])
    post(notification("A", "2026-03-02", event_id="n1"))
    post(
        event(
            "retraction", "A", "2026-03-11", {"target": "n1", "reason": "wrong_entry"}
        )
    )

    assert [each["id"] for each in found()] == [item["id"]]


def test_a_lead_closes_no_finding_that_it_may_not_see(
    client: TestClient, post: Post, found: Ask, database: Database
) -> None:
    post(decision("A", "2026-03-10"))
    (item,) = found()
    other = bearer(database, Role.LEAD, units=("espoo",))

    assert close(client, other, item["id"]).status_code == 404
    assert close(client, other, "unknown").status_code == 404
    assert kinds(found()) == ["act_before_notification"]


@pytest.mark.parametrize("reason", ["cause_gone", "because", "", None, 1])
def test_only_reasons_of_the_list_are_taken(
    client: TestClient, headers: Headers, reason: object
) -> None:
    answer = client.post(
        "/v1/findings/x/closure", json={"reason": reason}, headers=headers.lead
    )

    assert answer.status_code == 422
    assert [flaw["pointer"] for flaw in answer.json()["errors"]] == ["/reason"]


# Pages


def test_pages_follow_each_other_the_most_pressing_first(
    client: TestClient, post: Post, headers: Headers
) -> None:
    post(
        *(decision(f"A-{number}", "2026-03-10") for number in range(5)),
        notification("B", "2026-03-02"),
        closure("B", "2026-03-10", "done"),
    )
    whole = client.get("/v1/findings", headers=headers.lead).json()
    assert whole["counts"] == {"notice": 0, "warning": 7, "alarm": 1}
    assert whole["items"][0]["kind"] == "closed_with_open_clocks"

    url: str | None = "/v1/findings?limit=4"
    pages = []
    while url:
        answer = client.get(url, headers=headers.lead)
        pages.append(answer.json())
        link = answer.headers.get("Link")
        url = link.partition("<")[2].partition(">")[0] if link else None

    assert [len(page["items"]) for page in pages] == [4, 4]
    assert [each for page in pages for each in page["items"]] == whole["items"]
    assert pages[1]["counts"] == whole["counts"]


# What sources send


def numbered(number: int) -> Wire:
    return {**notification(f"A-{number}", "2026-03-02"), "sequence": number}


def test_missing_numbers_are_a_gap_until_they_come(post: Post, found: Ask) -> None:
    post(*(numbered(n) for n in (10, 11, 14, 16)))

    (item,) = found()
    assert (item["kind"], item["severity"]) == ("sequence_gap", "alarm")
    assert item["source"] == "client-a"
    assert item["facts"] == {"missing": 3, "first_gaps": [[12, 13], [15, 15]]}

    post(numbered(15), numbered(12))
    assert [each["facts"]["missing"] for each in found()] == [1]

    post(numbered(13))
    assert found() == []


def test_numbers_that_come_twice_are_no_gap(post: Post, found: Ask) -> None:
    post(numbered(1), {**numbered(1), "id": "again"}, numbered(2))

    assert found() == []


def test_a_new_gap_opens_a_finding_that_a_lead_had_closed(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(numbered(1), numbered(3))
    (item,) = found()
    close(client, headers.lead, item["id"])
    post(numbered(4))
    assert found() == []

    post(numbered(6))

    assert [each["id"] for each in found()] == [item["id"]]


def test_an_id_sent_again_otherwise_is_a_finding_until_the_event_is_amended(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    first = notification("A", "2026-03-02", event_id="n1")
    other = notification("A", "2026-03-03", event_id="n1")
    post(first)
    for sent in ([other, first], [other, other]):
        client.post("/v1/events/batch", json=sent, headers=headers.integrator)

    (item,) = found()
    assert item["kind"] == "conflicting_resend"
    assert item["case_ref"] == "A"
    assert item["unit"] == "leppavaara"
    assert item["event"] == {"source": "client-a", "id": "n1"}
    assert item["facts"] == {"times": 3}

    correction = {
        "target": "n1",
        "reason": "wrong_date",
        "occurred_on": "2026-03-03",
        "data": first["data"],
    }
    post(event("correction", "A", "2026-03-04", correction))
    assert found() == []


def test_a_conflict_in_a_rehearsal_is_not_noted(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(notification("A", "2026-03-02", event_id="n1"))

    client.post(
        "/v1/events?dry_run=true",
        json=notification("A", "2026-03-03", event_id="n1"),
        headers=headers.integrator,
    )

    assert found() == []


def old_and_new(old: int, new: int) -> list[Wire]:
    return [
        *(notification(f"O-{n}", ago(8)) for n in range(old)),
        *(notification(f"N-{n}", ago(7)) for n in range(new)),
    ]


def test_much_that_is_old_on_one_day_is_found_of_a_live_source(
    post: Post, found: Ask, database: Database
) -> None:
    sources.put_live(database, "client-a", clock.today() - timedelta(60))
    post(*old_and_new(old=19, new=10))
    assert found() == []

    post(notification("O-19", ago(8)))

    (item,) = found()
    assert (item["kind"], item["day"]) == ("mass_backdating", str(clock.today()))
    assert item["facts"] == {"events": 30, "old": 20}


def test_a_few_old_events_among_many_are_none(
    post: Post, found: Ask, database: Database
) -> None:
    sources.put_live(database, "client-a", clock.today() - timedelta(60))

    post(*old_and_new(old=20, new=81))

    assert found() == []


@pytest.mark.parametrize("live_for", [None, 7, -1])
def test_history_from_before_a_source_was_live_is_no_back_dating(
    post: Post, found: Ask, database: Database, live_for: int | None
) -> None:
    if live_for is not None:
        sources.put_live(database, "client-a", clock.today() - timedelta(live_for))

    post(*old_and_new(old=30, new=0))

    assert found() == []


def of_language(name: str, days: int, *, known: int, unknown: int) -> list[Wire]:
    tongues: list[Wire] = [
        *({"mother_tongue": "fi"} for _ in range(known)),
        *({} for _ in range(unknown)),
    ]
    return [
        notification(f"{name}-{number}", ago(days), child=child)
        for number, child in enumerate(tongues)
    ]


def test_a_rising_share_of_unknown_languages_is_found(post: Post, found: Ask) -> None:
    post(*of_language("B", 30, known=18, unknown=2))
    post(*of_language("L", 29, known=16, unknown=3))
    assert found() == []

    post(*of_language("M", 29, known=0, unknown=1))

    (item,) = found()
    assert item["kind"] == "unknown_group_share_rising"
    assert item["facts"] == {"share_lately": 0.2, "share_before": 0.1}


def test_a_share_that_does_not_rise_by_a_tenth_is_not(post: Post, found: Ask) -> None:
    post(*of_language("B", 30, known=18, unknown=2))
    post(*of_language("L", 29, known=17, unknown=3))

    assert found() == []


# Cases and units


def test_a_unit_that_nobody_registered_is_found_until_it_is(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    post(notification("A", "2026-03-02", unit="tapiola"))

    (item,) = found()
    assert (item["kind"], item["unit"]) == ("unregistered_unit", "tapiola")
    assert (item["case_ref"], item["facts"]) == (None, {"cases": 1})

    put_units(client, headers.admin, {"tapiola": "espoo"})
    assert found() == []


def test_an_open_case_without_a_unit_is_found_until_one_has_it(
    post: Post, found: Ask
) -> None:
    post(notification("A", "2026-03-02", unit=None), notification("B", "2026-03-02"))

    (item,) = found()
    assert (item["kind"], item["case_ref"]) == ("case_without_unit", "A")

    post(transfer("A", "2026-03-03", "leppavaara"))
    assert found() == []


CHILD = {"ref": "p-1", "mother_tongue": "fi"}


def test_two_open_cases_of_one_child_are_found_until_one_is_done(
    post: Post, found: Ask, database: Database
) -> None:
    post(
        notification("A", "2026-03-02", child=CHILD),
        notification("B", "2026-03-09", child=CHILD, unit="matinkyla"),
        notification("C", "2026-03-09", child={"ref": "p-2"}),
        notification("D", "2026-03-09"),
        notification("E", "2026-03-09"),
    )

    items = found(kind="two_open_cases_of_one_child")
    assert {each["case_ref"]: each["other_cases"] for each in items} == {
        "A": ["B"],
        "B": ["A"],
    }
    # Who may not know of the other case is not told of it.
    of_one = bearer(database, Role.LEAD, units=("leppavaara",))
    (item,) = found(of_one, kind="two_open_cases_of_one_child")
    assert (item["case_ref"], item["other_cases"]) == ("A", [])

    post(closure("B", "2026-03-10", "moved_away"))
    assert found() == []


def test_two_matters_of_one_child_on_one_day_are_found_until_they_are_merged(
    post: Post, found: Ask
) -> None:
    post(
        notification("A", ago(60), child=CHILD),
        notification("B", ago(60), child=CHILD),
    )
    items = found(kind="duplicate_matter_on_one_day")
    assert [each["day"] for each in items] == [ago(60)] * 2
    assert len({each["id"] for each in items}) == 2

    post(event("closure", "B", ago(50), {"reason": "merged", "into": "A"}))

    assert found() == []


def test_what_began_twice_over_a_year_ago_is_asked_of_no_more(
    post: Post, found: Ask
) -> None:
    for day in (ago(370), ago(360)):
        post(*(notification(f"{case}-{day}", day, child=CHILD) for case in "AB"))

    items = found(kind="duplicate_matter_on_one_day")

    assert {each["day"] for each in items} == {ago(360)}


def test_a_duplicate_that_was_recognised_as_one_is_not_found(
    post: Post, found: Ask
) -> None:
    post(
        notification("A", ago(60), child=CHILD),
        notification("B", ago(60), child=CHILD),
        decision("B", ago(59), "wrong_or_duplicate"),
    )

    assert found() == []


def test_a_heap_of_decisions_on_the_due_date_is_found(
    client: TestClient, post: Post, found: Ask, headers: Headers
) -> None:
    received = clock.today() - timedelta(40)
    due = client.get(
        "/v1/deadlines/explanation", params={"received_on": str(received)}
    ).json()["due_on"]
    early = str(received + timedelta(1))

    def cases(name: str, count: int, on: str) -> list[Wire]:
        return [
            each
            for number in range(count)
            for each in (
                notification(f"{name}-{number}", str(received)),
                decision(f"{name}-{number}", on),
            )
        ]

    post(*cases("E", 14, early), *cases("D", 5, due))
    assert found() == []

    post(*cases("F", 1, due))
    (item,) = found()
    assert (item["kind"], item["unit"]) == ("done_on_due_date_heap", "leppavaara")
    assert (item["source"], item["facts"]) == (
        None,
        {"decisions": 20, "on_the_due_date": 6},
    )
    assert found(headers.integrator) == []

    post(*cases("G", 1, early))
    assert found() == []


def test_every_kind_can_be_asked_for(found: Ask) -> None:
    for kind in FindingKind:
        assert found(kind=kind.value) == []


# In the report


def test_the_report_counts_the_findings_in_cases_as_they_were_known(
    client: TestClient, post: Post, found: Ask, headers: Headers, database: Database
) -> None:
    def counted(key: dict[str, str], **query: str) -> Wire:
        answer = client.get(
            "/v1/reports/compliance", params={"period": "2026", **query}, headers=key
        )
        counts: Wire = answer.json()["findings"]
        return counts

    post(
        notification("A", "2026-03-02"),
        assessment("A", "2026-03-10", "interrupted"),
        decision("B", "2026-03-10"),
        decision("C", "2026-03-10"),
    )
    of_units = bearer(database, Role.LEAD, units=("leppavaara",))
    then = str(
        client.get(
            "/v1/reports/compliance", params={"period": "2026"}, headers=headers.lead
        ).json()["known_at"]
    )
    assert counted(headers.lead) == {
        "open": 3,
        "by_kind": {"act_before_notification": 2, "assessment_interrupted": 1},
    }
    assert counted(of_units) == {"open": 1, "by_kind": {"assessment_interrupted": 1}}

    post(notification("B", "2026-03-02"))
    (item,) = found(kind="act_before_notification")
    close(client, headers.lead, item["id"])

    assert counted(headers.lead)["by_kind"] == {"assessment_interrupted": 1}
    assert counted(headers.lead, known_at=then)["open"] == 3
