"""What a sealed report would say otherwise by now, and why, deadline by deadline."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.db import deadline_changes, known_deadlines, links
from app.db import units as unit_table
from app.db.database import Connection, Knowledge
from app.db.deadlines import ClockKey
from app.domain.access import Actor, Permission
from app.domain.cells import Layout
from app.domain.compliance import Frame
from app.domain.deadlines import deadlines
from app.domain.events import CaseEvent, CaseKey, legal_day
from app.domain.linked_cases import histories
from app.domain.report_changes import (
    NOWHERE,
    Cause,
    Counted,
    Figure,
    Move,
    Standing,
    View,
    accounts,
    cause_of,
    known_step_by_step,
)
from app.domain.reporting_periods import Period
from app.domain.sealed_reports import ReportKind
from app.domain.texts import Text
from app.domain.thl_texts import notice
from app.services import thl
from app.services.compliance import Asked, Query, Report, compliance
from app.services.report_rules import ReportRules, rules_at
from app.services.scopes import allowed_units
from app.services.viewing import Viewer

DEADLINES_PER_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A figure that has changed: what it was, what it is, and the share of each cause.

    What no cause explains is *unexplained*, and 0 unless something is wrong.
    """

    figure: Figure
    before: int
    after: int
    by_cause: Counter[Cause]

    @property
    def unexplained(self) -> int:
        """Return the part of the change for which there is no cause."""
        return self.after - self.before - self.by_cause.total()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What has changed between two instants, and the moves that are shown of it.

    *visible* is how many of those asked for the viewer may know of.
    """

    before: Report
    after: Report
    accounts: list[Account]
    moves: list[Move]
    visible: int
    shown: list[Move]


def changes(
    viewer: Viewer,
    *,
    query: Query,
    period: Period,
    sealer: Actor,
    to: datetime | None,
    cause: Cause | None,
    limit: int,
) -> Changes:
    """Return what *sealer* would be answered otherwise at the instant *to*.

    *query* has the day and the instant of the first answer; the day is kept. Shown are
    *limit* deadlines, of *cause* if it is given, of units that the viewer may see now,
    to a viewer who may see cases.

    Raises:
        FutureKnowledgeError: *to* lies in the future.
        LookNotWrittenError: the look cannot be written down.
    """
    database = viewer.database
    before = compliance(database, sealer, query, period)
    with database.read(to) as knowledge:
        connection, to = knowledge.connection, knowledge.known_at
        # Why a deadline moved is told by all that is known of its case.
        with knowledge.as_service():
            moves = _moves(connection, before, sealer, to)
        allowed = allowed_units(unit_table.known(connection, to), viewer.actor)
        seen = _seen(knowledge, moves)
    asked_again = replace(query, as_of=before.asked.as_of, known_at=to)
    after = compliance(database, sealer, asked_again, period)
    visible = [
        move
        for move in moves
        if cause in {None, move.cause}
        and (allowed is None or {move.before.unit, move.after.unit} & allowed)
        and (seen is None or CaseKey(move.source, move.case_ref) in seen)
    ]
    shown = visible[:limit] if viewer.actor.may(Permission.READ_CASES) else []
    viewer.show(
        {CaseKey(move.source, move.case_ref) for move in shown}, rows=len(shown)
    )
    return Changes(
        before=before,
        after=after,
        accounts=_accounts(before, after, moves),
        moves=moves,
        visible=len(visible),
        shown=shown,
    )


def correction_notice(content: Mapping[str, Any], found: Changes) -> Text | None:
    """Return the draft that asks THL to correct what it was sent, if it must be."""
    if content["kind"] != ReportKind.THL:
        return None
    return notice(
        found.before.period,
        number=content["number"],
        sealed_on=legal_day(datetime.fromisoformat(content["sealed_at"])),
        before=thl.four_figures(found.before),
        after=thl.four_figures(found.after),
        causes=thl.causes_of_change(found.moves),
    )


def numbers_of(report: Report) -> dict[Figure, int]:
    """Return every number of *report*."""
    return {
        (figures.basis, cell.place, number): value
        for cell in report.cells
        for figures in (cell.figures, cell.beside)
        if figures is not None
        for number, value in figures.numbers.items()
    }


def _seen(knowledge: Knowledge, moves: Sequence[Move]) -> set[CaseKey] | None:
    """Return the cases of *moves* that the database shows who asks; None if all."""
    if knowledge.sees_all:
        return None
    cases = {CaseKey(move.source, move.case_ref) for move in moves}
    return known_deadlines.seen_cases(
        knowledge.connection, sorted(cases), known_at=knowledge.known_at
    )


def _moves(
    connection: Connection, before: Report, sealer: Actor, to: datetime
) -> list[Move]:
    """Return every deadline that is counted otherwise at *to* than it was."""
    as_of, known_at = before.asked.as_of, before.asked.known_at
    rules = rules_at(connection, known_at), rules_at(connection, to)
    then, now = (_view(each, before, sealer) for each in rules)
    if rules[0].described() == rules[1].described():
        # Then only those can have moved of which something else is known.
        earlier, later = (
            deadline_changes.known_otherwise(
                connection, before.period, as_of, at=at, than=than
            )
            for at, than in ((known_at, to), (to, known_at))
        )
    else:
        earlier, later = (
            deadline_changes.known(connection, before.period, as_of, at=at)
            for at in (known_at, to)
        )
    before_it, after_it = (
        {key: view.standing(clock, key.source) for key, clock in clocks.items()}
        for clocks, view in ((earlier, then), (later, now))
    )
    moved = {
        key: (before_it.get(key, NOWHERE), after_it.get(key, NOWHERE))
        for key in sorted(earlier.keys() | later.keys())
    }
    moved = {key: pair for key, pair in moved.items() if _differ(*pair)}
    search = _Search(connection, before.asked, then, *rules, to)
    causes = search.causes({key: pair[0] for key, pair in moved.items()})
    return [
        Move(**key._asdict(), cause=causes[key], before=pair[0], after=pair[1])
        for key, pair in moved.items()
    ]


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for the causes of moves: what was known then, and what has been since."""

    connection: Connection
    asked: Asked
    view: View
    rules: ReportRules
    rules_now: ReportRules
    to: datetime

    def causes(self, moved: Mapping[ClockKey, Standing]) -> dict[ClockKey, Cause]:
        """Return why each of the deadlines *moved* no longer stands as it did."""
        ever = {**self.rules.successors, **self.rules_now.successors}
        found: dict[ClockKey, Cause] = {}
        keys = list(moved)
        for start in range(0, len(keys), DEADLINES_PER_BATCH):
            batch = keys[start : start + DEADLINES_PER_BATCH]
            cases = sorted({CaseKey(key.source, key.case_ref) for key in batch})
            events = links.connected(self.connection, cases, ever, known_at=self.to)
            steps = [
                (cause, self._counted(known, batch))
                for cause, known in known_step_by_step(
                    events, known_at=self.asked.known_at, as_of=self.asked.as_of
                )
            ]
            for key in batch:
                told = [(cause, counted[key]) for cause, counted in steps]
                found[key] = cause_of(moved[key].counted, told)
        return found

    def _counted(
        self, events: Sequence[CaseEvent], keys: Sequence[ClockKey]
    ) -> dict[ClockKey, Counted]:
        """Return how *keys* are counted by the rules of then if *events* are known.

        These are all of their cases and of those that may hang together with them.
        """
        wanted: dict[CaseKey, list[ClockKey]] = defaultdict(list)
        for key in keys:
            wanted[CaseKey(key.source, key.case_ref)].append(key)
        said = histories(events, self.rules.successors)
        found: dict[ClockKey, Counted] = {}
        for case, own in wanted.items():
            clocks = {
                (clock.rule, clock.started_by): clock
                for clock in deadlines(said.get(case, ()), self.rules.law)
            }
            for key in own:
                clock = clocks.get((key.rule, key.started_by))
                found[key] = self.view.standing(clock, key.source).counted
        return found


def _differ(before: Standing, after: Standing) -> bool:
    return before.counted != after.counted


def _view(rules: ReportRules, report: Report, sealer: Actor) -> View:
    return View(
        frames=tuple(
            Frame(
                period=report.period,
                as_of=report.asked.as_of,
                basis=basis,
                inclusion=rules.settings.inclusion_on(report.period.first),
                law=rules.law,
            )
            for basis in report.bases
        ),
        layout=Layout(
            by=report.asked.layout.by,
            level=report.asked.layout.level,
            tree={unit.code: unit.parent for unit in rules.units.values()},
        ),
        units=allowed_units(rules.units, sealer),
        live_since=rules.live_since,
    )


def _accounts(before: Report, after: Report, moves: Sequence[Move]) -> list[Account]:
    """Return every figure that has changed, and every one that causes have touched."""
    then, now = numbers_of(before), numbers_of(after)
    by_cause = accounts(moves)
    return [
        Account(
            figure=figure,
            before=then.get(figure, 0),
            after=now.get(figure, 0),
            by_cause=by_cause.get(figure, Counter()),
        )
        for figure in dict.fromkeys([*then, *now, *by_cause])
        if then.get(figure, 0) != now.get(figure, 0) or figure in by_cause
    ]
