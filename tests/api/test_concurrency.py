"""Fifty clients at once: every event is stored once, and every answer agrees."""

import asyncio
import random
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import httpx2
import pytest
import uvicorn
from sqlalchemy import text

from app import clock
from app.api.wire import submission
from app.db.database import Database
from app.domain.access import Role
from app.domain.deadlines import deadlines
from app.domain.law import Law
from app.main import create_app
from tests.conftest import Headers, bearer

CLIENTS = 50
STORED_CLOCK = """
    SELECT rule, started_by, started_on, due_on, safe_on, met_on, ended_on, joined
    FROM deadline WHERE recorded_until = 'infinity' AND case_ref = 'A-1'
    """


@pytest.fixture
def url(database: Database) -> Iterator[str]:
    """Give the address of a service with a socket, a loop and threads of its own."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(database), log_level="warning", lifespan="on")
    )
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(60)
    listener.close()
    assert not thread.is_alive()


def event(number: int = 1, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": "A-1",
        "occurred_on": "2026-03-02",
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


# Nothing is encrypted here, and to read all certificates takes each client 20 ms.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def at_once(
    url: str,
    bodies: Sequence[object],
    keys: Sequence[dict[str, str]],
    path: str = "/v1/events",
) -> list[httpx2.Response]:
    """Post every body from a client of its own, all at the same time."""

    async def client(
        go: asyncio.Barrier, body: object, key: dict[str, str]
    ) -> httpx2.Response:
        async with httpx2.AsyncClient(
            base_url=url, headers=key, timeout=60, verify=NO_CERTIFICATES
        ) as http:
            await http.get("/health/live")  # the connection stands
            await go.wait()
            return await http.post(path, json=body)

    async def everybody() -> list[httpx2.Response]:
        go = asyncio.Barrier(len(bodies))
        clients = (client(go, *each) for each in zip(bodies, keys, strict=True))
        return list(await asyncio.gather(*clients))

    return asyncio.run(everybody())


def count(database: Database) -> int:
    with database.write() as connection:
        return len(connection.execute(text("SELECT FROM case_event")).all())


def sequences(database: Database, source: str = "client-a") -> list[int]:
    with database.write() as connection:
        return list(
            connection.scalars(
                text(
                    "SELECT sequence FROM case_event WHERE source = :source "
                    "ORDER BY recorded_at, sequence"
                ),
                {"source": source},
            )
        )


def test_one_event_from_fifty_clients_is_created_once_with_one_receipt(
    url: str, headers: Headers, database: Database
) -> None:
    answers = at_once(url, [event()] * CLIENTS, [headers.integrator] * CLIENTS)

    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {201: 1, 200: CLIENTS - 1}
    receipts = [answer.json()["receipt"] for answer in answers]
    assert Counter(each.pop("status") for each in receipts) == {
        "created": 1,
        "duplicate": CLIENTS - 1,
    }
    assert all(each == receipts[0] for each in receipts)
    assert count(database) == 1


def test_of_two_contents_under_one_id_one_is_stored_and_the_other_refused(
    url: str, headers: Headers, database: Database
) -> None:
    contents = [event(), event(case_ref="A-2")]

    answers = at_once(url, contents * (CLIENTS // 2), [headers.integrator] * CLIENTS)

    by_content = [
        Counter(answer.status_code for answer in answers[first::2]) for first in (0, 1)
    ]
    half = CLIENTS // 2
    assert sorted(by_content, key=len) == [{409: half}, {201: 1, 200: half - 1}]
    assert count(database) == 1


def test_fifty_events_of_one_case_are_all_stored_and_its_deadlines_are_the_fold(
    url: str, headers: Headers, database: Database
) -> None:
    outcomes = ("assessment_started", "obviously_unnecessary", "other")
    history = [
        *(event(n, occurred_on=f"2026-03-{1 + n:02}") for n in range(20)),
        *(
            event(
                20 + n,
                kind="initiation",
                occurred_on=f"2026-03-{5 + n:02}",
                data={"outcome": outcomes[n % 3]},
            )
            for n in range(15)
        ),
        *(
            event(
                35 + n,
                kind="transfer",
                occurred_on=f"2026-04-{1 + n:02}",
                data={"unit": f"unit-{n}"},
            )
            for n in range(10)
        ),
        *(
            event(
                45 + n,
                kind="assessment",
                occurred_on=f"2026-03-{12 + n:02}",
                data={"outcome": "no_client"},
            )
            for n in range(5)
        ),
    ]
    random.Random(7).shuffle(history)  # noqa: S311 (an order, no secret)

    answers = at_once(url, history, [headers.integrator] * CLIENTS)

    assert {answer.status_code for answer in answers} == {201}
    events = [
        submission(each, source="client-a", now=clock.now()).event for each in history
    ]
    fold = {
        (
            *(each.rule, each.started_by, each.started_on, each.due_on, each.safe_on),
            *(each.met_on, each.ended_on, each.joined),
        )
        for each in deadlines(events, Law())
    }
    with database.write() as connection:
        stored = [tuple(row) for row in connection.execute(text(STORED_CLOCK))]
    assert len(stored) == len(fold) > 20
    assert set(stored) == fold


def test_the_receipts_of_fifty_clients_have_no_gap_and_no_number_twice(
    url: str, headers: Headers, database: Database
) -> None:
    other = bearer(database, Role.INTEGRATOR, source="client-b")
    sources = ("client-a", "client-b") * (CLIENTS // 2)
    keys = [headers.integrator if s == "client-a" else other for s in sources]
    bodies = [
        event(number, source=source, case_ref=f"A-{number % 7}")
        for number, source in enumerate(sources)
    ]

    answers = at_once(url, bodies, keys)

    assert {answer.status_code for answer in answers} == {201}
    for source in ("client-a", "client-b"):
        taken = sorted(
            answer.json()["receipt"]["sequence"]
            for answer in answers
            if answer.json()["receipt"]["source"] == source
        )
        assert taken == list(range(1, CLIENTS // 2 + 1))
        # What was recorded later stands later in the ledger.
        assert sequences(database, source) == taken


def test_batches_that_overlap_store_every_event_once(
    url: str, headers: Headers, database: Database
) -> None:
    # Each event is in four of the batches; each batch has it in another place.
    batches = [
        [event(n % 50, case_ref=f"A-{n % 50 % 5}") for n in range(first, first + 20)]
        for first in range(0, 50, 5)
    ]

    answers = at_once(
        url, batches, [headers.integrator] * len(batches), "/v1/events/batch"
    )

    assert {answer.status_code for answer in answers} == {200}
    totals = Counter[str]()
    for answer in answers:
        totals.update(answer.json()["counts"])
    assert +totals == {"created": 50, "duplicate": 150}
    assert sequences(database) == list(range(1, 51))


def test_a_question_in_the_middle_of_it_is_answered_and_final(
    url: str, headers: Headers
) -> None:
    for number in range(5):
        httpx2.post(f"{url}/v1/events", json=event(number), headers=headers.integrator)
    known = httpx2.get(
        f"{url}/v1/deadlines?status=all&limit=200", headers=headers.lead
    ).json()

    bodies = [event(10 + number, case_ref=f"B-{number}") for number in range(30)]
    at_once(url, bodies, [headers.integrator] * 30)
    again = httpx2.get(
        f"{url}/v1/deadlines",
        params={"status": "all", "limit": 200, "known_at": known["known_at"]},
        headers=headers.lead,
    ).json()

    assert len(known["items"]) == 6  # five notifications of one run
    assert again == known
