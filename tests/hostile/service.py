"""A service on a real port, with a little of everything in it, to be ill-treated."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import psycopg
import structlog
from fastapi.testclient import TestClient
from prometheus_client import generate_latest
from psycopg import sql
from sqlalchemy import make_url

from app.db.database import Database
from app.domain.access import Role
from app.main import create_app, served
from app.observability import logs
from app.observability.instruments import REGISTRY
from tests import databases
from tests.api.sending import decision, notification, put_units, send
from tests.conftest import bearer, fresh_database
from tests.hostile import calls
from tests.hostile.calls import Answer, Call

Json: TypeAlias = dict[str, Any]
UNITS = {"county": None, "leppavaara": "county", "matinkyla": "county"}
NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is ill-treated: its address and document, who may call, what it told."""

    address: tuple[str, int]
    document: Json
    credentials: dict[str, bytes]
    log: StringIO
    owner_url: str

    def answer(self, call: Call) -> Answer:
        """Return what the service answers."""
        return calls.send(self.address, call)

    def told(self) -> bytes:
        """Return all that it has logged and measured until now."""
        return self.log.getvalue().encode() + generate_latest(REGISTRY)

    def tables(self) -> list[str]:
        """Return the names of all tables."""
        with psycopg.connect(self.owner_url) as connection:
            return _tables(connection)

    def stored(self) -> bytes:
        """Return every row of every table, as a dump would write it."""
        with psycopg.connect(self.owner_url) as connection:
            return b"".join(_rows(connection, name) for name in _tables(connection))


def _tables(connection: psycopg.Connection[tuple[str]]) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace"
    )
    return [name for (name,) in found.fetchall()]


def _rows(connection: psycopg.Connection[tuple[str]], table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(statement) as rows:
        return b"".join(rows)


@contextmanager
def service(server_url: str, template: str) -> Iterator[Service]:
    """Give a service in which each list has a few rows."""
    with fresh_database(server_url, template) as database:
        _fill(database)
        credentials = {role.value: _credentials(database, role) for role in Role}
        document: Json = TestClient(create_app(database)).get("/openapi.json").json()
        with _captured() as log, served(database, 0) as url:
            place = urlsplit(url)
            assert place.hostname
            assert place.port
            yield Service(
                address=(place.hostname, place.port),
                document=document,
                credentials={**credentials, NOBODY: b""},
                log=log,
                owner_url=_owner_url(server_url, database),
            )


def _owner_url(server_url: str, database: Database) -> str:
    """Return the URL as which every row can be read, as the driver wants it."""
    service = database.engine.url.render_as_string(hide_password=False)
    url = make_url(databases.as_owner(server_url, service))
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _credentials(database: Database, role: Role) -> bytes:
    source = "client-a" if role is Role.INTEGRATOR else None
    return bearer(database, role, source=source)["Authorization"].encode()


def _fill(database: Database) -> None:
    integrator = bearer(database, Role.INTEGRATOR, source="client-a")
    with TestClient(create_app(database)) as client:
        put_units(client, bearer(database, Role.ADMIN), UNITS)
        send(
            client,
            integrator,
            notification("A-2026-0001", "2026-10-05", event_id="e-1001"),
            notification("A-1", "2026-03-02"),
            decision("A-1", "2026-03-20"),
            decision("odd", "2026-03-20"),
        )
        answer = client.post(
            "/v1/reports/sealed",
            json={"kind": "monthly", "period": "2026-03"},
            headers=bearer(database, Role.LEAD),
        )
        assert answer.status_code == 201, answer.text


@contextmanager
def _captured() -> Iterator[StringIO]:
    """Give all that is logged meanwhile, by the service and the libraries."""
    before = structlog.get_config()
    stream = StringIO()
    library = logging.StreamHandler(stream)
    logs.write_to(stream, logging.DEBUG)
    logging.getLogger().addHandler(library)
    try:
        yield stream
    finally:
        logging.getLogger().removeHandler(library)
        structlog.configure(**before)
