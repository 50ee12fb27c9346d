"""While the database is away the answer is 503, nothing is half stored; it heals."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url, text

from app import clock
from app.db import schema
from app.db.database import Database, Work, connect
from app.db.embedded import EmbeddedPostgres
from app.db.pools import POOLS
from app.domain.access import Role
from app.domain.law import Law
from app.main import create_app
from app.services import signing_in
from app.services.callers import Callers
from app.services.law import ensure_in_use
from tests import databases
from tests.conftest import Headers, Told, bearer

# What is told here of waiting is what the service would do.
pytestmark = pytest.mark.usefixtures("patience_of_the_service")

MEDIA_TYPE = "application/problem+json"
Ask = Callable[[TestClient, Headers], httpx2.Response]


def event(number: int, **changes: object) -> dict[str, Any]:
    return {
        "id": f"e-{number}",
        "source": "client-a",
        "kind": "notification",
        "case_ref": f"A-{number}",
        "occurred_on": "2026-03-02",
        "data": {"entry": "report", "unit": "leppavaara"},
        **changes,
    }


def post(client: TestClient, headers: Headers, number: int) -> httpx2.Response:
    return client.post("/v1/events", json=event(number), headers=headers.integrator)


def stored(database: Database) -> list[tuple[int, str]]:
    """Return sequence and id of every event; each has the deadlines of its case."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT sequence, event_id, case_ref FROM case_event ORDER BY 1")
        ).all()
        cases = set(connection.scalars(text("SELECT case_ref FROM deadline")))
    assert cases == {row.case_ref for row in rows}
    return [(row.sequence, row.event_id) for row in rows]


def events_told(told_logs: Told) -> list[str]:
    """Return what the logs tell of the database, without requests, starts and stops."""
    ordinary = {"request", "started", "stopped"}
    return [line["event"] for line in told_logs() if line["event"] not in ordinary]


def signed_in(database: Database, client: TestClient) -> str:
    """Return the cookie of a lead of all units."""
    now = clock.now()
    link = signing_in.make_link(database, role=Role.LEAD, units=(), now=now)
    secret = signing_in.use_link(database, link, now=now)
    callers: Callers = client.app.state.callers  # type: ignore[attr-defined] # FastAPI's
    return f"{callers.cookie}={secret}"


def check_unavailable(answer: httpx2.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["type"] == "urn:maaraaika:problem:database-unavailable"


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """Give a server of this file's own, that may come and go."""
    directory = Path(tempfile.mkdtemp(prefix="away-"))
    with EmbeddedPostgres(directory, settings={"shared_buffers": "16MB"}) as server:
        yield server
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def migrated(server: EmbeddedPostgres) -> str:
    """Give the name of a database on that server, to be cloned."""
    name = databases.create(server.url)
    database = connect(databases.url(server.url, name))
    schema.migrate(database)
    ensure_in_use(database, Law())
    database.dispose()
    return name


@pytest.fixture
def unsteady_url(server: EmbeddedPostgres, migrated: str) -> Iterator[str]:
    server.start()
    name = databases.create(server.url, migrated)
    yield databases.url(server.url, name)
    server.start()
    databases.drop(server.url, name)


@pytest.fixture
def unsteady(unsteady_url: str) -> Iterator[Database]:
    """Give a database on that server, as an operator configures one."""
    database = connect(unsteady_url)
    yield database
    database.dispose()


@pytest.fixture
def caller(unsteady: Database) -> Iterator[TestClient]:
    with TestClient(create_app(unsteady)) as client:
        yield client


@pytest.fixture
def keys(unsteady: Database) -> Headers:
    return Headers(
        integrator=bearer(unsteady, Role.INTEGRATOR, source="client-a"),
        lead=bearer(unsteady, Role.LEAD),
        admin=bearer(unsteady, Role.ADMIN),
    )


def put_unit(client: TestClient, headers: Headers) -> httpx2.Response:
    names = {"fi": "a", "sv": "b", "en": "c"}
    return client.put("/v1/units/u-1", json={"names": names}, headers=headers.admin)


def post_batch(client: TestClient, headers: Headers) -> httpx2.Response:
    batch = [event(number) for number in range(50)]
    return client.post("/v1/events/batch", json=batch, headers=headers.integrator)


def get(path: str) -> Ask:
    return lambda client, headers: client.get(path, headers=headers.lead)


EVERYTHING: dict[str, Ask] = {
    "an event": lambda client, headers: post(client, headers, 2),
    "the same event": lambda client, headers: post(client, headers, 1),
    "a batch": post_batch,
    "the worklist": get("/v1/deadlines"),
    "a case": get("/v1/cases/client-a/A-1"),
    "a report": get("/v1/reports/compliance?period=2026"),
    "the units": get("/v1/units"),
    "a unit": put_unit,
    "readiness": get("/health/ready"),
}


def test_while_the_database_is_away_everything_is_refused_and_then_it_heals(
    server: EmbeddedPostgres,
    unsteady: Database,
    caller: TestClient,
    keys: Headers,
    told_logs: Told,
) -> None:
    assert post(caller, keys, 1).status_code == 201
    for headers in (keys.lead, keys.admin):  # so that the keys are known
        assert caller.get("/v1/units", headers=headers).status_code == 200
    assert caller.get("/health/ready").status_code == 200

    server.stop()
    refused = {name: ask(caller, keys) for name, ask in EVERYTHING.items()}
    alive = caller.get("/health/live")
    server.start()

    for answer in refused.values():
        check_unavailable(answer)
    assert alive.status_code == 200
    assert events_told(told_logs) == ["database_away"]
    assert caller.get("/health/ready").status_code == 200
    assert events_told(told_logs) == ["database_away", "database_back"]
    assert stored(unsteady) == [(1, "e-1")]
    # Sending the same again is safe, and the ledger goes on without a gap.
    assert post(caller, keys, 1).status_code == 200
    assert post(caller, keys, 2).json()["receipt"]["sequence"] == 2
    assert post_batch(caller, keys).json()["counts"]["created"] == 48
    assert len(stored(unsteady)) == 50


def test_an_unknown_key_is_not_called_invalid_while_nobody_can_look_it_up(
    server: EmbeddedPostgres, caller: TestClient, keys: Headers
) -> None:
    server.stop()
    answers = [
        caller.get("/v1/units", headers=keys.lead),
        caller.post("/v1/events", json=event(1), headers=keys.integrator),
    ]
    server.start()

    for answer in answers:
        check_unavailable(answer)
    assert caller.get("/v1/units", headers=keys.lead).status_code == 200


def test_connections_that_died_while_nobody_asked_cost_at_most_one_refusal(
    server: EmbeddedPostgres, unsteady: Database, caller: TestClient, keys: Headers
) -> None:
    for number in range(1, 4):
        assert post(caller, keys, number).status_code == 201

    server.stop()
    server.start()
    answers = [post(caller, keys, 4).status_code for _ in range(4)]

    assert answers.count(503) <= 1
    assert [each for each in answers if each != 503][0] == 201  # noqa: RUF015 (clearer)
    assert answers[-1] == 200
    assert stored(unsteady) == [(n, f"e-{n}") for n in range(1, 5)]


def test_an_embedded_server_that_died_is_started_again_by_the_next_request(
    server: EmbeddedPostgres, unsteady_url: str, told_logs: Told
) -> None:
    database = connect(unsteady_url, server)
    try:
        key = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(create_app(database), headers=key) as client:
            first = client.post("/v1/events", json=event(1))
            server._shut_down(time.monotonic() + 20)  # as if an operator had

            again = [
                client.post("/v1/events", json=event(1)).status_code for _ in range(3)
            ]

        assert first.status_code == 201
        assert again.count(503) <= 1
        assert again[-2:] == [200, 200]
        assert events_told(told_logs).count("database_restarted") == 1
        assert events_told(told_logs)[-1] != "database_away"
    finally:
        database.dispose()


@contextmanager
def locked(database: Database) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Hold the lock of the ledger of `client-a`, so that its writers wait."""
    url = make_url(database.engine.url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute("SELECT FROM source WHERE code = 'client-a' FOR UPDATE")
        yield connection
        connection.rollback()


def waiting_backend(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """Return the process of the server that waits for our lock."""
    for _ in range(1000):
        row = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE pg_backend_pid() = ANY("
            "pg_blocking_pids(pid))"
        ).fetchone()
        if row is not None:
            return row[0]
        time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("how", ["end", "cancel"])
def test_a_transaction_that_is_ended_in_its_middle_is_refused_and_leaves_nothing(
    unsteady: Database, caller: TestClient, keys: Headers, how: str
) -> None:
    post(caller, keys, 1)

    with locked(unsteady) as connection, ThreadPoolExecutor() as threads:
        answer = threads.submit(post, caller, keys, 2)
        connection.execute(
            {
                "end": "SELECT pg_terminate_backend(%s)",
                "cancel": "SELECT pg_cancel_backend(%s)",
            }[how],
            [waiting_backend(connection)],
        )
        refused = answer.result(60)

    check_unavailable(refused)
    assert stored(unsteady) == [(1, "e-1")]
    assert post(caller, keys, 2).json()["receipt"]["sequence"] == 2


def test_a_lock_that_does_not_come_is_a_refusal_and_leaves_nothing(
    unsteady: Database, caller: TestClient, keys: Headers, told_logs: Told
) -> None:
    post(caller, keys, 1)

    with databases.impatient(unsteady), locked(unsteady):
        single = post(caller, keys, 2)
        batch = post_batch(caller, keys)

    check_unavailable(single)
    check_unavailable(batch)
    assert set(events_told(told_logs)) == {"transaction_failed"}
    assert "psycopg.errors.LockNotAvailable" in json.dumps(told_logs())
    assert stored(unsteady) == [(1, "e-1")]
    assert post(caller, keys, 2).status_code == 201


def test_a_deadlock_is_a_refusal_and_not_a_failure(
    unsteady: Database, caller: TestClient, keys: Headers
) -> None:
    """See that an error of the driver itself is told from one of ours."""
    post(caller, keys, 1)
    with unsteady.engine.begin() as connection:
        connection.execute(text(RAISE_ON_INSERT.format(state="40P01")))
    try:
        check_unavailable(post(caller, keys, 2))
    finally:
        with unsteady.engine.begin() as connection:
            connection.execute(text("DROP TRIGGER trouble ON deadline"))

    assert stored(unsteady) == [(1, "e-1")]


# What is raised after the event is written and before its deadlines are.
RAISE_ON_INSERT = """
    CREATE OR REPLACE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'trouble'; END $$;
    CREATE TRIGGER trouble BEFORE INSERT ON deadline
    FOR EACH ROW EXECUTE FUNCTION trouble()
    """


@pytest.mark.parametrize(
    ("state", "status"),
    [
        pytest.param("53100", 503, id="disk full"),
        pytest.param("53300", 503, id="too many connections"),
        pytest.param("25006", 503, id="read-only standby"),
        pytest.param("57014", 503, id="statement timeout"),
        pytest.param("22003", 500, id="a fault of ours"),
    ],
)
def test_a_failure_between_event_and_deadlines_leaves_neither(
    unsteady: Database, keys: Headers, state: str, status: int
) -> None:
    with TestClient(create_app(unsteady), raise_server_exceptions=False) as caller:
        post(caller, keys, 1)
        with unsteady.engine.begin() as connection:
            connection.execute(text(RAISE_ON_INSERT.format(state=state)))
        try:
            answer = post(caller, keys, 2)
        finally:
            with unsteady.engine.begin() as connection:
                connection.execute(text("DROP TRIGGER trouble ON deadline"))

        assert answer.status_code == status
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert stored(unsteady) == [(1, "e-1")]
        assert post(caller, keys, 2).json()["receipt"]["sequence"] == 2


@contextmanager
def used_up(database: Database, work: Work) -> Iterator[None]:
    """Hold every connection that *work* has."""
    with ExitStack() as held:
        for _ in range(POOLS[work].size):
            held.enter_context(database.engines[work].connect())
        yield


def test_when_every_connection_is_in_use_the_answer_is_to_come_later(
    unsteady: Database, caller: TestClient, keys: Headers
) -> None:
    with used_up(unsteady, Work.INTAKE):
        answer = post(caller, keys, 1)

    check_unavailable(answer)
    assert post(caller, keys, 1).status_code == 201


def test_reading_that_has_no_connection_left_does_not_hold_up_the_intake(
    unsteady: Database, caller: TestClient, keys: Headers
) -> None:
    with used_up(unsteady, Work.READING):
        posted = post(caller, keys, 1)
        read = caller.get("/v1/deadlines", headers=keys.lead)
        alive = caller.get("/health/live")
        ready = caller.get("/health/ready")

    assert posted.status_code == 201
    check_unavailable(read)
    assert alive.status_code == 200
    check_unavailable(ready)
    assert caller.get("/v1/deadlines", headers=keys.lead).status_code == 200
    assert caller.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    "address", ["/v1/reports/compliance?period=2026-03", "/figures"]
)
def test_figures_that_have_no_connection_left_do_not_hold_up_the_worklist(
    unsteady: Database, caller: TestClient, keys: Headers, address: str
) -> None:
    cookie = signed_in(unsteady, caller)
    asked = keys.lead if address.startswith("/v1/") else {"Cookie": cookie}
    with used_up(unsteady, Work.REPORTS):
        figures = caller.get(address, headers=asked)
        worklist = caller.get("/worklist", headers={"Cookie": cookie})

    assert figures.status_code == 503
    assert worklist.status_code == 200
    assert caller.get(address, headers=asked).status_code == 200


def test_what_only_leads_ask_does_not_hold_up_who_calls(
    unsteady: Database, caller: TestClient, keys: Headers
) -> None:
    """See that a key nobody has looked up yet is not refused for want of a pool."""
    with used_up(unsteady, Work.READING), used_up(unsteady, Work.REPORTS):
        first = post(caller, keys, 1)

    assert first.status_code == 201


@pytest.mark.parametrize("work", list(Work))
def test_each_kind_of_work_has_its_patience(unsteady: Database, work: Work) -> None:
    pool = POOLS[work]

    with unsteady.at(work).write() as connection:
        told = [
            connection.scalar(
                text("SELECT extract(epoch FROM current_setting(:name)::interval)"),
                {"name": name},
            )
            for name in (
                "statement_timeout",
                "lock_timeout",
                "idle_in_transaction_session_timeout",
            )
        ]

    assert told == [pool.statement_seconds, pool.lock_seconds, pool.idle_seconds]
    assert all(told)
