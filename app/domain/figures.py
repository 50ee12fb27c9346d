"""Tallies of deadlines, which can be added, and the figures that they make."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate
from statistics import NormalDist
from typing import TypeVar

from app.domain.compliance import (
    DENOMINATOR,
    MISSED,
    Basis,
    Column,
    Fact,
    Frame,
    Judged,
    judged,
)
from app.domain.deadlines import Deadline

Z_95 = NormalDist().inv_cdf(0.975)
# To so many decimals shares and days are rounded, wherever they are told.
DECIMALS = 6


class Number(StrEnum):
    """Every number of a cell: how many deadlines of it are so.

    Each deadline is in one of the columns; the others tell of some of them apart.
    """

    DUE = "due"
    IN_TIME = Column.IN_TIME.value
    LATE = Column.LATE.value
    OPEN_LATE = Column.OPEN_LATE.value
    OPEN_IN_TIME = Column.OPEN_IN_TIME.value
    MET_NOT_YET_DUE = Column.MET_NOT_YET_DUE.value
    JOINED = Column.JOINED.value
    ANTICIPATORY = Column.ANTICIPATORY.value
    VOID = Column.VOID.value
    EXCLUDED = Column.EXCLUDED.value
    RECORDED_LATE = "recorded_late"
    ENTRY_UNKNOWN = "entry_unknown"
    CORRECTED = "corrected_verdicts"
    HINGING = "hinging_verdicts"
    IN_TIME_BY_READING = "in_time_by_reading"
    WITHIN_LIMIT = "within_limit"
    OVER_LIMIT = "over_limit"
    FAR_OVER_LIMIT = "far_over_limit"


BANDS = (Number.WITHIN_LIMIT, Number.OVER_LIMIT, Number.FAR_OVER_LIMIT)


@dataclass(slots=True)
class Tally:
    """How many deadlines are counted how; the empty one adds nothing.

    *days_over* are those of the missed ones, *days_taken* those of what was done, where
    they were asked for.
    """

    # Not counters, which take three times as long over so few.
    facts: dict[Fact, int] = field(default_factory=dict)
    days_over: dict[int, int] = field(default_factory=dict)
    days_taken: dict[int, int] = field(default_factory=dict)

    def count(self, each: Judged, times: int = 1) -> None:
        """Count *times* deadlines that are judged as *each*."""
        fact, days_over, days_taken = each
        self.facts[fact] = self.facts.get(fact, 0) + times
        if days_over is not None:
            self.days_over[days_over] = self.days_over.get(days_over, 0) + times
        if days_taken is not None:
            self.days_taken[days_taken] = self.days_taken.get(days_taken, 0) + times

    def add(self, other: "Tally") -> None:
        """Count also what *other* has counted."""
        _add(self.facts, other.facts)
        _add(self.days_over, other.days_over)
        _add(self.days_taken, other.days_taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOver:
    """How late the missed ones are, in calendar days after the due date.

    *median* and *p90* are None of fewer than the report's minimum.
    """

    median: float | None
    p90: float | None
    mean: float
    maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The numbers of one cell of a report, and the rate they make."""

    basis: Basis
    minimum_n: int
    numbers: dict[Number, int]
    days_over: DaysOver | None
    days_taken: dict[int, int]

    @property
    def counts(self) -> dict[Column, int]:
        """Return how many deadlines are in each column."""
        return {column: self.numbers[Number(column.value)] for column in Column}

    @property
    def due(self) -> int:
        """Return how many deadlines the rate is taken of."""
        return self.numbers[Number.DUE]

    @property
    def rate(self) -> float | None:
        """Return the share done in time; None of fewer than the minimum."""
        if self.due < self.minimum_n:
            return None
        return round(self.numbers[Number.IN_TIME] / self.due, DECIMALS)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % Wilson interval of the rate; None where there is no rate."""
        if self.due < self.minimum_n:
            return None
        return wilson_interval(self.numbers[Number.IN_TIME], self.due)


_NOTHING = dict.fromkeys(Number, 0)
_Counted = TypeVar("_Counted")


def figures_of(tally: Tally, basis: Basis, minimum_n: int = 1) -> Figures:
    """Return the figures that *tally* makes; of less than *minimum_n* no rate."""
    numbers = _NOTHING.copy()
    for fact, times in tally.facts.items():
        for number in numbers_of(fact, basis):
            numbers[number] += times
    return Figures(
        basis=basis,
        minimum_n=minimum_n,
        numbers=numbers,
        days_over=severity(tally.days_over, minimum_n),
        days_taken=dict(sorted(tally.days_taken.items())),
    )


def figures(
    deadlines: Iterable[Deadline], frame: Frame, live_since: date | None = None
) -> Figures:
    """Return the figures of *deadlines*, whose source is live since *live_since*."""
    return figures_of(tally_of(deadlines, frame, live_since), frame.basis)


def tally_of(
    deadlines: Iterable[Deadline], frame: Frame, live_since: date | None = None
) -> Tally:
    """Return the tally of *deadlines*, whose source is live since *live_since*."""
    tally = Tally()
    for deadline in deadlines:
        if each := judged(deadline, frame, live_since):
            tally.count(each)
    return tally


@cache
def numbers_of(fact: Fact, basis: Basis) -> tuple[Number, ...]:
    """Return every number in which a deadline of *fact* is counted."""
    in_time = fact.column is Column.IN_TIME
    missed = fact.column in MISSED
    also = {
        Number.DUE: fact.column in DENOMINATOR[basis],
        Number.RECORDED_LATE: in_time and fact.recorded_late is True,
        Number.ENTRY_UNKNOWN: in_time and fact.recorded_late is None,
        Number.CORRECTED: fact.corrected,
        Number.HINGING: fact.hinging,
        Number.IN_TIME_BY_READING: in_time and fact.hinging,
        Number.WITHIN_LIMIT: in_time,
        Number.OVER_LIMIT: missed and not fact.far_over,
        Number.FAR_OVER_LIMIT: missed and fact.far_over,
    }
    return (Number(fact.column.value), *(name for name, so in also.items() if so))


def severity(days_over: Mapping[int, int], minimum_n: int = 1) -> DaysOver | None:
    """Return how late those of *days_over* are; None if nothing is late."""
    n = sum(days_over.values())
    if not n:
        return None
    median = p90 = None
    if n >= minimum_n:
        median, p90 = percentiles(days_over, 0.5, 0.9)
    total = sum(days * times for days, times in days_over.items())
    return DaysOver(
        median=median, p90=p90, mean=round(total / n, DECIMALS), maximum=max(days_over)
    )


def percentiles(values: Mapping[int, int], *shares: float) -> list[float]:
    """Return the values below which *shares* lie, interpolated between neighbours."""
    ordered = sorted(values)
    ends = list(accumulate(map(values.__getitem__, ordered)))
    found = []
    for share in shares:
        place = share * (ends[-1] - 1)
        below = ordered[bisect_right(ends, math.floor(place))]
        above = ordered[bisect_right(ends, math.ceil(place))]
        found.append(round(below + (above - below) * (place % 1), DECIMALS))
    return found


@lru_cache(maxsize=4096)
def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of *successes* of *n*, with n > 0."""
    share = successes / n
    centre = share + Z_95**2 / (2 * n)
    margin = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    scale = 1 + Z_95**2 / n
    low = max(0.0, (centre - margin) / scale)
    high = min(1.0, (centre + margin) / scale)
    return round(low, DECIMALS), round(high, DECIMALS)


def _add(mine: dict[_Counted, int], theirs: Mapping[_Counted, int]) -> None:
    for each, times in theirs.items():
        mine[each] = mine.get(each, 0) + times
