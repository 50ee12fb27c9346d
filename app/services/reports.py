"""What every report asks first: what is known, of which units, under which law."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from app.db import activations, known_deadlines, report_settings
from app.db import compliance as compliance_table
from app.db import units as unit_table
from app.db.bulk import one_round_trip
from app.db.database import Connection, Database, Knowledge
from app.db.opened import Units
from app.db.report_questions import Question
from app.db.units import Unit
from app.domain.access import Actor
from app.domain.cells import Layout, Tallies
from app.domain.compliance import Basis, Dimension, Frame
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.report_settings import ReportSettings
from app.domain.reporting_periods import Period
from app.services.scopes import allowed_units, scope_of

# No tree of units is deeper.
DEEPEST_LEVEL = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of figures: in which groups, on which bases, as known when.

    Of two *bases* the first makes the figures, the other stands beside them. With
    *level* units are rolled up to those of that depth. *unit* is meant with what is
    below it.
    """

    by: tuple[Dimension, ...] = ()
    level: int | None = None
    bases: tuple[Basis, ...] = (Basis.DUE,)
    unit: str | None = None
    as_of: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """For which day and instant figures were asked, and under which law and settings.

    *units* are the registered ones, by code.
    """

    as_of: date
    known_at: datetime
    law: Law
    settings: ReportSettings
    units: dict[str, Unit]
    layout: Layout

    def rules(self, code: str | None) -> tuple[str, ...]:
        """Return the codes of the rules asked for: that of *code*, or all.

        Raises:
            UnknownRuleError: there is no such rule.
        """
        if code is None:
            return tuple(rule.code for rule in self.law.rules)
        return (self.law.rule(code).code,)

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
class Inquiry:
    """A connection on which figures are asked for; *allowed* units None means all.

    *is_latest* tells that nothing which was known then has been superseded.
    """

    knowledge: Knowledge
    asked: Asked
    allowed: frozenset[str] | None
    is_latest: bool

    @property
    def connection(self) -> Connection:
        """Return where the figures are asked for."""
        return self.knowledge.connection

    def question_of(
        self, period: Period, basis: Basis, *, with_days_taken: bool = False
    ) -> Question:
        """Return what is asked of the deadlines of *period*."""
        return Question(
            frame=self.asked.frame(period, basis),
            by=self.asked.layout.by,
            known_at=self.asked.known_at,
            units=self.allowed,
            with_days_taken=with_days_taken,
            is_latest=self.is_latest,
        )

    def tallies(
        self, period: Period, basis: Basis, *, with_days_taken: bool = False
    ) -> Tallies:
        """Return the tallies of *period*."""
        question = self.question_of(period, basis, with_days_taken=with_days_taken)
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
            question = self.question_of(whole, basis)
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

    def of_row(self, unit: str | None) -> Units | None:
        """Return of which units the row of *unit* is; without one, all that are asked.

        What is empty is of no unit, and nothing that has to be of certain ones.
        """
        if unit is None:
            return self.allowed
        row = frozenset({unit or None})
        return row if self.allowed is None else row & self.allowed


@contextmanager
def inquiry(database: Database, actor: Actor, query: Query) -> Iterator[Inquiry]:
    """Give what is known of the actor's units, or of one of them, to ask figures of.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.seen_by(scope_of(actor)).read(query.known_at) as knowledge:
        connection, known_at = knowledge.connection, knowledge.known_at
        with one_round_trip(connection):
            ask_units = unit_table.ask_known(connection, known_at)
            ask_settings = report_settings.ask_in_use(connection, known_at=known_at)
            ask_law = activations.ask_in_use(connection, known_at=known_at)
            is_latest = _ask_latest(connection, query, known_at)
        units, settings = ask_units(), ask_settings()
        asked = Asked(
            as_of=query.as_of or legal_day(known_at),
            known_at=known_at,
            law=ask_law(),
            settings=settings,
            units=units,
            layout=Layout(
                by=query.by,
                level=query.level,
                tree={unit.code: unit.parent for unit in units.values()},
                minimum_n=settings.minimum_n,
            ),
        )
        allowed = allowed_units(units, actor, query.unit)
        yield Inquiry(
            knowledge=knowledge,
            asked=asked,
            allowed=allowed,
            is_latest=is_latest(),
        )


def _ask_latest(
    connection: Connection, query: Query, known_at: datetime
) -> Callable[[], bool]:
    """Ask whether nothing has been superseded since the instant asked about."""
    # Since an earlier one something nearly always has been; and to find it, who sees
    # little of it would have to look through all the rest.
    if query.known_at is not None:
        return lambda: False
    ask_superseded = known_deadlines.ask_superseded(connection, known_at)
    return lambda: not ask_superseded()


def last_without(code: str | None) -> tuple[bool, str]:
    """Return the place of a group in a list: what has no code comes last."""
    return code is None, code or ""
