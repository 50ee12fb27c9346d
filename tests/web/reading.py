"""A reader of pages: asks as a browser does, and gets only pages that are in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.services import signing_in
from tests.web.document import Document, parse

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HEAVIEST_PAGE = 150_000  # bytes


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser, in which nothing is remembered yet."""

    client: TestClient

    def answer(self, path: str, **headers: str) -> Response:
        """Return what the service answers to a browser."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = {"Accept": ACCEPT, **named}
        return self.client.get(path, headers=asked, follow_redirects=False)

    def visit(self, path: str, *, status: int = 200, **headers: str) -> Document:
        """Return the page at *path*, which is in order."""
        answer = self.answer(path, **headers)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert len(answer.content) < HEAVIEST_PAGE
        return parse(answer.text)

    def forget(self) -> None:
        """Forget every cookie."""
        self.client.cookies.clear()


@contextmanager
def reader(app: FastAPI) -> Iterator[Reader]:
    """Give a reader of *app*."""
    with TestClient(app) as client:
        yield Reader(client)


def session(
    app: FastAPI, database: Database, role: Role, *units: str
) -> tuple[str, str]:
    """Return the cookie of one who has signed in: its name and its value."""
    now = clock.now()
    link = signing_in.make_link(database, role=role, units=units, now=now)
    secret = signing_in.use_link(database, link, now=now)
    return app.state.callers.cookie, secret
