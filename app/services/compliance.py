"""The compliance report: how many deadlines were kept, of how many, and which."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.db import activations, report_settings
from app.db import compliance as compliance_table
from app.db import findings as finding_table
from app.db import sources as source_table
from app.db import units as unit_table
from app.db.database import Connection, Database
from app.db.deadlines import Row
from app.db.judged import Question
from app.domain.cells import Cell, Layout, Span, Tallies, compared
from app.domain.compliance import FACTS, Basis, Dimension, Frame
from app.domain.events import legal_day
from app.domain.figures import Number, numbers_of
from app.domain.law import Law
from app.domain.report_settings import ReportSettings
from app.domain.reporting_periods import (
    Compare,
    Period,
    months_until,
    period_before,
)
from app.services.deadlines import Cursor, place_of, scope
from app.services.keys import Actor

BASES: Mapping[str, tuple[Basis, ...]] = {
    "due": (Basis.DUE,),
    "thl": (Basis.THL,),
    "both": (Basis.DUE, Basis.THL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of figures: in which groups, on which bases, as known when.

    Of two *bases* the first makes the figures, the other stands beside them. With
    *level* units are rolled up to those of that depth.
    """

    by: tuple[Dimension, ...] = ()
    level: int | None = None
    bases: tuple[Basis, ...] = (Basis.DUE,)
    as_of: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For which day and instant figures were asked, and under which law and settings.

    *units* are the registered ones.
    """

    as_of: date
    known_at: datetime
    law: Law
    settings: ReportSettings
    units: frozenset[str]
    layout: Layout

    def frame(self, period: Period, basis: Basis) -> Frame:
        """Return which deadlines are counted in *period* on *basis*."""
        return Frame(
            period=period,
            as_of=self.as_of,
            basis=basis,
            inclusion=self.settings.inclusion_on(period.first),
            law=self.law,
        )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The figures of months that follow each other, the newest last."""

    asked: Asked
    bases: tuple[Basis, ...]
    months: list[tuple[Period, list[Cell]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number of which cell is opened; in *groups* None means unknown."""

    period: Period
    rule: str
    number: Number
    groups: Mapping[Dimension, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page of the deadlines behind a number; *following* is the place behind it."""

    as_of: date
    known_at: datetime
    law: Law
    units: frozenset[str]
    live_since: dict[str, date | None]
    rows: list[Row]
    following: Cursor | None


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
    with _inquiry(database, actor, query) as inquiry:
        cells, *before = (
            inquiry.asked.layout.cells(
                {
                    basis: inquiry.tallies(each, basis, with_days_taken=with_days_taken)
                    for basis in query.bases
                }
            )
            for each in (period, earlier)
            if each is not None
        )
        findings = finding_table.open_counts(
            inquiry.connection, known_at=inquiry.asked.known_at, units=inquiry.allowed
        )
    return Report(
        asked=inquiry.asked,
        period=period,
        earlier=earlier,
        bases=query.bases,
        cells=compared(cells, before[0]) if before else cells,
        findings=findings,
    )


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
    with _inquiry(database, actor, query) as inquiry:
        asked = inquiry.asked
        months = months_until(last.first if last else asked.as_of, number)
        counted = {basis: inquiry.monthly(months, basis) for basis in query.bases}
    return Series(
        asked=asked,
        bases=query.bases,
        months=[
            (month, asked.layout.cells({b: each[n] for b, each in counted.items()}))
            for n, month in enumerate(months)
        ],
    )


def cases(
    database: Database,
    actor: Actor,
    query: Query,
    opened: Opened,
    *,
    cursor: Cursor | None,
    limit: int,
) -> Cases:
    """Return a page of the deadlines that a number of a report counts.

    All its pages together are as many as the number says, and they are the actor's.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
    """
    (basis,) = query.bases
    with _inquiry(database, actor, query) as inquiry:
        asked = inquiry.asked
        asked.law.rule(opened.rule)
        rows = compliance_table.page(
            inquiry.connection,
            inquiry.question(opened.period, basis),
            rule=opened.rule,
            facts=[each for each in FACTS if opened.number in numbers_of(each, basis)],
            groups={
                name: None if group is None else inquiry.members(name, group)
                for name, group in opened.groups.items()
            },
            after=None if cursor is None else cursor.after,
            limit=limit + 1,
        )
        live_since = source_table.all_live_since(inquiry.connection, asked.known_at)
    following = None
    if len(rows) > limit:
        rows.pop()
        following = Cursor(
            as_of=asked.as_of, known_at=asked.known_at, after=place_of(rows[-1])
        )
    return Cases(
        as_of=asked.as_of,
        known_at=asked.known_at,
        law=asked.law,
        units=asked.units,
        live_since=live_since,
        rows=rows,
        following=following,
    )


def name_of(bases: tuple[Basis, ...]) -> str:
    """Return the name by which *bases* are asked for."""
    return next(name for name, those in BASES.items() if those == bases)


def spanning(cells: Sequence[Cell], span: Span) -> list[Cell]:
    """Return the cells of *span* among *cells*."""
    return [cell for cell in cells if cell.place.span is span]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inquiry:
    """A connection on which figures are asked for; *allowed* units None means all."""

    connection: Connection
    asked: Asked
    allowed: frozenset[str] | None

    def question(
        self, period: Period, basis: Basis, *, with_days_taken: bool = False
    ) -> Question:
        return Question(
            frame=self.asked.frame(period, basis),
            by=self.asked.layout.by,
            known_at=self.asked.known_at,
            units=self.allowed,
            with_days_taken=with_days_taken,
        )

    def tallies(
        self, period: Period, basis: Basis, *, with_days_taken: bool
    ) -> Tallies:
        question = self.question(period, basis, with_days_taken=with_days_taken)
        return compliance_table.tallies(self.connection, question)

    def monthly(self, months: Sequence[Period], basis: Basis) -> list[Tallies]:
        """Return the tallies of each month, in one statement for each inclusion."""
        found: list[Tallies] = []
        for _, stretch in groupby(
            months, key=lambda month: self.asked.settings.inclusion_on(month.first)
        ):
            alike = list(stretch)
            whole = Period(
                code=alike[0].code, first=alike[0].first, last=alike[-1].last
            )
            question = self.question(whole, basis)
            found.extend(
                compliance_table.monthly_tallies(self.connection, question, alike)
            )
        return found

    def members(self, dimension: Dimension, group: str) -> frozenset[str]:
        """Return which groups are counted in the row of *group*."""
        layout = self.asked.layout
        if dimension is not Dimension.UNIT:
            return frozenset({group})
        below = {unit for unit in self.asked.units if layout.rolled_up(unit) == group}
        return frozenset({group} | below)


@contextmanager
def _inquiry(database: Database, actor: Actor, query: Query) -> Iterator[_Inquiry]:
    with database.read(query.known_at) as knowledge:
        connection, known_at = knowledge.connection, knowledge.known_at
        units = unit_table.known(connection, known_at)
        settings = report_settings.in_use(connection, known_at=known_at)
        asked = Asked(
            as_of=query.as_of or legal_day(known_at),
            known_at=known_at,
            law=activations.in_use(connection, known_at=known_at),
            settings=settings,
            units=frozenset(units),
            layout=Layout(
                by=query.by,
                level=query.level,
                tree={unit.code: unit.parent for unit in units.values()},
                minimum_n=settings.minimum_n,
            ),
        )
        allowed = scope(units, actor, None)
        yield _Inquiry(connection=connection, asked=asked, allowed=allowed)
