"""The compliance report: how many deadlines were kept, of how many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.db import activations, report_settings
from app.db import compliance as compliance_table
from app.db import findings as finding_table
from app.db import units as unit_table
from app.db.compliance import Question
from app.db.database import Database, Knowledge
from app.domain.cells import Cell, Layout, Span, Tallies, compared
from app.domain.compliance import Basis, Dimension, Frame
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.report_settings import Inclusion, ReportSettings
from app.domain.reporting_periods import Compare, Period, period_before
from app.services.deadlines import scope
from app.services.keys import Actor

BASES: Mapping[str, tuple[Basis, ...]] = {
    "due": (Basis.DUE,),
    "thl": (Basis.THL,),
    "both": (Basis.DUE, Basis.THL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the report.

    Of two *bases* the first makes the figures, the other stands beside them.
    *with_days_taken* asks for the distribution of days until it was done.
    """

    period: Period
    by: tuple[Dimension, ...] = ()
    level: int | None = None
    bases: tuple[Basis, ...] = (Basis.DUE,)
    compare: Compare | None = None
    with_days_taken: bool = False
    as_of: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The figures of a period, each cell, sub-total and the total of each rule.

    *findings* are how many findings in cases are open, by kind. *earlier* is the period
    that is compared with.
    """

    period: Period
    earlier: Period | None
    by: tuple[Dimension, ...]
    level: int | None
    bases: tuple[Basis, ...]
    as_of: date
    known_at: datetime
    law: Law
    settings: ReportSettings
    cells: list[Cell]
    findings: dict[str, int]

    @property
    def inclusion(self) -> Inclusion:
        """Return which matters THL's figures count in the period."""
        return self.settings.inclusion_on(self.period.first)

    @property
    def rows(self) -> list[Cell]:
        """Return the cells of single groups."""
        return self._of(Span.CELL)

    @property
    def subtotals(self) -> list[Cell]:
        """Return the sub-totals of the units above."""
        return self._of(Span.SUBTOTAL)

    @property
    def totals(self) -> list[Cell]:
        """Return the total of each rule."""
        return self._of(Span.TOTAL)

    def _of(self, span: Span) -> list[Cell]:
        return [cell for cell in self.cells if cell.place.span is span]


def compliance(database: Database, actor: Actor, query: Query) -> Report:
    """Return the figures of a period over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.read(query.known_at) as knowledge:
        connection, known_at = knowledge.connection, knowledge.known_at
        as_of = query.as_of or legal_day(known_at)
        units = unit_table.known(connection, known_at)
        allowed = scope(units, actor, None)
        law = activations.in_use(connection, known_at=known_at)
        settings = report_settings.in_use(connection, known_at=known_at)
        layout = Layout(
            by=query.by,
            level=query.level,
            tree={unit.code: unit.parent for unit in units.values()},
            minimum_n=settings.minimum_n,
        )

        def cells(period: Period) -> list[Cell]:
            frames = [
                Frame(
                    period=period,
                    as_of=as_of,
                    basis=basis,
                    inclusion=settings.inclusion_on(period.first),
                    law=law,
                )
                for basis in query.bases
            ]
            return layout.cells(_counted(knowledge, frames, query, allowed))

        found = cells(query.period)
        earlier = (
            None
            if query.compare is None
            else period_before(query.period, query.compare)
        )
        if earlier is not None:
            found = compared(found, cells(earlier))
        findings = finding_table.open_counts(
            connection, known_at=known_at, units=allowed
        )
    return Report(
        period=query.period,
        earlier=earlier,
        by=query.by,
        level=query.level,
        bases=query.bases,
        as_of=as_of,
        known_at=known_at,
        law=law,
        settings=settings,
        cells=found,
        findings=findings,
    )


def _counted(
    knowledge: Knowledge,
    frames: Sequence[Frame],
    query: Query,
    units: frozenset[str] | None,
) -> dict[Basis, Tallies]:
    return {
        frame.basis: compliance_table.tallies(
            knowledge.connection,
            Question(
                frame=frame,
                by=query.by,
                known_at=knowledge.known_at,
                units=units,
                with_days_taken=query.with_days_taken,
            ),
        )
        for frame in frames
    }
