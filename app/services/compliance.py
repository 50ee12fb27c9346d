"""The compliance report: how many deadlines were kept, of how many, and which."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.db import compliance as compliance_table
from app.db import findings as finding_table
from app.db import known_deadlines
from app.db.bulk import last_round_trip
from app.db.database import Database
from app.db.deadlines import Place, Row
from app.domain.access import Actor
from app.domain.cells import Cell, Span, compared
from app.domain.compliance import FACTS, Basis, Dimension
from app.domain.figures import Number, numbers_of
from app.domain.ranges import Range
from app.domain.report_settings import Inclusion
from app.domain.reporting_periods import (
    Compare,
    Period,
    months_until,
    period_before,
)
from app.services.opened import Cases, Part, shown
from app.services.reports import Asked, Inquiry, Query, inquiry
from app.services.viewing import Viewer

__all__ = [
    "BASES",
    "Asked",
    "Cases",
    "Opened",
    "Query",
    "Report",
    "Series",
    "cases",
    "compliance",
    "series",
    "spanning",
]

BASES: Mapping[str, tuple[Basis, ...]] = {
    "due": (Basis.DUE,),
    "thl": (Basis.THL,),
    "both": (Basis.DUE, Basis.THL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period: each cell, sub-total and the total of each rule.

    *earlier* is the period that is compared with. *findings* are how many findings in
    cases are open, by kind.
    """

    asked: Asked
    period: Period
    earlier: Period | None
    bases: tuple[Basis, ...]
    cells: list[Cell]
    findings: dict[str, int]

    @property
    def inclusion(self) -> Inclusion:
        """Return which matters THL's figures count in the period."""
        return self.asked.settings.inclusion_on(self.period.first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The figures of months that follow each other, the newest last."""

    asked: Asked
    bases: tuple[Basis, ...]
    months: list[tuple[Period, list[Cell]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number of which cell is opened; in *groups* None means unknown.

    A number of *days_taken* is of what was done after so many days; without a *number*
    it is all of it.
    """

    period: Period
    rule: str
    number: Number | None
    groups: Mapping[Dimension, str | None]
    days_taken: Range | None = None


def compliance(
    database: Database,
    actor: Actor,
    query: Query,
    period: Period,
    *,
    compare: Compare | None = None,
    with_days_taken: bool = False,
) -> Report:
    """Return the figures of *period* over the actor's units.

    *with_days_taken* asks for the distribution of days until the duty was done.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        InvalidPeriodError: there is no period to *compare* with.
    """
    earlier = None if compare is None else period_before(period, compare)
    with inquiry(database, actor, query) as asking:
        counted = [
            {
                basis: asking.tallies(each, basis, with_days_taken=with_days_taken)
                for basis in query.bases
            }
            for each in (period, earlier)
            if each is not None
        ]
        with _asking_findings(asking) as found:
            cells, *before = map(asking.asked.layout.cells, counted)
        findings = found()
    return Report(
        asked=asking.asked,
        period=period,
        earlier=earlier,
        bases=query.bases,
        cells=compared(cells, before[0]) if before else cells,
        findings=findings,
    )


@contextmanager
def _asking_findings(asking: Inquiry) -> Iterator[Callable[[], dict[str, int]]]:
    """Ask how many findings in cases of the units are open, by kind.

    The database counts them while the caller makes something else.
    """
    if not asking.knowledge.sees_all:
        found = _open_findings(asking)
        yield lambda: found
        return
    with last_round_trip(asking.connection):
        yield finding_table.ask_open_counts(
            asking.connection,
            known_at=asking.asked.known_at,
            units=asking.allowed,
        )


def _open_findings(asking: Inquiry) -> dict[str, int]:
    """Return how many open findings are in cases of which the caller sees anything."""
    connection, known_at = asking.connection, asking.asked.known_at
    with asking.knowledge.as_service():
        found = finding_table.open_in(
            connection, known_at=known_at, units=asking.allowed or frozenset()
        )
    cases = {case for case, _ in found}
    seen = known_deadlines.seen_cases(connection, sorted(cases), known_at=known_at)
    return dict(sorted(Counter(kind for case, kind in found if case in seen).items()))


def series(
    database: Database,
    actor: Actor,
    query: Query,
    *,
    number: int,
    last: Period | None = None,
) -> Series:
    """Return the figures of *number* months over the actor's units.

    The last of them is the month *last*, or else that of the day asked about.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with inquiry(database, actor, query) as asking:
        asked = asking.asked
        months = months_until(last.first if last else asked.as_of, number)
        counted = {basis: asking.monthly(months, basis) for basis in query.bases}
    return Series(
        asked=asked,
        bases=query.bases,
        months=[
            (month, asked.layout.cells({b: each[n] for b, each in counted.items()}))
            for n, month in enumerate(months)
        ],
    )


def cases(viewer: Viewer, query: Query, opened: Opened, part: Part) -> Cases:
    """Show a part of the deadlines that a number of a report counts.

    All its pages together are as many as the number says, and they are the viewer's.

    Raises:
        ExportQuotaError: the viewer has taken as many files today.
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there are more than a whole list may have.
        UnknownRuleError: there is no rule of the name that is asked for.
    """
    (basis,) = query.bases

    def find(asking: Inquiry, after: Place | None, limit: int) -> list[Row]:
        asking.asked.law.rule(opened.rule)
        return compliance_table.page(
            asking.connection,
            asking.question_of(
                opened.period, basis, with_days_taken=opened.days_taken is not None
            ),
            rule=opened.rule,
            facts=[
                each
                for each in FACTS
                if opened.number is None or opened.number in numbers_of(each, basis)
            ],
            groups={
                name: None if group is None else asking.members(name, group)
                for name, group in opened.groups.items()
            },
            days_taken=opened.days_taken,
            after=after,
            limit=limit,
        )

    return shown(viewer, query, find, part)


def name_of(bases: tuple[Basis, ...]) -> str:
    """Return the name by which *bases* are asked for."""
    return next(name for name, those in BASES.items() if those == bases)


def spanning(cells: Sequence[Cell], span: Span) -> list[Cell]:
    """Return the cells of *span* among *cells*."""
    return [cell for cell in cells if cell.place.span is span]
