"""Run charts: limits that widen, and the three rules by which months stand out."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.run_chart import (
    Limits,
    Point,
    RunChart,
    Side,
    Signal,
    SignalRule,
    centre_of,
)

CENTRE = Fraction(9, 10)
RUN, TREND = SignalRule.RUN, SignalRule.TREND
ABOVE, BELOW, RISING, FALLING = Side
DIP = (SignalRule.OUTSIDE, BELOW, 1)
PEAK = (SignalRule.OUTSIDE, ABOVE, 1)


def points(*in_time: int, due: int = 100) -> tuple[Point, ...]:
    """Return months in order, each with how many of *due* were in time."""
    return tuple(
        Point(
            month=f"{2024 + n // 12}-{n % 12 + 1:02}",
            in_time=each,
            due=due,
            is_over=True,
        )
        for n, each in enumerate(in_time)
    )


def chart(
    *months: Point, centre: Fraction | None = CENTRE, minimum_n: int = 5
) -> RunChart:
    return RunChart(points=months, centre=centre, minimum_n=minimum_n)


def found(run_chart: RunChart) -> list[tuple[SignalRule, Side, int]]:
    return [(s.rule, s.side, len(s.months)) for s in run_chart.signals()]


def test_the_centre_is_the_rate_of_all_months_together() -> None:
    assert centre_of([*points(9, due=10), *points(40, due=90)]) == Fraction(49, 100)
    assert centre_of(points(0, due=0)) is None
    assert centre_of([]) is None


@pytest.mark.parametrize(
    ("due", "limits"),
    [
        # 0.9 ± 3 √(0.09 / n)
        pytest.param(900, Limits(low=0.87, high=0.93), id="900: 3 * 0.01"),
        pytest.param(100, Limits(low=0.81, high=0.99), id="100: 3 * 0.03"),
        pytest.param(36, Limits(low=0.75, high=1.0), id="36: 3 * 0.05, at most 1"),
        pytest.param(1, Limits(low=0.0, high=1.0), id="1: at least 0"),
        pytest.param(0, None, id="nothing was due"),
    ],
)
def test_limits_widen_where_a_month_is_small(due: int, limits: Limits | None) -> None:
    (month,) = points(0, due=due)

    assert chart(month).limits(month) == limits


@pytest.mark.parametrize("centre", [None, Fraction(0), Fraction(1)])
def test_a_baseline_that_does_not_vary_tells_no_limits(
    centre: Fraction | None,
) -> None:
    (month,) = points(50)

    assert chart(month, centre=centre).limits(month) is None
    assert found(chart(month, centre=centre)) == []


@pytest.mark.parametrize(
    ("in_time", "signals"),
    [
        pytest.param(81, [], id="on the lower limit"),
        pytest.param(80, [DIP], id="below it"),
        pytest.param(99, [], id="on the upper limit"),
        pytest.param(100, [PEAK], id="above it"),
    ],
)
def test_a_point_outside_the_limits(
    in_time: int, signals: list[tuple[SignalRule, Side, int]]
) -> None:
    assert found(chart(*points(in_time))) == signals


@pytest.mark.parametrize(
    ("in_time", "signals"),
    [
        pytest.param([91, 92] * 3 + [91], [], id="seven above"),
        pytest.param([91, 92] * 4, [(RUN, ABOVE, 8)], id="eight above"),
        pytest.param([89, 88] * 5, [(RUN, BELOW, 10)], id="ten below"),
        pytest.param(
            [91, 92] * 3 + [90, 91, 92],
            [(RUN, ABOVE, 8)],
            id="one on the line",
        ),
        pytest.param([91, 92] * 3 + [89, 91, 92], [], id="one beyond"),
    ],
)
def test_a_run_on_one_side_of_the_centre(
    in_time: list[int], signals: list[tuple[SignalRule, Side, int]]
) -> None:
    assert found(chart(*points(*in_time))) == signals


@pytest.mark.parametrize(
    ("in_time", "signals"),
    [
        pytest.param([88, 89, 90, 91, 92], [], id="five rising"),
        pytest.param(
            [88, 89, 90, 91, 92, 93],
            [(TREND, RISING, 6)],
            id="six rising",
        ),
        pytest.param(
            [94, 93, 92, 90, 89, 88, 87],
            [(TREND, FALLING, 7)],
            id="seven falling",
        ),
        pytest.param([88, 89, 90, 90, 91, 92, 93], [], id="two alike break"),
        pytest.param(
            [88, 89, 90, 91, 92, 93, 92, 91, 90, 89, 88],
            [(TREND, RISING, 6), (TREND, FALLING, 6)],
            id="up and down share the peak",
        ),
    ],
)
def test_a_trend(
    in_time: list[int], signals: list[tuple[SignalRule, Side, int]]
) -> None:
    assert found(chart(*points(*in_time))) == signals


def test_a_signal_names_its_months() -> None:
    assert chart(*points(90, 80)).signals() == (
        Signal(rule=SignalRule.OUTSIDE, side=BELOW, months=("2024-02",)),
    )


def test_a_month_of_too_few_has_no_rate_and_is_passed_over() -> None:
    few = Point(month="2023-12", in_time=0, due=4, is_over=True)
    high = points(*([91, 92] * 4))

    with_few = chart(*high[:4], few, *high[4:])

    assert with_few.rate(few) is None
    assert with_few.limits(few) is not None
    assert found(with_few) == [(RUN, ABOVE, 8)]
    assert found(chart(few)) == []


def test_a_month_that_is_not_over_cannot_stand_out() -> None:
    unfinished = Point(month="2026-11", in_time=0, due=50, is_over=False)

    assert found(chart(unfinished)) == []
    assert chart(unfinished).rate(unfinished) == 0.0


@given(
    months=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
            lambda pair: Point(
                month="2024-01", in_time=min(pair), due=max(pair), is_over=True
            )
        ),
        max_size=30,
    ),
    minimum_n=st.integers(0, 10),
)
def test_any_months_make_a_chart(months: list[Point], minimum_n: int) -> None:
    run_chart = chart(*months, centre=centre_of(months), minimum_n=minimum_n)

    for signal in run_chart.signals():
        least = {SignalRule.OUTSIDE: 1, RUN: 8, TREND: 6}
        assert len(signal.months) >= least[signal.rule]
    for point in months:
        limits, rate = run_chart.limits(point), run_chart.rate(point)
        assert limits is None or 0 <= limits.low <= limits.high <= 1
        assert (rate is None) == (point.due < max(minimum_n, 1))
