"""A p-chart of a monthly rate: its centre line, its limits, and what stands out.

The limits are three standard errors of a binomial share on both sides of the centre, so
they widen where a month is small. Signals are compared in whole numbers: no rounding
decides on which side of the centre a month lies.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from app.domain.figures import DECIMALS

SIGMAS = 3
RUN = 8
TREND = 6


class SignalRule(StrEnum):
    """By which rule months stand out."""

    OUTSIDE = "point_outside_limits"
    RUN = "run_of_8"
    TREND = "trend_of_6"


class Side(StrEnum):
    """In which direction months stand out."""

    ABOVE = "above"
    BELOW = "below"
    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was due in a month, and what of it was in time.

    *is_over* tells that nothing more falls due in it; only then can it stand out.
    """

    month: str
    in_time: int
    due: int
    is_over: bool

    @property
    def share(self) -> Fraction:
        """Return the exact rate of a month in which anything was due."""
        return Fraction(self.in_time, self.due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Between which rates a month lies that is like the baseline."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Months that stand out together, in order."""

    rule: SignalRule
    side: Side
    months: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChart:
    """The months of a chart and its *centre*; None where the baseline has no rate."""

    points: tuple[Point, ...]
    centre: Fraction | None
    minimum_n: int

    def rate(self, point: Point) -> float | None:
        """Return the rate of *point*; None of fewer than the minimum."""
        if not self._is_rated(point):
            return None
        return round(float(point.share), DECIMALS)

    def limits(self, point: Point) -> Limits | None:
        """Return the limits at *point*; None where there is nothing to reckon with.

        A baseline in which everything was in time, or nothing, does not vary, so it
        tells no limits.
        """
        if self.centre is None or not 0 < self.centre < 1 or not point.due:
            return None
        centre = float(self.centre)
        reach = SIGMAS * math.sqrt(centre * (1 - centre) / point.due)
        return Limits(
            low=round(max(0.0, centre - reach), DECIMALS),
            high=round(min(1.0, centre + reach), DECIMALS),
        )

    def signals(self) -> tuple[Signal, ...]:
        """Return what stands out, rule by rule; months without a rate are passed over.

        A run or trend is told once, with all of its months.
        """
        points = [p for p in self.points if p.is_over and self._is_rated(p)]
        return (*self._outside(points), *self._runs(points), *_trends(points))

    def _is_rated(self, point: Point) -> bool:
        return point.due >= max(self.minimum_n, 1)

    def _outside(self, points: Sequence[Point]) -> Iterator[Signal]:
        for point in points:
            limits = self.limits(point)
            rate = self.rate(point)
            if limits is None or rate is None or limits.low <= rate <= limits.high:
                continue
            yield Signal(
                rule=SignalRule.OUTSIDE,
                side=Side.BELOW if rate < limits.low else Side.ABOVE,
                months=(point.month,),
            )

    def _runs(self, points: Sequence[Point]) -> Iterator[Signal]:
        """Give the runs on one side; a month on the line neither breaks nor counts."""
        centre = self.centre
        if centre is None:
            return
        off_centre = [point for point in points if point.share != centre]
        stretches = _stretches(
            off_centre, lambda a, b: (a.share > centre) == (b.share > centre)
        )
        for stretch in stretches:
            if len(stretch) >= RUN:
                is_above = stretch[0].share > centre
                side = Side.ABOVE if is_above else Side.BELOW
                yield _signal(SignalRule.RUN, side, stretch)


def centre_of(baseline: Sequence[Point]) -> Fraction | None:
    """Return the rate of all months of *baseline* together; None if nothing was due."""
    due = sum(point.due for point in baseline)
    return Fraction(sum(point.in_time for point in baseline), due) if due else None


def _trends(points: Sequence[Point]) -> Iterator[Signal]:
    rising = _stretches(points, lambda a, b: a.share < b.share)
    falling = _stretches(points, lambda a, b: a.share > b.share)
    for side, stretches in ((Side.RISING, rising), (Side.FALLING, falling)):
        for stretch in stretches:
            if len(stretch) >= TREND:
                yield _signal(SignalRule.TREND, side, stretch)


def _stretches(
    points: Sequence[Point], goes_on: Callable[[Point, Point], bool]
) -> list[list[Point]]:
    """Return *points* cut wherever one does not go on from the one before."""
    stretches = [[point] for point in points[:1]]
    for before, point in pairwise(points):
        if goes_on(before, point):
            stretches[-1].append(point)
        else:
            stretches.append([point])
    return stretches


def _signal(rule: SignalRule, side: Side, points: Sequence[Point]) -> Signal:
    return Signal(rule=rule, side=side, months=tuple(point.month for point in points))
