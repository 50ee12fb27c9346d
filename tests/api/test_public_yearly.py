"""GET /v1/reports/yearly?audience=public: what was published, and no number else."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypeAlias

import openpyxl
import pypdfium2
import pytest
from httpx2 import Response

from app.domain.access import Actor, Role
from app.domain.reporting_periods import parse_period
from app.services import publications
from tests.api.asking import County, county
from tests.api.sending import Wire, decision, notification
from tests.disclosure.attacker import Attacker

TREE = {"espoo": None, "west": "espoo", "east": "espoo", "north": "espoo"}
FI = {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
SO = {"age_years": 1, "mother_tongue": "so", "citizenship": "SO"}
# Matters of a month by unit: in time, late, and how many of them speak no Finnish.
MATTERS = {
    "2024-03": {"west": (14, 2, 3), "east": (20, 9, 6), "north": (15, 0, 2)},
    "2025-01": {"west": (12, 2, 3), "east": (20, 9, 6), "north": (15, 0, 2)},
    "2025-11": {"west": (10, 1, 1), "east": (18, 8, 7), "north": (11, 1, 4)},
}
BREAKDOWNS = ("language_group", "nationality_group", "age_band", "unit")
BRANCHES = "unit_with_those_below"
# By rule, breakdown and group.
Figures: TypeAlias = dict[tuple[str, str, str | None], Wire]
COUNTS = ("due", "in_time", "missed")


def matters(month: str, unit: str, in_time: int, late: int, foreign: int) -> list[Wire]:
    """Return matters whose decisions fall due in *month*."""
    start = date.fromisoformat(f"{month}-07")
    found = []
    for number in range(in_time + late):
        case = f"{unit} {month} {number}"
        days = 3 if number < in_time else 17
        child = SO if number % 5 == 0 and number < 5 * foreign else FI
        found += [
            notification(case, str(start), unit=unit, child=child),
            decision(case, str(start + timedelta(days=days)), "obviously_unnecessary"),
        ]
    return found


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    """Give a county of which two years are published, and one month of a third."""
    events = [
        event
        for month, units in MATTERS.items()
        for unit, counts in units.items()
        for event in matters(month, unit, *counts)
    ]
    months = [f"{year}-{n:02}" for year in (2024, 2025) for n in range(1, 13)]
    with county(server_url, template, TREE, *events) as found:
        for month in (*months, "2026-01"):
            publications.publish(
                found.database,
                Actor(role=Role.LEAD),
                month=parse_period(month),
                as_of=date(2026, 2, 10),
                known_at=None,
            )
        yield found


def asked(given: County, **more: str) -> Response:
    """Return the answer to who asks for the public yearly report."""
    return asked_with(given.lead, given, **more)


def asked_with(key: dict[str, str], given: County, **more: str) -> Response:
    """Return the answer to who asks with *key*."""
    asked = {"year": "2025", "audience": "public", **more}
    return given.client.get("/v1/reports/yearly", params=asked, headers=key)


@pytest.fixture(scope="module")
def report(espoo: County) -> Wire:
    answer = asked(espoo)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def published(given: County, year: str, by: str) -> Figures:
    """Return the public compliance report, by the groups of its rows."""
    level = {"level": "1"} if by == "unit" else {}
    answer = given.ask("compliance", audience="public", period=year, by=by, **level)
    kinds = {"rows": by, "subtotals": BRANCHES, "totals": "total"}
    found: Figures = {}
    for kind, name in kinds.items():
        for row in answer[kind]:
            group = row.pop(by, None)
            found[row.pop("rule"), name, group] = row
    return found


def shown(report: Wire, year: str, *names: str) -> Figures:
    """Return the figures of *year* in the yearly report, by where they stand."""
    found: Figures = {}
    for each in report["indicators"]:
        lines = {**each, "total": [{"group": None, **each["total"]}]}
        for name in names:
            for line in lines[name]:
                if year in line["years"]:
                    place = each["rule"], name, line["group"]
                    found[place] = line["years"][year]
    return found


@pytest.mark.parametrize("year", ["2024", "2025"])
@pytest.mark.parametrize("by", BREAKDOWNS)
def test_every_figure_of_every_year_is_the_published_one(
    espoo: County, report: Wire, year: str, by: str
) -> None:
    names = (by, "total", BRANCHES) if by == "unit" else (by, "total")

    assert shown(report, year, *names) == published(espoo, year, by)


def test_nothing_is_told_that_was_not_published(report: Wire) -> None:
    assert set(report) == {
        *("audience", "year", "years", "period", "level", "as_of", "known_at"),
        *("published_at", "publication", "target", "basis", "definition"),
        *("disclosure_threshold", "minimum_n", "indicators"),
    }
    for indicator in report["indicators"]:
        assert set(indicator) == {
            *("rule", "title", "summary", "total", BRANCHES),
            *BREAKDOWNS,
        }
    for year in ("2024", "2025"):
        for row in shown(report, year, "total", BRANCHES, *BREAKDOWNS).values():
            assert set(row) == {*COUNTS, "hidden", "rate", "interval"}


def test_what_is_hidden_is_nowhere_and_cannot_be_worked_out(
    espoo: County, report: Wire
) -> None:
    attacker = Attacker(TREE)
    for period in ("2025-01", "2025-11", "2025"):
        for by in ("", *BREAKDOWNS):
            answer = espoo.ask("compliance", audience="public", period=period, by=by)
            attacker.read({**answer, "by": tuple(answer["by"])})
    rows = shown(report, "2025", "total", BRANCHES, *BREAKDOWNS).values()
    hidden = [row for row in rows if row["hidden"]]

    assert hidden
    for row in hidden:
        assert {name for name in COUNTS if row[name] is None} == set(row["hidden"])
        assert row["rate"] is row["interval"] is None
    assert list(attacker.recovered(5)) == []


def test_a_small_count_of_the_internal_report_is_hidden(
    espoo: County, report: Wire
) -> None:
    true = espoo.ask("yearly", year="2025", as_of="2026-02-10")
    public = shown(report, "2025", "unit")

    assert true["audience"] == "internal"
    small = {
        place: row["breaches"]
        for place, row in shown(true, "2025", "unit").items()
        if 0 < row["breaches"] < 5
    }
    assert small
    assert {public[place]["missed"] for place in small} == {None}


def test_a_csv_has_two_points_where_the_answer_hides(
    espoo: County, report: Wire
) -> None:
    rows = list(csv.DictReader(io.StringIO(asked(espoo, format="csv").text)))

    for row in rows:
        place = row["rule"], row["breakdown"] or "total", row["group"] or None
        told = shown(report, row["year"], place[1])[place]
        for name in COUNTS:
            assert row[name] == (".." if name in told["hidden"] else str(told[name]))
    assert len(rows) == sum(
        len(shown(report, year, "total", BRANCHES, *BREAKDOWNS))
        for year in ("2024", "2025")
    )


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("fi", ("Julkinen: kaikki luvut ovat julkaistuja", "sisäisessä raportissa")),
        ("sv", ("Offentlig: alla tal har publicerats", "den interna rapporten")),
        ("en", ("Public: every figure has been published", "the internal report")),
    ],
)
def test_the_paper_says_that_it_is_public_and_where_comparisons_are(
    espoo: County, lang: str, told: tuple[str, ...]
) -> None:
    answer = asked(espoo, format="pdf", lang=lang)

    assert answer.status_code == 200
    assert "yearly-public-2025.pdf" in answer.headers["content-disposition"]
    pages = pypdfium2.PdfDocument(answer.content)
    first = " ".join(pages[0].get_textpage().get_text_bounded().split())
    pages.close()
    for each in told:
        assert each in first


def test_a_spreadsheet_has_figures_facts_and_charts(espoo: County) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(asked(espoo, format="xlsx", lang="en").content)
    )

    assert ".." in {cell.value for row in book["Data"] for cell in row}
    assert str(book["About this report"]["B2"].value).startswith("Public:")
    assert "In time, year by year" in book.sheetnames


def test_a_lead_of_one_unit_is_shown_the_same(espoo: County, report: Wire) -> None:
    assert asked_with(espoo.lead_of("west"), espoo).json() == report


@pytest.mark.parametrize(
    ("year", "told"),
    [
        ("2026", "11 months of the year have not been published, the first of them "),
        ("2023", "12 months of the year have not been published, the first of them "),
    ],
)
def test_a_year_that_is_not_published_says_what_to_do(
    espoo: County, year: str, told: str
) -> None:
    answer = asked(espoo, year=year)

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":year-not-published")
    assert answer.json()["detail"].startswith(told)
    assert "POST /v1/publications" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("as_of", "2026-02-10"), ("known_at", "2026-02-10T00:00:00Z")],
)
def test_what_the_publication_settled_cannot_be_asked_otherwise(
    espoo: County, name: str, value: str
) -> None:
    answer = asked(espoo, **{name: value})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "settled_by_publication"
