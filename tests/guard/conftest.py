"""What several modules of tests of the guard ask."""

from collections.abc import Iterator

import pytest

from app.db.database import Database
from app.main import create_app
from tests.conftest import fresh_database
from tests.guard.talking import listening


@pytest.fixture(scope="module")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """Give a database to all tests of a module."""
    with fresh_database(server_url, template) as database:
        yield database


@pytest.fixture(scope="module")
def port(shared: Database) -> Iterator[int]:
    """Give the port of a service that answers to `localhost` alone."""
    app = create_app(
        shared, names=frozenset({"localhost"}), public_url="https://county.example"
    )
    with listening(app) as port:
        yield port
