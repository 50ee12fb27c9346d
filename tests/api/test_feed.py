"""GET /v1/events: everything accepted, in order, and never a line skipped."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import sha256
from threading import Event
from time import sleep
from typing import Any

import httpx2
import pytest
from cloudevents.core.bindings import http as binding
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text

from app.db.bulk import one_round_trip
from app.db.database import Database, connect
from app.domain.access import Actor, Role
from app.domain.canonical import canonical
from app.services import feed, intake
from tests import factories
from tests.conftest import Headers, bearer, viewer_of

FEED = "/v1/events"
DAY = date(2026, 3, 2)


@pytest.fixture
def auditor(database: Database) -> dict[str, str]:
    return bearer(database, Role.AUDITOR)


def event(number: int, **changes: object) -> dict[str, Any]:
    plain = {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{number}",
        "occurred_at": "2026-03-02T14:20:00+02:00",
        "data": {"unit": "leppävaara", "entry": "report", "worker": None},
        **changes,
    }
    return {name: value for name, value in plain.items() if value is not ...}


def post(client: TestClient, headers: dict[str, str], *events: dict[str, Any]) -> None:
    answer = client.post("/v1/events/batch", json=list(events), headers=headers)
    assert answer.json()["counts"]["created"] == len(events), answer.text


def following(answer: httpx2.Response) -> str:
    """Return the address to which the answer leads."""
    url: str = answer.links["next"]["url"]
    return url


def pages(
    client: TestClient, key: dict[str, str], path: str
) -> Iterator[list[dict[str, Any]]]:
    while True:
        answer = client.get(path, headers=key)
        assert answer.status_code == 200, answer.text
        yield answer.json()
        path = following(answer)


def test_an_accepted_event_is_told_as_a_cloud_event(
    client: TestClient, headers: Headers, auditor: dict[str, str]
) -> None:
    sent = event(1, sequence=41, registered_at="2026-03-02T15:00:00+02:00")
    receipt = client.post("/v1/events", json=sent, headers=headers.integrator).json()[
        "receipt"
    ]

    answer = client.get(FEED, headers=auditor)

    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    assert answer.json() == [
        {
            "specversion": "1.0",
            "type": "fi.maaraaika.notification",
            "source": "client-a",
            "id": "e-1",
            "subject": "A-1",
            "time": "2026-03-02T12:20:00Z",
            "registeredat": "2026-03-02T13:00:00Z",
            "sequence": "41",
            "recordedat": receipt["recorded_at"],
            "ledgerposition": 1,
            "datacontenttype": "application/json",
            "data": {"entry": "report", "unit": "leppävaara"},
        }
    ]
    head = {
        "case_ref": "A-1",
        "kind": "notification",
        "occurred_at": "2026-03-02T12:20:00+00:00",
    }
    data = answer.text.partition('"data":')[2].removesuffix("}]")
    digest = sha256((canonical(head) + data).encode()).hexdigest()
    assert digest == receipt["digest"]


def test_what_the_feed_tells_can_be_sent_again_and_is_a_duplicate(
    client: TestClient, headers: Headers, auditor: dict[str, str]
) -> None:
    post(
        client,
        headers.integrator,
        event(1),
        event(2, occurred_at=..., occurred_on="2026-03-02"),
        event(
            3,
            kind="retraction",
            case_ref="A-1",
            data={"target": "e-1", "reason": "wrong_entry"},
        ),
    )
    told = client.get(FEED, headers=auditor)

    again = client.post(
        "/v1/events/batch",
        content=told.content,
        headers={**headers.integrator, "Content-Type": told.headers["content-type"]},
    )

    assert again.json()["counts"]["duplicate"] == 3


def test_the_sdk_reads_what_the_feed_tells(
    client: TestClient, headers: Headers, auditor: dict[str, str]
) -> None:
    post(client, headers.integrator, event(1))
    (told,) = client.get(FEED, headers=auditor).json()

    read = binding.from_structured_event(
        binding.HTTPMessage({}, json.dumps(told).encode())
    )

    assert (read.get_source(), read.get_id(), read.get_subject()) == (
        "client-a",
        "e-1",
        "A-1",
    )


def test_the_link_leads_through_all_pages_and_then_to_what_comes_later(
    client: TestClient,
    headers: Headers,
    database: Database,
    auditor: dict[str, str],
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    post(client, headers.integrator, *map(event, range(1, 4)))
    post(client, other, event(1, source="client-b"))
    post(client, headers.integrator, event(4))

    read = pages(client, auditor, f"{FEED}?limit=2")

    assert [[(each["source"], each["id"]) for each in next(read)] for _ in "123"] == [
        [("client-a", "e-1"), ("client-a", "e-2")],
        [("client-a", "e-3"), ("client-b", "e-1")],
        [("client-a", "e-4")],
    ]
    assert next(read) == []
    post(client, other, event(2, source="client-b"))
    assert [(each["source"], each["id"]) for each in next(read)] == [
        ("client-b", "e-2")
    ]


def test_an_empty_page_leads_to_itself(
    client: TestClient, headers: Headers, auditor: dict[str, str]
) -> None:
    post(client, headers.integrator, event(1))
    end = following(client.get(FEED, headers=auditor))

    answer = client.get(end, headers=auditor)

    assert answer.json() == []
    assert following(answer) == end


@pytest.mark.parametrize("role", ["integrator", "lead", "admin"])
def test_only_an_auditor_reads_the_feed(
    client: TestClient, headers: Headers, role: str
) -> None:
    answer = client.get(FEED, headers=getattr(headers, role))

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/events"),
        ("POST", "/v1/events/batch"),
        ("GET", "/v1/deadlines"),
        ("GET", "/v1/cases/client-a/A-1"),
        ("GET", "/v1/reports/compliance?period=2026"),
        ("GET", "/v1/units"),
        ("PUT", "/v1/units/county"),
    ],
)
def test_an_auditor_may_do_nothing_else(
    client: TestClient, auditor: dict[str, str], method: str, path: str
) -> None:
    sent = {"parent": None, "names": {"fi": "x", "sv": "x", "en": "x"}}

    answer = client.request(method, path, json=sent, headers=auditor)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("after=x", "after"),
        ("after=%00", "after"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("until=now", "*"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    client: TestClient, auditor: dict[str, str], query: str, pointer: str
) -> None:
    answer = client.get(f"{FEED}?{query}", headers=auditor)

    assert answer.status_code == 422
    assert [flaw["pointer"] for flaw in answer.json()["errors"]] == [pointer]


class SlowDatabase(Database):
    """A database whose commits take their time, as *before_commit* says.

    They must not be sent with the last writes already.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(database.engines)
        self.before_commit: Callable[[], object] = bool

    @contextmanager
    def record(self) -> Iterator[Connection]:
        with super().record() as connection:
            yield connection
            self.before_commit()


def record(database: Database, source: str, event_id: str) -> None:
    told = factories.notification(DAY, event_id, source=source, case_ref=event_id)
    (outcome,) = intake.record(database, factories.submissions([told]))
    assert outcome.status == "created"


class Plain:
    """The obvious reader, which remembers the greatest instant that it has seen."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = "-infinity"

    def poll(self) -> list[str]:
        with self._database.write() as connection:
            rows = connection.execute(
                text(
                    "SELECT event_id, recorded_at::text FROM case_event "
                    "WHERE recorded_at > CAST(:seen AS timestamptz) "
                    "ORDER BY recorded_at"
                ),
                {"seen": self._seen},
            ).all()
        if rows:
            self._seen = rows[-1].recorded_at
        return [row.event_id for row in rows]


class Feed:
    """The reader of the feed."""

    def __init__(self, database: Database, limit: int = 7) -> None:
        self._database = database
        self._limit = limit
        self._after: Mapping[str, int] = {}

    def poll(self) -> list[str]:
        viewer = viewer_of(self._database, Actor(role=Role.AUDITOR))
        page = feed.page(viewer, after=self._after, limit=self._limit)
        self._after = page.position
        return [entry.event_id for entry in page.entries]


def test_a_row_that_commits_late_is_waited_for_where_a_plain_reader_skips_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "last_round_trip", one_round_trip)
    slow = SlowDatabase(database)
    held, release = Event(), Event()

    def hold() -> None:
        held.set()
        assert release.wait(30)

    slow.before_commit = hold
    plain, reader = Plain(database), Feed(database)
    with ThreadPoolExecutor(2) as threads:
        late = threads.submit(record, slow, "client-a", "late")
        assert held.wait(30)
        record(database, "client-b", "early")
        seen_by_plain = plain.poll()
        seen_by_feed = threads.submit(reader.poll)
        sleep(0.2)
        assert not seen_by_feed.done(), "it waits for what is being recorded"
        release.set()
        late.result()

        assert seen_by_feed.result() + reader.poll() == ["late", "early"]
    assert seen_by_plain + plain.poll() == ["early"], "the control: late is lost"


def test_a_polling_reader_misses_nothing_of_four_writers_with_slow_commits(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "last_round_trip", one_round_trip)
    writers, each_writes = 4, 40
    slow = SlowDatabase(database)
    draw = random.Random(20261005)  # noqa: S311 (no secret)
    slow.before_commit = lambda: sleep(draw.choice([0, 0, 0, 0, 0.03]))
    # A process of its own would have connections of its own: the writers take all.
    elsewhere = connect(database_url)
    reader = Feed(elsewhere)
    read: list[str] = []

    def write(writer: int) -> None:
        for number in range(each_writes):
            # Every writer has a source of its own, and all share one.
            source = f"client-{writer}" if number % 4 else "client-all"
            record(slow, source, f"{writer}-{number}")

    with ThreadPoolExecutor(writers) as threads:
        writing = [threads.submit(write, writer) for writer in range(writers)]
        while not all(each.done() for each in writing):
            read += reader.poll()
        for each in writing:
            each.result()
    while more := reader.poll():
        read += more
    elsewhere.dispose()

    with database.write() as connection:
        stored = connection.scalars(
            text(
                "SELECT event_id FROM case_event ORDER BY recorded_at, source, sequence"
            )
        ).all()
    assert len(stored) == writers * each_writes
    assert read == stored, "in the order of recording, each once"


def test_what_is_recorded_while_the_clock_is_set_back_is_not_skipped(
    database: Database, owned: Database
) -> None:
    record(database, "client-a", "before")
    reader = Feed(database)
    assert reader.poll() == ["before"]

    # Another source's first event, an hour earlier by a clock that was set back.
    with owned.write() as connection:
        connection.execute(text("INSERT INTO source (code) VALUES ('client-b')"))
        connection.execute(
            text(
                """
                INSERT INTO case_event
                SELECT (jsonb_populate_record(e, jsonb_build_object(
                    'source', 'client-b', 'event_id', 'behind',
                    'recorded_at', e.recorded_at - CAST(:back AS interval)))).*
                FROM case_event e
                """
            ),
            {"back": timedelta(hours=1)},
        )

    assert reader.poll() == ["behind"]
