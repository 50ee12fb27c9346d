"""What is drawn: charts as plain values, from which picture and table are made."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Unit(StrEnum):
    """What the values of a chart are: things, shares, or differences of shares."""

    COUNT = "count"
    SHARE = "share"
    POINTS = "points"


class Mark(StrEnum):
    """The shapes that tell values apart where there may be no colour."""

    DOT = "dot"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    SQUARE = "square"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line against which values are read, such as a target."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its 95 % interval, of *count* things; None where none is shown."""

    label: str
    count: int | None
    value: float | None
    low: float | None
    high: float | None
    mark: Mark = Mark.DOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """Estimates below each other; *legend* tells what the shapes of marks mean."""

    code: str
    title: str
    description: str
    unit: Unit
    estimates: tuple[Estimate, ...]
    limit: Limit | None = None
    legend: tuple[tuple[Mark, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One period of a run chart, and the limits between which chance moves it.

    *signal* names the rule by which it is more than chance.
    """

    label: str
    count: int | None
    value: float | None
    low: float | None
    high: float | None
    signal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A share over time with its *centre*, if there is one.

    The first *baseline* points fixed it.
    """

    code: str
    title: str
    description: str
    points: tuple[Point, ...]
    centre: Limit | None
    baseline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many fall between two bounds."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """A distribution; the first *within* bins lie before the limit."""

    code: str
    title: str
    description: str
    axis: str
    bins: tuple[Bin, ...]
    within: int
    limit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: a value, or None, for each of its labels."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Several values over time."""

    code: str
    title: str
    description: str
    unit: Unit
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    limit: Limit | None = None


Chart: TypeAlias = Intervals | Run | Bins | Lines
