"""The clocks of a case: one deadline per rule and the notification that started it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from itertools import accumulate
from typing import NamedTuple, TypeVar

from app.domain import groups
from app.domain.amendments import Meaning, meaning, unamended
from app.domain.case_states import CaseState, Notice, Run
from app.domain.cases import fold
from app.domain.delays import Delay, delays
from app.domain.event_words import word
from app.domain.events import (
    CaseEvent,
    Entry,
    Matter,
    NotificationReceived,
    legal_day,
)
from app.domain.groups import AgeBand, LanguageGroup, NationalityGroup
from app.domain.law import Law

INITIATION = "initiation"
ASSESSMENT = "assessment"
# The outcome of a clock that an amendment took away.
AMENDED = "amended"
Value = TypeVar("Value")


class Verdict(StrEnum):
    """How a deadline stands on a day."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"
    VOID = "void"


# A named tuple, because the intake makes and compares many of them.
class Deadline(NamedTuple):
    """One clock: a rule applied from one notification.

    *due_on* is the last day in time under the reading in use, *strict_on* the earliest
    due date under any reading, *safe_on* the working day to plan for. *met_on* is the
    day the duty was done, *ended_on* the day it fell away; *outcome* is what the act
    that did either said. *first* marks the clocks of a run's first notification,
    *joined* an initiation clock that waits beside a running assessment, *corrected*
    one that an amendment made look better.
    *moves* are (day, unit) in order: who had the work. *met_registered_at* is when the
    client system was told that it is done, *met_recorded_at* when we were. *reasons*
    are those of the notification that started the clock, *delays* what was told of its
    being late, in order.
    """

    rule: str
    started_by: str
    started_on: date
    due_on: date
    safe_on: date
    strict_on: date
    version: str
    met_on: date | None
    met_registered_at: datetime | None
    met_recorded_at: datetime | None
    ended_on: date | None
    outcome: str | None
    joined: bool
    first: bool
    corrected: bool
    moves: tuple[tuple[date, str], ...]
    entry: Entry
    matter: Matter
    child_ref: str | None
    language_group: LanguageGroup
    nationality_group: NationalityGroup
    age_band: AgeBand
    worker: str | None
    reasons: tuple[str, ...] = ()
    delays: tuple[Delay, ...] = ()

    @property
    def closed_on(self) -> date | None:
        """Return the first day on which the clock no longer ran."""
        if self.met_on is None or self.ended_on is None:
            return self.met_on or self.ended_on
        return min(self.met_on, self.ended_on)

    def closed_by(self, as_of: date) -> date | None:
        """Return the day on which the duty was done, or else fell away, by *as_of*."""
        for day in (self.met_on, self.ended_on):
            if day is not None and day <= as_of:
                return day
        return None

    def outcome_by(self, as_of: date) -> str | None:
        """Return what the act that closed the clock by *as_of* said; None if open."""
        if self.closed_on is None or self.closed_on > as_of:
            return None
        return self.outcome

    def verdict(self, as_of: date) -> Verdict:
        """Return how the deadline stands at the end of *as_of*, not before its start.

        The due day itself is in time. A duty that fell away by its due date is void;
        one that fell away later stays late: a breach never vanishes.
        """
        if self.met_on is not None and self.met_on <= as_of:
            return Verdict.IN_TIME if self.met_on <= self.due_on else Verdict.LATE
        if self.ended_on is not None and self.ended_on <= as_of:
            return Verdict.VOID if self.ended_on <= self.due_on else Verdict.LATE
        return Verdict.OPEN_IN_TIME if as_of <= self.due_on else Verdict.OPEN_LATE

    def hinges_on_reading(self, as_of: date) -> bool:
        """Tell whether the verdict is not late only under the reading in use."""
        day = self.closed_by(as_of) or as_of
        return self.strict_on < day <= self.due_on

    def is_late(self, as_of: date) -> bool:
        """Tell whether the deadline has been missed by *as_of*, done since or not."""
        return self.verdict(as_of) in (Verdict.LATE, Verdict.OPEN_LATE)

    def delay(self, as_of: date) -> Delay | None:
        """Return what has been told last, by *as_of*, of the clock's being late."""
        told = [each for each in self.delays if each.explained_on <= as_of]
        return told[-1] if told else None

    def recorded_late(self, live_since: date | None) -> bool | None:
        """Tell whether what was done in time was entered only after the due date.

        That is visible, not hidden, and not punished. What our own record tells counts
        only for acts since the source went live, history imported from before never;
        None if nothing tells.
        """
        if self.met_on is None or self.met_on > self.due_on:
            return False
        if live_since is not None and self.met_on < live_since:
            return None
        entered_at = self.met_registered_at
        if entered_at is None and live_since is not None:
            entered_at = self.met_recorded_at
        return None if entered_at is None else legal_day(entered_at) > self.due_on

    def responsible_unit(self, as_of: date) -> str | None:
        """Return the unit that had the work on *as_of*; None if none had been named."""
        unit = None
        for moved_on, to_unit in self.moves:
            if moved_on <= as_of:
                unit = to_unit
        return unit

    def worker_of(self, unit: str | None) -> str | None:
        """Return who works on it, if *unit* has it now: another learns of nobody."""
        return self.worker if unit == self.responsible_unit(date.max) else None

    def accountable_unit(self, as_of: date) -> str | None:
        """Return the unit that answers for the deadline, as known on *as_of*.

        It is the one responsible on the earlier of the day the clock closed and the
        due day; a transfer after that does not move the figure.
        """
        return self.responsible_unit(
            min(self.closed_by(as_of) or as_of, self.due_on, as_of)
        )


def deadlines(history: Iterable[CaseEvent], law: Law) -> tuple[Deadline, ...]:
    """Return every clock of the case whose events are *history*, given in any order.

    What an amendment took away stays as a void clock, so that it can be seen.
    """
    meant = meaning(history := tuple(history))
    return deadlines_as_meant(fold(meant.events), meant, history, law)


def deadlines_as_meant(
    state: CaseState, meant: Meaning, history: Iterable[CaseEvent], law: Law
) -> tuple[Deadline, ...]:
    """Return every clock of *state*, folded from what *history* meant."""
    clocks = deadlines_of(state, law)
    if meant.amended_on is None:
        return clocks
    before = deadlines_of(fold(meaning(unamended(history)).events), law)
    return _compared(before, clocks, meant.amended_on)


def deadlines_of(state: CaseState, law: Law) -> tuple[Deadline, ...]:
    """Return every clock of *state*, run by run, the assessment clock first."""
    notices = tuple(notice for run in state.runs for notice in run.notices)
    clocks: list[Deadline] = []
    for run in state.runs:
        clock = partial(_clock, moves=run.moves, worker=state.worker, law=law)
        for notice in run.notices:
            told = _told(notice, run, notices)
            if told.is_first:
                clocks.append(clock(ASSESSMENT, run, told))
            clocks.append(clock(INITIATION, notice, told))
    if state.explanations:
        explained = delays(state, lambda place, day: clocks[place].is_late(day))
        for place, told_of_it in explained.items():
            clocks[place] = clocks[place]._replace(delays=told_of_it)
    return tuple(clocks)


def _compared(
    before: tuple[Deadline, ...], after: tuple[Deadline, ...], amended_on: date
) -> tuple[Deadline, ...]:
    """Return *after*, with marks where the amendments made *before* look better.

    A clock looks better if on the day of the last amendment it would have been late
    without them and is not with them, or if it ends later. The assessment of a run that
    begins with another notification now is compared with what the run had before.
    """
    said = {(clock.rule, clock.started_by): clock for clock in before}
    taken_over = _taken_over(before, after)
    successors = {successor: gone for gone, successor in taken_over.items()}
    marked = []
    for clock in after:
        first_said = said.pop((clock.rule, clock.started_by), None)
        if clock.rule == ASSESSMENT:
            first_said = successors.get(clock.started_by, first_said)
        corrected = first_said is not None and (
            clock.due_on > first_said.due_on
            or (first_said.is_late(amended_on) and not clock.is_late(amended_on))
        )
        marked.append(clock._replace(corrected=corrected))
    taken_away = (
        gone._replace(
            met_on=None,
            met_registered_at=None,
            met_recorded_at=None,
            ended_on=gone.started_on,
            outcome=AMENDED,
            corrected=gone not in taken_over and gone.is_late(amended_on),
            delays=(),
        )
        for gone in said.values()
    )
    return (*marked, *taken_away)


def _taken_over(
    before: Sequence[Deadline], after: Sequence[Deadline]
) -> dict[Deadline, str]:
    """Return which assessment clocks are gone, and which notification starts the next.

    Of what is left of the run of each it is the first that starts an assessment now.
    """
    starts = dict.fromkeys(each.started_by for each in after if each.rule == ASSESSMENT)
    # They stand run by run, the assessment clock first.
    of_runs: Iterable[Deadline] = accumulate(
        before, lambda held, each: each if each.rule == ASSESSMENT else held
    )
    had = {
        each.started_by: of_run
        for each, of_run in zip(before, of_runs, strict=True)
        if of_run.started_by not in starts
    }
    return {had[start]: start for start in reversed(starts) if start in had}


class _Told(NamedTuple):
    """What the clocks of a notification say of it and of the child."""

    started_by: str
    started_on: date
    is_first: bool
    joined: bool
    entry: Entry
    matter: Matter
    child_ref: str | None
    language_group: LanguageGroup
    nationality_group: NationalityGroup
    age_band: AgeBand
    reasons: tuple[str, ...]


def _told(notice: Notice, run: Run, notices: Sequence[Notice]) -> _Told:
    """Return what *notice* says; what it leaves open, the first of *notices* tells."""
    event, received = notice.event, notice.received
    return _Told(
        _name(event, notices),
        event.occurred_on,
        notice is run.notices[0],
        notice.joined,
        received.entry,
        received.matter,
        _stated(received, notices, _child_ref),
        _stated(received, notices, _language) or LanguageGroup.UNKNOWN,
        _stated(received, notices, _nationality) or NationalityGroup.UNKNOWN,
        _age(received),
        received.reasons,
    )


def _clock(
    rule: str,
    clock: Run | Notice,
    told: _Told,
    *,
    moves: tuple[tuple[date, str], ...],
    worker: str | None,
    law: Law,
) -> Deadline:
    met, ended = clock.met, clock.ended
    act = met or ended
    limits = law.limits(rule, told.started_on)
    corrected = False  # until it is compared with what was said first
    # In their order, not by name: with so many fields that takes a third of the time.
    return Deadline(
        rule,
        told.started_by,
        told.started_on,
        limits.due_on,
        limits.safe_on,
        limits.strict_on,
        limits.version_id,
        met.occurred_on if met else None,
        met.registered_at if met else None,
        met.recorded_at if met else None,
        ended.occurred_on if ended else None,
        word(act.data) if act else None,
        rule == INITIATION and told.joined,
        told.is_first,
        corrected,
        moves,
        told.entry,
        told.matter,
        told.child_ref,
        told.language_group,
        told.nationality_group,
        told.age_band,
        worker,
        told.reasons,
    )


def _name(started_by: CaseEvent, notices: Sequence[Notice]) -> str:
    """Return the id of *started_by*, with its source if another's has the same id.

    Two sources may have told of a case, each with event ids of its own.
    """
    own_id = started_by.event_id
    for notice in notices:
        event = notice.event
        if event.event_id == own_id and event.source < started_by.source:
            return f"{started_by.source}/{own_id}"
    return own_id


def _stated(
    own: NotificationReceived,
    notices: Sequence[Notice],
    attribute: Callable[[NotificationReceived], Value | None],
) -> Value | None:
    """Return what *own* says, or the first of *notices* that says it."""
    value = attribute(own)
    if value is not None:
        return value
    for notice in notices:
        if (value := attribute(notice.received)) is not None:
            return value
    return None


def _child_ref(received: NotificationReceived) -> str | None:
    return received.child.ref


def _language(received: NotificationReceived) -> LanguageGroup | None:
    if received.language_group is not None:
        return received.language_group
    code = received.child.mother_tongue
    return None if code is None else groups.language_group(code)


def _nationality(received: NotificationReceived) -> NationalityGroup | None:
    if received.nationality_group is not None:
        return received.nationality_group
    code = received.child.citizenship
    return None if code is None else groups.nationality_group(code)


def _age(received: NotificationReceived) -> AgeBand:
    if received.entry is Entry.ANTICIPATORY:
        return AgeBand.UNBORN
    age = received.child.age_years
    return AgeBand.UNKNOWN if age is None else groups.age_band(age)
