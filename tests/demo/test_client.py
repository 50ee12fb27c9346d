"""The demo's client: batches by source, patience while the database is away."""

import json
from collections.abc import Callable

import httpx2
import pytest

from app.demo.client import RefusedError, post_events, post_units
from app.demo.county import UNITS
from app.demo.wire import Event

KEYS = {"client-a": "key-a", "client-b": "key-b"}
Handler = Callable[[httpx2.Request], httpx2.Response]


def serving(handler: Handler) -> httpx2.Client:
    transport = httpx2.MockTransport(handler)
    return httpx2.Client(transport=transport, base_url="http://demo.test")


def event(number: int, source: str = "client-a") -> Event:
    return {"id": f"e-{number}", "source": source}


def answer(request: httpx2.Request, status: str = "created") -> httpx2.Response:
    """Answer as the service does when every event of a batch has one *status*."""
    sent = json.loads(request.content)
    items = [{**item, "status": status, "problem": {"title": "No"}} for item in sent]
    return httpx2.Response(200, json={"items": items, "counts": {status: len(sent)}})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect how long the client would have waited."""
    waited: list[float] = []
    monkeypatch.setattr("app.demo.client.time.sleep", waited.append)
    return waited


def test_each_source_is_posted_with_its_own_key_in_batches() -> None:
    seen = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        sent = json.loads(request.content)
        seen.append((request.headers["Authorization"], [e["id"] for e in sent]))
        return answer(request)

    progress: list[int] = []
    events = [event(1), event(2, "client-b"), event(3), event(4)]
    with serving(handler) as client:
        counts = post_events(
            client, events, keys=KEYS, batch=2, on_progress=progress.append
        )

    assert seen == [
        ("Bearer key-a", ["e-1", "e-3"]),
        ("Bearer key-a", ["e-4"]),
        ("Bearer key-b", ["e-2"]),
    ]
    assert progress == [2, 1, 1]
    assert counts == {"created": 4}


def test_duplicates_are_as_good_as_created() -> None:
    with serving(lambda request: answer(request, "duplicate")) as client:
        counts = post_events(client, [event(1)], keys=KEYS)

    assert counts == {"duplicate": 1}


def test_a_conflict_is_an_error_that_names_the_event() -> None:
    with (
        serving(lambda request: answer(request, "conflict")) as client,
        pytest.raises(RefusedError, match=r"1 of 1 .*\n.*client-a e-1: conflict: No"),
    ):
        post_events(client, [event(1)], keys=KEYS)


def test_a_database_that_is_away_is_waited_for(waits: list[float]) -> None:
    answers = iter([httpx2.Response(503, headers={"Retry-After": "2"})])

    def handler(request: httpx2.Request) -> httpx2.Response:
        return next(answers, None) or answer(request)

    with serving(handler) as client:
        counts = post_events(client, [event(1)], keys=KEYS)

    assert counts == {"created": 1}
    assert waits == [2]


def test_the_patience_is_bounded(waits: list[float]) -> None:
    away = httpx2.Response(503, headers={"Retry-After": "3600"}, text="away")

    with (
        serving(lambda _: away) as client,
        pytest.raises(RefusedError, match="answered 503: away"),
    ):
        post_events(client, [event(1)], keys=KEYS)

    assert waits == [10, 10, 10, 10, 10]


def test_parents_are_registered_before_their_children() -> None:
    registered: list[str | None] = [None]

    def handler(request: httpx2.Request) -> httpx2.Response:
        assert json.loads(request.content)["parent"] in registered
        registered.append(request.url.path.rsplit("/", 1)[1])
        return httpx2.Response(200)

    with serving(handler) as client:
        post_units(client, UNITS, key="key-admin")

    assert registered[1:] == [unit.code for unit in UNITS]
