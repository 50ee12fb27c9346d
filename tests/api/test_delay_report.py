"""GET /v1/reports/delays: what missed deadlines are put down to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.domain.report_settings import ReportSettings
from app.main import create_app
from app.services import report_settings
from tests.api.sending import Wire, explanation, put_units, send
from tests.api.small_county import CASES, DAY, EAST, WEST
from tests.conftest import bearer, fresh_database

# Missed in March: initiation of c2 (late) and c3 (open), assessment of c10 (late)
# and c11 (open).
TOLD = (
    explanation("c2", "2025-03-20", cause="substitute_or_leave", action="overtime"),
    explanation("c3", "2025-03-14", follow_up_on="2025-03-20"),
    explanation(
        "c3",
        "2025-03-24",
        cause="interpreter_needed",
        action="interpreter_ordered",
        follow_up_on="2025-03-31",
    ),
    explanation("c10", "2025-03-25", "assessment", follow_up_on="2025-03-26"),
    # After the day of the answer:
    explanation("c11", "2025-04-02", "assessment", cause="other"),
)


@dataclass(frozen=True)
class County:
    """A service that knows CASES and what was told of them, to be asked."""

    client: TestClient
    database: Database
    lead: dict[str, str]

    def ask(self, report: str = "delays", **parameters: str) -> Wire:
        answer = self.client.get(
            f"/v1/reports/{report}",
            params={"period": "2025-03", "as_of": DAY, **parameters},
            headers=self.lead,
        )
        assert answer.status_code == 200, answer.text
        found: Wire = answer.json()
        return found

    def totals(self, **parameters: str) -> dict[str, Any]:
        return {row["rule"]: row for row in self.ask(**parameters)["totals"]}


@pytest.fixture(scope="module")
def told(server_url: str, template: str) -> Iterator[County]:
    """Give the county in which some delays have been explained."""
    with fresh_database(server_url, template) as database:
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        report_settings.put(database, ReportSettings(minimum_n=1))
        with TestClient(create_app(database)) as client:
            admin = bearer(database, Role.ADMIN)
            put_units(client, admin, {"espoo": None, WEST: "espoo", EAST: "espoo"})
            send(client, integrator, *CASES, *TOLD)
            yield County(client, database, bearer(database, Role.LEAD))


def test_each_missed_deadline_is_put_down_to_what_was_told_last(told: County) -> None:
    initiation, assessment = (
        {k: v for k, v in told.totals()[rule].items() if k != "cases"}
        for rule in ("initiation", "assessment")
    )

    assert initiation == {
        "rule": "initiation",
        "breaches": 2,
        "late": 1,
        "open_late": 1,
        "without_cause": 0,
        "share_without_cause": 0.0,
        "not_accepted": 1,
        "overdue_follow_ups": 1,
        "causes": {"substitute_or_leave": 1, "interpreter_needed": 1},
        "actions": {"overtime": 1, "interpreter_ordered": 1},
        "pairs": [
            {
                "cause": "interpreter_needed",
                "action": "interpreter_ordered",
                "deadlines": 1,
            },
            {"cause": "substitute_or_leave", "action": "overtime", "deadlines": 1},
        ],
    }
    assert assessment == {
        "rule": "assessment",
        "breaches": 2,
        "late": 1,
        "open_late": 1,
        "without_cause": 1,
        "share_without_cause": 0.5,
        "not_accepted": 0,
        "overdue_follow_ups": 0,  # it is done
        "causes": {"staff_shortage": 1},
        "actions": {"overtime": 1},
        "pairs": [{"cause": "staff_shortage", "action": "overtime", "deadlines": 1}],
    }


def test_it_is_told_as_of_a_day(told: County) -> None:
    then, later = (told.totals(as_of=day) for day in ("2025-03-20", "2025-04-02"))

    assert then["initiation"]["causes"] == {
        "staff_shortage": 1,
        "substitute_or_leave": 1,
    }
    assert then["initiation"]["overdue_follow_ups"] == 0
    assert later["assessment"]["without_cause"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"by": ",".join(by), **level, "period": period}
        for by, level, period in product(
            (("unit",), ("unit", "language_group"), ("age_band", "source"), ("entry",)),
            ({}, {"level": "0"}, {"level": "1"}),
            ("2025-03", "2025"),
        )
        if "unit" in by or not level
    ],
    ids=lambda asked: " ".join(asked.values()),
)
def test_each_cell_sums_up_to_what_the_compliance_report_counts_as_missed(
    told: County, asked: dict[str, str]
) -> None:
    explained, counted = told.ask(**asked), told.ask("compliance", **asked)

    for span in ("rows", "subtotals", "totals"):
        missed = {
            _place(row, counted["by"]): (row["late"], row["open_late"])
            for row in counted[span]
            if row["late"] + row["open_late"]
        }
        assert {
            _place(row, counted["by"]): (row["late"], row["open_late"])
            for row in explained[span]
        } == missed
        for row in explained[span]:
            by_cause = sum(row["causes"].values()) + row["without_cause"]
            by_action = sum(row["actions"].values()) + row["without_cause"]
            assert (
                by_cause
                == by_action
                == row["breaches"]
                == sum(missed[_place(row, counted["by"])])
            )
            assert sum(pair["deadlines"] for pair in row["pairs"]) == sum(
                row["causes"].values()
            )


def test_every_number_opens_into_its_deadlines_and_what_was_told_of_them(
    told: County,
) -> None:
    for row in told.ask(by="unit,language_group")["rows"]:
        causes: dict[str, int] = {}
        for number, link in row["cases"].items():
            answer = told.client.get(link, headers=told.lead)
            items = answer.json()["items"]
            assert len(items) == row[number]
            for item in items:
                if item["delay"]:
                    cause = item["delay"]["cause"]
                    causes[cause] = causes.get(cause, 0) + 1
        assert causes == row["causes"]


@pytest.mark.parametrize(
    ("language", "remark"),
    [
        ("fi", "Valvoja ei hyväksy vuosilomaa selitykseksi"),
        ("sv", "Tillsynsmyndigheten godtar inte semester som förklaring"),
        ("en", "Supervisors do not accept annual leave"),
    ],
)
def test_causes_that_supervisors_do_not_accept_are_marked(
    told: County, language: str, remark: str
) -> None:
    report = told.ask(lang=language)

    marked = {
        each["code"]: each["remark"] for each in report["causes"] if each["remark"]
    }
    assert list(marked) == ["substitute_or_leave"]
    assert marked["substitute_or_leave"].startswith(remark)
    assert all(each["is_accepted"] != bool(each["remark"]) for each in report["causes"])
    assert len(report["actions"]) == 11
    assert report["definition"]


def test_of_few_no_share_is_shown(told: County) -> None:
    shown = told.totals()["assessment"]
    report_settings.put(told.database, ReportSettings(minimum_n=5))
    try:
        hidden = told.totals()["assessment"]
    finally:
        report_settings.put(told.database, ReportSettings(minimum_n=1))

    assert (shown["share_without_cause"], hidden["share_without_cause"]) == (0.5, None)
    assert hidden["breaches"] == 2


def test_it_covers_the_units_of_the_caller(told: County) -> None:
    of_west = bearer(told.database, Role.LEAD, units=(WEST,))

    answer = told.client.get(
        "/v1/reports/delays",
        params={"period": "2025-03", "as_of": DAY},
        headers=of_west,
    )

    assert [row["rule"] for row in answer.json()["totals"]] == ["assessment"]


@pytest.mark.parametrize(
    "asked",
    [
        {"basis": "thl"},
        {"by": "worker"},
        {"level": "1"},
        {"period": "last year"},
        {"known_at": "2100-01-01T00:00:00Z"},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_what_cannot_be_asked_is_a_problem(told: County, asked: dict[str, str]) -> None:
    answer = told.client.get(
        "/v1/reports/delays",
        params={"period": "2025-03", **asked},
        headers=told.lead,
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def _place(row: Wire, by: list[str]) -> tuple[str, ...]:
    return (row["rule"], *(str(row.get(name, "-")) for name in by))
