"""From values to places on an axis, with marks at round numbers."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from app.domain.texts import Language
from app.exports import numbers
from app.exports.charts.model import Unit

_STEPS = (1, 2, 5, 10)
_MOST_TICKS = 6
# Gaps of less than a point on either side look like none, as they should.
_LEAST_GAP = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The values from *low* to *high* on the places from *start* to *end*."""

    low: float
    high: float
    start: float
    end: float
    step: float

    def __call__(self, value: float) -> float:
        """Return the place of *value*."""
        part = (value - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    @property
    def ticks(self) -> list[float]:
        """Return the round values on the axis."""
        count = round((self.high - self.low) / self.step)
        return [self.low + index * self.step for index in range(count + 1)]


def scale(
    values: Iterable[float | None], unit: Unit, *, start: float, end: float
) -> Scale:
    """Return a scale on which all *values* of *unit* have a place.

    Counts begin at nothing, shares end at one, differences have zero among them.
    """
    shown = [value for value in values if value is not None]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    match unit:
        case Unit.SHARE:
            low, high = min(low, 0.9) if shown else 0.0, 1.0
        case Unit.COUNT:
            low, high = min(low, 0.0), max(high, 1.0)
        case Unit.POINTS:
            low, high = min(low, -_LEAST_GAP), max(high, _LEAST_GAP)
        case _:
            assert_never(unit)
    step = _step(high - low, whole=unit is Unit.COUNT)
    # A little is taken off, so that 0.3 / 0.1 is not taken for more than three.
    low = math.floor(low / step + 1e-9) * step
    high = math.ceil(high / step - 1e-9) * step
    return Scale(low=low, high=high, start=start, end=end, step=step)


def label(value: float, unit: Unit, language: Language) -> str:
    """Return what stands at a mark of an axis."""
    if unit is Unit.SHARE:
        return numbers.whole_share(value, language)
    return written(value, unit, language)


def written(value: float, unit: Unit, language: Language) -> str:
    """Return *value* as it stands beside its mark."""
    match unit:
        case Unit.COUNT:
            return numbers.count(round(value), language)
        case Unit.SHARE:
            return numbers.share(value, language)
        case Unit.POINTS:
            return numbers.points(value, language)
        case _:
            assert_never(unit)


def _step(length: float, *, whole: bool) -> float:
    """Return the least round step that needs no more ticks than there is room for."""
    power = 10.0 ** math.floor(math.log10(length / _MOST_TICKS))
    step = next(
        each * power for each in _STEPS if each * power * _MOST_TICKS >= length * 0.999
    )
    return max(step, 1) if whole else step
