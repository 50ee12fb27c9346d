"""What this process counts and times; every label is a word of ours."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
)

from app.observability.tallies import Tallies
from app.observability.vocabulary import EVENTS

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

requests = Tallies()
REGISTRY.register(requests)
events = Counter(
    "maaraaika_events",
    "Events that were sent, by what became of them",
    ["outcome"],
    registry=REGISTRY,
)
log_events = Counter(
    "maaraaika_log_events",
    "Lines of the logs other than requests, by their event",
    ["event"],
    registry=REGISTRY,
)
checkpoints_kept = Gauge(
    "maaraaika_checkpoints_kept_timestamp_seconds",
    "When this process last saw that every ledger has its checkpoint",
    registry=REGISTRY,
)

# There from the start, so that the first one is an increase.
for _event in EVENTS.keys() - {"request"}:
    log_events.labels(_event)
