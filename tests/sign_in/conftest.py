"""Browsers before the service, and providers behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db.database import Database
from app.identity.providers import Provider
from app.main import create_app
from tests.conftest import fresh_database
from tests.sign_in.provider import (
    HostileProvider,
    for_sign_in,
    hostile_provider,
    real_provider,
)

PUBLIC_URL = "https://deadlines.example"


@contextmanager
def browser(
    database: Database, *providers: Provider, public_url: str | None = PUBLIC_URL
) -> Iterator[TestClient]:
    """Give a browser before the service as people reach it."""
    app = create_app(database, providers=providers, public_url=public_url)
    with TestClient(
        app,
        base_url=public_url or "http://127.0.0.1:8000",
        follow_redirects=False,
        headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
    ) as client:
        yield client


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """Give a real OpenID provider."""
    with real_provider() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """Give a database for the tests of a module."""
    with fresh_database(server_url, template) as database:
        yield database


@pytest.fixture(scope="module")
def before_county(shared: Database, issuer: str) -> Iterator[TestClient]:
    """Give a browser before a service that trusts the real provider."""
    with browser(shared, for_sign_in(issuer)) as client:
        yield client


@pytest.fixture
def county(before_county: TestClient, shared: Database) -> TestClient:
    """Give the browser without anything in it, and nobody signed in."""
    return emptied(before_county, shared)


@pytest.fixture(scope="module")
def talking() -> Iterator[HostileProvider]:
    """Give a provider that answers what it is told."""
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
def hostile(talking: HostileProvider) -> HostileProvider:
    """Give the provider before it is told anything."""
    talking.be_silent()
    return talking


def emptied(client: TestClient, database: Database) -> TestClient:
    """Return the browser with nothing in it, before a service without sessions."""
    client.cookies.clear()
    client.headers["Sec-Fetch-Site"] = "same-origin"
    with database.write() as connection:
        connection.execute(text("DELETE FROM session"))
    return client
