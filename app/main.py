"""The application: wires routers, errors, the database and the writers."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import (
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
    suppress,
)
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.types import ASGIApp

from app import __version__
from app.api import (
    access,
    access_log,
    ageing,
    ageing_cases,
    cases,
    compliance,
    compliance_cases,
    control_counts,
    counts,
    deadlines,
    definitions,
    delay_report,
    delays,
    docs_page,
    documented,
    equity,
    errors,
    events,
    feed,
    findings,
    flow,
    flow_cases,
    health,
    metrics,
    publications,
    report_changes,
    requests,
    run_chart,
    sealed_reports,
    sources,
    thl,
    units,
    yearly,
)
from app.api.guard.connections import PatientProtocol
from app.api.guard.guard import Guard
from app.api.guard.names import Edge
from app.api.viewing import Door
from app.db import roles, schema
from app.db.database import Database, DatabaseUnavailableError, Work, connect
from app.db.embedded import EmbeddedPostgres
from app.db.scopes import NOTHING
from app.domain.access_log import EXPORTS_PER_DAY
from app.identity.providers import Provider
from app.observability.logs import log
from app.services import checkpoints, intake
from app.services.callers import Callers
from app.services.checkpoints import CheckpointPaths
from app.services.cursors import Cursors
from app.services.group_commit import GroupCommit
from app.services.law import count_ahead, ensure_in_use
from app.services.processes import settle_garbage_collection
from app.services.reading_ahead import read_ahead
from app.services.reference_rules import ReferenceRules
from app.settings import Settings, SettingsError
from app.web import errors as error_pages
from app.web import pages

LOOPBACK = "127.0.0.1"
# How the service is served: to clients that may be slow, and to some that lie.
SERVER_OPTIONS: Mapping[str, Any] = {
    "http": PatientProtocol,
    "ws": "none",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    # Who calls is who connects, unless that is a proxy that we were told of.
    "proxy_headers": False,
}
DAYS_COUNTED_AHEAD = 400
DESCRIPTION = (
    "Client systems post what happened in child protection cases; the service answers "
    "when the law requires what, what is overdue, and how many deadlines were kept."
)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Give the database as the service's role, with the schema of this version.

    The embedded one is migrated; a configured one is the operator's to migrate.

    Raises:
        EmbeddedPostgresError: the embedded server cannot be started.
        PendingMigrationsError: the configured database lacks migrations.
        UnsafeRoleError: the role in its address may do more than a service should.
        OtherLawInUseError: its deadlines were computed under another law.
        DatabaseUnavailableError: the configured database does not answer.
        InvalidDatabaseUrlError: its address is not one of a PostgreSQL.
    """
    with _opened(settings) as database:
        roles.require_modest(database)
        ensure_in_use(database, settings.law)
        yield database


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """Give the configured database, or the embedded one, running, as it is."""
    if settings.database_url is None:
        with owned(settings) as database:
            yield database
        return
    with _connected_to(settings.database_url) as database:
        yield database


@contextmanager
def owned(settings: Settings) -> Iterator[Database]:
    """Give the database, as it is, to its owner, who may change its tables."""
    if (url := settings.migration_database_url or settings.database_url) is not None:
        with _connected_to(url) as database:
            yield database
        return
    with (
        EmbeddedPostgres(settings.data_dir) as embedded,
        _connected_to(embedded.url, embedded) as database,
    ):
        yield database


@contextmanager
def _connected_to(
    url: str, embedded: EmbeddedPostgres | None = None
) -> Iterator[Database]:
    database = connect(url, embedded)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    if settings.database_url is not None:
        with connected(settings) as database:
            schema.require_newest(database)
            yield database
        return
    with EmbeddedPostgres(settings.data_dir) as embedded:
        password = embedded.service_password
        with _connected_to(embedded.url, embedded) as database:
            schema.migrate(database)
            roles.let_in(database, roles.LOGIN, password)
        url = embedded.url_of(roles.LOGIN, password)
        with _connected_to(url, embedded) as database:
            yield database


@contextmanager
def served(database: Database, port: int) -> Iterator[str]:
    """Serve on the loopback from a thread, and give the address.

    If *port* is taken, another one is.
    """
    listener = socket.socket()
    try:
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.bind((LOOPBACK, 0))
    # From here on connections wait for the server instead of being refused.
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(create_app(database), **SERVER_OPTIONS))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def metered(database: Database, port: int | None) -> AbstractContextManager[object]:
    """Answer Prometheus on *port* of this machine, if there is one.

    Raises:
        SettingsError: it is taken.
    """
    try:
        return metrics.served(database, port) if port else nullcontext()
    except OSError as error:
        raise SettingsError(f"MAARAAIKA_METRICS_PORT: {error}") from error


def checkpoint_paths(settings: Settings) -> CheckpointPaths:
    """Return where the checkpoints and their key are kept."""
    directory = settings.data_dir
    return CheckpointPaths(
        lines=settings.checkpoint_file or directory / "checkpoints.jsonl",
        key=settings.checkpoint_key_file or directory / "checkpoint.key",
    )


def create_app(
    database: Database,
    paths: CheckpointPaths | None = None,
    *,
    providers: Sequence[Provider] = (),
    undecided: Sequence[str] = (),
    exports_per_day: int = EXPORTS_PER_DAY,
    public_url: str | None = None,
    names: frozenset[str] | None = None,
) -> FastAPI:
    """Return the application on *database*, whose law is the one in use there.

    It writes checkpoints to *paths*, if they are given, and reads ledgers ahead then,
    as it will stay for long. It trusts *providers* to say who somebody is. It is not
    ready while there are settings *undecided* that have no default. It answers to
    *names* alone; without, to any, as callers within this process need it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with suppress(DatabaseUnavailableError):
            await asyncio.to_thread(count_ahead, database, DAYS_COUNTED_AHEAD)
        settle_garbage_collection()
        with _beside_requests(database, paths) if paths else nullcontext():
            record = partial(intake.record, database.at(Work.INTAKE))
            async with GroupCommit(record) as group_commit:
                app.state.group_commit = group_commit
                log.info("started", version=__version__)
                yield
        log.info("stopped")

    # The documentation is served from here: a county's network may be closed.
    app = FastAPIOffline(
        docs_url=None,
        redoc_url=None,
        # A redirect would lead wherever the header `Host` says.
        redirect_slashes=False,
        title="Määräaika",
        description=DESCRIPTION,
        version=__version__,
        lifespan=lifespan,
        # FastAPI's own spans would bear paths, queries and messages of errors.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "auto_configure": False,
        },
    )
    # Where nobody says for what kind of work, it is for a question; who may see more of
    # the cases than nothing, gets it of `visits.database_of`.
    app.state.database = database.at(Work.READING).seen_by(NOTHING)
    app.state.callers = Callers(database, providers, public_url)
    app.state.cursors = Cursors(database)
    app.state.reference_rules = ReferenceRules(database)
    app.state.undecided = undecided
    app.state.exports_per_day = exports_per_day
    errors.install(app)
    error_pages.install(app)
    app.router.routes.insert(0, events.DIRECT)
    # As they are: to include a router would make each of its routes once more.
    for feature in (
        *(events, feed, control_counts, deadlines, cases, delays, findings, sources),
        *(compliance, compliance_cases, ageing_cases, flow_cases, definitions),
        *(publications, counts, run_chart),
        *(equity, ageing, delay_report, flow, yearly, thl),
        *(sealed_reports, report_changes, units, access_log, health, docs_page),
    ):
        app.router.routes.extend(feature.router.routes)
    for router in pages.ROUTERS:
        app.router.routes.extend(router.routes)
    access.ensure_declared(app)
    app.add_middleware(Door)
    documented.describe(app)
    _stand_around(app, Edge(hosts=names, public_origin=public_url))
    return app


@contextmanager
def _beside_requests(database: Database, paths: CheckpointPaths) -> Iterator[None]:
    # The last checkpoint is written when nothing is recorded any more.
    with checkpoints.kept(database, paths), read_ahead(database):
        yield


def _stand_around(app: FastAPI, edge: Edge) -> None:
    """Put around *app* what numbers requests and what guards it.

    They stand outside even of the answer 500, the guard inside of what tells of it.
    """
    whole = app.build_middleware_stack

    def build() -> ASGIApp:
        shortcut = access.Shortcut(whole(), events.DIRECT, app)
        return requests.NumberedRequests(
            Guard(shortcut, edge, telling=error_pages.for_readers), app.routes
        )

    app.build_middleware_stack = build  # type: ignore[method-assign] # where all is outside
