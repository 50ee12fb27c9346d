"""What this process counts and times; every label is a word of ours."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
)

from app.observability.vocabulary import EVENTS

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

requests = Counter(
    "maaraaika_requests",
    "Requests that were answered; status `none` if the caller went away",
    ["method", "route", "status"],
    registry=REGISTRY,
)
request_seconds = Histogram(
    "maaraaika_request_seconds",
    "From the head of a request to the end of its answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
    registry=REGISTRY,
)
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
