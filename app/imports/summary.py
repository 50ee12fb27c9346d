"""What an import came to, told at the terminal without a word out of any cell."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from app.imports.results import Report, RowStatus
from app.services.intake import Status

MOST_PROBLEMS = 20


def events_table(report: Report, *, created: RowStatus) -> Table:
    """Return how many events of each kind had which outcome."""
    table = Table("events", box=SIMPLE_HEAD)
    statuses = [
        status
        for status in Status
        if status is not Status.ERASED or any(s is status for _, s in report.events)
    ]
    for status in statuses:
        name = created.value if status is Status.CREATED else status.value
        table.add_column(name, justify="right")
    for kind in sorted({kind for kind, _ in report.events}):
        table.add_row(kind, *(str(report.events[kind, status]) for status in statuses))
    return table


def rows_line(report: Report) -> str:
    """Return how many rows there are of each status, in a line."""
    counts = [
        f"{report.rows[status]} {status}" for status in RowStatus if report.rows[status]
    ]
    return f"{report.rows.total()} rows: {', '.join(counts) or 'none'}."


def problem_lines(report: Report) -> Iterator[str]:
    """Yield what was wrong, the most frequent first, each with its remedy."""
    for problem, count in report.problems.most_common(MOST_PROBLEMS):
        yield escape(f"{count} × {problem.message}. {problem.remedy}")  # noqa: RUF001
    more = len(report.problems) - MOST_PROBLEMS
    if more > 0:
        yield f"… and {more} more problems, in the result."
