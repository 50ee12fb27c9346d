"""Browsers before the service, and providers behind it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.identity.providers import Provider
from app.main import create_app
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


@pytest.fixture
def county(database: Database, issuer: str) -> Iterator[TestClient]:
    """Give a browser before a service that trusts the real provider."""
    with browser(database, for_sign_in(issuer)) as client:
        yield client


@pytest.fixture
def hostile() -> Iterator[HostileProvider]:
    """Give a provider that answers what it is told."""
    with hostile_provider() as provider:
        yield provider
