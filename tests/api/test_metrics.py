"""Metrics: what an operator needs at night, with no label that a caller has chosen."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app import clock
from app.api import metrics
from app.api.requests import OTHER_METHOD
from app.db.database import Database, connect
from app.domain.law import Law
from app.domain.periods import LegalReading, Roll
from app.observability.instruments import log_events
from app.observability.logs import log
from app.observability.vocabulary import EVENTS
from app.services import law as law_service
from tests.conftest import Headers, Told
from tests.ports import free_port

CANARY = "kanarialintu"
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def scraped(database: Database) -> Iterator[str]:
    """Give the address of the metrics of the service on the database of the test."""
    with metrics.served(database, free_port()) as port:
        yield f"http://127.0.0.1:{port}/metrics"


def scrape(address: str) -> Samples:
    """Return the value of every sample by its name and labels."""
    families = text_string_to_metric_families(httpx2.get(address).text)
    return {
        (
            sample.name.removeprefix("maaraaika_"),
            tuple(sorted(sample.labels.items())),
        ): (sample.value)
        for family in families
        for sample in family.samples
    }


def increase(before: Samples, after: Samples, name: str, **labels: str) -> float:
    key = (name, tuple(sorted(labels.items())))
    return after.get(key, 0) - before.get(key, 0)


def event(number: int, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{number}",
        "occurred_on": str(clock.today() - timedelta(days=200)),
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


def test_events_are_counted_by_what_became_of_them(
    client: TestClient, headers: Headers, scraped: str
) -> None:
    before = scrape(scraped)
    for body in event(1), event(1), event(1, case_ref="B"), event(2), {"id": "bad"}:
        client.post("/v1/events", json=body, headers=headers.integrator)
    client.post("/v1/events?dry_run=true", json=event(3), headers=headers.integrator)
    after = scrape(scraped)

    outcomes = ("created", "duplicate", "conflict", "refused")
    counted = {
        each: increase(before, after, "events_total", outcome=each) for each in outcomes
    }
    assert counted == {"created": 2, "duplicate": 1, "conflict": 1, "refused": 0}
    posted = {"method": "POST", "route": "/v1/events"}
    for status, number in ("201", 2), ("200", 2), ("409", 1), ("422", 1):
        told = increase(before, after, "requests_total", **posted, status=status)
        assert told == number
    assert increase(before, after, "request_seconds_count", **posted) == 6


def test_the_operator_sees_what_is_overdue_odd_and_silent(
    client: TestClient, headers: Headers, scraped: str
) -> None:
    for number in range(3):
        client.post("/v1/events", json=event(number), headers=headers.integrator)
    closed = event(9, kind="closure", case_ref="A-0", data={"reason": "done"})
    client.post("/v1/events", json=closed, headers=headers.integrator)

    seen = scrape(scraped)

    worklist = client.get("/v1/deadlines", headers=headers.lead).json()["counts"]
    rules = ("initiation", "assessment")
    overdue = [seen["deadlines_overdue", (("rule", rule),)] for rule in rules]
    open_ones = [seen["deadlines_open", (("rule", rule),)] for rule in rules]
    assert sum(overdue) == worklist["overdue"] > 0
    assert sum(open_ones) == worklist["open"] > 0
    found = client.get("/v1/findings", headers=headers.lead).json()["items"]
    kinds = {
        labels[0][1]: n for (name, labels), n in seen.items() if "findings" in name
    }
    in_cases = [each["kind"] for each in found if each["kind"] in kinds]
    assert in_cases
    assert {kind: n for kind, n in kinds.items() if n} == {
        kind: in_cases.count(kind) for kind in in_cases
    }
    newest = seen["source_newest_event_timestamp_seconds", (("source", "client-a"),)]
    assert abs(newest - clock.now().timestamp()) < 600
    assert seen["database_up", ()] == 1


def test_a_law_that_is_activated_is_no_news_of_a_source(
    client: TestClient, headers: Headers, database: Database, scraped: str
) -> None:
    client.post("/v1/events", json=event(1), headers=headers.integrator)
    newest = "source_newest_event_timestamp_seconds", (("source", "client-a"),)
    before = scrape(scraped)[newest]

    law_service.activate(database, Law(reading=LegalReading(roll=Roll.OFF)))

    assert scrape(scraped)[newest] == before


def test_connections_in_use_are_told_for_each_kind_of_work(
    database: Database, scraped: str
) -> None:
    before = scrape(scraped)
    with database.write():
        after = scrape(scraped)

    assert increase(before, after, "pool_connections_in_use", work="operations") == 1
    works = {labels[0][1] for name, labels in after if name == "pool_connections"}
    assert works == {"operations", "intake", "reading", "reports"}


def test_without_the_database_the_process_still_tells_of_itself() -> None:
    with metrics.served(connect(NOWHERE), free_port()) as port:
        seen = scrape(f"http://127.0.0.1:{port}/")

    assert seen["database_up", ()] == 0
    assert ("log_events_total", (("event", "failed"),)) in seen
    assert not [name for name, _ in seen if name.startswith("deadlines")]


def test_no_label_is_chosen_by_a_caller(
    client: TestClient, headers: Headers, scraped: str
) -> None:
    before = scrape(scraped)
    for path in (
        f"/{CANARY}",
        f"/v1/cases/{CANARY}/{CANARY}",
        f"/v1/deadlines?worker={CANARY}",
        f"/static-offline-docs/{CANARY}",
        f"/v1/units/{CANARY}",
    ):
        for method in ("GET", "PUT", CANARY):
            client.request(
                method,
                path,
                headers={**headers.lead, "X-Request-Id": CANARY, "Accept": CANARY},
            )
    client.post(
        "/v1/events",
        json=event(1, id=CANARY, case_ref=CANARY, kind=CANARY),
        headers=headers.integrator,
    )

    text = httpx2.get(scraped).text

    assert CANARY not in text
    # Other tests of this process have counted routes of their own.
    after = scrape(scraped)
    labels = [
        dict(key[1])
        for key in after
        if key[0] == "requests_total" and after[key] > before.get(key, 0)
    ]
    assert {each["method"] for each in labels} == {"GET", "PUT", "POST", OTHER_METHOD}
    templates = set(client.get("/openapi.json").json()["paths"])
    assert {each["route"] for each in labels} - templates == {
        "none",
        "/static-offline-docs",
    }


def test_lines_of_the_logs_are_counted_by_their_event(told_logs: Told) -> None:
    def counted(name: str) -> float:
        return float(log_events.labels(name)._value.get())

    before = [counted(name) for name in ("stopped", "failed")]
    log.info("stopped")
    log.error(CANARY)

    assert [counted(name) for name in ("stopped", "failed")] == [
        before[0] + 1,
        before[1] + 1,
    ]
    names = {labels[0] for labels in log_events._metrics}
    assert names == EVENTS.keys() - {"request"}
    assert len(told_logs()) == 2


def test_metrics_are_told_to_this_machine_alone_and_not_by_the_service(
    database: Database, client: TestClient
) -> None:
    with (
        metrics.served(database, free_port()) as port,
        socket.socket() as caller,
        pytest.raises(ConnectionRefusedError),
    ):
        # Listening on every address of the machine would be listening on this one.
        caller.connect(("127.0.0.2", port))

    assert client.get("/metrics").status_code == 404
