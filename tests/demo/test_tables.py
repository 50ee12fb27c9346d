"""The demo's tables, read as a person at a terminal of 100 to 120 columns would."""

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from app.demo import tables
from app.demo.county import MATINKYLA
from app.demo.tables import ComplianceReport, ComplianceRow, DeadlinePage

OVERDUE: DeadlinePage = {
    "items": [
        {
            "source": "client-a",
            "case_ref": "A-2026-00123",
            "child_ref": "p-81f3a0b2",
            "rule": "assessment",
            "started_on": "2026-03-02",
            "due_on": "2026-06-02",
            "unit": MATINKYLA,
            "working_days_left": -94,
            "language_group": "foreign",
            "nationality_group": "finnish",
        },
        {
            "source": "client-b",
            "case_ref": "B-2026-00007",
            "child_ref": None,
            "rule": "initiation",
            "started_on": "2026-10-01",
            "due_on": "2026-10-12",
            "unit": None,
            "working_days_left": -4,
            "language_group": "unknown",
            "nationality_group": "unknown",
        },
    ]
}


def row(rule: str, *, due: int, in_time: int, late: int) -> ComplianceRow:
    return {
        "rule": rule,
        "due": due,
        "in_time": in_time,
        "late": late,
        "open_late": due - in_time - late,
        "rate": in_time / due if due else None,
        "interval": [0.7, 0.951] if due else None,
        "joined": 2,
        "days_over": {"median": 4.5, "p90": 9.0, "mean": 5.1} if late else None,
    }


def in_unit(row: ComplianceRow, unit: str, language: str) -> ComplianceRow:
    return {**row, "unit": unit, "language_group": language}


REPORT: ComplianceReport = {
    "rows": [
        in_unit(row("initiation", due=1_858, in_time=1_505, late=300), MATINKYLA, "fi"),
        in_unit(row("initiation", due=20, in_time=18, late=2), MATINKYLA, "sv"),
        in_unit(row("assessment", due=0, in_time=0, late=0), MATINKYLA, "fi"),
    ],
    "totals": [
        row("initiation", due=1_878, in_time=1_523, late=302),
        row("assessment", due=40, in_time=39, late=1),
    ],
}


def shown(table: Table, width: int = 120) -> str:
    console = Console(file=StringIO(), width=width)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_an_overdue_case_tells_what_who_and_since_when() -> None:
    text = shown(tables.worst_overdue(OVERDUE, title="Longest overdue"))

    line = next(line for line in text.splitlines() if "A-2026-00123" in line)
    for told in ("client-a", "assessment", "2.3.2026", "2.6.2026", "94", MATINKYLA):
        assert told in line


def test_a_unit_is_named_once_for_all_its_languages() -> None:
    text = shown(tables.compliance(REPORT, title="Compliance"))

    # Once for each of the two duties.
    assert text.count(MATINKYLA) == 2


def test_rates_are_written_as_finns_write_them() -> None:
    text = shown(tables.compliance(REPORT, title="Compliance"))

    assert "81,0 %" in text
    assert "1 858" in text
    assert "70–95 %" in text  # noqa: RUF001 - the dash of a range


def test_no_rate_is_shown_where_nothing_fell_due() -> None:
    text = shown(tables.compliance(REPORT, title="Compliance"))

    line = next(line for line in reversed(text.splitlines()) if MATINKYLA in line)
    assert "%" not in line


@pytest.mark.parametrize("width", [100, 120])
def test_the_tables_fit_the_terminal(width: int) -> None:
    for table in (
        tables.worst_overdue(OVERDUE, title="Longest overdue"),
        tables.compliance(REPORT, title="Compliance"),
    ):
        assert max(map(len, shown(table, width).splitlines())) <= width


def test_the_published_year_stands_beside_ours() -> None:
    counts: tables.Counts = {
        "notifications": 4_984,
        "children": 2_789,
        "reports_per_child": 1.69989,
        "assessments": {"completed": 1_858, "share_without_client_status": 0.475781},
    }

    text = shown(tables.published_year(REPORT, counts))

    assert "47,6 %" in text
    assert "1,7" in text
