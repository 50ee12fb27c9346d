"""The fold: from the events of a case to its runs, exactly as written in the docs.

A *run* is one stretch of duty: it begins with a notification outside every run and
ends with a completed assessment, a decision that none is made, or an ending outcome.
The numbers in the docstrings are those of docs/clocks.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, assert_never

from app.domain.amendments import Meaning, is_amendment, meaning
from app.domain.chains import is_reopening
from app.domain.events import (
    AssessmentFinalised,
    AssessmentOutcome,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    ClosureReason,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventKey,
    EventRetracted,
    InitiationDecided,
    InitiationOutcome,
    NotificationReceived,
    fold_order,
)

ASSESSMENT_GOES_ON = frozenset(
    {
        InitiationOutcome.ASSESSMENT_STARTED,
        InitiationOutcome.URGENT_MEASURES,
        InitiationOutcome.JOINED_RUNNING_ASSESSMENT,
    }
)
# (5) These end clocks without meeting them.
ENDING_DECISIONS = frozenset(
    {
        InitiationOutcome.TRANSFERRED_TO_OTHER_COUNTY,
        InitiationOutcome.WRONG_OR_DUPLICATE,
    }
)
COMPLETED_ASSESSMENTS = frozenset(
    {
        AssessmentOutcome.CHILD_PROTECTION_CLIENT,
        AssessmentOutcome.SOCIAL_WELFARE_CLIENT,
        AssessmentOutcome.NO_CLIENT,
    }
)
ENDING_CLOSURES = frozenset(ClosureReason) - {ClosureReason.DONE, ClosureReason.MERGED}


class End(StrEnum):
    """How a run ended."""

    COMPLETED = "assessment_completed"
    NO_ASSESSMENT = "no_assessment"
    ENDED = "ended"


class FindingCode(StrEnum):
    """Odd news in a case: kept, shown, never silently mended (6)."""

    ACT_BEFORE_NOTIFICATION = "act_before_notification"
    ACT_AFTER_END = "act_after_end"
    ANSWER_TO_UNKNOWN_NOTIFICATION = "answer_to_unknown_notification"
    ASSESSMENT_WITHOUT_DECISION = "assessment_without_decision"
    ASSESSMENT_AFTER_NO_ASSESSMENT = "assessment_after_no_assessment"
    ASSESSMENT_INTERRUPTED = "assessment_interrupted"
    CLOSED_WITH_OPEN_CLOCKS = "closed_with_open_clocks"
    AMENDMENT_WITHOUT_TARGET = "amendment_without_target"
    AMENDMENT_UNLIKE_TARGET = "amendment_unlike_target"
    SECOND_CLOCK_SUSPECTED = "second_clock_suspected"
    CLOSED_AND_REOPENED = "closed_and_reopened"
    EXPLANATION_WITHOUT_BREACH = "explanation_without_breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of odd news, the event that brought it, and the day of that."""

    code: FindingCode
    event: EventKey
    day: date

    @property
    def event_id(self) -> str:
        """Return the source's own id of the event."""
        return self.event.event_id


# Named tuples, because the fold makes many and they are three times as quick to copy.
class Notice(NamedTuple):
    """A notification in its run, and what became of its initiation clock.

    At most one of *met* and *ended* is set: the act that met the clock, or that ended
    it without meeting it. *under_assessment* tells that the last decision about the
    notification leaves an assessment going on.
    """

    event: CaseEvent
    received: NotificationReceived
    joined: bool
    met: CaseEvent | None = None
    ended: CaseEvent | None = None
    under_assessment: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether the notification still waits for its answer."""
        return self.met is None and self.ended is None


class Run(NamedTuple):
    """One stretch of duty; its assessment clock runs from the first notice.

    *ended* keeps the act that ended the assessment clock unmet even when a later
    completed assessment *met* it after all. *transfers* are (day, unit), one a day.
    """

    notices: tuple[Notice, ...]
    transfers: tuple[tuple[date, str], ...] = ()
    end: End | None = None
    met: CaseEvent | None = None
    ended: CaseEvent | None = None

    @property
    def moves(self) -> tuple[tuple[date, str], ...]:
        """Return (day, unit) in order: who has had the work, and since when (8).

        The first notification that names a unit sets it, unless a transfer has done
        so by the end of that day.
        """
        for notice in self.notices:
            if notice.received.unit is not None:
                named_on = notice.event.occurred_on
                if self.transfers and self.transfers[0][0] <= named_on:
                    break
                return ((named_on, notice.received.unit), *self.transfers)
        return self.transfers

    @property
    def started_on(self) -> date:
        """Return the day from which the assessment clock runs."""
        return self.notices[0].event.occurred_on

    @property
    def over_on(self) -> date | None:
        """Return the day of the act that ended the run; None while it goes on."""
        act = self.met or self.ended
        return act.occurred_on if act else None

    @property
    def is_assessing(self) -> bool:
        """Tell whether a decision has set an assessment going."""
        return any(notice.under_assessment for notice in self.notices)


class CaseState(NamedTuple):
    """What a case's events amount to; without runs it is incomplete.

    *explanations* tell of delays; whose they are depends on the due dates.
    """

    runs: tuple[Run, ...] = ()
    worker: str | None = None
    findings: tuple[Finding, ...] = ()
    explanations: tuple[CaseEvent, ...] = ()

    @property
    def name(self) -> str:
        """Return the state in one word, for people."""
        if not self.runs:
            return "incomplete"
        run = self.runs[-1]
        if run.end is not None:
            return run.end.value
        return "under_assessment" if run.is_assessing else "pending"


def replay(history: Iterable[CaseEvent]) -> CaseState:
    """Return the state of the case whose events are *history*, given in any order."""
    meant = meaning(history := tuple(history))
    return looked_over(fold(meant.events), meant, history)


def looked_over(
    state: CaseState, meant: Meaning, history: Iterable[CaseEvent]
) -> CaseState:
    """Return *state*, folded from what *history* meant, with all that is odd in it."""
    for flaw, event in meant.inert:
        state = _found(state, FindingCode(flaw), event)
    for before, run in pairwise(state.runs):
        if before.over_on and is_reopening(before.over_on, run.started_on):
            reopened_by = run.notices[0].event
            state = _found(state, FindingCode.CLOSED_AND_REOPENED, reopened_by)
    if meant.amended_on is not None:
        for event in _moved_onto_decision(meant, history):
            state = _found(state, FindingCode.SECOND_CLOCK_SUSPECTED, event)
    return state


def fold(events: Iterable[CaseEvent]) -> CaseState:
    """Return the state after *events*, none of which is an amendment."""
    state = CaseState()
    for event in sorted(events, key=fold_order):
        state = apply(state, event)
    return state


def apply(state: CaseState, event: CaseEvent) -> CaseState:
    """Return *state* after *event*, which follows all events before in fold order."""
    match event.data:
        case NotificationReceived() as received:
            return _receive(state, event, received)
        case CaseTransferred() as transfer:
            return _transfer(state, event, transfer)
        case InitiationDecided() as decision:
            return _decide(state, event, decision)
        case AssessmentFinalised(outcome=outcome):
            return _finalise(state, event, outcome)
        case CaseClosed(reason=reason):
            return _close(state, event, reason)
        case DelayExplained():
            state = state._replace(explanations=(*state.explanations, event))
        case EventCorrected() | EventRetracted():
            pass  # has had its effect on the event that it is about
        case DataErased():
            pass  # is of lines, and no news of a case
        case _:
            assert_never(event.data)
    return state


def _receive(
    state: CaseState, event: CaseEvent, received: NotificationReceived
) -> CaseState:
    """(1, 2, 4) A notification opens a run, waits in it, or joins its assessment."""
    state = _held_by(state, received.worker)
    run = _open_run(state)
    if run is None:
        notice = Notice(event, received, joined=False)
        return _with_runs(state, (*state.runs, Run((notice,))))
    notice = Notice(event, received, run.is_assessing)
    return _with_run(state, run._replace(notices=(*run.notices, notice)))


def _transfer(
    state: CaseState, event: CaseEvent, transfer: CaseTransferred
) -> CaseState:
    """(8) A transfer sets the unit from its whole day on."""
    if not state.runs:
        return _found(state, FindingCode.ACT_BEFORE_NOTIFICATION, event)
    state = _held_by(state, transfer.worker)
    run = state.runs[-1]
    earlier = tuple(each for each in run.transfers if each[0] < event.occurred_on)
    return _with_run(
        state, run._replace(transfers=(*earlier, (event.occurred_on, transfer.unit)))
    )


def _decide(
    state: CaseState, event: CaseEvent, decision: InitiationDecided
) -> CaseState:
    """(2, 5) A decision answers notifications, and may end the run."""
    state = _held_by(state, decision.worker)
    run = _open_run(state)
    if run is None:
        return _out_of_place(state, event)
    known = {notice.event.event_id for notice in run.notices}
    if not known.issuperset(decision.answers):
        state = _found(state, FindingCode.ANSWER_TO_UNKNOWN_NOTIFICATION, event)
    notices = tuple(
        _answered(notice, event, decision.outcome)
        if _is_answered_by(notice, decision)
        else notice
        for notice in run.notices
    )
    # A decision that names its notifications says nothing of the others: while one of
    # them is undecided or under assessment, the run goes on (ADR 3).
    if decision.outcome in ASSESSMENT_GOES_ON or any(
        notice.is_open or notice.under_assessment for notice in notices
    ):
        return _with_run(state, run._replace(notices=notices))
    end = End.ENDED if decision.outcome in ENDING_DECISIONS else End.NO_ASSESSMENT
    return _with_run(state, run._replace(notices=notices, end=end, ended=event))


def _is_answered_by(notice: Notice, decision: InitiationDecided) -> bool:
    if decision.answers:
        return notice.event.event_id in decision.answers
    return notice.is_open or decision.outcome not in ASSESSMENT_GOES_ON


def _answered(notice: Notice, event: CaseEvent, outcome: InitiationOutcome) -> Notice:
    """Return *notice* after the decision *event* about it; the first one counts."""
    met, ended = notice.met, notice.ended
    if met is None and ended is None:
        if outcome in ENDING_DECISIONS:
            ended = event
        else:
            met = event
    goes_on = outcome in ASSESSMENT_GOES_ON
    return Notice(notice.event, notice.received, notice.joined, met, ended, goes_on)


def _finalise(
    state: CaseState, event: CaseEvent, outcome: AssessmentOutcome
) -> CaseState:
    """(5) Only a completed assessment meets clocks; an interrupted one is told too."""
    if outcome in COMPLETED_ASSESSMENTS:
        return _complete(state, event)
    if outcome is AssessmentOutcome.INTERRUPTED:
        state = _found(state, FindingCode.ASSESSMENT_INTERRUPTED, event)
    return _end(state, event)


def _complete(state: CaseState, event: CaseEvent) -> CaseState:
    """(1, 4, 6) A completed assessment meets every clock of its run that is open."""
    if not state.runs:
        return _found(state, FindingCode.ACT_BEFORE_NOTIFICATION, event)
    run = state.runs[-1]
    if run.end is End.NO_ASSESSMENT:
        state = _found(state, FindingCode.ASSESSMENT_AFTER_NO_ASSESSMENT, event)
        return _with_run(state, run._replace(end=End.COMPLETED, met=event))
    if run.end is not None:
        return _found(state, FindingCode.ACT_AFTER_END, event)

    # A notification of the completion day itself begins a new run (1), unless a
    # decision of that day has already answered it without an assessment.
    first, *others = run.notices
    of_the_next = tuple(
        notice
        for notice in others
        if notice.event.occurred_on == event.occurred_on
        and (notice.is_open or notice.under_assessment)
    )
    of_the_run = [first, *(n for n in others if n not in of_the_next)]
    if any(notice.is_open and not notice.joined for notice in of_the_run):
        state = _found(state, FindingCode.ASSESSMENT_WITHOUT_DECISION, event)
    met = tuple(n._replace(met=event) if n.is_open else n for n in of_the_run)
    state = _with_run(state, run._replace(notices=met, end=End.COMPLETED, met=event))
    if not of_the_next:
        return state
    # Transfers of that very day come after its notifications, so they move both runs.
    next_run = Run(
        notices=tuple(notice._replace(joined=False) for notice in of_the_next),
        transfers=tuple(t for t in run.transfers if t[0] == event.occurred_on),
    )
    return _with_runs(state, (*state.runs, next_run))


def _end(state: CaseState, event: CaseEvent) -> CaseState:
    """(5) An ending outcome ends every open clock without meeting it."""
    run = _open_run(state)
    if run is None:
        return _out_of_place(state, event)
    notices = tuple(n._replace(ended=event) if n.is_open else n for n in run.notices)
    return _with_run(state, run._replace(notices=notices, end=End.ENDED, ended=event))


def _close(state: CaseState, event: CaseEvent, reason: ClosureReason) -> CaseState:
    """(5, 6) A closure ends clocks for some reasons; *done* never does."""
    if not state.runs:
        return _found(state, FindingCode.ACT_BEFORE_NOTIFICATION, event)
    # What was merged goes on in the case it was merged into, which is this one.
    if _open_run(state) is None or reason is ClosureReason.MERGED:
        return state
    if reason in ENDING_CLOSURES:
        return _end(state, event)
    return _found(state, FindingCode.CLOSED_WITH_OPEN_CLOCKS, event)


def _moved_onto_decision(
    meant: Meaning, history: Iterable[CaseEvent]
) -> Iterable[CaseEvent]:
    """Give the notifications that a correction moved later, onto a decision's day.

    So a county would do it that counts the three months from the decision and not from
    the notification.
    """
    decided_on = {
        event.occurred_on
        for event in meant.events
        if isinstance(event.data, InitiationDecided)
    }
    said_on = {
        event.key: event.occurred_on for event in history if not is_amendment(event)
    }
    for event in sorted(meant.events, key=fold_order):
        if (
            isinstance(event.data, NotificationReceived)
            and event.occurred_on in decided_on
            and event.occurred_on > said_on[event.key]
        ):
            yield event


def _open_run(state: CaseState) -> Run | None:
    if state.runs and state.runs[-1].end is None:
        return state.runs[-1]
    return None


def _held_by(state: CaseState, worker: str | None) -> CaseState:
    """Return *state* with the worker that an event names, if it names one."""
    if worker is None or worker == state.worker:
        return state
    return CaseState(state.runs, worker, state.findings, state.explanations)


def _with_run(state: CaseState, run: Run) -> CaseState:
    """Return *state* with *run* in the place of its last one."""
    return _with_runs(state, (*state.runs[:-1], run))


def _with_runs(state: CaseState, runs: tuple[Run, ...]) -> CaseState:
    # Spelt out here and below: `_replace` takes four times as long.
    return CaseState(runs, state.worker, state.findings, state.explanations)


def _out_of_place(state: CaseState, event: CaseEvent) -> CaseState:
    """(6) An act outside every run meets nothing, and says so."""
    code = (
        FindingCode.ACT_AFTER_END if state.runs else FindingCode.ACT_BEFORE_NOTIFICATION
    )
    return _found(state, code, event)


def _found(state: CaseState, code: FindingCode, event: CaseEvent) -> CaseState:
    finding = Finding(code=code, event=event.key, day=event.occurred_on)
    return state._replace(findings=(*state.findings, finding))
