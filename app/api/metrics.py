"""Metrics for Prometheus, on a port of this machine alone."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Metric, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from app.db.database import Database, DatabaseUnavailableError, Work
from app.domain.case_states import FindingCode
from app.observability.instruments import REGISTRY
from app.services.standing import Standing, standing

LOOPBACK = "127.0.0.1"


class _Asked(Collector):
    """What is not counted on the way, but asked when somebody wants to know it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Whoever asks again and again holds one connection at most.
        self._one_at_a_time = threading.Lock()

    def collect(self) -> Iterator[Metric]:
        """Give the pools, whether the database answers, and if so how all stands."""
        with self._one_at_a_time:
            yield from _pools(self._database)
            try:
                found = standing(self._database.at(Work.READING))
            except DatabaseUnavailableError:
                yield _gauge("database_up", "Whether the database answers", {(): 0})
                return
            yield _gauge("database_up", "Whether the database answers", {(): 1})
            yield from _standing(found)


def served(database: Database, port: int) -> AbstractContextManager[int]:
    """Answer with the metrics of this process on the loopback; give the port.

    Raises:
        OSError: the port is taken.
    """
    registry = CollectorRegistry()
    registry.register(REGISTRY)
    registry.register(_Asked(database))
    return _until_end(*start_http_server(port, LOOPBACK, registry))


@contextmanager
def _until_end(server: WSGIServer, thread: threading.Thread) -> Iterator[int]:
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pools(database: Database) -> Iterator[Metric]:
    pools = {(work.value,): engine.pool for work, engine in database.engines.items()}
    yield _gauge(
        "pool_connections",
        "Connections that a kind of work may have",
        {labels: pool.size() for labels, pool in pools.items()},  # type: ignore[attr-defined] # QueuePool
        "work",
    )
    yield _gauge(
        "pool_connections_in_use",
        "Connections that a kind of work has now",
        {labels: pool.checkedout() for labels, pool in pools.items()},  # type: ignore[attr-defined] # QueuePool
        "work",
    )


def _standing(found: Standing) -> Iterator[Metric]:
    counts = found.deadlines
    yield _gauge(
        "deadlines_open",
        "Open deadlines of all units",
        {(rule,): each.open for rule, each in counts.items()},
        "rule",
    )
    yield _gauge(
        "deadlines_overdue",
        "Open deadlines of all units that are overdue today",
        {(rule,): each.overdue for rule, each in counts.items()},
        "rule",
    )
    yield _gauge(
        "findings_open",
        "Open findings in cases",
        {(code.value,): found.findings.get(code.value, 0) for code in FindingCode},
        "kind",
    )
    yield _gauge(
        "source_newest_event_timestamp_seconds",
        "When the newest event of a source was recorded",
        {(source,): at.timestamp() for source, at in found.newest.items()},
        "source",
    )


def _gauge(
    name: str, meaning: str, values: dict[tuple[str, ...], float], *labels: str
) -> Metric:
    family = GaugeMetricFamily(f"maaraaika_{name}", meaning, labels=labels)
    for words, value in values.items():
        family.add_metric(words, value)
    return family
