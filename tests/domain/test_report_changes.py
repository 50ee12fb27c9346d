"""Why a deadline is counted elsewhere than it was: one cause, by a written order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.cells import Layout
from app.domain.compliance import Basis, Column, Dimension, Frame
from app.domain.deadlines import deadlines
from app.domain.events import (
    AmendmentReason,
    CaseEvent,
    EventCorrected,
    EventData,
    EventRetracted,
    InitiationDecided,
    InitiationOutcome,
    NotificationReceived,
)
from app.domain.figures import Number
from app.domain.law import Law
from app.domain.report_changes import (
    STEPS,
    Cause,
    Move,
    Standing,
    View,
    accounts,
    cause_of,
    known_step_by_step,
)
from app.domain.reporting_periods import parse_period
from tests.factories import assessment, decision, event, notification

SEALED_AT = datetime(2026, 4, 1, 9, tzinfo=UTC)
AS_OF = date(2026, 4, 1)
BEFORE, SINCE = SEALED_AT - timedelta(1), SEALED_AT + timedelta(1)
PLACED = (Basis.DUE, None, Number.IN_TIME)


def known(each: CaseEvent, at: datetime) -> CaseEvent:
    return each._replace(recorded_at=at)


def corrected(target: CaseEvent, on: date, data: EventData | None = None) -> CaseEvent:
    meant = data or target.data
    assert isinstance(meant, NotificationReceived | InitiationDecided)
    return event(
        EventCorrected(
            target=target.event_id,
            reason=AmendmentReason.WRONG_DATE,
            occurred_on=on,
            data=meant,
        ),
        AS_OF,
        event_id=f"correction of {target.event_id}",
    )


def retracted(target: CaseEvent) -> CaseEvent:
    return event(
        EventRetracted(target=target.event_id, reason=AmendmentReason.WRONG_ENTRY),
        AS_OF,
        event_id=f"retraction of {target.event_id}",
    )


RECEIVED = notification(date(2026, 3, 2), "n")
DECIDED = decision(date(2026, 3, 9), event_id="d")
LATER = decision(date(2026, 4, 20), event_id="later")


def steps_of(*events: CaseEvent) -> dict[str, Cause | None]:
    """Return with which step each of *events* becomes known; None if it was."""
    told = known_step_by_step(events, known_at=SEALED_AT, as_of=AS_OF)
    assert tuple(cause for cause, _ in told) == STEPS
    found: dict[str, Cause | None] = {}
    for cause, so_far in told:
        for each in so_far:
            found.setdefault(each.event_id, cause)
    return {
        each.event_id: None
        if each.recorded_at and each.recorded_at <= SEALED_AT
        else found[each.event_id]
        for each in events
    }


def test_what_becomes_known_is_told_apart() -> None:
    wrong = decision(date(2026, 3, 20), event_id="wrong")
    assert steps_of(
        known(RECEIVED, BEFORE),
        known(wrong, BEFORE),
        known(DECIDED, SINCE),
        known(LATER, SINCE),
        known(corrected(RECEIVED, date(2026, 3, 3)), SINCE),
        known(retracted(wrong), SINCE),
    ) == {
        "n": None,
        "wrong": None,
        "d": Cause.ARRIVED_LATE,
        "later": Cause.LATER_EVENT,
        "correction of n": Cause.CORRECTED,
        "retraction of wrong": Cause.RETRACTED,
    }


def test_an_amendment_of_what_was_not_known_either_belongs_to_its_arrival() -> None:
    assert steps_of(
        known(DECIDED, SINCE),
        known(retracted(DECIDED), SINCE),
        known(LATER, SINCE),
        known(retracted(LATER), SINCE),
    ) == {
        "d": Cause.ARRIVED_LATE,
        "retraction of d": Cause.ARRIVED_LATE,
        "later": Cause.LATER_EVENT,
        "retraction of later": Cause.LATER_EVENT,
    }


def test_what_turns_out_to_have_been_before_the_day_arrived_late() -> None:
    put_right = corrected(LATER, date(2026, 3, 20))

    steps = steps_of(known(LATER, SINCE), known(put_right, SINCE))

    assert set(steps.values()) == {Cause.ARRIVED_LATE}


def test_an_amendment_that_came_before_its_target_changes_with_its_arrival() -> None:
    steps = steps_of(known(retracted(DECIDED), BEFORE), known(DECIDED, SINCE))

    assert steps == {"retraction of d": None, "d": Cause.ARRIVED_LATE}


def test_an_amendment_of_what_nobody_knows_arrived_late() -> None:
    steps = steps_of(known(RECEIVED, BEFORE), known(retracted(DECIDED), SINCE))

    assert steps["retraction of d"] is Cause.ARRIVED_LATE


# --- which step it was

HERE, THERE, ELSEWHERE = (frozenset({(*PLACED, name)}) for name in "ABC")


@pytest.mark.parametrize(
    ("steps", "cause"),
    [
        pytest.param("AAAA", Cause.RULE_CHANGE, id="no news moves it"),
        pytest.param("BBBB", Cause.LATER_EVENT, id="a later event"),
        pytest.param("ABBB", Cause.ARRIVED_LATE, id="a late arrival"),
        pytest.param("AABB", Cause.CORRECTED, id="a correction"),
        pytest.param("AAAB", Cause.RETRACTED, id="a retraction"),
        pytest.param("ABBC", Cause.RETRACTED, id="the last that moves it"),
        pytest.param("BBCC", Cause.CORRECTED, id="not the first that moves it"),
        pytest.param("ABBA", Cause.RULE_CHANGE, id="there and back again"),
    ],
)
def test_the_cause_is_the_last_news_that_moves_it_else_a_rule(
    steps: str, cause: Cause
) -> None:
    standings = {"A": HERE, "B": THERE, "C": ELSEWHERE}
    told = [(step, standings[at]) for step, at in zip(STEPS, steps, strict=True)]

    assert cause_of(HERE, told) is cause  # type: ignore[arg-type] # any places do


# --- how a report counts a deadline

FRAMES = tuple(
    Frame(period=parse_period("2026-03"), as_of=AS_OF, basis=basis) for basis in Basis
)
VIEW = View(
    frames=FRAMES,
    layout=Layout(by=(Dimension.UNIT,)),
    units=None,
    live_since={},
)
(CLOCK,) = (
    clock
    for clock in deadlines([RECEIVED, DECIDED], Law())
    if clock.rule == "initiation"
)


def test_a_deadline_is_counted_in_its_cell_and_in_the_total_on_each_basis() -> None:
    standing = VIEW.standing(CLOCK, "client-a")

    assert standing.columns == dict.fromkeys(Basis, Column.IN_TIME)
    assert standing.unit == "leppavaara"
    assert {
        (basis, place.span.value, place.groups)
        for basis, place, number in standing.counted
        if number is Number.IN_TIME
    } == {
        (basis, span, groups)
        for basis in Basis
        for span, groups in (("cell", ("leppavaara",)), ("total", (None,)))
    }


def test_what_is_not_there_not_in_the_period_or_not_of_the_units_counts_nowhere() -> (
    None
):
    elsewhere = replace(VIEW, units=frozenset({"matinkyla"}))
    april = replace(
        VIEW,
        frames=tuple(replace(each, period=parse_period("2026-04")) for each in FRAMES),
    )

    assert VIEW.standing(None, "client-a") == Standing()
    assert elsewhere.standing(CLOCK, "client-a") == Standing()
    assert april.standing(CLOCK, "client-a") == Standing()


def test_a_move_leaves_one_figure_and_enters_another() -> None:
    late = deadlines([RECEIVED], Law())
    (open_clock,) = (each for each in late if each.rule == "initiation")
    move = Move(
        source="client-a",
        case_ref="A-1",
        rule="initiation",
        started_by="n",
        cause=Cause.ARRIVED_LATE,
        before=VIEW.standing(open_clock, "client-a"),
        after=VIEW.standing(CLOCK, "client-a"),
    )

    found = {
        (basis.value, number.value): dict(causes)
        for (basis, place, number), causes in accounts([move]).items()
        if place.groups == (None,)
    }

    assert found["due", "open_late"] == {Cause.ARRIVED_LATE: -1}
    assert found["due", "in_time"] == {Cause.ARRIVED_LATE: 1}
    assert ("due", "due") not in found  # it is due on either day
    assert found["thl", "due"] == {Cause.ARRIVED_LATE: 1}


def test_an_assessment_that_arrived_late_is_told_from_one_that_was_known() -> None:
    done = assessment(date(2026, 3, 30), event_id="a")

    assert steps_of(known(done, SINCE)) == {"a": Cause.ARRIVED_LATE}
    assert steps_of(known(done, BEFORE)) == {"a": None}


def test_outcomes_stay_what_they_were() -> None:
    other = InitiationDecided(outcome=InitiationOutcome.EXISTING_CLIENT)
    steps = steps_of(
        known(DECIDED, BEFORE), known(corrected(DECIDED, AS_OF, other), SINCE)
    )

    assert steps["correction of d"] is Cause.CORRECTED
