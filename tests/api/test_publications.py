"""Months published once and for good, and what the public is shown of them."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import openpyxl
import psycopg
import pytest
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.publications import Draft, digest_of
from app.domain.access import Role
from app.domain.public_grid import Count, Measure, Output, Row, Split
from app.domain.report_settings import ReportSettings
from app.services import report_settings
from tests import databases
from tests.api.asking import County, county
from tests.api.sending import Wire, decision, notification, send
from tests.conftest import bearer
from tests.disclosure.attacker import Attacker

TREE = {"espoo": None, "west": "espoo", "east": "espoo", "north": "espoo"}
MONTHS = ("2025-01", "2025-02", "2025-03")
FI = {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
SO = {"age_years": 1, "mother_tongue": "so", "citizenship": "SO"}
# Matters of each month by unit: in time, late, and how many of them speak no Finnish.
MATTERS = {
    "west": ((12, 2, 3), (10, 3, 2), (14, 2, 3)),
    "east": ((20, 9, 6), (18, 8, 7), (22, 7, 6)),
    "north": ((15, 0, 2), (11, 1, 4), (9, 6, 3)),
}
TABLES: tuple[dict[str, str], ...] = (
    {},
    {"by": "unit"},
    {"by": "unit", "level": "0"},
    {"by": "unit", "level": "1"},
    {"by": "language_group"},
    {"by": "nationality_group"},
    {"by": "age_band"},
)


def matters(unit: str, month: str, in_time: int, late: int, foreign: int) -> list[Wire]:
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


EVENTS = tuple(
    event
    for unit, months in MATTERS.items()
    for month, counts in zip(MONTHS, months, strict=True)
    for event in matters(unit, month, *counts)
)


@pytest.fixture(scope="module")
def unpublished(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template, TREE, *EVENTS) as found:
        yield found


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    """Give a county whose first quarter is published."""
    with county(server_url, template, TREE, *EVENTS) as found:
        for month in MONTHS:
            assert publish(found, month=month).status_code == 201
        yield found


def publish(given: County, key: dict[str, str] | None = None, **body: str) -> Response:
    """Return the answer to the wish to publish."""
    return given.client.post("/v1/publications", json=body, headers=key or given.lead)


def public(given: County, **parameters: str) -> Wire:
    """Return the public compliance report."""
    return given.ask("compliance", audience="public", **parameters)


def refusal(given: County, **parameters: str) -> tuple[int, str]:
    """Return with which status and problem the public report is refused."""
    answer = given.client.get(
        "/v1/reports/compliance",
        params={"audience": "public", **parameters},
        headers=given.lead,
    )
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_small_counts_are_hidden_and_zero_is_shown(espoo: County) -> None:
    rows = public(espoo, period="2025-01", by="unit")["rows"]

    by_unit = {row["unit"]: row for row in rows if row["rule"] == "initiation"}
    assert by_unit["west"]["missed"] is None
    assert by_unit["north"]["missed"] == 0
    assert by_unit["north"]["rate"] == 1.0


def test_what_would_give_a_small_count_away_is_hidden_too(espoo: County) -> None:
    answer = public(espoo, period="2025-01", by="unit")

    west, east = (
        next(row for row in answer["rows"] if row["unit"] == unit)
        for unit in ("west", "east")
    )
    total = next(row for row in answer["totals"] if row["rule"] == "initiation")
    assert west["due"] == 14
    assert west["hidden"] == east["hidden"] == ["in_time", "missed"]
    assert total["missed"] == 11
    assert total["hidden"] == []


def test_a_rate_with_a_hidden_part_is_hidden(espoo: County) -> None:
    for tables in TABLES:
        for row in public(espoo, period="2025-Q1", **tables)["rows"]:
            if row["hidden"]:
                assert row["rate"] is row["interval"] is None


def test_nothing_hidden_in_a_quarter_and_its_months_can_be_worked_out(
    espoo: County,
) -> None:
    attacker = Attacker(TREE)
    for period in (*MONTHS, "2025-Q1"):
        for table in TABLES:
            answer = public(espoo, period=period, **table)
            attacker.read({**answer, "by": tuple(answer["by"])})

    assert len(attacker.hidden) > 20
    assert list(attacker.recovered(5)) == []


def test_what_is_not_hidden_is_what_the_internal_report_says(espoo: County) -> None:
    for table in TABLES:
        for period in (*MONTHS, "2025-Q1"):
            shown = public(espoo, period=period, **table)
            true = espoo.ask("compliance", period=period, **table)
            for kind in ("rows", "subtotals", "totals"):
                known = {place(row, shown): row for row in shown[kind]}
                assert known.keys() == {
                    place(row, true) for row in true[kind] if row["due"]
                }
                for row in true[kind]:
                    if row["due"]:
                        told = known[place(row, true)]
                        missed = row["late"] + row["open_late"]
                        assert told["due"] in (None, row["due"])
                        assert told["in_time"] in (None, row["in_time"])
                        assert told["missed"] in (None, missed)


def place(row: Wire, answer: Wire) -> tuple[object, ...]:
    """Return what tells a row from the others of its list."""
    return row["rule"], *(row.get(name) for name in answer["by"])


def test_what_was_published_stays_when_more_becomes_known(
    server_url: str, template: str
) -> None:
    with county(server_url, template, TREE, *EVENTS) as given:
        publish(given, month="2025-01")
        before = public(given, period="2025-01", by="unit")
        integrator = bearer(given.database, Role.INTEGRATOR, source="client-a")
        send(given.client, integrator, *matters("late news", "2025-01", 3, 2, 1))

        assert public(given, period="2025-01", by="unit") == before
        assert publish(given, month="2025-01").status_code == 409


def test_a_csv_says_where_something_is_hidden(espoo: County) -> None:
    answer = espoo.client.get(
        "/v1/reports/compliance",
        params={"audience": "public", "period": "2025-01", "by": "unit"},
        headers={**espoo.lead, "Accept": "text/csv"},
    )

    rows = list(csv.DictReader(io.StringIO(answer.text)))
    west = next(row for row in rows if row["unit"] == "west")
    assert west["due"] == "14"
    assert west["missed"] == west["in_time"] == west["rate"] == ".."
    total = next(row for row in rows if row["row"] == "total")
    assert total["missed"] == "11"


def test_the_publications_are_listed(espoo: County) -> None:
    answer = espoo.client.get("/v1/publications", headers=espoo.lead).json()

    assert [each["month"] for each in answer] == [*reversed(MONTHS)]
    assert {each["threshold"] for each in answer} == {5}


def test_whatever_is_made_of_a_publication_bears_its_name(espoo: County) -> None:
    listed = espoo.client.get("/v1/publications", headers=espoo.lead).json()
    quarter = public(espoo, period="2025-Q1")
    asked = {"audience": "public", "period": "2025-03", "format": "xlsx", "lang": "en"}
    file = espoo.client.get(
        "/v1/reports/compliance", params=asked, headers=espoo.lead
    ).content

    assert [each["number"] for each in listed] == [3, 2, 1]
    march = {"number": 3, "digest": listed[0]["digest"]}
    assert quarter["publication"] == march
    facts = {
        cell.value
        for sheet in openpyxl.load_workbook(io.BytesIO(file)).worksheets
        for row in sheet
        for cell in row
    }
    assert {march["digest"], "Publication number"} <= facts


def test_a_digest_tells_nothing_of_what_is_hidden() -> None:
    row = Row("2025-01", "initiation")

    def digest(split: Split, *hidden: Measure) -> bytes:
        output = Output(
            period="2025-01",
            splits={row: split},
            parents={},
            hidden=frozenset(Count(row, measure) for measure in hidden),
        )
        said = Draft(
            month="2025-01",
            as_of=date(2025, 2, 1),
            known_at=datetime(2025, 2, 1, tzinfo=UTC),
            published_at=datetime(2025, 2, 1, tzinfo=UTC),
            published_by="lead",
            threshold=5,
            minimum_n=1,
            outputs=(output,),
        )
        return digest_of(1, said)

    parts = (Measure.IN_TIME, Measure.MISSED)
    assert digest(Split(9, 1), *parts) == digest(Split(8, 2), *parts)
    assert digest(Split(9, 1), *parts) != digest(Split(9, 2), *parts)
    assert digest(Split(9, 1)) != digest(Split(8, 2))


def test_months_are_published_in_their_order(unpublished: County) -> None:
    answer = publish(unpublished, month="2025-02")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":earlier-month-missing")


def test_a_month_is_published_when_it_is_over(unpublished: County) -> None:
    answer = publish(unpublished, month="2025-01", as_of="2025-01-31")

    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":month-not-over")


def test_only_who_sees_all_units_publishes(unpublished: County) -> None:
    answer = publish(unpublished, unpublished.lead_of("west"), month="2025-01")

    assert answer.status_code == 403


def test_a_month_is_written_as_one(unpublished: County) -> None:
    assert publish(unpublished, month="2025-Q1").status_code == 422
    assert publish(unpublished, month="2025-13").status_code == 422


def test_what_is_not_published_is_not_shown(unpublished: County) -> None:
    assert refusal(unpublished, period="2025-01") == (404, "not-published")


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"period": "2025-01-01..2025-01-31"}, id="a free range"),
        pytest.param({"period": "thl:2025-04"}, id="a window of THL's"),
        pytest.param({"period": "2025-01", "by": "entry"}, id="another dimension"),
        pytest.param(
            {"period": "2025-01", "by": "unit,language_group"}, id="two, not of a year"
        ),
        pytest.param({"period": "2025", "by": "unit,age_band"}, id="too fine"),
    ],
)
def test_no_other_table_is_public(espoo: County, parameters: dict[str, str]) -> None:
    assert refusal(espoo, **parameters) == (422, "not-public")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("basis", "thl"),
        ("compare", "previous"),
        ("include", "distribution"),
        ("as_of", "2025-04-01"),
        ("known_at", "2025-04-01T00:00:00Z"),
    ],
)
def test_what_a_publication_fixes_cannot_be_asked_otherwise(
    espoo: County, name: str, value: str
) -> None:
    found = refusal(espoo, period="2025-01", **{name: value})

    assert found == (422, "invalid-parameter")


def test_a_publication_cannot_be_changed(server_url: str, espoo: County) -> None:
    for statement in ("DELETE FROM publication", "UPDATE publication SET threshold=1"):
        with (
            databases.owned(server_url, espoo.database) as owned,
            pytest.raises(DBAPIError) as refused,
            owned.write() as connection,
        ):
            connection.execute(text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.RestrictViolation)


@pytest.mark.parametrize("by", ["", "unit", "language_group"])
def test_a_spreadsheet_shows_what_the_public_may_see(espoo: County, by: str) -> None:
    answer = espoo.client.get(
        "/v1/reports/compliance",
        params={
            "audience": "public",
            "period": "2025-Q1",
            "by": by,
            "format": "xlsx",
            "lang": "sv",
        },
        headers=espoo.lead,
    )

    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    shown = {str(cell.value) for row in book.worksheets[0] for cell in row}
    rows = public(espoo, period="2025-Q1", by=by)["rows"]
    assert (".." in shown) == any(row["hidden"] for row in rows)
    assert "Tidsfristen överskriden" in shown


def test_what_was_published_is_printed(espoo: County) -> None:
    answer = espoo.client.get(
        "/v1/reports/compliance",
        params={
            "audience": "public",
            "period": "2025-01",
            "by": "unit",
            "format": "pdf",
            "level": "1",
        },
        headers=espoo.lead,
    )

    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF")


def test_what_was_sealed_is_published(server_url: str, template: str) -> None:
    with county(server_url, template, TREE, *EVENTS) as given:
        order = {"kind": "monthly", "period": "2025-01", "by": "unit"}
        seal = given.client.post("/v1/reports/sealed", json=order, headers=given.lead)
        number = seal.json()["number"]
        known_at = seal.json()["content"]["known_at"]
        integrator = bearer(given.database, Role.INTEGRATOR, source="client-a")
        send(given.client, integrator, *matters("late news", "2025-01", 30, 20, 1))

        other = publish(given, month="2025-02", sealed=number)
        twice = publish(given, month="2025-01", sealed=number, as_of="2025-03-01")
        made = publish(given, month="2025-01", sealed=number)

        assert other.status_code == twice.status_code == 422
        assert made.status_code == 201
        assert made.json()["known_at"] == known_at
        assert public(given, period="2025-01")["totals"][-1]["due"] == 58


def test_a_year_keeps_its_threshold(server_url: str, template: str) -> None:
    with county(server_url, template, TREE, *EVENTS) as given:
        publish(given, month="2025-01")
        report_settings.put(given.database, ReportSettings(disclosure_threshold=12))

        assert publish(given, month="2025-02").json()["threshold"] == 5
