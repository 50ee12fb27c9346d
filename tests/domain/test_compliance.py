"""In time of what was due: published check values, columns and both bases."""

import statistics
from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.compliance import (
    Basis,
    Column,
    Frame,
    column_of,
    days_over,
)
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict, deadlines
from app.domain.events import (
    AssessmentOutcome,
    CaseEvent,
    ClosureReason,
    Entry,
    InitiationOutcome,
)
from app.domain.figures import (
    DaysOver,
    figures,
    percentiles,
    severity,
    wilson_interval,
)
from app.domain.law import Law
from app.domain.reporting_periods import parse_period
from tests import histories
from tests.factories import assessment, closure, decision, notification

LAW = Law()
UNNECESSARY = InitiationOutcome.OBVIOUSLY_UNNECESSARY

# Monday 2.3.2026: due 11.3. and 2.6.2026.
RECEIVED = date(2026, 3, 2)
N1 = notification(RECEIVED, "n1")
MARCH, JUNE, YEAR = (parse_period(code) for code in ("2026-03", "2026-06", "2026"))
LATER = date(2026, 12, 1)


def clock(history: list[CaseEvent], rule: str, started_by: str = "n1") -> Deadline:
    """Return the one clock of that rule and notification."""
    (found,) = (
        each
        for each in deadlines(history, LAW)
        if (each.rule, each.started_by) == (rule, started_by)
    )
    return found


# THL's published half-year 10/2016-3/2017


@pytest.mark.parametrize(
    ("rule", "in_time", "late", "published"),
    [
        # 49,685 + 1,019 = 50,704; 49,685 / 50,704 = 0.979903
        pytest.param(INITIATION, 49_685, 1_019, "97.990 %", id="7 working days"),
        # 19,873 + 1,350 = 21,223; 19,873 / 21,223 = 0.936390
        pytest.param(ASSESSMENT, 19_873, 1_350, "93.639 %", id="3 months"),
    ],
)
@pytest.mark.parametrize("basis", Basis)
def test_the_published_rates_come_out(
    rule: str, in_time: int, late: int, published: str, basis: Basis
) -> None:
    kept = [N1, decision(date(2026, 3, 11)), assessment(date(2026, 6, 2))]
    missed = [N1, decision(date(2026, 3, 12)), assessment(date(2026, 6, 3))]
    clocks = [clock(kept, rule)] * in_time + [clock(missed, rule)] * late

    found = figures(clocks, Frame(period=YEAR, as_of=LATER, basis=basis))

    assert found.due == in_time + late
    assert found.rate is not None
    assert f"{found.rate:.3%}".replace("%", " %") == published


# The interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # The same turned round.
        (20, 20, 0.8389, 1.0000),
        # By hand: 0.5 of 1, z² = 3.8415: z²/(1 + z²) = 0.7935.
        (0, 1, 0.0000, 0.7935),
        (1, 1, 0.2065, 1.0000),
    ],
)
def test_the_interval_is_wilsons(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=5e-5)


@given(n=st.integers(1, 100_000), data=st.data())
def test_the_interval_holds_the_rate(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))

    low, high = wilson_interval(successes, n)

    # All three are rounded to six decimals.
    assert 0 <= low <= successes / n + 1e-6
    assert successes / n - 1e-6 <= high <= 1


# Days over


@given(
    values=st.lists(st.integers(0, 400), min_size=2),
    tenths=st.integers(1, 9),
)
def test_a_percentile_is_interpolated_like_everyone_does(
    values: list[int], tenths: int
) -> None:
    """As numpy's default, spreadsheets and percentile_cont of SQL."""
    expected = statistics.quantiles(values, n=10, method="inclusive")[tenths - 1]

    assert percentiles(Counter(values), tenths / 10) == [pytest.approx(expected)]


@given(values=st.lists(st.integers(0, 400), min_size=1))
def test_severity_is_median_ninetieth_percentile_mean_and_maximum(
    values: list[int],
) -> None:
    found = severity(Counter(values))

    assert found is not None
    assert found.median == statistics.median(values)
    assert found.mean == pytest.approx(statistics.fmean(values), abs=1e-6)
    assert found.p90 is not None
    assert min(values) <= found.median <= found.p90 <= max(values) == found.maximum


def test_severity_of_one_is_that_one() -> None:
    assert severity(Counter([3])) == DaysOver(median=3, p90=3, mean=3, maximum=3)
    assert severity(Counter()) is None


@pytest.mark.parametrize(
    ("act", "as_of", "expected"),
    [
        # Due on Wednesday 11.3.
        pytest.param(None, date(2026, 3, 14), 3, id="open: until the day asked about"),
        pytest.param(decision(date(2026, 3, 13)), LATER, 2, id="done: until it was"),
        pytest.param(
            decision(date(2026, 3, 20)), date(2026, 3, 14), 3, id="not yet done"
        ),
        pytest.param(
            closure(date(2026, 3, 15), ClosureReason.DIED), LATER, 4, id="ended"
        ),
    ],
)
def test_days_over_are_calendar_days_after_the_due_day(
    act: CaseEvent | None, as_of: date, expected: int
) -> None:
    missed = clock([N1] if act is None else [N1, act], INITIATION)

    assert days_over(missed, as_of) == expected


def test_days_over_of_a_revived_run_reach_to_its_completion() -> None:
    """It was ended eight days late, and completed eighteen days late after all."""
    history = [
        N1,
        decision(date(2026, 6, 10), UNNECESSARY),
        assessment(date(2026, 6, 20)),
    ]

    revived = clock(history, ASSESSMENT)

    assert days_over(revived, date(2026, 6, 15)) == 8
    assert days_over(revived, date(2026, 6, 25)) == 18


# Columns

IN_TIME = [N1, decision(date(2026, 3, 11))]
LATE = [N1, decision(date(2026, 3, 12))]
VOID = [N1, closure(date(2026, 3, 11), ClosureReason.MOVED_AWAY)]
ENDED_LATE = [N1, closure(date(2026, 3, 12), ClosureReason.MOVED_AWAY)]
JOINED = [
    N1,
    decision(date(2026, 3, 3)),
    notification(date(2026, 3, 4), "n2"),
    decision(date(2026, 3, 5), answers=("n2",)),
]
UNBORN = [notification(RECEIVED, "n1", entry=Entry.ANTICIPATORY)]
DUE_DAY = date(2026, 3, 11)


@pytest.mark.parametrize(
    ("history", "as_of", "expected"),
    [
        pytest.param(IN_TIME, LATER, Column.IN_TIME, id="in time"),
        pytest.param(IN_TIME, DUE_DAY, Column.MET_NOT_YET_DUE, id="met, and due today"),
        pytest.param(
            IN_TIME, date(2026, 3, 12), Column.IN_TIME, id="met, and due yesterday"
        ),
        pytest.param(LATE, LATER, Column.LATE, id="late"),
        pytest.param(
            LATE, DUE_DAY, Column.OPEN_IN_TIME, id="decided later than the day asked"
        ),
        pytest.param([N1], DUE_DAY, Column.OPEN_IN_TIME, id="open, and due today"),
        pytest.param(
            [N1], date(2026, 3, 12), Column.OPEN_LATE, id="open, and due yesterday"
        ),
        pytest.param(VOID, LATER, Column.VOID, id="void"),
        pytest.param(ENDED_LATE, LATER, Column.LATE, id="ended after its due day"),
        pytest.param(UNBORN, LATER, Column.ANTICIPATORY, id="anticipatory"),
        pytest.param([N1], date(2026, 3, 1), None, id="not yet started"),
    ],
)
def test_a_clock_due_in_the_period_is_counted_in_one_column(
    history: list[CaseEvent], as_of: date, expected: Column | None
) -> None:
    initiation = clock(history, INITIATION)

    def column(code: str) -> Column | None:
        period = parse_period(code)
        return column_of(initiation, Frame(period=period, as_of=as_of, basis=Basis.DUE))

    assert column("2026-03") == expected
    assert column("2026-02") is None
    assert column("2026-04") is None


def test_a_joined_clock_stands_beside_the_rate_whatever_became_of_it() -> None:
    joined = clock(JOINED, INITIATION, "n2")

    for basis in Basis:
        found = column_of(joined, Frame(period=MARCH, as_of=LATER, basis=basis))
        assert found is Column.JOINED


@pytest.mark.parametrize(
    ("history", "started_by", "expected"),
    [
        pytest.param(IN_TIME, "n1", Column.IN_TIME, id="in time"),
        pytest.param(LATE, "n1", Column.LATE, id="late"),
        pytest.param([N1], "n1", Column.OPEN_LATE, id="open"),
        pytest.param(VOID, "n1", Column.VOID, id="void"),
        pytest.param(UNBORN, "n1", Column.ANTICIPATORY, id="anticipatory"),
        pytest.param(
            [N1, notification(date(2026, 3, 3), "n2"), decision(date(2026, 3, 4))],
            "n2",
            Column.EXCLUDED,
            id="a repeated notification is no matter of its own",
        ),
        pytest.param(
            [N1, decision(date(2026, 3, 4), InitiationOutcome.EXISTING_CLIENT)],
            "n1",
            Column.EXCLUDED,
            id="an existing client",
        ),
        pytest.param(
            [N1, decision(date(2026, 3, 13), InitiationOutcome.WRONG_OR_DUPLICATE)],
            "n1",
            Column.EXCLUDED,
            id="wrong or duplicate",
        ),
    ],
)
def test_on_thls_basis_matters_count_where_they_became_pending(
    history: list[CaseEvent], started_by: str, expected: Column
) -> None:
    initiation = clock(history, INITIATION, started_by)

    def column(code: str) -> Column | None:
        period = parse_period(code)
        return column_of(initiation, Frame(period=period, as_of=LATER, basis=Basis.THL))

    assert column("2026-03-02..2026-03-03") == expected
    assert column("2026-03-04..2026-12-31") is None


def test_on_thls_basis_a_decision_still_to_come_excludes_nothing() -> None:
    history = [N1, decision(date(2026, 3, 4), InitiationOutcome.EXISTING_CLIENT)]
    initiation = clock(history, INITIATION)

    found = column_of(
        initiation, Frame(period=MARCH, as_of=date(2026, 3, 3), basis=Basis.THL)
    )

    assert found is Column.OPEN_IN_TIME


COMPLETED = [N1, decision(date(2026, 3, 11)), assessment(date(2026, 6, 2))]


@pytest.mark.parametrize(
    ("history", "code", "as_of", "expected"),
    [
        pytest.param(COMPLETED, "2026-06", LATER, Column.IN_TIME, id="completed in it"),
        pytest.param(COMPLETED, "2026-05", LATER, None, id="completed after it"),
        pytest.param(COMPLETED, "2026-07", LATER, None, id="completed before it"),
        pytest.param(
            COMPLETED,
            "2026-06",
            date(2026, 6, 1),
            Column.OPEN_IN_TIME,
            id="still to be completed",
        ),
        pytest.param(
            [N1, assessment(date(2026, 6, 3))],
            "2026-06",
            LATER,
            Column.LATE,
            id="completed late",
        ),
        pytest.param(
            [N1], "2026-06", LATER, Column.OPEN_LATE, id="open, in no published figure"
        ),
        pytest.param([N1], "2026-02", LATER, None, id="pending only after it"),
        pytest.param(
            [N1, assessment(date(2026, 6, 3), AssessmentOutcome.INTERRUPTED)],
            "2026-06",
            LATER,
            None,
            id="interrupted is not completed",
        ),
        pytest.param(
            [N1, decision(date(2026, 6, 1), UNNECESSARY)],
            "2026-06",
            LATER,
            None,
            id="unnecessary is not completed",
        ),
        pytest.param(
            [
                N1,
                decision(date(2026, 3, 4), UNNECESSARY),
                assessment(date(2026, 6, 3)),
            ],
            "2026-06",
            LATER,
            Column.LATE,
            id="revived and completed",
        ),
        pytest.param(UNBORN, "2026-06", LATER, Column.ANTICIPATORY, id="anticipatory"),
        pytest.param(
            [*UNBORN, assessment(date(2026, 6, 2))],
            "2026-06",
            LATER,
            Column.ANTICIPATORY,
            id="anticipatory and completed",
        ),
    ],
)
def test_on_thls_basis_assessments_count_where_they_were_completed(
    history: list[CaseEvent], code: str, as_of: date, expected: Column | None
) -> None:
    found = column_of(
        clock(history, ASSESSMENT),
        Frame(period=parse_period(code), as_of=as_of, basis=Basis.THL),
    )

    assert found == expected


@given(cases=histories.several_cases(), data=st.data())
def test_the_columns_of_the_honest_figure_are_parts_of_a_whole(
    cases: list[CaseEvent], data: st.DataObject
) -> None:
    """Every clock that was started and falls due in the period is in one column."""
    clocks = [
        each
        for history in histories.by_case(cases).values()
        for each in deadlines(history, LAW)
    ]
    period = parse_period(data.draw(st.sampled_from(["2024", "2024-T1", "2024-05"])))
    as_of = data.draw(st.dates(date(2024, 1, 1), date(2026, 2, 1)))

    found = figures(clocks, Frame(period=period, as_of=as_of, basis=Basis.DUE))

    known = [c for c in clocks if c.started_on <= as_of and c.due_on in period]
    assert sum(found.counts.values()) == len(known)
    counted = [c for c in known if not c.joined and c.entry is not Entry.ANTICIPATORY]
    fell_due = [
        c for c in counted if c.due_on < as_of and c.verdict(as_of) is not Verdict.VOID
    ]
    late = [c for c in counted if c.verdict(as_of) in (Verdict.LATE, Verdict.OPEN_LATE)]
    assert found.due == len(fell_due)
    assert found.counts[Column.LATE] + found.counts[Column.OPEN_LATE] == len(late)
    assert (found.days_over is None) == (not late)


def test_nothing_due_has_no_rate() -> None:
    found = figures([], Frame(period=MARCH, as_of=LATER, basis=Basis.DUE))

    assert (found.due, found.rate, found.interval) == (0, None, None)
    assert found.days_over is None


def test_the_figures_of_a_month() -> None:
    clocks = [clock(history, INITIATION) for history in (IN_TIME, LATE, [N1], VOID)]

    found = figures(
        clocks, Frame(period=MARCH, as_of=date(2026, 3, 14), basis=Basis.DUE)
    )

    assert (found.due, found.rate) == (3, 0.333333)
    assert found.interval == wilson_interval(1, 3)
    assert found.counts[Column.VOID] == 1
    # One day late when it was decided, and three days late and still open.
    assert found.days_over == DaysOver(median=2, p90=2.8, mean=2, maximum=3)
