"""The fold: numbers in ids and names are those of docs/clocks.md."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from app.domain.case_states import CaseState, End, FindingCode
from app.domain.cases import replay
from app.domain.event_words import word
from app.domain.events import (
    AssessmentOutcome,
    CaseEvent,
    ClosureReason,
    InitiationDecided,
    InitiationOutcome,
)
from tests.factories import assessment, closure, decision, notification, transfer

STARTED = InitiationOutcome.ASSESSMENT_STARTED
UNNECESSARY = InitiationOutcome.OBVIOUSLY_UNNECESSARY
DUPLICATE = InitiationOutcome.WRONG_OR_DUPLICATE
EXISTING = InitiationOutcome.EXISTING_CLIENT


def day(number: int) -> date:
    """Return that day of March 2026; the fold knows no working days."""
    return date(2026, 3, number)


def received(number: int, event_id: str) -> CaseEvent:
    """Return a notification of that day of March."""
    return notification(day(number), event_id)


def runs(state: CaseState) -> list[list[str]]:
    """Return the ids of the notifications of each run."""
    return [[n.event.event_id for n in run.notices] for run in state.runs]


def ends(state: CaseState) -> list[End | None]:
    """Return how each run ended."""
    return [run.end for run in state.runs]


def met(state: CaseState) -> dict[str, str | None]:
    """Return what met the initiation clock of each notification."""
    return {
        notice.event.event_id: notice.met.event_id if notice.met else None
        for run in state.runs
        for notice in run.notices
    }


def ended(state: CaseState) -> dict[str, str | None]:
    """Return what ended the initiation clock of each notification, unmet."""
    return {
        notice.event.event_id: notice.ended.event_id if notice.ended else None
        for run in state.runs
        for notice in run.notices
    }


def joined(state: CaseState) -> list[str]:
    """Return the ids of the notifications that joined a running assessment."""
    return [
        notice.event.event_id
        for run in state.runs
        for notice in run.notices
        if notice.joined
    ]


def findings(state: CaseState) -> list[tuple[FindingCode, str]]:
    """Return the odd news and the ids of the events that brought it."""
    return [(finding.code, finding.event_id) for finding in state.findings]


# (1) Runs


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [received(2, "n1")],
            [["n1"]],
            id="(1) a run begins with the first notification",
        ),
        pytest.param(
            [received(2, "n1"), received(5, "n2")],
            [["n1", "n2"]],
            id="(1) a second notification is of the same run",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(3)), received(5, "n2")],
            [["n1", "n2"]],
            id="(1) an assessment that was begun does not end the run",
        ),
        pytest.param(
            [received(2, "n1"), assessment(day(9)), received(10, "n2")],
            [["n1"], ["n2"]],
            id="(1) after the completion day a new run begins",
        ),
        pytest.param(
            [received(2, "n1"), assessment(day(9)), received(9, "n2")],
            [["n1"], ["n2"]],
            id="(1) on the completion day a new run begins",
        ),
        pytest.param(
            [received(9, "n1"), received(9, "n2"), assessment(day(9))],
            [["n1"], ["n2"]],
            id="(1) the run's own first notification stays, even of that day",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(9, "n2"),
                received(9, "n3"),
                assessment(day(9)),
            ],
            [["n1"], ["n2", "n3"]],
            id="(1) all of the completion day begin one new run",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(9, "n2"),
                decision(day(9), EXISTING, answers=("n2",)),
                assessment(day(9)),
            ],
            [["n1", "n2"]],
            id="(1) what was answered that day without an assessment begins none",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(9, "n2"),
                decision(day(9), STARTED, answers=("n2",)),
                assessment(day(9)),
            ],
            [["n1"], ["n2"]],
            id="(1) what is assessed from that day on begins a new run",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(9), UNNECESSARY), received(9, "n2")],
            [["n1", "n2"]],
            id="(1) on the day of a no-assessment decision it is covered by it",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(9), UNNECESSARY), received(10, "n2")],
            [["n1"], ["n2"]],
            id="(1) after the day of a no-assessment decision a new run begins",
        ),
        pytest.param(
            [
                received(2, "n1"),
                assessment(day(9), AssessmentOutcome.MOVED_AWAY),
                received(9, "n2"),
            ],
            [["n1", "n2"]],
            id="(1) on the day of an ending outcome it ends with the run",
        ),
        pytest.param(
            [
                received(2, "n1"),
                closure(day(9), ClosureReason.MOVED_AWAY),
                received(10, "n2"),
            ],
            [["n1"], ["n2"]],
            id="(1) after the day of an ending outcome a new run begins",
        ),
        pytest.param([decision(day(2)), assessment(day(9))], [], id="(1) no run"),
    ],
)
def test_a_run_reaches_from_a_notification_to_its_end(
    history: list[CaseEvent], expected: list[list[str]]
) -> None:
    assert runs(replay(history)) == expected


@pytest.mark.parametrize(
    ("history", "name"),
    [
        pytest.param([], "incomplete", id="nothing"),
        pytest.param([decision(day(3))], "incomplete", id="an act alone"),
        pytest.param([received(2, "n1")], "pending", id="pending"),
        pytest.param(
            [received(2, "n1"), decision(day(3))], "under_assessment", id="begun"
        ),
        pytest.param(
            [received(2, "n1"), decision(day(3)), assessment(day(9))],
            "assessment_completed",
            id="completed",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(3), UNNECESSARY)],
            "no_assessment",
            id="unnecessary",
        ),
        pytest.param(
            [received(2, "n1"), closure(day(3), ClosureReason.DIED)],
            "ended",
            id="ended",
        ),
        pytest.param(
            [received(2, "n1"), assessment(day(9)), received(10, "n2")],
            "pending",
            id="pending again",
        ),
    ],
)
def test_the_state_is_that_of_the_last_run(history: list[CaseEvent], name: str) -> None:
    assert replay(history).name == name


# (2) Initiation clocks


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [received(2, "n1"), received(5, "n2"), decision(day(6), event_id="d")],
            {"n1": "d", "n2": "d"},
            id="(2) naming none, it answers all that were received by its day",
        ),
        pytest.param(
            [received(6, "n1"), decision(day(6), event_id="d")],
            {"n1": "d"},
            id="(2) also what was received on its day",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(6), event_id="d"), received(7, "n2")],
            {"n1": "d", "n2": None},
            id="(2) never what is received later",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(5, "n2"),
                decision(day(6), event_id="d", answers=("n1",)),
            ],
            {"n1": "d", "n2": None},
            id="(2) naming one, it answers that one",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(6), event_id="d", answers=("n1", "n2")),
                received(7, "n2"),
            ],
            {"n1": "d", "n2": None},
            id="(2) naming what is received later does not cover it",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(4), event_id="d1"),
                decision(day(6), UNNECESSARY, event_id="d2"),
            ],
            {"n1": "d1"},
            id="(2) the first decision counts",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(3, "n2"),
                decision(day(4), event_id="d1", answers=("n2",)),
                decision(day(6), event_id="d2", answers=("n1", "n2")),
            ],
            {"n1": "d2", "n2": "d1"},
            id="(2) the first for each notification",
        ),
    ],
)
def test_a_decision_answers_notifications(
    history: list[CaseEvent], expected: dict[str, str | None]
) -> None:
    assert met(replay(history)) == expected


# What each outcome makes of the run, and whether the initiation clock is met by it.
AFTER_DECISION = {
    InitiationOutcome.ASSESSMENT_STARTED: (None, True),
    InitiationOutcome.URGENT_MEASURES: (None, True),
    InitiationOutcome.JOINED_RUNNING_ASSESSMENT: (None, True),
    InitiationOutcome.OBVIOUSLY_UNNECESSARY: (End.NO_ASSESSMENT, True),
    InitiationOutcome.EXISTING_CLIENT: (End.NO_ASSESSMENT, True),
    InitiationOutcome.OTHER: (End.NO_ASSESSMENT, True),
    InitiationOutcome.TRANSFERRED_TO_OTHER_COUNTY: (End.ENDED, False),
    InitiationOutcome.WRONG_OR_DUPLICATE: (End.ENDED, False),
}


@pytest.mark.parametrize("outcome", InitiationOutcome)
@pytest.mark.parametrize("answers", [(), ("n1",)], ids=["naming none", "naming it"])
def test_a_decision_lets_the_run_go_on_or_ends_it(
    outcome: InitiationOutcome, answers: tuple[str, ...]
) -> None:
    """(2, 5) Ending outcomes end the clock without meeting it."""
    decided = decision(day(6), outcome, event_id="d", answers=answers)

    state = replay([received(2, "n1"), decided])

    end, is_met = AFTER_DECISION[outcome]
    assert ends(state) == [end]
    assert met(state) == {"n1": "d" if is_met else None}
    assert ended(state) == {"n1": None if is_met else "d"}
    (run,) = state.runs
    assert run.met is None
    assert run.ended == (decided if end else None)


# A decision that names its notifications says nothing of the others.


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [
                received(2, "n1"),
                received(3, "n2"),
                decision(day(6), UNNECESSARY, answers=("n1",)),
            ],
            None,
            id="another is undecided",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3), STARTED),
                received(5, "n2"),
                decision(day(6), EXISTING, answers=("n2",)),
            ],
            None,
            id="another is under assessment",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(3, "n2"),
                decision(day(6), UNNECESSARY, answers=("n1", "n2")),
            ],
            End.NO_ASSESSMENT,
            id="it names all",
        ),
        pytest.param(
            [
                received(2, "n1"),
                received(3, "n2"),
                decision(day(6), UNNECESSARY, event_id="d1", answers=("n1",)),
                decision(day(6), DUPLICATE, event_id="d2", answers=("n2",)),
            ],
            End.ENDED,
            id="it names the last that was left",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3), STARTED),
                decision(day(6), UNNECESSARY, answers=("n1",)),
            ],
            End.NO_ASSESSMENT,
            id="it names the one under assessment",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(6), UNNECESSARY, answers=("n9",))],
            None,
            id="it names what is unknown, and one is undecided",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3), STARTED),
                received(5, "n2"),
                decision(day(6), EXISTING),
            ],
            End.NO_ASSESSMENT,
            id="it names none, so it is about all",
        ),
    ],
)
def test_a_decision_that_names_its_notifications_ends_the_run_if_no_other_is_left(
    history: list[CaseEvent], expected: End | None
) -> None:
    assert ends(replay(history)) == [expected]


def test_an_answer_to_what_is_unknown_is_a_finding_until_it_arrives() -> None:
    decided = decision(day(6), UNNECESSARY, event_id="d", answers=("n1", "n2"))
    first, late = received(2, "n1"), received(3, "n2")

    before = replay([first, decided])
    after = replay([first, decided, late])

    assert findings(before) == [(FindingCode.ANSWER_TO_UNKNOWN_NOTIFICATION, "d")]
    assert ends(before) == [End.NO_ASSESSMENT]
    assert findings(after) == []
    assert met(after) == {"n1": "d", "n2": "d"}


def test_an_answer_to_a_notification_of_an_earlier_run_meets_nothing() -> None:
    history = [
        received(2, "n1"),
        decision(day(3), UNNECESSARY, event_id="d1"),
        received(5, "n2"),
        decision(day(6), UNNECESSARY, event_id="d2", answers=("n1",)),
    ]

    state = replay(history)

    assert met(state) == {"n1": "d1", "n2": None}
    assert ends(state) == [End.NO_ASSESSMENT, None]
    assert findings(state) == [
        (FindingCode.ANSWER_TO_UNKNOWN_NOTIFICATION, "d2"),
        (FindingCode.CLOSED_AND_REOPENED, "n2"),
    ]


# (3) Assessment clocks


def test_3_the_assessment_clock_is_met_by_the_completed_assessment() -> None:
    completed = assessment(day(9))

    state = replay([received(2, "n1"), decision(day(3)), completed])

    (run,) = state.runs
    assert (run.end, run.met, run.ended) == (End.COMPLETED, completed, None)


def test_3_the_assessment_clock_runs_while_nothing_is_decided() -> None:
    (run,) = replay([received(2, "n1")]).runs

    assert (run.end, run.met, run.ended) == (None, None, None)


# (4) Joined


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [received(2, "n1"), received(3, "n2")], [], id="(4) nothing runs yet"
        ),
        pytest.param(
            [received(2, "n1"), decision(day(3)), received(4, "n2")],
            ["n2"],
            id="(4) joined",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3), InitiationOutcome.URGENT_MEASURES),
                received(4, "n2"),
            ],
            ["n2"],
            id="(4) joined after urgent measures",
        ),
        pytest.param(
            [received(2, "n1"), decision(day(3)), received(3, "n2")],
            [],
            id="(4) not on the day of the decision, which covers it",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3)),
                received(9, "n2"),
                assessment(day(9)),
            ],
            [],
            id="(4) not on the completion day, which begins a run",
        ),
        pytest.param(
            [
                received(2, "n1"),
                decision(day(3)),
                received(4, "n2"),
                assessment(day(9)),
                received(10, "n3"),
            ],
            ["n2"],
            id="(4) joined for ever, but not what follows",
        ),
    ],
)
def test_a_notification_joins_an_assessment_that_runs(
    history: list[CaseEvent], expected: list[str]
) -> None:
    assert joined(replay(history)) == expected


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        pytest.param(
            decision(
                day(6), InitiationOutcome.JOINED_RUNNING_ASSESSMENT, event_id="act"
            ),
            "act",
            id="(4) a decision that names none",
        ),
        pytest.param(
            decision(day(6), EXISTING, event_id="act", answers=("n2",)),
            "act",
            id="(4) a decision that names it",
        ),
        pytest.param(
            decision(day(6), event_id="act", answers=("n1",)),
            None,
            id="(4) not a decision about another",
        ),
        pytest.param(
            assessment(day(6), event_id="act"),
            "act",
            id="(4) the completion of the running assessment",
        ),
    ],
)
def test_a_joined_notification_waits_for_its_own_answer(
    act: CaseEvent, expected: str | None
) -> None:
    history = [received(2, "n1"), decision(day(3)), received(4, "n2"), act]

    state = replay(history)

    assert met(state)["n2"] == expected
    assert len(state.runs) == 1
    assert findings(state) == []


# (5) Ending without meeting


@pytest.mark.parametrize(
    "outcome",
    [
        AssessmentOutcome.MOVED_AWAY,
        AssessmentOutcome.TURNED_18,
        AssessmentOutcome.DIED,
        AssessmentOutcome.INTERRUPTED,
    ],
)
def test_5_an_assessment_that_was_not_completed_ends_the_open_clocks(
    outcome: AssessmentOutcome,
) -> None:
    over = assessment(day(9), outcome, event_id="over")
    decided = decision(day(3), event_id="d")

    state = replay([received(2, "n1"), decided, received(4, "n2"), over])

    (run,) = state.runs
    assert (run.end, run.met, run.ended) == (End.ENDED, None, over)
    assert met(state) == {"n1": "d", "n2": None}
    assert ended(state) == {"n1": None, "n2": "over"}


@pytest.mark.parametrize(
    "outcome",
    [
        AssessmentOutcome.CHILD_PROTECTION_CLIENT,
        AssessmentOutcome.SOCIAL_WELFARE_CLIENT,
        AssessmentOutcome.NO_CLIENT,
    ],
)
def test_3_a_completed_assessment_has_one_of_three_outcomes(
    outcome: AssessmentOutcome,
) -> None:
    state = replay([received(2, "n1"), decision(day(3)), assessment(day(9), outcome)])

    assert ends(state) == [End.COMPLETED]


@pytest.mark.parametrize(
    "reason",
    [
        ClosureReason.MOVED_AWAY,
        ClosureReason.TURNED_18,
        ClosureReason.DIED,
        ClosureReason.TRANSFERRED_TO_OTHER_COUNTY,
        ClosureReason.WRONG_PERSON,
    ],
)
def test_5_a_closure_ends_the_open_clocks(reason: ClosureReason) -> None:
    over = closure(day(9), reason, event_id="over")

    state = replay([received(2, "n1"), received(4, "n2"), over])

    (run,) = state.runs
    assert (run.end, run.met, run.ended) == (End.ENDED, None, over)
    assert ended(state) == {"n1": "over", "n2": "over"}
    assert findings(state) == []


def test_5_an_interrupted_assessment_is_a_finding_too() -> None:
    over = assessment(day(9), AssessmentOutcome.INTERRUPTED, event_id="over")

    state = replay([received(2, "n1"), decision(day(3)), over])

    assert findings(state) == [(FindingCode.ASSESSMENT_INTERRUPTED, "over")]


# (6) Odd news


def test_6_an_assessment_without_a_decision_meets_both_clocks_with_a_finding() -> None:
    completed = assessment(day(9), event_id="a")

    state = replay([received(2, "n1"), completed])

    assert met(state) == {"n1": "a"}
    assert state.runs[0].met == completed
    assert findings(state) == [(FindingCode.ASSESSMENT_WITHOUT_DECISION, "a")]


def test_6_an_assessment_after_a_no_assessment_decision_revives_the_run() -> None:
    decided = decision(day(6), UNNECESSARY, event_id="d")
    completed = assessment(day(9), event_id="a")

    state = replay([received(2, "n1"), decided, completed])

    (run,) = state.runs
    assert (run.end, run.met, run.ended) == (End.COMPLETED, completed, decided)
    assert met(state) == {"n1": "d"}
    assert findings(state) == [(FindingCode.ASSESSMENT_AFTER_NO_ASSESSMENT, "a")]


def test_6_an_assessment_revives_only_the_last_run() -> None:
    history = [
        received(2, "n1"),
        decision(day(3), UNNECESSARY),
        received(5, "n2"),
        assessment(day(9)),
    ]

    assert ends(replay(history)) == [End.NO_ASSESSMENT, End.COMPLETED]


@pytest.mark.parametrize(
    "act",
    [
        transfer(day(2), "matinkyla", event_id="act"),
        decision(day(2), event_id="act"),
        assessment(day(2), event_id="act"),
        assessment(day(2), AssessmentOutcome.DIED, event_id="act"),
        closure(day(2), ClosureReason.DONE, event_id="act"),
        closure(day(2), ClosureReason.DIED, event_id="act"),
    ],
    ids=lambda act: f"(6) {act.data.kind} {word(act.data)}",
)
def test_an_act_before_every_notification_meets_nothing_until_one_arrives(
    act: CaseEvent,
) -> None:
    alone = replay([act])
    too_late = replay([act, received(3, "n1")])
    arrived = replay([act, received(1, "n1")])

    assert (FindingCode.ACT_BEFORE_NOTIFICATION, "act") in findings(alone)
    assert (FindingCode.ACT_BEFORE_NOTIFICATION, "act") in findings(too_late)
    assert too_late.name == "pending"
    assert FindingCode.ACT_BEFORE_NOTIFICATION not in dict(findings(arrived))


@pytest.mark.parametrize(
    "act",
    [
        decision(day(9), event_id="act"),
        assessment(day(9), event_id="act"),
        assessment(day(9), AssessmentOutcome.DIED, event_id="act"),
    ],
    ids=["a decision", "a completed assessment", "an ended assessment"],
)
def test_6_an_act_after_the_end_changes_nothing_and_is_a_finding(
    act: CaseEvent,
) -> None:
    history = [received(2, "n1"), decision(day(3)), assessment(day(6))]

    state = replay([*history, act])

    assert state.runs == replay(history).runs
    assert findings(state) == [(FindingCode.ACT_AFTER_END, "act")]


def test_6_an_ended_run_is_not_revived() -> None:
    history = [received(2, "n1"), closure(day(3), ClosureReason.MOVED_AWAY)]

    state = replay([*history, assessment(day(9), event_id="a")])

    assert ends(state) == [End.ENDED]
    assert findings(state) == [(FindingCode.ACT_AFTER_END, "a")]


def test_6_a_closure_done_with_open_clocks_ends_nothing_with_a_finding() -> None:
    done = closure(day(9), ClosureReason.DONE, event_id="done")

    state = replay([received(2, "n1"), done])

    assert ends(state) == [None]
    assert ended(state) == {"n1": None}
    assert findings(state) == [(FindingCode.CLOSED_WITH_OPEN_CLOCKS, "done")]


@pytest.mark.parametrize("reason", [ClosureReason.DONE, ClosureReason.MOVED_AWAY])
def test_a_closure_after_the_end_is_ordinary(reason: ClosureReason) -> None:
    history = [received(2, "n1"), decision(day(3)), assessment(day(6))]

    state = replay([*history, closure(day(9), reason)])

    assert ends(state) == [End.COMPLETED]
    assert findings(state) == []


# (7) Order

AT_NINE = datetime(2026, 3, 6, 7, tzinfo=UTC)
AT_TEN = datetime(2026, 3, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(
            decision(day(5), event_id="z"),
            decision(day(6), event_id="a", at=AT_NINE, sequence=1),
            id="(7) the day",
        ),
        pytest.param(
            decision(day(6), event_id="z", sequence=9),
            decision(day(6), event_id="a", at=AT_NINE, sequence=1),
            id="(7) without an instant before with one",
        ),
        pytest.param(
            decision(day(6), event_id="z", at=AT_NINE, sequence=9),
            decision(day(6), event_id="a", at=AT_TEN, sequence=1),
            id="(7) the instant",
        ),
        pytest.param(
            decision(day(6), event_id="z"),
            decision(day(6), event_id="a", sequence=0),
            id="(7) without a sequence before with one",
        ),
        pytest.param(
            decision(day(6), event_id="z", at=AT_NINE, sequence=1),
            decision(day(6), event_id="a", at=AT_NINE, sequence=2),
            id="(7) the sequence",
        ),
        pytest.param(
            decision(day(6), event_id="a"),
            decision(day(6), event_id="b"),
            id="(7) the id",
        ),
    ],
)
def test_of_two_decisions_the_first_counts_whichever_arrives_first(
    first: CaseEvent, second: CaseEvent
) -> None:
    for order in permutations([received(2, "n1"), first, second]):
        assert met(replay(order)) == {"n1": first.event_id}


def test_7_on_one_day_the_kinds_have_their_order_whatever_the_instants() -> None:
    """Notification, transfer, initiation, assessment, closure."""
    evening = datetime(2026, 3, 2, 18, tzinfo=UTC)
    history = [
        closure(day(2), ClosureReason.DONE),
        assessment(day(2), event_id="a"),
        decision(day(2), event_id="d"),
        transfer(day(2), "matinkyla"),
        received(2, "n1")._replace(occurred_at=evening),
    ]

    state = replay(history)

    assert findings(state) == []
    assert ends(state) == [End.COMPLETED]
    assert met(state) == {"n1": "d"}
    assert state.runs[0].moves == ((day(2), "matinkyla"),)


# (8) Units


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        pytest.param(
            [notification(day(2), unit="a")],
            [[(day(2), "a")]],
            id="(8) the run's first notification",
        ),
        pytest.param(
            [notification(day(2), unit="a"), notification(day(3), unit="b")],
            [[(day(2), "a")]],
            id="(8) not a later one",
        ),
        pytest.param(
            [notification(day(2), unit=None), notification(day(3), unit="b")],
            [[(day(3), "b")]],
            id="(8) but the first that names a unit, from its day on",
        ),
        pytest.param(
            [notification(day(2), unit=None), transfer(day(4), "c")],
            [[(day(4), "c")]],
            id="(8) or a transfer, from its day on",
        ),
        pytest.param(
            [
                notification(day(2), unit=None),
                notification(day(3), unit="b"),
                transfer(day(4), "c"),
            ],
            [[(day(3), "b"), (day(4), "c")]],
            id="(8) the one, then the other",
        ),
        pytest.param(
            [
                notification(day(2), unit=None),
                transfer(day(3), "c"),
                notification(day(4), unit="b"),
            ],
            [[(day(3), "c")]],
            id="(8) a notification after a transfer sets nothing",
        ),
        pytest.param(
            [notification(day(2), unit="a"), transfer(day(2), "b")],
            [[(day(2), "b")]],
            id="(8) a transfer has its whole day",
        ),
        pytest.param(
            [
                notification(day(2), unit="a"),
                transfer(day(4), "c", event_id="t2"),
                transfer(day(4), "b", event_id="t1"),
                transfer(day(6), "d"),
            ],
            [[(day(2), "a"), (day(4), "c"), (day(6), "d")]],
            id="(8) the last transfer of a day has the day",
        ),
        pytest.param(
            [
                notification(day(2), unit="a"),
                assessment(day(4)),
                transfer(day(5), "b"),
                notification(day(6), unit="c"),
            ],
            [[(day(2), "a"), (day(5), "b")], [(day(6), "c")]],
            id="(8) a new run has the unit of its own notification",
        ),
        pytest.param(
            [
                notification(day(2), unit="a"),
                notification(day(6), "n2", unit="b"),
                assessment(day(6)),
            ],
            [[(day(2), "a")], [(day(6), "b")]],
            id="(8) also one that begins on the completion day",
        ),
        pytest.param(
            [
                notification(day(2), unit="a"),
                transfer(day(4), "c"),
                notification(day(6), "n2", unit="b"),
                transfer(day(6), "d"),
                assessment(day(6)),
                transfer(day(7), "e"),
            ],
            [
                [(day(2), "a"), (day(4), "c"), (day(6), "d")],
                [(day(6), "d"), (day(7), "e")],
            ],
            id="(8) a transfer of the completion day moves both runs",
        ),
        pytest.param(
            [
                notification(day(2), unit=None),
                notification(day(6), "n2", unit="b"),
                transfer(day(6), "d"),
                assessment(day(6)),
            ],
            [[(day(6), "d")], [(day(6), "d")]],
            id="(8) even if it is the first to name a unit",
        ),
        pytest.param(
            [
                notification(day(6), "n1", unit="a"),
                notification(day(6), "n2", unit="b"),
                transfer(day(6), "d"),
                assessment(day(6)),
            ],
            [[(day(6), "d")], [(day(6), "d")]],
            id="(8) even if all happened on that day",
        ),
        pytest.param(
            [
                notification(day(2), unit=None),
                notification(day(6), "n2", unit="b"),
                assessment(day(6)),
            ],
            [[], [(day(6), "b")]],
            id="(8) what begins the new run says nothing of the old one",
        ),
        pytest.param(
            [notification(day(2), unit=None)], [[]], id="(8) nobody has named a unit"
        ),
    ],
)
def test_units_have_the_work_from_their_day_on(
    history: list[CaseEvent], expected: list[list[tuple[date, str]]]
) -> None:
    assert [list(run.moves) for run in replay(history).runs] == expected


def test_the_worker_is_the_last_who_was_named() -> None:
    def named(event: CaseEvent, worker: str | None) -> CaseEvent:
        assert isinstance(event.data, InitiationDecided)
        return event._replace(data=replace(event.data, worker=worker))

    history = [
        received(2, "n1"),
        named(decision(day(3), event_id="d1"), "w-1"),
        named(decision(day(4), event_id="d2"), None),
    ]

    assert replay(history[:1]).worker is None
    assert replay(history).worker == "w-1"


# (10) Never paused


def test_10_closing_and_reopening_shows_as_a_chain_of_runs() -> None:
    history = [
        received(2, "n1"),
        decision(day(9), DUPLICATE),
        received(10, "n2"),
        closure(day(17), ClosureReason.WRONG_PERSON),
        received(18, "n3"),
    ]

    state = replay(history)

    assert runs(state) == [["n1"], ["n2"], ["n3"]]
    assert ends(state) == [End.ENDED, End.ENDED, None]
