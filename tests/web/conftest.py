"""A reader of pages."""

from collections.abc import Iterator

import pytest

from app.main import create_app
from tests.conftest import fresh_database
from tests.web.reading import Reader, reader


@pytest.fixture(scope="module")
def bare_service(server_url: str, template: str) -> Iterator[Reader]:
    """Give a reader of a service without cases."""
    with (
        fresh_database(server_url, template) as database,
        reader(create_app(database)) as anyone,
    ):
        yield anyone


@pytest.fixture
def anyone(bare_service: Reader) -> Reader:
    """Give somebody who has not signed in, and has never been here."""
    bare_service.forget()
    return bare_service
