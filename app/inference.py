"""Differences of rates, with intervals: statsmodels does the statistics.

Its modules take two seconds to import, so whoever compares nothing does not wait.
"""

from collections.abc import Sequence

from app.domain.equity import (
    LEVEL,
    Difference,
    Reason,
    Share,
    Standing,
    Stratum,
)

DECIMALS = 4
# Below this an error is no error but what is left of the arithmetic.
NO_ERROR = 1e-9


def difference(group: Share, reference: Share, *, comparisons: int) -> Difference:
    """Return how the rates differ, with Newcombe's hybrid score interval.

    It is one of *comparisons*, among which the chance of a false alarm is divided
    (Bonferroni).
    """
    from statsmodels.stats.proportion import (  # noqa: PLC0415 (slow, see above)
        confint_proportions_2indep,
    )

    def interval(alpha: float) -> tuple[float, float]:
        low, high = confint_proportions_2indep(
            *group, *reference, method="newcomb", compare="diff", alpha=alpha
        )
        return float(low), float(high)

    return _difference(
        group.in_time / group.due - reference.in_time / reference.due,
        interval(_alpha()),
        interval(_alpha(comparisons)),
    )


def standardised_difference(
    strata: Sequence[Stratum], *, comparisons: int
) -> Difference | Reason:
    """Return how the rates differ within *strata*, each of which has both.

    There is enough in them (``equity.why_not_standardised``).

    It is the least squares estimate of the effect of the group beside an effect of each
    stratum, which is the Mantel-Haenszel difference, with errors that allow the rates
    to vary (HC1). Stratum means are taken out first: that gives the same estimate, and
    the same errors once the degrees of freedom are those of the whole, without a column
    for each stratum.
    """
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415 (slow)

    kept, belongs = _centred(strata)
    model = OLS(kept, belongs)
    model.df_resid = len(kept) - len(strata) - 1
    fitted = model.fit(cov_type="HC1")
    if fitted.bse[0] < NO_ERROR:
        return Reason.NO_VARIATION

    def interval(alpha: float) -> tuple[float, float]:
        low, high = fitted.conf_int(alpha)[0]
        return float(low), float(high)

    return _difference(
        float(fitted.params[0]), interval(_alpha()), interval(_alpha(comparisons))
    )


def _centred(strata: Sequence[Stratum]) -> tuple[list[float], list[float]]:
    """Return for each deadline whether it was kept, and whether it is of the group.

    Both are less the mean of its stratum.
    """
    kept: list[float] = []
    belongs: list[float] = []
    for stratum in strata:
        both = stratum.both
        rate, weight = both.in_time / both.due, stratum.group.due / both.due
        for share, is_of_group in ((stratum.group, 1.0), (stratum.reference, 0.0)):
            missed = share.due - share.in_time
            kept += [1.0 - rate] * share.in_time + [-rate] * missed
            belongs += [is_of_group - weight] * share.due
    return kept, belongs


def _alpha(comparisons: int = 1) -> float:
    return (1 - LEVEL) / comparisons


def _difference(
    difference: float,
    interval: tuple[float, float],
    joint_interval: tuple[float, float],
) -> Difference:
    low, high = interval
    return Difference(
        points=_points(difference),
        interval=(_points(low), _points(high)),
        standing=_standing(*joint_interval),
    )


def _standing(low: float, high: float) -> Standing:
    if high < 0:
        return Standing.LOWER
    return Standing.HIGHER if low > 0 else Standing.CANNOT_TELL


def _points(share: float) -> float:
    return round(100 * share, DECIMALS)
