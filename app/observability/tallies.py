"""Requests by method, route and status, counted where every microsecond counts."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


@dataclass(slots=True)
class Tally:
    """How many requests of a kind there were, and how long they took.

    Only one thread may add to it, so it needs no lock.
    """

    method: str
    route: str
    status: str
    seconds: float = 0.0
    within: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))

    def add(self, seconds: float) -> None:
        """Count a request that took *seconds*."""
        self.seconds += seconds
        self.within[bisect_left(BOUNDS, seconds)] += 1


class Tallies(Collector):
    """All the tallies of a process, as Prometheus reads them."""

    def __init__(self) -> None:
        self._tallies: list[Tally] = []

    def new(self, method: str, route: str, status: str) -> Tally:
        """Return a new tally; several of the same kind are told as one."""
        tally = Tally(method, route, status)
        self._tallies.append(tally)
        return tally

    def collect(self) -> Iterator[Metric]:
        """Give the numbers by method, route and status, and how long they took."""
        requests = CounterMetricFamily(
            "maaraaika_requests",
            "Requests that were answered; status `none` if the caller went away",
            labels=("method", "route", "status"),
        )
        seconds = HistogramMetricFamily(
            "maaraaika_request_seconds",
            "From the head of a request to the end of its answer",
            labels=("method", "route"),
        )
        numbers: dict[tuple[str, str, str], int] = {}
        times: dict[tuple[str, str], Tally] = {}
        for tally in list(self._tallies):
            kind = (tally.method, tally.route)
            within = list(tally.within)
            key = (tally.method, tally.route, tally.status)
            numbers[key] = numbers.get(key, 0) + sum(within)
            total = times.setdefault(kind, Tally(*kind, status=""))
            total.seconds += tally.seconds
            total.within = [a + b for a, b in zip(total.within, within, strict=True)]
        for key, number in numbers.items():
            requests.add_metric(key, number)
        for kind, total in times.items():
            seconds.add_metric(kind, _buckets(total.within), total.seconds)
        yield requests
        yield seconds


def _buckets(within: list[int]) -> list[tuple[str, float]]:
    """Return how many took no longer than each bound."""
    bounds = [*map(str, BOUNDS), "+Inf"]
    return [
        (bound, float(sum(within[: place + 1]))) for place, bound in enumerate(bounds)
    ]
