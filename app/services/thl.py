"""The figures that a county owes THL twice a year."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.db.database import Database
from app.domain.access import Actor
from app.domain.cells import Cell, Span
from app.domain.compliance import Basis, Column, Dimension
from app.domain.deadlines import ASSESSMENT, INITIATION
from app.domain.delay_figures import DelayFigures
from app.domain.delays import CAUSES
from app.domain.figures import Figures, Number, Tally, figures_of
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import FindingKind
from app.domain.report_changes import Cause, Figure, Move
from app.domain.reporting_periods import Period
from app.domain.texts import Text
from app.domain.thl import DueDate, due_date, window_owed_next
from app.domain.thl_texts import Facts, FourFigures, InTimeAndLate, comment
from app.services.compliance import BASES, Query, Report, compliance, spanning
from app.services.delay_report import delays

# THL asks for sums; the units stand behind them, so that the sums can be checked.
BY = (Dimension.UNIT,)
RULES = (INITIATION, ASSESSMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """What is told to THL of one rule, and beside it what fell due in the window.

    *units_add_up* tells whether the units' figures make these in every number.
    """

    rule: str
    told: Figures
    fell_due: Figures
    units_add_up: bool

    @property
    def pair(self) -> InTimeAndLate:
        """Return the two figures of the four."""
        numbers = self.told.numbers
        return InTimeAndLate(numbers[Number.IN_TIME], numbers[Number.LATE])

    @property
    def counted(self) -> int:
        """Return how many deadlines stand in any column."""
        return sum(self.told.numbers[Number(column.value)] for column in Column)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThlFigures:
    """The figures of a window, and when they are owed."""

    report: Report
    due: DueDate
    rules: tuple[RuleFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThlReport(ThlFigures):
    """The report of a window, with the draft of a comment."""

    comment: Text


def thl_report(
    database: Database,
    actor: Actor,
    *,
    window: Period | None,
    as_of: date | None,
    known_at: datetime | None,
    today: date,
) -> ThlReport:
    """Return the figures of *window* over the actor's units, and what is to be said.

    Causes of delays are looked up for that, which takes longer than the figures.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnverifiedYearError: the window lies outside the verified years.
    """
    found = thl_figures(
        database, actor, window=window, as_of=as_of, known_at=known_at, today=today
    )
    report, rules = found.report, found.rules
    return ThlReport(
        report=report,
        due=found.due,
        rules=rules,
        comment=comment(_facts(report, rules, _delays(database, actor, report))),
    )


def thl_figures(
    database: Database,
    actor: Actor,
    *,
    window: Period | None,
    as_of: date | None,
    known_at: datetime | None,
    today: date,
) -> ThlFigures:
    """Return the figures of *window*, or of the one owed next, over the actor's units.

    Days left are counted from *today*.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnverifiedYearError: the window lies outside the verified years.
    """
    query = query_of_four_figures(as_of=as_of, known_at=known_at)
    report = compliance(database, actor, query, window or window_owed_next(today))
    return ThlFigures(
        report=report,
        due=due_date(report.period, today, report.asked.law.calendar),
        rules=figures_by_rule(report),
    )


def query_of_four_figures(*, as_of: date | None, known_at: datetime | None) -> Query:
    """Return the question that is answered by the four figures."""
    return Query(by=BY, bases=BASES["both"], as_of=as_of, known_at=known_at)


def figures_by_rule(report: Report) -> tuple[RuleFigures, ...]:
    """Return what *report*, asked with ``query_of_four_figures``, tells THL by rule."""
    return tuple(_figures(report, rule) for rule in RULES)


def four_figures(report: Report) -> FourFigures:
    """Return the four figures of *report*, asked with ``query_of_four_figures``."""
    return FourFigures(*(each.pair for each in figures_by_rule(report)))


def causes_of_change(moves: Iterable[Move]) -> Counter[Cause]:
    """Return how many of *moves* lead into, out of or between the four figures."""
    return Counter(
        move.cause
        for move in moves
        if any(map(_is_told, move.before.counted ^ move.after.counted))
    )


def _is_told(figure: Figure) -> bool:
    """Tell whether *figure* is one of the four."""
    basis, place, number = figure
    return (
        basis is Basis.THL
        and place.span is Span.TOTAL
        and number in {Number.IN_TIME, Number.LATE}
    )


def _figures(report: Report, rule: str) -> RuleFigures:
    def of(cells: Iterable[Cell], basis: Basis) -> list[Figures]:
        return [
            figures
            for cell in cells
            for figures in (cell.figures, cell.beside)
            if cell.rule == rule and figures is not None and figures.basis is basis
        ]

    told, fell_due = (
        next(iter(of(spanning(report.cells, Span.TOTAL), basis)), None)
        or figures_of(Tally(), basis, report.asked.settings.minimum_n)
        for basis in (Basis.THL, Basis.DUE)
    )
    units = of(spanning(report.cells, Span.CELL), Basis.THL)
    return RuleFigures(
        rule=rule,
        told=told,
        fell_due=fell_due,
        units_add_up=all(
            sum(figures.numbers[number] for figures in units) == told.numbers[number]
            for number in Number
        ),
    )


def _delays(database: Database, actor: Actor, report: Report) -> list[DelayFigures]:
    """Return what the missed deadlines of the window are put down to, by rule."""
    asked = Query(as_of=report.asked.as_of, known_at=report.asked.known_at)
    found = delays(database, actor, asked, report.period)
    return [figures for place, figures in found.cells if place.span is Span.TOTAL]


def _facts(
    report: Report, rules: Sequence[RuleFigures], delayed: Sequence[DelayFigures]
) -> Facts:
    initiation, assessment = (each.told.numbers for each in rules)
    return Facts(
        as_of=report.asked.as_of,
        figures=FourFigures(*(each.pair for each in rules)),
        open_late=(initiation[Number.OPEN_LATE], assessment[Number.OPEN_LATE]),
        reasons=[
            (text, count)
            for cause, text in CAUSES.items()
            if (count := sum(each.causes[cause] for each in delayed))
        ],
        without_reason=sum(each.without_cause for each in delayed),
        findings=[
            (CATALOGUE[FindingKind(kind)].explanation, count)
            for kind, count in report.findings.items()
        ],
    )
