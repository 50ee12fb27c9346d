"""Differences of rates: published intervals, and comparison within strata."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from app.domain.equity import (
    Difference,
    Reason,
    Share,
    Standing,
    Stratum,
    why_not_standardised,
)
from app.inference import difference, standardised_difference

shares = st.tuples(st.integers(0, 60), st.integers(1, 60)).map(
    lambda pair: Share(min(pair), max(pair))
)
strata = st.lists(st.builds(Stratum, shares, shares), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("group", "reference", "points", "interval"),
    [
        # Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10.
        pytest.param((56, 70), (48, 80), 20.0, (5.24, 33.39), id="a"),
        pytest.param((9, 10), (3, 10), 60.0, (17.05, 80.90), id="b"),
        pytest.param((5, 56), (0, 29), 8.93, (-3.81, 19.26), id="d"),
        pytest.param((0, 10), (0, 20), 0.0, (-16.11, 27.75), id="e"),
        pytest.param((10, 10), (0, 20), 100.0, (67.91, 100.0), id="g"),
    ],
)
def test_the_interval_is_newcombes(
    group: tuple[int, int],
    reference: tuple[int, int],
    points: float,
    interval: tuple[float, float],
) -> None:
    found = difference(Share(*group), Share(*reference), comparisons=1)

    assert found.points == pytest.approx(points, abs=0.005)
    assert found.interval == pytest.approx(interval, abs=0.005)


@pytest.mark.parametrize(
    ("in_time", "comparisons", "standing"),
    [
        pytest.param(80, 1, Standing.LOWER, id="far below"),
        pytest.param(98, 1, Standing.HIGHER, id="far above"),
        pytest.param(90, 1, Standing.CANNOT_TELL, id="alike"),
        pytest.param(83, 1, Standing.LOWER, id="just below, alone"),
        pytest.param(83, 3, Standing.CANNOT_TELL, id="just below, one of three"),
    ],
)
def test_with_each_group_that_is_compared_it_takes_more_to_differ(
    in_time: int, comparisons: int, standing: Standing
) -> None:
    found = difference(Share(in_time, 100), Share(900, 1_000), comparisons=comparisons)

    assert found.standing is standing


def test_a_group_in_the_worse_unit_is_no_worse_than_others_there() -> None:
    # A unit that keeps 95 % and one that keeps 60 %, whatever the group.
    good = Stratum(group=Share(19, 20), reference=Share(380, 400))
    bad = Stratum(group=Share(60, 100), reference=Share(60, 100))

    crude = difference(Share(79, 120), Share(440, 500), comparisons=1)
    within = standardised_difference([good, bad], comparisons=1)

    assert crude.standing is Standing.LOWER
    assert isinstance(within, Difference)
    assert within.points == pytest.approx(0, abs=1e-4)
    assert within.standing is Standing.CANNOT_TELL


def test_within_strata_it_is_the_difference_of_mantel_and_haenszel() -> None:
    # Weights 20 · 80 / 100 = 16 and 50 · 50 / 100 = 25; differences -0.1 and -0.2.
    found = standardised_difference(
        [Stratum(Share(16, 20), Share(72, 80)), Stratum(Share(20, 50), Share(30, 50))],
        comparisons=1,
    )

    assert isinstance(found, Difference)
    assert found.points == pytest.approx(-100 * (1.6 + 5) / 41, abs=1e-4)


@given(strata=strata)
def test_taking_stratum_means_out_is_an_effect_of_each_stratum(
    strata: list[Stratum],
) -> None:
    assume(why_not_standardised(strata) is None)

    found = standardised_difference(strata, comparisons=1)

    kept, columns = [], []
    for number, stratum in enumerate(strata):
        for share, is_of_group in ((stratum.group, 1.0), (stratum.reference, 0.0)):
            effects = [float(number == other) for other in range(len(strata))]
            kept += [1.0] * share.in_time + [0.0] * (share.due - share.in_time)
            columns += [[is_of_group, *effects]] * share.due
    fitted = OLS(kept, columns).fit(cov_type="HC1")
    if isinstance(found, Reason):
        assert fitted.bse[0] == pytest.approx(0, abs=1e-6)
        return
    assert found.points == pytest.approx(100 * fitted.params[0], abs=1e-3)
    low, high = fitted.conf_int(0.05)[0]
    assert found.interval == pytest.approx((100 * low, 100 * high), abs=1e-3)


@given(group=shares, reference=shares, strata=strata, comparisons=st.integers(1, 4))
def test_whatever_the_numbers_there_is_an_answer(
    group: Share, reference: Share, strata: list[Stratum], comparisons: int
) -> None:
    found = difference(group, reference, comparisons=comparisons)

    assert -100 <= found.interval[0] <= found.points <= found.interval[1] <= 100
    if why_not_standardised(strata) is None:
        within = standardised_difference(strata, comparisons=comparisons)
        if isinstance(within, Difference):
            assert within.interval[0] < within.points < within.interval[1]


def test_where_the_group_decides_everything_no_interval_is_made_up() -> None:
    found = standardised_difference(
        [Stratum(Share(0, 30), Share(30, 30))], comparisons=1
    )

    assert found is Reason.NO_VARIATION
