"""A service on a real port, with a little of everything in it, to be ill-treated."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import psycopg
import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from prometheus_client import generate_latest
from sqlalchemy import make_url

from app import clock
from app.api import addresses
from app.db.database import Database
from app.domain.access import Role
from app.main import create_app, served
from app.observability import logs
from app.observability.instruments import REGISTRY
from app.services import signing_in
from tests import databases
from tests.api.sending import decision, notification, put_units, send
from tests.conftest import bearer, fresh_database
from tests.hostile import calls
from tests.hostile.calls import Answer, Call

Json: TypeAlias = dict[str, Any]
# A path, a method, and what the OpenAPI document says of the two.
Operation: TypeAlias = tuple[str, str, Json]
UNITS = {"county": None, "leppavaara": "county", "matinkyla": "county"}
NOBODY = "nobody"
SIGNED_IN = (Role.LEAD, Role.LEAD, Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What is ill-treated: its address and document, who may call, what it told."""

    address: tuple[str, int]
    document: Json
    pages: list[Operation]
    credentials: dict[str, bytes]
    cookies: list[bytes]
    log: StringIO
    owner_url: str

    def operations(self) -> list[Operation]:
        """Return all that the document tells of."""
        return [
            (path, method.upper(), operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        ]

    def answer(self, call: Call) -> Answer:
        """Return what the service answers."""
        return calls.send(self.address, call)

    def told(self) -> bytes:
        """Return all that it has logged and measured until now."""
        return self.log.getvalue().encode() + generate_latest(REGISTRY)

    def tables(self) -> list[str]:
        """Return the names of all tables."""
        with psycopg.connect(self.owner_url) as connection:
            found = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' "
                "AND relnamespace = 'public'::regnamespace"
            )
            return [name for (name,) in found.fetchall()]

    def stored(self) -> bytes:
        """Return a plain dump of the database, as an operator would make it."""
        return databases.dump(self.owner_url).encode()


@contextmanager
def service(server_url: str, template: str) -> Iterator[Service]:
    """Give a service in which each list has a few rows."""
    with fresh_database(server_url, template) as database:
        _fill(database)
        credentials = {role.value: _credentials(database, role) for role in Role}
        app = create_app(database)
        document: Json = TestClient(app).get("/openapi.json").json()
        with _captured() as log, served(database, 0) as url:
            place = urlsplit(url)
            assert place.hostname
            assert place.port
            yield Service(
                address=(place.hostname, place.port),
                document=document,
                pages=_pages(app),
                cookies=[_cookie(app, database, role) for role in SIGNED_IN],
                credentials={**credentials, NOBODY: b""},
                log=log,
                owner_url=_owner_url(server_url, database),
            )


def _pages(app: FastAPI) -> list[Operation]:
    """Return the routes that the document does not tell of, as it would."""
    return [
        (
            route.path_format,
            method,
            {"parameters": _parameters(route), "form": _fields(route)},
        )
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute)
        and not route.include_in_schema
        for method in route.methods or ()
    ]


def _fields(route: APIRoute) -> list[str]:
    """Return the names of the fields of the form that a page takes."""
    return [
        name
        for parameter in route.dependant.body_params
        for name in getattr(
            parameter.field_info.annotation, "model_fields", [parameter.name]
        )
    ]


def _parameters(route: APIRoute) -> list[Json]:
    names = {
        "path": re.findall(r"{(\w+)}", route.path_format),
        "query": sorted(addresses.known_parameters(route)),
    }
    return [
        {"name": name, "in": place, "schema": {}}
        for place in names
        for name in names[place]
    ]


def _cookie(app: FastAPI, database: Database, role: Role) -> bytes:
    """Return the cookie of one who has signed in."""
    now = clock.now()
    link = signing_in.make_link(database, role=role, units=(), now=now)
    secret = signing_in.use_link(database, link, now=now)
    return f"{app.state.callers.cookie}={secret}".encode()


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
