"""A real PostgreSQL for every test that touches one, and ways to call the service."""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any, TypeAlias

import httpx2
import pytest
import structlog
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from app import clock
from app.db import pools, schema
from app.db.database import Database, connect
from app.db.embedded import EmbeddedPostgres, supervisor
from app.domain.access import Actor, Role
from app.domain.events import legal_day
from app.domain.law import Law
from app.main import create_app
from app.observability import logs
from app.services import keys
from app.services.law import ensure_in_use
from app.services.viewing import Viewer
from tests import commands, databases
from tests.databases import Pool
from tests.web import chromium

# `make test` looks at a few examples of every property, `.ci/run` at many; where a
# property is to hold for a number of them, its test says which.
settings.register_profile(
    "quick",
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "full",
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# `make hostile` makes every attempt in every place.
settings.register_profile(
    "exhaustive",
    max_examples=2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("MAARAAIKA_TEST_PROFILE", "quick"))

# How long tests wait for a connection, a lock or a statement, in place of the service's
# own few seconds: the machine may have much else to do, and that is no finding.
PATIENCE_SECONDS = 120
# No test takes longer, hence none that begins before this ends on another day.
LONGEST_TEST_SECONDS = 60.0
AS_THE_SERVICE = (pools.WAIT_SECONDS, dict(pools.POOLS))

# Where the server of the run keeps its files, told by the first process to its workers.
SERVER_DIRECTORY = "MAARAAIKA_TEST_SERVER_DIRECTORY"
MEMORY = Path("/dev/shm")  # noqa: S108 (only as the place of a private directory)
ENOUGH_MEMORY = 2_000_000_000  # bytes
_directory = pytest.StashKey[TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Wait patiently, and keep the server's files in memory where there is room.

    A commit then waits for no disk, and yet the server has the settings of the product:
    one whose commits could be lost would not be ready.
    """
    _be_patient()
    if SERVER_DIRECTORY in os.environ:
        return
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY
    directory = TemporaryDirectory(prefix="maaraaika-", dir=MEMORY if roomy else None)
    config.stash[_directory] = directory
    os.environ[SERVER_DIRECTORY] = directory.name


def _be_patient() -> None:
    supervisor.START_PATIENCE = PATIENCE_SECONDS
    pools.WAIT_SECONDS = PATIENCE_SECONDS
    for work, pool in pools.POOLS.items():
        pools.POOLS[work] = replace(
            pool,
            statement_seconds=PATIENCE_SECONDS,
            lock_seconds=PATIENCE_SECONDS,
            idle_seconds=PATIENCE_SECONDS,
        )


@pytest.fixture
def patience_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let databases that are connected to from now on wait as long as the service."""
    wait_seconds, of_pools = AS_THE_SERVICE
    monkeypatch.setattr(pools, "WAIT_SECONDS", wait_seconds)
    for work, pool in of_pools.items():
        monkeypatch.setitem(pools.POOLS, work, pool)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the files of the server, which every worker has left."""
    if directory := config.stash.get(_directory, None):
        directory.cleanup()
        del os.environ[SERVER_DIRECTORY]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what only root, or a browser, can do where there is none of them."""
    missing = set()
    if os.geteuid() != 0:
        missing.add("as_root")
    if chromium.executable() is None:
        missing.add("browser")
    left_out = [item for item in items if any(map(item.get_closest_marker, missing))]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_runtest_setup() -> None:
    """Begin no test that midnight in Helsinki would overtake.

    What it says of today would be of yesterday when the service answers.
    """
    now = clock.now()
    left = (clock.end_of(legal_day(now)) - now).total_seconds()
    if left < LONGEST_TEST_SECONDS:
        sleep(left)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which tests were left out for want of a browser, and how to get them."""
    if chromium.executable() is None:
        terminalreporter.section("LEFT OUT", sep="!", red=True, bold=True)
        terminalreporter.line(chromium.LEFT_OUT, red=True, bold=True)


def pytest_sessionfinish() -> None:
    """Wait for what measures the coverage of commands to have written it."""
    commands.end()


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Give the URL of a server on which databases may be made.

    It is the one of MAARAAIKA_TEST_DATABASE_URL, or else the embedded one, shared by
    the parallel workers of a run.
    """
    configured = os.environ.get("MAARAAIKA_TEST_DATABASE_URL")
    if configured:
        yield configured
        return
    directory = Path(os.environ[SERVER_DIRECTORY])
    with EmbeddedPostgres(directory, settings={"max_wal_size": "256MB"}) as embedded:
        databases.let_owner_in_at_once(embedded.url)
        yield embedded.url


@pytest.fixture(scope="session")
def template(server_url: str) -> Iterator[str]:
    """Give the name of a database with the newest schema, to be cloned."""
    name = databases.create(server_url)
    database = connect(databases.url(server_url, name))
    schema.migrate(database)
    ensure_in_use(database, Law())
    database.dispose()
    databases.let_service_in(server_url)
    yield name
    databases.drop(server_url, name)


@pytest.fixture(scope="session")
def pool(server_url: str, template: str) -> Iterator[Pool]:
    """Give databases with the newest schema and no data."""
    pool = Pool(server_url, template)
    yield pool
    pool.drop()


Told: TypeAlias = Callable[[], list[dict[str, Any]]]


def said(answer: httpx2.Response) -> bytes:
    """Return the body of *answer* without the number that is its request's alone."""
    return answer.content.replace(answer.headers["x-request-id"].encode(), b"")


@pytest.fixture
def told_logs() -> Iterator[Told]:
    """Give what returns the lines that the service has logged since, as they parse."""
    stream = StringIO()
    before = structlog.get_config()
    logs.write_to(stream, logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    structlog.configure(**before)


@pytest.fixture
def database_url(pool: Pool) -> Iterator[str]:
    """Give the URL of a database of the test's own, as the service comes to it."""
    with pool.lend() as url:
        yield url


@pytest.fixture
def owner_url(server_url: str, database_url: str) -> str:
    """Give the URL of the test's own database, as its owner comes to it."""
    return databases.as_owner(server_url, database_url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a database of the test's own."""
    database = connect(database_url)
    yield database
    database.dispose()


@pytest.fixture
def owned(owner_url: str) -> Iterator[Database]:
    """Give the database of the test as its owner may change it."""
    database = connect(owner_url)
    yield database
    database.dispose()


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    """Give a caller of the service on a database of the test's own."""
    with TestClient(create_app(database)) as client:
        yield client


@dataclass(frozen=True)
class Headers:
    """What callers of each role send."""

    integrator: dict[str, str]
    lead: dict[str, str]
    admin: dict[str, str]


@pytest.fixture
def headers(database: Database) -> Headers:
    """Give keys: an integrator's of `client-a`, a lead's of all units, an admin's."""
    return Headers(
        integrator=bearer(database, Role.INTEGRATOR, source="client-a"),
        lead=bearer(database, Role.LEAD),
        admin=bearer(database, Role.ADMIN),
    )


def bearer(
    database: Database,
    role: Role,
    *,
    source: str | None = None,
    units: tuple[str, ...] = (),
) -> dict[str, str]:
    """Return the header of a new key."""
    key = keys.create(
        database, role=role, source=source, units=units, created_at=clock.now()
    )
    return {"Authorization": f"Bearer {key}"}


def viewer_of(database: Database, actor: Actor) -> Viewer:
    """Return *actor* as one who looks at cases."""
    return Viewer(database=database, actor=actor, route="a test")


@contextmanager
def fresh_database(server_url: str, template: str) -> Iterator[Database]:
    """Give a database for the tests of a module, each of which leaves others alone."""
    name = databases.create(server_url, template)
    database = connect(databases.service_url(server_url, name))
    try:
        yield database
    finally:
        database.dispose()
        databases.drop(server_url, name)
