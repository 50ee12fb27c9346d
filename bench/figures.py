"""A measured figure beside the bar that it is meant to reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured, and the *bar*: at least so many times, or at most so much.

    A figure without a bar is told for the reader.
    """

    name: str
    value: float
    unit: str = "x"
    at_least: float | None = None
    at_most: float | None = None

    @property
    def bar(self) -> str:
        if self.at_least is not None:
            return f">= {self.at_least:g} {self.unit}"
        return "" if self.at_most is None else f"<= {self.at_most:g} {self.unit}"

    @property
    def verdict(self) -> str:
        if self.at_least is not None:
            return "met" if self.value >= self.at_least else "MISSED"
        if self.at_most is not None:
            return "met" if self.value <= self.at_most else "MISSED"
        return ""


def table(figures: Sequence[Figure]) -> str:
    rows = [("figure", "measured", "bar", "")]
    rows += [
        (each.name, f"{_digits(each.value)} {each.unit}", each.bar, each.verdict)
        for each in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {bar:>{widths[2]}}  {verdict}"
        for name, value, bar, verdict in rows
    )


def interleaved(
    rounds: int, ours: Callable[[], float], floor: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Return what both measure, in turn, so that a busy machine slows both alike.

    A first round of each warms up and is not counted. Every other round begins with
    the floor, so that neither always follows the other's flushes.
    """
    ours()
    floor()
    pairs = []
    for place in range(rounds):
        if place % 2:
            measured = floor()
            pairs.append((ours(), measured))
        else:
            pairs.append((ours(), floor()))
    first, second = zip(*pairs, strict=True)
    return list(first), list(second)


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Return the median of the ratios of each round."""
    return median(a / b for a, b in zip(over, under, strict=True))


def span(rates: Sequence[float], unit: str) -> str:
    """Return the median of *rates*, with the least and the greatest."""
    return f"{median(rates):,.0f} {unit} ({min(rates):,.0f} to {max(rates):,.0f})"


def percentile(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def seconds(action: Callable[[], object]) -> float:
    began = perf_counter()
    action()
    return perf_counter() - began


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004
