"""The fold: from the events of a case to its runs, exactly as written in the docs.

The numbers in the docstrings are those of docs/clocks.md.
"""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import assert_never

from app.domain.amendments import Meaning, is_amendment, meaning
from app.domain.case_states import CaseState, End, Finding, FindingCode, Notice, Run
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


def replay(history: Iterable[CaseEvent], as_of: date = date.max) -> CaseState:
    """Return the state of a case on *as_of*; its events are *history*, in any order."""
    meant = meaning(history := tuple(history)).by(as_of)
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
    run = Run((*run.notices, notice), run.transfers, run.end, run.met, run.ended)
    return _with_run(state, run)


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
        run = Run(notices, run.transfers, run.end, run.met, run.ended)
        return _with_run(state, run)
    end = End.ENDED if decision.outcome in ENDING_DECISIONS else End.NO_ASSESSMENT
    return _with_run(state, Run(notices, run.transfers, end, run.met, event))


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
    run = Run(met, run.transfers, End.COMPLETED, event, run.ended)
    state = _with_run(state, run)
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
