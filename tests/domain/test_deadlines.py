"""The clocks: dates, verdicts, units, groups; numbers are those of docs/clocks.md."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.deadlines import (
    ASSESSMENT,
    INITIATION,
    Deadline,
    Verdict,
    deadlines,
)
from app.domain.events import (
    AssessmentOutcome,
    CaseEvent,
    Child,
    ClosureReason,
    Entry,
    InitiationOutcome,
    Matter,
    NotificationReceived,
)
from app.domain.groups import AgeBand, LanguageGroup, NationalityGroup
from app.domain.law import Law
from tests.factories import assessment, closure, decision, notification, transfer

LAW = Law()
STARTED = InitiationOutcome.ASSESSMENT_STARTED
UNNECESSARY = InitiationOutcome.OBVIOUSLY_UNNECESSARY
DUPLICATE = InitiationOutcome.WRONG_OR_DUPLICATE

# Monday 2.3.2026: day 1 is 3.3., day 4 Friday 6.3., days 5 to 7 are 9.3. to 11.3.
RECEIVED = date(2026, 3, 2)
INITIATION_DUE = date(2026, 3, 11)
# Three months from 2.3. is 2.6., a Tuesday.
ASSESSMENT_DUE = date(2026, 6, 2)
N1 = notification(RECEIVED, "n1", unit="a")


def clock(history: list[CaseEvent], rule: str, started_by: str) -> Deadline:
    """Return the one clock of that rule and notification."""
    (found,) = (
        each
        for each in deadlines(history, LAW)
        if (each.rule, each.started_by) == (rule, started_by)
    )
    return found


def told(history: list[CaseEvent], as_of: date) -> dict[str, tuple[object, ...]]:
    """Return due date, last day and verdict of each clock."""
    return {
        f"{each.rule} {each.started_by}": (
            each.due_on,
            each.met_on or each.ended_on,
            each.verdict(as_of),
        )
        for each in deadlines(history, LAW)
    }


# The example that ends the section.

EXAMPLE = [
    N1,
    notification(date(2026, 3, 5), "n2"),
    decision(date(2026, 3, 10)),
    notification(date(2026, 3, 20), "n3"),
    assessment(date(2026, 6, 1)),
    notification(date(2026, 6, 1), "n4"),
]


def test_the_example_as_it_went() -> None:
    assert told(EXAMPLE, date(2026, 6, 5)) == {
        # Mon 2.3.: three months are 2.6.; seven working days 3.-6.3., 9.-11.3.
        "assessment n1": (date(2026, 6, 2), date(2026, 6, 1), Verdict.IN_TIME),
        "initiation n1": (date(2026, 3, 11), date(2026, 3, 10), Verdict.IN_TIME),
        # Thu 5.3.: 6.3. is day 1, 9.-13.3. days 2 to 6, Mon 16.3. day 7.
        "initiation n2": (date(2026, 3, 16), date(2026, 3, 10), Verdict.IN_TIME),
        # Fri 20.3.: 23.-27.3. days 1 to 5, Mon 30.3. and Tue 31.3. days 6 and 7.
        "initiation n3": (date(2026, 3, 31), date(2026, 6, 1), Verdict.LATE),
        # Mon 1.6.: 2.-5.6. days 1 to 4, 8.-10.6. days 5 to 7; three months are 1.9.
        "assessment n4": (date(2026, 9, 1), None, Verdict.OPEN_IN_TIME),
        "initiation n4": (date(2026, 6, 10), None, Verdict.OPEN_IN_TIME),
    }


def test_only_the_third_of_the_example_joined() -> None:
    assert [c.started_by for c in deadlines(EXAMPLE, LAW) if c.joined] == ["n3"]


def test_the_clocks_of_the_example_that_are_the_first_of_their_run() -> None:
    first = [(c.rule, c.started_by) for c in deadlines(EXAMPLE, LAW) if c.first]

    assert first == [
        (ASSESSMENT, "n1"),
        (INITIATION, "n1"),
        (ASSESSMENT, "n4"),
        (INITIATION, "n4"),
    ]


def test_the_example_had_it_been_decided_unnecessary_on_1_july() -> None:
    history = [*EXAMPLE[:2], decision(date(2026, 7, 1), UNNECESSARY)]

    assert told(history, date(2026, 7, 1)) == {
        "assessment n1": (date(2026, 6, 2), date(2026, 7, 1), Verdict.LATE),
        "initiation n1": (date(2026, 3, 11), date(2026, 7, 1), Verdict.LATE),
        "initiation n2": (date(2026, 3, 16), date(2026, 7, 1), Verdict.LATE),
    }
    assert clock(history, ASSESSMENT, "n1").met_on is None


# Verdicts


@pytest.mark.parametrize(
    ("done_on", "verdict"),
    [
        pytest.param(RECEIVED, Verdict.IN_TIME, id="the day of receipt"),
        pytest.param(INITIATION_DUE, Verdict.IN_TIME, id="the due day itself"),
        pytest.param(date(2026, 3, 12), Verdict.LATE, id="the day after"),
    ],
)
def test_2_a_decision_by_the_due_day_is_in_time(
    done_on: date, verdict: Verdict
) -> None:
    initiation = clock([N1, decision(done_on)], INITIATION, "n1")

    assert initiation.met_on == initiation.closed_on == done_on
    assert initiation.verdict(done_on) is verdict
    assert initiation.verdict(date(2027, 1, 1)) is verdict


@pytest.mark.parametrize(
    ("done_on", "verdict"),
    [
        pytest.param(ASSESSMENT_DUE, Verdict.IN_TIME, id="the due day itself"),
        pytest.param(date(2026, 6, 3), Verdict.LATE, id="the day after"),
    ],
)
def test_3_an_assessment_completed_by_the_due_day_is_in_time(
    done_on: date, verdict: Verdict
) -> None:
    history = [N1, decision(INITIATION_DUE), assessment(done_on)]

    assert clock(history, ASSESSMENT, "n1").verdict(done_on) is verdict


def test_3_the_assessment_is_due_from_pendency_and_not_from_the_decision() -> None:
    early, late = decision(date(2026, 3, 3)), decision(date(2026, 4, 30))

    for decided in (early, late):
        assert clock([N1, decided], ASSESSMENT, "n1").due_on == ASSESSMENT_DUE


@pytest.mark.parametrize(
    ("as_of", "verdict"),
    [
        pytest.param(RECEIVED, Verdict.OPEN_IN_TIME, id="the day of receipt"),
        pytest.param(INITIATION_DUE, Verdict.OPEN_IN_TIME, id="the due day itself"),
        pytest.param(date(2026, 3, 12), Verdict.OPEN_LATE, id="the day after"),
    ],
)
def test_an_open_clock_is_late_from_the_day_after_its_due_day(
    as_of: date, verdict: Verdict
) -> None:
    assert clock([N1], INITIATION, "n1").verdict(as_of) is verdict


def test_an_act_after_the_day_asked_about_has_not_happened() -> None:
    initiation = clock([N1, decision(date(2026, 3, 13))], INITIATION, "n1")

    assert initiation.verdict(INITIATION_DUE) is Verdict.OPEN_IN_TIME
    assert initiation.verdict(date(2026, 3, 12)) is Verdict.OPEN_LATE
    assert initiation.verdict(date(2026, 3, 13)) is Verdict.LATE


ENDING_ACTS = [
    pytest.param(
        lambda day: decision(day, InitiationOutcome.TRANSFERRED_TO_OTHER_COUNTY),
        id="(5) a decision: to another county",
    ),
    pytest.param(lambda day: decision(day, DUPLICATE), id="(5) a decision: duplicate"),
    pytest.param(
        lambda day: assessment(day, AssessmentOutcome.INTERRUPTED),
        id="(5) an assessment: interrupted",
    ),
    pytest.param(
        lambda day: closure(day, ClosureReason.MOVED_AWAY),
        id="(5) a closure: moved away",
    ),
]


@pytest.mark.parametrize("act", ENDING_ACTS)
@pytest.mark.parametrize(
    ("rule", "due_on"), [(INITIATION, INITIATION_DUE), (ASSESSMENT, ASSESSMENT_DUE)]
)
def test_a_clock_that_ends_by_its_due_day_is_void_and_later_it_stays_late(
    act: Callable[[date], CaseEvent], rule: str, due_on: date
) -> None:
    next_day = due_on + timedelta(1)

    ended = clock([N1, act(due_on)], rule, "n1")
    too_late = clock([N1, act(next_day)], rule, "n1")

    assert (ended.met_on, ended.ended_on) == (None, due_on)
    assert ended.verdict(due_on) is Verdict.VOID
    assert ended.verdict(date(2027, 1, 1)) is Verdict.VOID
    assert (too_late.met_on, too_late.ended_on) == (None, next_day)
    assert too_late.verdict(next_day) is Verdict.LATE
    assert too_late.verdict(date(2027, 1, 1)) is Verdict.LATE


def test_5_a_decision_that_none_is_made_ends_the_assessment_clock() -> None:
    history = [N1, decision(INITIATION_DUE, UNNECESSARY)]

    assert clock(history, INITIATION, "n1").verdict(INITIATION_DUE) is Verdict.IN_TIME
    assert clock(history, ASSESSMENT, "n1").verdict(INITIATION_DUE) is Verdict.VOID


@pytest.mark.parametrize(
    ("completed_on", "verdict"),
    [
        pytest.param(ASSESSMENT_DUE, Verdict.IN_TIME, id="(6) in time after all"),
        pytest.param(date(2026, 6, 3), Verdict.LATE, id="(6) too late"),
    ],
)
def test_a_revived_run_was_void_until_it_was_completed(
    completed_on: date, verdict: Verdict
) -> None:
    decided_on = date(2026, 3, 9)
    history = [N1, decision(decided_on, UNNECESSARY), assessment(completed_on)]

    revived = clock(history, ASSESSMENT, "n1")

    assert (revived.ended_on, revived.met_on) == (decided_on, completed_on)
    assert revived.closed_on == decided_on
    assert revived.verdict(date(2026, 3, 8)) is Verdict.OPEN_IN_TIME
    assert revived.verdict(date(2026, 5, 4)) is Verdict.VOID
    assert revived.verdict(completed_on) is verdict


def test_a_breach_of_a_revived_run_never_vanishes() -> None:
    history = [
        N1,
        decision(date(2026, 6, 3), UNNECESSARY),
        assessment(date(2026, 6, 10)),
    ]

    revived = clock(history, ASSESSMENT, "n1")

    assert revived.verdict(date(2026, 6, 3)) is Verdict.LATE
    assert revived.verdict(date(2026, 6, 10)) is Verdict.LATE


def test_4_a_joined_notification_is_late_like_any_other() -> None:
    n2 = notification(date(2026, 3, 20), "n2")
    history = [N1, decision(date(2026, 3, 3)), n2]

    joined = clock(history, INITIATION, "n2")

    # Fri 20.3.: 23.-27.3. days 1 to 5, Mon 30.3. and Tue 31.3. days 6 and 7.
    assert joined.due_on == date(2026, 3, 31)
    assert joined.verdict(date(2026, 4, 1)) is Verdict.OPEN_LATE
    assert [c.started_by for c in deadlines(history, LAW) if c.rule == ASSESSMENT] == [
        "n1"
    ]


def test_6_a_closure_done_leaves_the_clocks_running() -> None:
    history = [N1, closure(date(2026, 3, 3), ClosureReason.DONE)]

    for rule in (INITIATION, ASSESSMENT):
        assert clock(history, rule, "n1").closed_on is None


def test_10_a_chain_of_runs_has_the_clocks_of_each() -> None:
    again = notification(date(2026, 3, 12), "n2")
    history = [N1, decision(INITIATION_DUE, DUPLICATE), again]

    assert told(history, date(2026, 3, 12)) == {
        "assessment n1": (ASSESSMENT_DUE, INITIATION_DUE, Verdict.VOID),
        "initiation n1": (INITIATION_DUE, INITIATION_DUE, Verdict.VOID),
        # Fri 13.3. is day 1, 16.-20.3. days 2 to 6, Mon 23.3. day 7.
        "assessment n2": (date(2026, 6, 12), None, Verdict.OPEN_IN_TIME),
        "initiation n2": (date(2026, 3, 23), None, Verdict.OPEN_IN_TIME),
    }


# (6) Acts whose notification has not arrived


def test_6_acts_alone_start_no_clock_and_fall_into_place_when_it_arrives() -> None:
    acts = [decision(date(2026, 3, 10)), assessment(date(2026, 6, 1))]

    assert deadlines(acts, LAW) == ()
    assert deadlines([*acts, N1], LAW) == deadlines([N1, *acts], LAW)
    assert clock([*acts, N1], INITIATION, "n1").met_on == date(2026, 3, 10)


def test_an_earlier_notification_that_arrives_late_takes_the_run_over() -> None:
    n2, decided = notification(date(2026, 3, 5), "n2"), decision(date(2026, 3, 10))

    before = deadlines([n2, decided], LAW)
    after = deadlines([n2, decided, N1], LAW)

    assert [c.started_by for c in before if c.rule == ASSESSMENT] == ["n2"]
    assert [c.started_by for c in after if c.rule == ASSESSMENT] == ["n1"]


# (8) Units

MOVED = [N1, transfer(date(2026, 3, 10), "b"), transfer(date(2026, 3, 12), "c")]


@pytest.mark.parametrize(
    ("unit", "worker"),
    [
        pytest.param("c", "w-1", id="(12) of the unit that has the work"),
        pytest.param("b", None, id="(12) not of one that had it"),
        pytest.param(None, None, id="(12) nor of none"),
    ],
)
def test_the_worker_is_the_present_units(unit: str | None, worker: str | None) -> None:
    held = clock(MOVED, INITIATION, "n1")._replace(worker="w-1")

    assert held.worker_of(unit) == worker


@pytest.mark.parametrize(
    ("as_of", "unit"),
    [
        pytest.param(RECEIVED, "a", id="(8) from its notification"),
        pytest.param(date(2026, 3, 9), "a", id="(8) the day before the transfer"),
        pytest.param(date(2026, 3, 10), "b", id="(8) the whole day of the transfer"),
        pytest.param(date(2026, 3, 12), "c", id="(8) the next transfer"),
        pytest.param(date(2027, 1, 1), "c", id="(8) for ever"),
    ],
)
def test_the_responsible_unit_has_the_work(as_of: date, unit: str) -> None:
    assert clock(MOVED, INITIATION, "n1").responsible_unit(as_of) == unit


@pytest.mark.parametrize(
    ("act", "as_of", "unit"),
    [
        pytest.param(None, date(2026, 3, 9), "a", id="(8) on the day asked about"),
        pytest.param(None, INITIATION_DUE, "b", id="(8) on the due day"),
        pytest.param(None, date(2026, 3, 20), "b", id="(8) as it was on the due day"),
        pytest.param(
            decision(date(2026, 3, 9)),
            date(2026, 3, 20),
            "a",
            id="(8) as it was on the day it was met",
        ),
        pytest.param(
            decision(date(2026, 3, 10)),
            date(2026, 3, 20),
            "b",
            id="(8) met on the day of the transfer",
        ),
        pytest.param(
            decision(date(2026, 3, 13)),
            date(2026, 3, 20),
            "b",
            id="(8) met late: as it was on the due day",
        ),
        pytest.param(
            closure(date(2026, 3, 9), ClosureReason.DIED),
            date(2026, 3, 20),
            "a",
            id="(8) as it was on the day it ended",
        ),
    ],
)
def test_the_accountable_unit_has_the_figure(
    act: CaseEvent | None, as_of: date, unit: str
) -> None:
    history = MOVED if act is None else [*MOVED, act]

    assert clock(history, INITIATION, "n1").accountable_unit(as_of) == unit


def test_8_the_unit_that_completes_a_revived_run_has_the_figure() -> None:
    history = [
        notification(RECEIVED, "n1", unit="a"),
        decision(date(2026, 3, 9), UNNECESSARY),
        transfer(date(2026, 3, 10), "b"),
        assessment(date(2026, 3, 11)),
    ]

    revived = clock(history, ASSESSMENT, "n1")

    assert revived.accountable_unit(date(2026, 3, 10)) == "a"  # as it stood then
    assert revived.accountable_unit(date(2026, 3, 11)) == "b"  # on the met day


def test_8_each_rule_of_a_case_has_an_accountable_unit_of_its_own() -> None:
    day = date(2026, 7, 1)

    assert clock(MOVED, INITIATION, "n1").accountable_unit(day) == "b"
    assert clock(MOVED, ASSESSMENT, "n1").accountable_unit(day) == "c"


def test_8_nobody_has_the_work_until_a_unit_is_named() -> None:
    history = [
        notification(RECEIVED, "n1", unit=None),
        transfer(date(2026, 3, 10), "b"),
    ]

    unnamed = clock(history, INITIATION, "n1")

    assert unnamed.responsible_unit(date(2026, 3, 9)) is None
    assert unnamed.responsible_unit(date(2026, 3, 10)) == "b"
    assert clock(history[:1], INITIATION, "n1").accountable_unit(RECEIVED) is None


def test_8_a_late_transfer_does_not_move_what_was_missed_before_it() -> None:
    history = [
        notification(RECEIVED, "n1", unit=None),
        transfer(date(2026, 3, 12), "b"),
    ]

    missed = clock(history, INITIATION, "n1")

    assert missed.accountable_unit(date(2026, 3, 20)) is None
    assert missed.responsible_unit(date(2026, 3, 20)) == "b"


# (9) Recorded late


def test_9_a_clock_tells_when_the_client_system_was_told() -> None:
    entered_at = datetime(2026, 3, 18, 9, tzinfo=UTC)
    decided = decision(INITIATION_DUE, registered_at=entered_at)

    initiation = clock([N1, decided], INITIATION, "n1")

    assert initiation.met_registered_at == entered_at
    assert initiation.verdict(date(2026, 3, 20)) is Verdict.IN_TIME


# What a clock says beside its dates


def test_a_clock_carries_what_its_act_decided() -> None:
    history = [N1, decision(date(2026, 3, 10)), assessment(date(2026, 6, 1))]

    assert clock([N1], INITIATION, "n1").outcome is None
    assert clock(history, INITIATION, "n1").outcome == "assessment_started"
    assert clock(history, ASSESSMENT, "n1").outcome == "no_client"


@pytest.mark.parametrize(
    ("rule", "version"), [(INITIATION, "LSL-26-2015"), (ASSESSMENT, "SHL-36-2015")]
)
def test_a_clock_carries_the_version_of_its_rule(rule: str, version: str) -> None:
    assert clock([N1], rule, "n1").version == version


def test_a_clock_carries_what_its_own_notification_says() -> None:
    data = NotificationReceived(
        entry=Entry.APPLICATION, matter=Matter.SPECIAL_SUPPORT_CHILD
    )
    n2 = notification(date(2026, 3, 5), "n2")._replace(data=data)

    first, second = (clock([N1, n2], INITIATION, name) for name in ("n1", "n2"))

    assert (first.entry, first.matter) == (Entry.REPORT, Matter.CHILD_PROTECTION)
    assert second.entry is Entry.APPLICATION
    assert second.matter is Matter.SPECIAL_SUPPORT_CHILD


UNKNOWN = Child()


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        pytest.param(
            Child(ref="p-1", mother_tongue="SO", citizenship="fi"),
            [Child(ref="p-2", mother_tongue="fi", citizenship="SE")],
            ("p-1", LanguageGroup.FOREIGN, NationalityGroup.FINNISH),
            id="what it says itself",
        ),
        pytest.param(
            UNKNOWN,
            [Child(ref="p-2", mother_tongue="sv", citizenship="SE")],
            ("p-2", LanguageGroup.SV, NationalityGroup.FOREIGN),
            id="what another of the case says",
        ),
        pytest.param(
            UNKNOWN,
            [UNKNOWN, Child(mother_tongue="se"), Child(ref="p-3", mother_tongue="fi")],
            ("p-3", LanguageGroup.SAMI, NationalityGroup.UNKNOWN),
            id="each from the first that says it",
        ),
        pytest.param(
            UNKNOWN,
            [UNKNOWN],
            (None, LanguageGroup.UNKNOWN, NationalityGroup.UNKNOWN),
            id="nobody says it",
        ),
    ],
)
def test_the_groups_of_a_clock_are(
    own: Child, others: list[Child], expected: tuple[object, ...]
) -> None:
    history = [notification(RECEIVED, "n1", child=own)]
    for number, child in enumerate(others, start=2):
        day = RECEIVED + timedelta(number)
        history.append(notification(day, f"n{number}", child=child))

    said = clock(history, INITIATION, "n1")

    assert (said.child_ref, said.language_group, said.nationality_group) == expected


def test_another_run_of_the_case_tells_the_groups_too() -> None:
    history = [
        notification(RECEIVED, "n1", child=UNKNOWN),
        decision(date(2026, 3, 3), UNNECESSARY),
        notification(date(2026, 3, 20), "n2", child=Child(mother_tongue="so")),
    ]

    for name in ("n1", "n2"):
        assert clock(history, INITIATION, name).language_group is LanguageGroup.FOREIGN


def test_groups_may_be_sent_instead_of_codes() -> None:
    data = NotificationReceived(
        entry=Entry.REPORT,
        language_group=LanguageGroup.SAMI,
        nationality_group=NationalityGroup.FOREIGN,
    )
    sent = N1._replace(data=data)

    said = clock([sent], INITIATION, "n1")

    assert said.language_group is LanguageGroup.SAMI
    assert said.nationality_group is NationalityGroup.FOREIGN


@pytest.mark.parametrize(
    ("entry", "age_years", "expected"),
    [
        pytest.param(Entry.REPORT, 7, AgeBand.AGE_7_12, id="the band"),
        pytest.param(Entry.REPORT, None, AgeBand.UNKNOWN, id="unknown"),
        pytest.param(Entry.ANTICIPATORY, None, AgeBand.UNBORN, id="unborn"),
        pytest.param(Entry.ANTICIPATORY, 0, AgeBand.UNBORN, id="unborn in any case"),
    ],
)
def test_the_age_is_that_at_pendency(
    entry: Entry, age_years: int | None, expected: AgeBand
) -> None:
    sent = notification(RECEIVED, "n1", entry=entry, child=Child(age_years=age_years))

    assert clock([sent], INITIATION, "n1").age_band is expected


# Monday 1.12.2025: three months end on Sunday 1.3.2026, and move on to Monday.
@pytest.mark.parametrize(
    ("done", "as_of", "hinges"),
    [
        pytest.param(date(2026, 3, 1), date(2026, 4, 1), False, id="on the strict day"),
        pytest.param(date(2026, 3, 2), date(2026, 4, 1), True, id="on the due day"),
        pytest.param(date(2026, 3, 3), date(2026, 4, 1), False, id="late either way"),
        pytest.param(None, date(2026, 3, 1), False, id="open on the strict day"),
        pytest.param(None, date(2026, 3, 2), True, id="open on the due day"),
        pytest.param(None, date(2026, 3, 3), False, id="open and late either way"),
        pytest.param(
            date(2026, 3, 3), date(2026, 3, 2), True, id="done after the day asked for"
        ),
    ],
)
def test_a_verdict_hangs_on_the_reading_between_strict_and_due_date(
    done: date | None, as_of: date, *, hinges: bool
) -> None:
    received = notification(date(2025, 12, 1), "n1")
    history = [received, assessment(done)] if done else [received]

    found = clock(history, ASSESSMENT, "n1")

    assert found.hinges_on_reading(as_of) is hinges


def test_a_clock_keeps_the_reasons_of_its_own_notification() -> None:
    second = notification(date(2026, 3, 3), "n2")._replace(
        data=NotificationReceived(entry=Entry.REPORT, reasons=("neglect", "violence")),
    )

    clocks = deadlines([N1, second], LAW)

    assert {each.started_by: each.reasons for each in clocks} == {
        "n1": (),
        "n2": ("neglect", "violence"),
    }
