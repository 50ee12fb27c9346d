"""GET /v1/reports/compliance: the figures of a county small enough to count by hand."""

import csv
import io
from datetime import date

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.domain.report_settings import Inclusion, ReportSettings
from app.services import report_settings
from tests.api.sending import assessment, decision, notification, send
from tests.api.small_county import CASES, DAY, EAST, WEST, County, Row
from tests.conftest import Headers, bearer

COUNTS = (
    "in_time",
    "late",
    "open_late",
    "open_in_time",
    "met_not_yet_due",
    "joined",
    "anticipatory",
    "void",
    "excluded",
)


def counts(row: Row) -> dict[str, object]:
    """Return what is not zero in *row*."""
    return {name: row[name] for name in COUNTS if row[name]}


def test_the_totals_of_a_month(county: County) -> None:
    totals = county.totals()

    initiation, assessments = totals["initiation"], totals["assessment"]
    assert counts(initiation) == {
        "in_time": 2,  # c1, c6
        "late": 1,  # c2
        "open_late": 1,  # c3
        "joined": 1,  # c7
        "anticipatory": 1,  # c5
        "void": 1,  # c4
    }
    assert initiation["due"] == 4
    assert initiation["rate"] == 0.5
    # z² = 3.841459; (0.5 + z²/8 ± z √(0.0625 + z²/64)) / (1 + z²/4)
    assert initiation["interval"] == pytest.approx([0.150039, 0.849961], abs=1e-6)
    # 2 and 19 days: the middle, nine tenths of the way from one to the other, the mean
    assert initiation["days_over"] == {
        "median": 10.5,
        "p90": 17.3,
        "mean": 10.5,
        "maximum": 19,
    }
    assert counts(assessments) == {"in_time": 1, "late": 1, "open_late": 1}
    assert assessments["rate"] == pytest.approx(1 / 3, abs=1e-6)
    # 10 and 15 days
    assert assessments["days_over"] == {
        "median": 12.5,
        "p90": 14.5,
        "mean": 12.5,
        "maximum": 15,
    }


def test_rows_by_unit_and_language_add_up_to_the_totals(county: County) -> None:
    report = county.ask(by="unit,language_group")

    rows = [
        (row["rule"], row["unit"], row["language_group"], row["due"], counts(row))
        for row in report["rows"]
    ]
    assert rows == [
        # c8 and c12 are due in April; c6 and c7:
        ("initiation", WEST, "foreign", 1, {"in_time": 1, "joined": 1}),
        # c1, c2, c5 and c4:
        (
            "initiation",
            EAST,
            "fi",
            2,
            {"in_time": 1, "late": 1, "anticipatory": 1, "void": 1},
        ),
        ("initiation", EAST, "sv", 1, {"open_late": 1}),  # c3
        ("assessment", WEST, "fi", 1, {"late": 1}),  # c10
        ("assessment", WEST, "sv", 1, {"open_late": 1}),  # c11
        ("assessment", EAST, "fi", 1, {"in_time": 1}),  # c9
    ]
    assert report["by"] == ["unit", "language_group"]
    for total in report["totals"]:
        parts = [row for row in report["rows"] if row["rule"] == total["rule"]]
        for name in ("due", *COUNTS):
            assert total[name] == sum(row[name] for row in parts)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("", {}),
        ("rule", {}),
        ("unit", {(WEST,): 1, (EAST,): 3}),
        ("unit,rule,unit", {(WEST,): 1, (EAST,): 3}),
        ("language_group", {("fi",): 2, ("sv",): 1, ("foreign",): 1}),
        ("nationality_group", {("finnish",): 3, ("foreign",): 1}),
        # c5, which is about an unborn child, is due and not in the rate.
        ("age_band", {("7-12",): 2, ("16-17",): 1, ("0-2",): 1, ("unborn",): 0}),
        (
            "age_band,unit",
            {
                ("7-12", EAST): 2,
                ("16-17", EAST): 1,
                ("0-2", WEST): 1,
                ("unborn", EAST): 0,
            },
        ),
    ],
)
def test_every_dimension_groups_the_rows(
    county: County, by: str, expected: dict[tuple[str, ...], int]
) -> None:
    report = county.ask(by=by)

    names = [name for name in dict.fromkeys(by.split(",")) if name not in {"", "rule"}]
    assert report["by"] == names
    due = {
        tuple(row[name] for name in names): row["due"]
        for row in report["rows"]
        if row["rule"] == "initiation"
    }
    assert due == expected


@pytest.mark.parametrize(
    ("period", "first", "last", "due"),
    [
        ("2025-03", "2025-03-01", "2025-03-31", 4),
        ("2025-02", "2025-02-01", "2025-02-28", 1),  # c7
        ("2024-02", "2024-02-01", "2024-02-29", 0),
        ("2024", "2024-01-01", "2024-12-31", 3),  # c9, c10 and c11
        ("2025", "2025-01-01", "2025-12-31", 5),
        ("2025-H1", "2025-01-01", "2025-06-30", 5),
        ("2025-Q1", "2025-01-01", "2025-03-31", 5),
        ("2025-T1", "2025-01-01", "2025-04-30", 5),
        ("2024-T3", "2024-09-01", "2024-12-31", 3),
        ("thl:2024-10", "2024-10-01", "2025-03-31", 8),
        ("thl:2024-04", "2024-04-01", "2024-09-30", 0),
        ("2025-03-12..2025-03-13", "2025-03-12", "2025-03-13", 3),  # c1, c2, c3
    ],
)
def test_a_period_is_written_in_many_ways(
    county: County, period: str, first: str, last: str, due: int
) -> None:
    report = county.ask(period=period)

    assert report["period"] == {"code": period, "first": first, "last": last}
    found = [row["due"] for row in report["totals"] if row["rule"] == "initiation"]
    assert found == ([due] if due else [])


def test_what_is_not_yet_due_stands_beside_the_rate(county: County) -> None:
    totals = county.totals(as_of="2025-03-10")

    # c1 was met on the 10th, before its due day; c2, c3 and c6 are open; c7 came later.
    assert counts(totals["initiation"]) == {
        "met_not_yet_due": 1,
        "open_in_time": 3,
        "anticipatory": 1,
        "void": 1,
    }
    assert totals["initiation"]["due"] == 0
    assert totals["initiation"]["rate"] is None
    assert totals["initiation"]["interval"] is None
    assert totals["initiation"]["days_over"] is None
    # c10 is due on the 10th itself.
    assert counts(totals["assessment"]) == {"in_time": 1, "open_in_time": 2}


def test_the_basis_of_thl_counts_what_began_and_what_was_completed(
    county: County,
) -> None:
    totals = county.totals(basis="thl")

    # Began in March: c1-c8 and c12, whose child was a client already.
    assert counts(totals["initiation"]) == {
        "in_time": 2,
        "late": 1,
        "open_late": 1,
        "open_in_time": 1,  # c8
        "joined": 1,
        "anticipatory": 1,
        "void": 1,
        "excluded": 1,  # c12
    }
    assert totals["initiation"]["due"] == 3
    assert totals["initiation"]["rate"] == pytest.approx(2 / 3, abs=1e-6)
    # Completed in March: c9 and c10. Open: c11; c1, c2, c3, c6, c7 and c8; c5.
    assert counts(totals["assessment"]) == {
        "in_time": 1,
        "late": 1,
        "open_late": 1,
        "open_in_time": 6,
        "anticipatory": 1,
    }
    assert totals["assessment"]["due"] == 2
    assert totals["assessment"]["rate"] == 0.5


@pytest.mark.parametrize(
    ("basis", "lang", "begins"),
    [
        ("due", "fi", "Määräajat, jotka päättyivät jaksolla"),
        ("due", "sv", "Tidsfrister som löpte ut under perioden"),
        ("due", "en", "Deadlines that fell due in the period"),
        ("thl", "en", "THL basis (inclusion unconfirmed)"),
    ],
)
def test_an_answer_says_what_it_counts_and_under_which_law(
    county: County, basis: str, lang: str, begins: str
) -> None:
    report = county.ask(basis=basis, lang=lang)

    assert report["basis"] == basis
    assert report["as_of"] == DAY
    assert report["definition"].startswith(begins)
    assert (report["law"]["eves"], report["law"]["roll"]) == ("non-working", "on")
    assert "LSL-26-2015" in str(report["law"]["versions"])
    assert "SHL-36-2015" in str(report["law"]["versions"])


def test_a_lead_gets_the_figures_of_the_named_units_and_what_is_below(
    county: County,
) -> None:
    east = bearer(county.database, Role.LEAD, units=(EAST,))
    espoo = bearer(county.database, Role.LEAD, units=("espoo",))

    report = county.ask_as(east, by="unit")

    assert {row["unit"] for row in report["rows"]} == {EAST}
    assert [(row["rule"], row["due"]) for row in report["totals"]] == [
        ("initiation", 3),
        ("assessment", 1),
    ]
    assert [row["due"] for row in county.ask_as(espoo)["totals"]] == [4, 3]


def test_the_figure_stays_with_the_unit_that_was_responsible_when_it_was_due(
    client: TestClient, database: Database, headers: Headers
) -> None:
    moved = {
        "id": "t1",
        "source": "client-a",
        "kind": "transfer",
        "case_ref": "A",
        "occurred_on": "2025-03-13",
        "data": {"unit": WEST},
    }
    # Due on 12.3., handed over the day after.
    send(client, headers.integrator, notification("A", "2025-03-03", unit=EAST), moved)
    county = County(client, database, headers.lead)

    rows = county.ask(by="unit")["rows"]
    worklist = client.get(f"/v1/deadlines?as_of={DAY}", headers=headers.lead)

    assert [row["unit"] for row in rows] == [EAST]
    assert [item["unit"] for item in worklist.json()["items"]] == [WEST]


def test_what_arrives_later_does_not_change_an_earlier_report(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)
    url = f"/v1/reports/compliance?period=2025-03&as_of={DAY}&by=unit"
    earlier = client.get(url, headers=headers.lead)
    send(client, headers.integrator, decision("c3", "2025-03-13"))

    again = client.get(
        f"{url}&known_at={earlier.json()['known_at']}", headers=headers.lead
    )

    assert again.content == earlier.content
    now = client.get(url, headers=headers.lead).json()
    assert now["totals"] != earlier.json()["totals"]


def test_csv_has_the_same_rows_and_totals(county: County) -> None:
    report = county.ask(by="unit,language_group")

    answer = county.client.get(
        "/v1/reports/compliance",
        params={"period": "2025-03", "as_of": DAY, "by": "unit,language_group"},
        headers={**county.lead, "Accept": "text/csv"},
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    disposition = answer.headers["content-disposition"]
    assert disposition == 'attachment; filename="compliance-2025-03.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    rows, totals = lines[:6], lines[6:]
    assert [(r["rule"], r["unit"], r["language_group"]) for r in rows] == [
        (r["rule"], r["unit"], r["language_group"]) for r in report["rows"]
    ]
    for line, row in zip(lines, report["rows"] + report["totals"], strict=True):
        assert (line["period"], line["basis"], line["as_of"]) == ("2025-03", "due", DAY)
        assert {name: int(line[name]) for name in ("due", *COUNTS)} == {
            name: row[name] for name in ("due", *COUNTS)
        }
        assert float(line["rate"]) == row["rate"]
        assert float(line["interval_low"]) == row["interval"][0]
        assert float(line["interval_high"]) == row["interval"][1]
    assert {(total["row"], total["unit"]) for total in totals} == {("total", "")}
    assert totals[0]["days_over_p90"] == "17.3"


def test_no_cell_of_the_csv_is_a_formula(client: TestClient, headers: Headers) -> None:
    units = {
        '=HYPERLINK("http://example.org";"unit")',
        "+358",
        "-1",
        "@SUM(A1)",
        " =1+1",
        'a "quoted", unit',
    }
    send(
        client,
        headers.integrator,
        *(notification(unit, "2025-03-03", unit=unit) for unit in units),
    )

    answer = client.get(
        "/v1/reports/compliance",
        params={"period": "2025-03", "by": "unit"},
        headers={**headers.lead, "Accept": "text/csv"},
    )

    lines = csv.DictReader(io.StringIO(answer.text, newline=""))
    cells = {line["unit"] for line in lines if line["row"] == "cell"}
    assert {cell.removeprefix("'") for cell in cells} == units
    assert not [cell for cell in cells if cell.lstrip().startswith(tuple("=+-@"))]


def test_a_deadline_without_a_unit_is_counted_as_unknown(
    client: TestClient, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        notification("A", "2025-03-03", unit=None),
        notification("B", "2025-03-03", unit="z"),
    )
    url = "/v1/reports/compliance?period=2025-03&by=unit"

    rows = client.get(url, headers=headers.lead).json()["rows"]
    table = client.get(url, headers={**headers.lead, "Accept": "text/csv"}).text

    assert [row["unit"] for row in rows] == ["z", None]
    lines = csv.DictReader(io.StringIO(table))
    assert [(line["row"], line["unit"]) for line in lines] == [
        ("cell", "z"),
        ("cell", ""),
        ("total", ""),
    ]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "invalid-parameter"),
        ("period=2025-13", "invalid-period"),
        ("period=2025-Q5", "invalid-period"),
        ("period=2025-H3", "invalid-period"),
        ("period=2025-T4", "invalid-period"),
        ("period=thl:2025-05", "invalid-period"),
        ("period=2025-03-31..2025-03-01", "invalid-period"),
        ("period=2025-03-01..", "invalid-period"),
        ("period=last month", "invalid-period"),
        ("period=２０２５", "invalid-period"),  # noqa: RUF001 (digits of another width)
        ("period=2025&by=worker", "invalid-parameter"),
        ("period=2025&basis=honest", "invalid-parameter"),
        ("period=2025&as_of=1741737600", "invalid-parameter"),
        ("period=2025&known_at=2120-01-01T00:00:00Z", "future-knowledge"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    county: County, query: str, problem: str
) -> None:
    answer = county.client.get(
        f"/v1/reports/compliance?{query}",
        headers={**county.lead, "Accept": "text/csv"},
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"


def test_only_a_lead_reads_figures(client: TestClient, headers: Headers) -> None:
    statuses = [
        client.get("/v1/reports/compliance?period=2025", headers=key).status_code
        for key in ({}, headers.integrator, headers.admin, headers.lead)
    ]

    assert statuses == [401, 403, 403, 200]


def test_of_few_deadlines_the_count_is_shown_and_no_rate(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)

    report = client.get(
        f"/v1/reports/compliance?period=2025-03&as_of={DAY}", headers=headers.lead
    ).json()

    assert report["minimum_n"] == 5
    total = report["totals"][0]
    assert (total["due"], total["in_time"]) == (4, 2)
    assert (total["rate"], total["interval"]) == (None, None)
    assert total["days_over"] == {
        "median": None,
        "p90": None,
        "mean": 10.5,
        "maximum": 19,
    }


def test_a_report_says_which_matters_are_counted_as_its_county_has_decided(
    client: TestClient, database: Database, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)
    url = f"/v1/reports/compliance?period=2025-03&as_of={DAY}&basis=thl"
    assumed = client.get(url, headers=headers.lead).json()
    confirmed = Inclusion(
        in_force_from=date(2025, 1, 1), excluded_outcomes=(), confirmed=True
    )
    report_settings.put(database, ReportSettings(inclusions=(confirmed,), minimum_n=1))

    decided = client.get(url, headers=headers.lead).json()
    then = client.get(f"{url}&known_at={assumed['known_at']}", headers=headers.lead)

    assert assumed["inclusion"]["confirmed"] is False
    assert "unconfirmed" in assumed["definition"]
    assert assumed["totals"][0]["excluded"] == 1  # c12, a client already
    assert decided["inclusion"] == {
        "in_force_from": "2025-01-01",
        "excluded_outcomes": [],
        "excluded_entries": [],
        "excluded_matters": [],
        "counts_repeated": False,
        "confirmed": True,
    }
    assert "unconfirmed" not in decided["definition"]
    assert decided["totals"][0]["excluded"] == 0
    assert then.json() == assumed


def test_what_hangs_on_the_reading_is_told(
    client: TestClient, headers: Headers
) -> None:
    send(
        client,
        headers.integrator,
        # Three months from 1 December end on Sunday 1 March; Monday is in time too.
        notification("A", "2025-12-01"),
        decision("A", "2025-12-02"),
        assessment("A", "2026-03-02"),
    )

    totals = client.get(
        "/v1/reports/compliance?period=2026-03&as_of=2026-04-01", headers=headers.lead
    ).json()["totals"]

    (total,) = totals
    assert (total["in_time"], total["in_time_by_reading"]) == (1, 1)
    assert total["hinging_verdicts"] == 1


def test_every_figure_is_defined_for_everybody(client: TestClient) -> None:
    answer = client.get("/v1/definitions?lang=sv")

    assert answer.status_code == 200
    told = answer.json()
    by_code = {each["code"]: each for each in told["definitions"]}
    assert by_code["recorded_late"]["text"].startswith("Av dem som gjorts i tid")
    assert by_code["recorded_late"]["docs"] == "docs/figures.md#recorded_late"
    assert "obekräftad" in by_code["basis-thl"]["text"]
    assert told["bands"]["assessment"]["far_over_limit"] == "> 4 månader"
    assert told["settings"]["minimum_n"] == 5
    assert {"row", "kind"}.isdisjoint(by_code)


def test_the_definitions_of_then_can_be_asked_for(
    client: TestClient, database: Database
) -> None:
    then = client.get("/v1/definitions").json()
    report_settings.put(database, ReportSettings(minimum_n=9))

    again = client.get(f"/v1/definitions?known_at={then['known_at']}").json()

    assert again == then
    assert client.get("/v1/definitions").json()["settings"]["minimum_n"] == 9
    assert client.get("/v1/definitions?colour=red").status_code == 422
