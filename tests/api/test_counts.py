"""Counts beside compliance, of a county small enough to count by hand."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.domain.access import Role
from tests.api.asking import County, county
from tests.api.sending import Wire, assessment, decision, event, notification, send
from tests.conftest import Headers, bearer

WEST = "espoonlahti"
EAST = "leppavaara"
UNITS = {"espoo": None, WEST: "espoo", EAST: "espoo"}
DAY = "2025-04-01"


def child(number: int, age: int = 7) -> Wire:
    return {"ref": f"p-{number}", "age_years": age, "mother_tongue": "fi"}


def told(case_ref: str, on: str, about: Wire | None = None, **more: str) -> Wire:
    return notification(case_ref, on, child=about, **more)


CASES = (
    # March 2025: child 1 twice, of which once while its assessment ran.
    told("a", "2025-03-03", child(1), unit=EAST, event_id="a-1"),
    decision("a", "2025-03-05"),
    told("a", "2025-03-10", child(1), unit=EAST, event_id="a-2"),
    assessment("a", "2025-03-20", "child_protection_client"),
    # The same child as another matter, and five more children.
    told("b", "2025-03-12", child(1), unit=WEST, entry="application"),
    *(
        told(f"c{number}", "2025-03-13", child(number, age=16), unit=WEST)
        for number in range(2, 7)
    ),
    # Nobody knows which child, twice in one case and once in another.
    told("u", "2025-03-14", unit=EAST, event_id="u-1", entry="request"),
    told("u", "2025-03-17", unit=EAST, event_id="u-2"),
    notification("v", "2025-03-14", unit=None, entry="own_observation"),
    # Taken back.
    told("x", "2025-03-14", child(9), unit=EAST, event_id="x-1"),
    event("retraction", "x", "2025-03-17", {"target": "x-1", "reason": "wrong_entry"}),
    # Completed in March, begun before: late, in time, and not completed.
    told("d", "2024-11-01", child(10), unit=EAST),
    decision("d", "2024-11-04"),
    assessment("d", "2025-03-03", "no_client"),
    told("e", "2025-01-07", child(11), unit=WEST),
    decision("e", "2025-01-08"),
    assessment("e", "2025-03-31", "no_client"),
    told("f", "2025-01-07", child(12), unit=WEST),
    decision("f", "2025-01-08"),
    assessment("f", "2025-03-31", "moved_away"),
    # March 2024: two notifications about one child, in its first and second half.
    told("g", "2024-03-04", child(1), unit=EAST, event_id="g-1"),
    told("g", "2024-03-28", child(1), unit=EAST, event_id="g-2"),
)
REASONS = (
    notification("r1", "2025-05-05", reasons=["neglect", "violence", "neglect"]),
    notification("r2", "2025-05-06", reasons=["neglect"]),
    notification("r3", "2025-05-07"),
)


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template, UNITS, *CASES, *REASONS) as found:
        yield found


def march(espoo: County, **parameters: str) -> Wire:
    return espoo.ask("counts", period="2025-03", as_of=DAY, **parameters)


def test_every_notification_counts_joined_ones_too(espoo: County) -> None:
    total = march(espoo)["total"]

    assert total["notifications"] == 11
    assert total["reports"] == 8
    assert {name: n for name, n in total["by_entry"].items() if n} == {
        "report": 8,
        "application": 1,
        "request": 1,
        "own_observation": 1,
    }


def test_a_child_counts_once_and_what_has_no_reference_apart(espoo: County) -> None:
    total = march(espoo)["total"]

    assert total["children"] == 6
    assert total["without_reference"] == {"notifications": 3, "cases": 2}
    assert total["notifications_per_child"] == pytest.approx(8 / 6, abs=1e-6)
    assert total["reports_per_child"] == pytest.approx(7 / 6, abs=1e-6)


def test_assessments_count_when_they_are_completed(espoo: County) -> None:
    assert march(espoo)["total"]["assessments"] == {
        "completed": 3,
        "in_time": 2,
        "outcomes": {
            "child_protection_client": 1,
            "social_welfare_client": 0,
            "no_client": 2,
        },
        # Of fewer than five nothing is divided.
        "share_in_time": None,
        "share_without_client_status": None,
    }


def test_the_ages_and_units_of_the_children(espoo: County) -> None:
    rows = march(espoo, by="unit,age_band")["rows"]

    found = [
        (r["unit"], r["age_band"], r["notifications"], r["children"]) for r in rows
    ]
    assert found == [
        (WEST, "16-17", 5, 5),
        (WEST, "7-12", 1, 1),
        (EAST, "7-12", 2, 1),
        (EAST, "unknown", 2, 0),
        (None, "unknown", 1, 0),
    ]


def test_a_notification_counts_under_each_of_its_reasons(espoo: County) -> None:
    report = espoo.ask("counts", period="2025-05", by="reason")

    found = {row["reason"]: row["notifications"] for row in report["rows"]}
    assert found == {"neglect": 2, "violence": 1, None: 1}
    assert report["total"]["notifications"] == 3


def test_a_period_is_compared_with_that_of_a_year_ago(espoo: County) -> None:
    report = march(espoo, compare="year_ago")

    assert report["compared_with"]["code"] == "2024-03"
    assert report["total"]["earlier"]["notifications"] == 2
    assert report["total"]["change"] == {
        "notifications": {"difference": 9, "percent": 450.0},
        "reports": {"difference": 6, "percent": 300.0},
        "children": {"difference": 5, "percent": 500.0},
        "assessments": {"difference": 3, "percent": None},
    }


def test_part_of_a_period_is_compared_with_the_same_part(espoo: County) -> None:
    report = espoo.ask(
        "counts", period="2025-03", as_of="2025-03-12", compare="year_ago"
    )

    assert report["compared_with"] == {
        "code": "2024-03-01..2024-03-12",
        "first": "2024-03-01",
        "last": "2024-03-12",
    }
    assert report["total"]["notifications"] == 3
    assert report["total"]["earlier"]["notifications"] == 1


def test_a_group_that_is_new_or_gone_is_compared_too(espoo: County) -> None:
    rows = espoo.ask(
        "counts", period="2025-03", as_of=DAY, by="entry", compare="previous"
    )["rows"]
    gone = espoo.ask(
        "counts", period="2024-04", as_of=DAY, by="entry", compare="previous"
    )["rows"]

    assert {row["entry"]: row["earlier"]["notifications"] for row in rows} == {
        "report": 0,
        "application": 0,
        "request": 0,
        "own_observation": 0,
    }
    assert [(r["entry"], r["change"]["notifications"]) for r in gone] == [
        ("report", {"difference": -2, "percent": -100.0})
    ]


def test_what_has_not_happened_by_the_day_does_not_count(espoo: County) -> None:
    total = espoo.ask("counts", period="2025-03", as_of="2025-03-10")["total"]

    assert total["notifications"] == 2
    assert total["assessments"]["completed"] == 1


def test_a_lead_counts_the_own_units(espoo: County) -> None:
    report = espoo.ask_as(
        espoo.lead_of(EAST), "counts", period="2025-03", as_of=DAY, by="unit"
    )

    assert [(r["unit"], r["notifications"]) for r in report["rows"]] == [(EAST, 4)]
    assert report["total"]["notifications"] == 4
    assert march(espoo, unit=EAST)["total"] == report["total"]
    everything = espoo.ask_as(
        espoo.lead_of("espoo"), "counts", period="2025-03", as_of=DAY
    )
    # What has no unit belongs to nobody's units.
    assert everything["total"]["notifications"] == 10


@pytest.mark.parametrize(
    ("lang", "begins"),
    [
        ("fi", "Jaksolla vireille tulleet ilmoitukset"),
        ("sv", "Anmälningar, ansökningar, begäranden"),
        ("en", "Notifications, applications, requests"),
    ],
)
def test_an_answer_says_what_it_counts(espoo: County, lang: str, begins: str) -> None:
    report = march(espoo, lang=lang)

    assert report["definition"].startswith(begins)
    assert report["period"]["code"] == "2025-03"
    assert report["compared_with"] is None


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "invalid-parameter"),
        ("period=2025&by=worker", "invalid-parameter"),
        ("period=2025&basis=due", "invalid-parameter"),
        ("period=2025&compare=last", "invalid-parameter"),
        ("period=2025-13", "invalid-period"),
        ("period=0001&compare=year_ago", "invalid-period"),
        ("period=2025&known_at=2120-01-01T00:00:00Z", "future-knowledge"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    espoo: County, query: str, problem: str
) -> None:
    answer = espoo.client.get(f"/v1/reports/counts?{query}", headers=espoo.lead)

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"


def test_only_a_lead_counts(espoo: County) -> None:
    integrator = bearer(espoo.database, Role.INTEGRATOR, source="client-a")

    statuses = [
        espoo.client.get("/v1/reports/counts?period=2025", headers=key).status_code
        for key in ({}, integrator, espoo.lead)
    ]

    assert statuses == [401, 403, 200]


def test_what_arrives_later_does_not_change_an_earlier_answer(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)
    url = f"/v1/reports/counts?period=2025-03&as_of={DAY}&by=unit&compare=year_ago"
    earlier = client.get(url, headers=headers.lead)
    send(client, headers.integrator, told("y", "2025-03-31", child(20)))

    known_at = earlier.json()["known_at"]
    again = client.get(f"{url}&known_at={known_at}", headers=headers.lead)

    assert again.content == earlier.content
    now = client.get(url, headers=headers.lead).json()
    assert now["total"] != earlier.json()["total"]
