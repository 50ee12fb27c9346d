"""The demo's two questions, answered as tables: who is overdue, how well it goes."""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

from rich.box import SIMPLE_HEAD
from rich.table import Table

_NOTHING = "–"  # noqa: RUF001 - the dash that Finnish tables use
_DUTIES = {
    "initiation": "initiation, 7 working days",
    "assessment": "assessment, 3 months",
}
_GOOD, _FAIR = 0.95, 0.85


class DeadlineItem(TypedDict):
    """A deadline of the worklist, the fields that the table shows."""

    source: str
    case_ref: str
    child_ref: str | None
    rule: str
    started_on: str
    due_on: str
    unit: str | None
    working_days_left: int
    language_group: str
    nationality_group: str


class DeadlinePage(TypedDict):
    """A page of `GET /v1/deadlines`."""

    items: list[DeadlineItem]


class DaysOver(TypedDict):
    """How late the late ones are, in days."""

    median: float
    p90: float
    mean: float


class _Dimensions(TypedDict, total=False):
    unit: str | None
    language_group: str


class ComplianceRow(_Dimensions):
    """A row of the compliance report, the fields that the table shows."""

    rule: str
    due: int
    in_time: int
    late: int
    open_late: int
    rate: float | None
    interval: list[float] | None
    joined: int
    days_over: DaysOver | None


class AssessmentCounts(TypedDict):
    """Completed assessments, the fields that the table shows."""

    completed: int
    share_without_client_status: float | None


class Counts(TypedDict):
    """The total of `GET /v1/reports/counts`, the fields that the table shows."""

    notifications: int
    children: int
    reports_per_child: float | None
    assessments: AssessmentCounts


class ComplianceReport(TypedDict):
    """The answer of `GET /v1/reports/compliance`."""

    rows: list[ComplianceRow]
    totals: list[ComplianceRow]


class FindingList(TypedDict):
    """A page of `GET /v1/findings`, its counts by severity."""

    counts: dict[str, int]


def worst_overdue(page: DeadlinePage, *, title: str) -> Table:
    """Return the deadlines of *page* in its order, *over* in working days."""
    table = _table(title)
    for heading in ("Case", "Duty"):
        table.add_column(heading, no_wrap=True)
    for heading in ("Received", "Due", "Days\nover"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Unit", overflow="fold", min_width=12)
    for heading in ("Mother\ntongue", "Citizen-\nship"):
        table.add_column(heading, no_wrap=True)
    for item in page["items"]:
        table.add_row(
            f"{item['source']}/{item['case_ref']}",
            item["rule"],
            finnish_date(item["started_on"]),
            finnish_date(item["due_on"]),
            f"[bold red]{-item['working_days_left']}[/]",
            item["unit"] or _NOTHING,
            item["language_group"],
            item["nationality_group"],
        )
    return table


def compliance(report: ComplianceReport, *, title: str) -> Table:
    """Return *report* as a table: each rule's rows, then its total."""
    table = _table(title)
    table.add_column("Duty and unit", overflow="fold")
    table.add_column("Mother\ntongue", no_wrap=True)
    for heading in (
        "Due",
        "In\ntime",
        "Late",
        "Open,\nlate",
        "Rate",
        "95 %\ninterval",
        "Median\nover",
        "Joined",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for total in report["totals"]:
        rule = total["rule"]
        table.add_row(f"[bold]{_DUTIES.get(rule, rule)}[/]", "", *_cells(total))
        rows = [row for row in report["rows"] if row["rule"] == rule]
        for row, unit in zip(rows, _once(_unit(row) for row in rows), strict=True):
            language = row.get("language_group", "all")
            table.add_row(f"  {unit}", language, *_cells(row))
        table.add_section()
    return table


def published_year(report: ComplianceReport, counts: Counts) -> Table:
    """Return the published figures of 2012 beside those of *report* and *counts*."""
    totals = {total["rule"]: total for total in report["totals"]}
    assessments = counts["assessments"]
    per_child = f"{counts['reports_per_child'] or 0:.1f}".replace(".", ",")
    without = assessments["share_without_client_status"]
    table = _table("Espoo 2012: published and reproduced")
    table.add_column("Figure")
    table.add_column("Published", justify="right")
    table.add_column("Here", justify="right")
    for row in (
        ("matters pending", "4 984", _number(counts["notifications"])),
        ("children", "2 789", _number(counts["children"])),
        ("reports per child", "1,7", per_child),
        ("assessments", "1 858", _number(assessments["completed"])),
        ("complete in three months", "81 %", _per_cent(totals["assessment"]["rate"])),
        ("without client relationship", "47,6 %", _per_cent(without)),
    ):
        table.add_row(*row)
    return table


def finnish_date(iso: str) -> str:
    """Return an ISO date as Finns write it.

    >>> finnish_date("2026-03-02")
    '2.3.2026'
    """
    day = date.fromisoformat(iso)
    return f"{day.day}.{day.month}.{day.year}"


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )


def _cells(row: ComplianceRow) -> tuple[str, ...]:
    over = row["days_over"]
    return (
        _number(row["due"]),
        _number(row["in_time"]),
        _number(row["late"]),
        _number(row["open_late"]),
        _coloured(row["rate"]),
        _range(row["interval"]),
        _decimal(over["median"]) if over else _NOTHING,
        _number(row["joined"]),
    )


def _unit(row: ComplianceRow) -> str:
    return row.get("unit") or _NOTHING


def _once(names: Iterable[str]) -> list[str]:
    """Return *names*, a repeated one blank, as a reader's eye expects it."""
    shown: list[str] = []
    previous = None
    for name in names:
        shown.append("" if name == previous else name)
        previous = name
    return shown


def _coloured(rate: float | None) -> str:
    """Return the rate as a percentage; its colour only repeats what the number says."""
    if rate is None:
        return _NOTHING
    if rate >= _GOOD:
        return f"[green]{_per_cent(rate)}[/]"
    return f"[{'yellow' if rate >= _FAIR else 'red'}]{_per_cent(rate)}[/]"


def _per_cent(rate: float | None) -> str:
    return _NOTHING if rate is None else f"{_decimal(rate * 100)} %"


def _decimal(value: float | None) -> str:
    return _NOTHING if value is None else f"{value:.1f}".replace(".", ",")


def _range(interval: list[float] | None) -> str:
    if interval is None:
        return _NOTHING
    low, high = (f"{bound * 100:.0f}" for bound in interval)
    return f"{low}{_NOTHING}{high} %"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
