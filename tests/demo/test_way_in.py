"""The demo prints ways in to its pages, and they work."""

import io
import re
import sys
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from rich.console import Console

from app.cli.serving import _let_in
from app.db.database import Database
from app.main import create_app

ADDRESS = "http://127.0.0.1:8000"


class Terminal(io.StringIO):
    """Somebody at a terminal who presses Enter, and then Ctrl-D."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    with io.StringIO() as stream:
        yield stream


def let_in(database: Database, printed: io.StringIO) -> list[str]:
    _let_in(database, ADDRESS, Console(file=printed, width=80))
    return re.findall(rf"{ADDRESS}/sign-in/link\?code=(\S+)\n", printed.getvalue())


def test_every_enter_at_a_terminal_prints_another_link(
    database: Database, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("\n"))

    codes = let_in(database, printed)

    assert len(set(codes)) == 2
    with TestClient(create_app(database), base_url=ADDRESS) as browser:
        for code in codes:
            browser.post("/sign-in/link", data={"code": code})
            own = {"Sec-Fetch-Site": "same-origin"}
            assert browser.get("/v1/units", headers=own).status_code == 200


def test_where_nobody_types_it_waits_for_its_end(
    database: Database, printed: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr("signal.pause", interrupted)

    assert len(let_in(database, printed)) == 1
    assert "the end with Ctrl-C" in printed.getvalue()
