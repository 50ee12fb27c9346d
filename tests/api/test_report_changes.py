"""A sealed report and what has become known since: every difference has its cause."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.erasure import ErasureGround
from app.domain.report_changes import Cause
from app.domain.report_settings import Inclusion, ReportSettings
from app.services import law as law_service
from app.services import report_settings
from app.services.erasure import erase_child
from tests.api.sending import (
    Wire,
    assessment,
    decision,
    event,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer
from tests.services.test_rebuild import NO_ROLL

FIRST_DAY = date(2024, 1, 1)
AS_OF = "2024-07-01"
CASES = 100
UNTOUCHED = 20
LATER_EVENTS = 1_000
UNITS = ("leppavaara", "espoonlahti", "matinkyla")
REPORTS: tuple[Wire, ...] = (
    {
        "kind": "yearly",
        "period": "2024",
        "basis": "both",
        "as_of": AS_OF,
        "by": "unit,language_group",
        "level": 0,
    },
    {"kind": "monthly", "period": "2024-02", "by": "age_band", "as_of": AS_OF},
    {"kind": "thl", "period": "thl:2023-10", "as_of": AS_OF},
)


MARCH: Wire = {"kind": "monthly", "period": "2025-03", "as_of": "2025-04-01"}


def day(number: int) -> str:
    return (FIRST_DAY + timedelta(number)).isoformat()


def a_county() -> Iterator[Wire]:
    for number in range(CASES):
        ref, unit = f"A-{number}", UNITS[number % len(UNITS)]
        child = {"mother_tongue": ("fi", "so")[number % 2], "age_years": number % 18}
        yield notification(
            ref, day(number), event_id=f"n-{number}", unit=unit, child=child
        )
        if number % 3:
            decided = day(number + number % 20)
            yield decision(ref, decided, event_id=f"d-{number}")
        if number % 4 == 0:
            yield assessment(ref, day(number + 60 + number % 50))


def news() -> Iterator[Wire]:
    """Give a thousand events that touch most of the county's cases."""
    drawn = random.Random(2026)  # noqa: S311 (which news, no secret)
    for number in range(LATER_EVENTS):
        case = drawn.randrange(CASES - UNTOUCHED)
        ref, on = f"A-{case}", day(drawn.randrange(300))
        amended = {"target": f"n-{case}", "reason": "wrong_entry"}
        moved = {"entry": "report", "unit": drawn.choice(UNITS)}
        put_right = {**amended, "occurred_on": on, "data": moved}
        each = drawn.choice(
            [
                notification(ref, on, child={"mother_tongue": "sv"}),
                *[decision(ref, on), assessment(ref, on)],
                transfer(ref, on, drawn.choice(UNITS)),
                event("correction", ref, on, put_right),
                event("retraction", ref, on, amended),
            ]
        )
        yield {**each, "id": f"later-{number}"}


def seal(client: TestClient, headers: dict[str, str], body: Wire) -> int:
    answer = client.post("/v1/reports/sealed", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def changes(
    client: TestClient, headers: dict[str, str], number: int, query: str = ""
) -> Wire:
    answer = client.get(f"/v1/reports/sealed/{number}/changes{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def recomputed(client: TestClient, headers: dict[str, str], number: int) -> Wire:
    answer = client.get(f"/v1/reports/sealed/{number}/recompute", headers=headers)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def assert_every_difference_has_its_cause(found: Wire) -> None:
    for figure in found["figures"]:
        change = figure["to"] - figure["from"]
        assert sum(figure["by_cause"].values()) == change, figure
        assert figure["unexplained"] == 0, figure
    moved = found["moved"]
    assert sum(moved["by_cause"].values()) == moved["deadlines"]


def change_every_rule(client: TestClient, headers: Headers, database: Database) -> None:
    """Activate another reading, count otherwise for THL, and move a unit."""
    law_service.activate(database, NO_ROLL)
    counted = Inclusion(
        in_force_from=date(2020, 1, 1), excluded_outcomes=(), counts_repeated=True
    )
    report_settings.put(database, ReportSettings(inclusions=(counted,)))
    put_units(client, headers.admin, {"other": None, UNITS[2]: "other"})


def test_a_thousand_later_events_leave_it_and_each_difference_has_its_cause(
    client: TestClient, headers: Headers, database: Database
) -> None:
    put_units(client, headers.admin, {"espoo": None, **dict.fromkeys(UNITS, "espoo")})
    send(client, headers.integrator, *a_county())
    numbers = [seal(client, headers.lead, body) for body in REPORTS]

    send(client, headers.integrator, *news())
    change_every_rule(client, headers, database)

    for number in numbers:
        assert recomputed(client, headers.lead, number) == {
            "number": number,
            "equal": True,
            "differences": [],
            "explanations": [],
        }
        found = changes(client, headers.lead, number)
        assert found["recomputation"]["equal"]
        assert found["figures"]
        assert_every_difference_has_its_cause(found)
    everything = changes(client, headers.lead, numbers[0])
    found_causes = {cause for cause, n in everything["moved"]["by_cause"].items() if n}
    assert found_causes >= set(Cause) - {Cause.LATER_EVENT}
    assert_the_new_figures_are_those_of_the_report(client, headers, everything)


def assert_the_new_figures_are_those_of_the_report(
    client: TestClient, headers: Headers, found: Wire
) -> None:
    asked = {"period": "2024", "as_of": AS_OF, "known_at": found["to"]}
    answer = client.get(
        "/v1/reports/compliance", params=asked, headers=headers.lead
    ).json()
    totals = {row["rule"]: row for row in answer["totals"]}
    compared = [
        (each["to"], totals[each["rule"]][each["figure"]])
        for each in found["figures"]
        if each["span"] == "total"
        and each["basis"] == "due"
        and each["figure"] in totals[each["rule"]]
    ]
    assert len(compared) > 5
    assert all(told == counted for told, counted in compared)


# --- one cause at a time, in March 2025


@pytest.fixture
def march(client: TestClient, headers: Headers) -> Wire:
    """Seal March 2025, with one initiation open and late and one in time."""
    put_units(client, headers.admin, {"leppavaara": None, "espoonlahti": None})
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03", event_id="n-A"),
        notification("B", "2025-03-04", event_id="n-B"),
        decision("B", "2025-03-05", event_id="d-B"),
    )
    return {"number": seal(client, headers.lead, {**MARCH, "by": "unit"})}


def moved(client: TestClient, headers: Headers, march: Wire) -> list[Wire]:
    found = changes(client, headers.lead, march["number"])
    assert_every_difference_has_its_cause(found)
    items: list[Wire] = found["deadlines"]["items"]
    assert len(items) == found["deadlines"]["count"] == found["moved"]["deadlines"]
    return items


def amended(kind: str, target: str, case: str, **more: object) -> Wire:
    data = {"target": target, "reason": "wrong_entry", **more}
    return event(kind, case, "2025-05-01", data)


def test_nothing_changed(client: TestClient, headers: Headers, march: Wire) -> None:
    found = changes(client, headers.lead, march["number"])

    assert found["figures"] == []
    assert found["moved"]["deadlines"] == 0
    assert found["notice_draft"] is None


def test_what_arrived_late_moves_from_open_to_in_time(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(client, headers.integrator, decision("A", "2025-03-06"))

    (move,) = moved(client, headers, march)

    assert (move["case_ref"], move["cause"]) == ("A", "arrived_late")
    assert move["from"] == {"unit": "leppavaara", "due": "open_late"}
    assert move["to"] == {"unit": "leppavaara", "due": "in_time"}


def test_what_happened_after_the_day_moves_nothing_unless_it_tells_of_before(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(client, headers.integrator, decision("A", "2025-04-20"))
    assert moved(client, headers, march) == []

    number = seal(
        client,
        headers.lead,
        {
            "kind": "monthly",
            "period": "2025-03",
            "by": "language_group",
            "as_of": "2025-04-01",
        },
    )
    swedish = {"mother_tongue": "sv"}
    send(client, headers.integrator, notification("A", "2025-05-05", child=swedish))

    found = changes(client, headers.lead, number)
    assert_every_difference_has_its_cause(found)
    (move,) = found["deadlines"]["items"]
    assert move["cause"] == "later_event"
    groups = {each["language_group"] for each in found["figures"]}
    assert groups == {"unknown", "sv"}


def test_a_retraction_takes_a_deadline_to_void(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(client, headers.integrator, amended("retraction", "n-A", "A"))

    (move,) = moved(client, headers, march)

    assert (move["cause"], move["to"]["due"]) == ("retracted", "void")


def test_a_correction_moves_a_deadline_to_another_unit(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    data = {"entry": "report", "unit": "espoonlahti"}
    send(
        client,
        headers.integrator,
        amended("correction", "n-A", "A", occurred_on="2025-03-03", data=data),
    )

    (move,) = moved(client, headers, march)

    assert move["cause"] == "corrected"
    assert [move[side]["unit"] for side in ("from", "to")] == [
        "leppavaara",
        "espoonlahti",
    ]


def test_what_arrived_and_was_retracted_since_arrived_late(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(
        client,
        headers.integrator,
        notification("C", "2025-03-04", event_id="n-C"),
        amended("retraction", "n-C", "C"),
    )

    (move,) = moved(client, headers, march)

    assert (move["cause"], move["from"], move["to"]["due"]) == (
        *("arrived_late", None),
        "void",
    )


def test_another_reading_is_a_rule_change(
    client: TestClient, headers: Headers, database: Database
) -> None:
    send(
        client,
        headers.integrator,
        notification("D", "2024-12-01"),  # Sunday 1.3.2025: Monday 3.3. if it rolls
        decision("D", "2024-12-02"),
        assessment("D", "2025-03-03"),
    )
    number = seal(client, headers.lead, MARCH)

    law_service.activate(database, NO_ROLL)

    found = changes(client, headers.lead, number)
    assert_every_difference_has_its_cause(found)
    (move,) = found["deadlines"]["items"]
    assert (move["cause"], move["from"]["due"]) == ("rule_change", "in_time")
    assert move["to"]["due"] == "late"


def test_a_merged_case_leaves_under_one_name_and_comes_under_the_other(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    merged = event("closure", "B", "2025-03-20", {"reason": "merged", "into": "A"})
    send(client, headers.integrator, merged)

    found = moved(client, headers, march)

    assert {each["cause"] for each in found} == {"arrived_late"}
    assert {each["case_ref"] for each in found} == {"A", "B"}


def test_changes_to_an_instant_are_those_that_were_known_then(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(client, headers.integrator, decision("A", "2025-03-06"))
    then = changes(client, headers.lead, march["number"])["to"]
    send(client, headers.integrator, amended("retraction", "d-B", "B"))

    number = march["number"]
    until_then = changes(client, headers.lead, number, f"?to={then}")

    assert until_then["moved"]["by_cause"]["retracted"] == 0
    assert changes(client, headers.lead, number)["moved"]["by_cause"]["retracted"] == 1
    too_early = client.get(
        f"/v1/reports/sealed/{number}/changes?to=2025-01-01T00:00:00Z",
        headers=headers.lead,
    )
    assert too_early.status_code == 422
    assert too_early.json()["errors"][0]["pointer"] == "to"


def test_the_list_is_capped_and_filtered_by_cause(
    client: TestClient, headers: Headers, march: Wire
) -> None:
    send(
        client,
        headers.integrator,
        decision("A", "2025-03-06"),
        amended("retraction", "d-B", "B"),
    )
    number = march["number"]

    late = changes(client, headers.lead, number, "?cause=arrived_late")["deadlines"]
    capped = changes(client, headers.lead, number, "?limit=1")["deadlines"]

    assert [each["cause"] for each in late["items"]] == ["arrived_late"] * late["count"]
    assert capped["count"] == 2
    assert len(capped["items"]) == 1


def test_deadlines_are_shown_to_those_who_may_see_their_units_now(
    client: TestClient, headers: Headers, database: Database
) -> None:
    put_units(client, headers.admin, {"espoo": None, **dict.fromkeys(UNITS, "espoo")})
    espoo = bearer(database, Role.LEAD, units=("espoo",))
    send(client, headers.integrator, notification("A", "2025-03-03"))
    number = seal(client, espoo, MARCH)
    send(client, headers.integrator, decision("A", "2025-03-06"))

    before = changes(client, espoo, number)
    put_units(client, headers.admin, {"other": None, "leppavaara": "other"})
    after = changes(client, espoo, number)

    assert (before["deadlines"]["count"], after["deadlines"]["count"]) == (1, 0)
    assert after["moved"] == {
        "deadlines": 1,
        "by_cause": {each.value: int(each is Cause.ARRIVED_LATE) for each in Cause},
    }


def test_changes_and_recomputation_are_for_those_who_may_see_the_report(
    client: TestClient, headers: Headers, march: Wire, database: Database
) -> None:
    elsewhere = bearer(database, Role.LEAD, units=("espoonlahti",))
    for path in ("changes", "recompute"):
        url = f"/v1/reports/sealed/{march['number']}/{path}"
        assert client.get(url, headers=elsewhere).status_code == 404
        assert client.get(url, headers=headers.integrator).status_code == 403


def test_what_was_erased_since_is_no_move_and_is_told_by_itself(
    client: TestClient, headers: Headers, owned: Database
) -> None:
    child = {"ref": "child-1"}
    send(client, headers.integrator, notification("A", "2025-03-03", child=child))
    number = seal(client, headers.lead, MARCH)
    erase_child(
        owned,
        source="client-a",
        child_ref="child-1",
        ground=ErasureGround.COURT_ORDER,
        by=(
            Actor(role=Role.AUDITOR, key_id="a"),
            Actor(role=Role.AUDITOR, key_id="b"),
        ),
    )

    found = changes(client, headers.lead, number)

    assert (found["moved"]["deadlines"], found["figures"]) == (0, [])
    again = recomputed(client, headers.lead, number)
    assert found["recomputation"] == {
        name: again[name] for name in ("equal", "differences", "explanations")
    }
    (explained,) = again["explanations"]
    assert explained["code"] == "data_erased"
    assert again["differences"]
