"""What holds for every history, whatever a client system tells."""

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.case_states import End
from app.domain.cases import replay
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict, deadlines
from app.domain.events import CaseEvent, DelayExplained, NotificationReceived
from app.domain.law import Law
from tests import histories

LAW = Law()
ONE_DAY = timedelta(1)


@given(history=histories.cases(), data=st.data())
def test_any_order_of_arrival_gives_the_same_deadlines(
    history: list[CaseEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(history))

    assert replay(shuffled) == replay(history)
    assert deadlines(shuffled, LAW) == deadlines(history, LAW)


@given(history=histories.cases(), data=st.data())
def test_what_has_arrived_so_far_can_always_be_folded(
    history: list[CaseEvent], data: st.DataObject
) -> None:
    arrived = data.draw(st.permutations(history))

    for count in range(len(arrived) + 1):
        deadlines(arrived[:count], LAW)


@given(history=histories.cases())
def test_acts_after_a_day_have_not_happened_on_it(history: list[CaseEvent]) -> None:
    clocks = deadlines(history, LAW)

    for day in _telling_days(history, clocks):
        happened = [each for each in history if each.occurred_on <= day]
        then = deadlines(happened, LAW)
        assert _as_of(day, clocks) == _as_of(day, then)


@given(history=histories.cases())
def test_a_breach_never_vanishes(history: list[CaseEvent]) -> None:
    clocks = deadlines(history, LAW)
    days = _telling_days(history, clocks)

    for clock in clocks:
        verdicts = [clock.verdict(day) for day in days if day >= clock.started_on]
        breached = [v in (Verdict.OPEN_LATE, Verdict.LATE) for v in verdicts]
        assert breached == sorted(breached)


@given(history=histories.cases())
def test_every_notification_has_one_initiation_clock_of_its_own_day(
    history: list[CaseEvent],
) -> None:
    notified = [
        (each.event_id, each.occurred_on)
        for each in history
        if isinstance(each.data, NotificationReceived)
    ]

    clocks = deadlines(history, LAW)

    started = [(c.started_by, c.started_on) for c in clocks if c.rule == INITIATION]
    assert sorted(started) == sorted(notified)


@given(history=histories.cases())
def test_every_run_has_one_assessment_clock_from_its_first_notification(
    history: list[CaseEvent],
) -> None:
    runs = replay(history).runs

    clocks = deadlines(history, LAW)

    assert [c.started_by for c in clocks if c.rule == ASSESSMENT] == [
        run.notices[0].event.event_id for run in runs
    ]
    assert [c.started_by for c in clocks if c.rule == INITIATION and c.first] == [
        run.notices[0].event.event_id for run in runs
    ]


@given(history=histories.cases())
def test_no_run_but_the_last_is_open(history: list[CaseEvent]) -> None:
    state = replay(history)

    assert all(run.end is not None for run in state.runs[:-1])
    for run in state.runs:
        has_work = any(n.is_open or n.under_assessment for n in run.notices)
        assert has_work if run.end is None else not any(n.is_open for n in run.notices)


@given(history=histories.cases())
def test_a_run_is_met_only_where_its_assessment_was_completed(
    history: list[CaseEvent],
) -> None:
    for run in replay(history).runs:
        assert (run.met is not None) == (run.end is End.COMPLETED)


@given(history=histories.cases())
def test_a_clock_closes_no_earlier_than_it_started(history: list[CaseEvent]) -> None:
    for clock in deadlines(history, LAW):
        assert clock.closed_on is None or clock.closed_on >= clock.started_on


@given(history=histories.cases())
def test_safe_strict_and_due_date_come_in_this_order(history: list[CaseEvent]) -> None:
    for clock in deadlines(history, LAW):
        assert clock.started_on <= clock.safe_on <= clock.strict_on <= clock.due_on


@given(history=histories.cases())
def test_an_explanation_moves_no_clock(history: list[CaseEvent]) -> None:
    unexplained = [each for each in history if not _is_explanation(each)]

    found = deadlines(history, LAW)

    assert [clock._replace(delays=()) for clock in found] == list(
        deadlines(unexplained, LAW)
    )


@given(history=histories.cases())
def test_a_clock_is_explained_only_while_it_is_late(history: list[CaseEvent]) -> None:
    explanations = {each.key for each in history if _is_explanation(each)}

    for clock in deadlines(history, LAW):
        days = [delay.explained_on for delay in clock.delays]
        assert days == sorted(days)
        assert all(clock.is_late(day) for day in days)
        assert {delay.told_by for delay in clock.delays} <= explanations


@given(history=histories.cases())
def test_units_are_had_since_days_in_order(history: list[CaseEvent]) -> None:
    for clock in deadlines(history, LAW):
        days = [day for day, _ in clock.moves]
        assert days == sorted(set(days))


def _is_explanation(each: CaseEvent) -> bool:
    return isinstance(each.data, DelayExplained)


def _telling_days(
    history: Iterable[CaseEvent], clocks: Iterable[Deadline]
) -> list[date]:
    """Return the days on which something happens or falls due, and the days after."""
    told = {each.occurred_on for each in history} | {clock.due_on for clock in clocks}
    return sorted(told | {day + ONE_DAY for day in told})


def _as_of(day: date, clocks: Iterable[Deadline]) -> set[tuple[object, ...]]:
    """Return all that questions as of *day* ask of *clocks*."""
    return {
        (
            clock.rule,
            clock.started_by,
            clock.due_on,
            clock.joined,
            clock.first,
            clock.verdict(day),
            clock.responsible_unit(day),
            clock.accountable_unit(day),
            clock.delay(day),
            clock.closed_on if clock.closed_on and clock.closed_on <= day else None,
        )
        for clock in clocks
        if clock.started_on <= day
    }
