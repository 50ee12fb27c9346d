"""`maaraaika access-log`: the answer to a client who asks who has seen their data."""

import csv
import io
from pathlib import Path

import pypdfium2
import pytest

from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.access_log import LookReason
from app.domain.events import CaseKey
from app.services.viewing import Viewer
from tests import commands
from tests.api.test_access_log import Log, log, person, this_week
from tests.conftest import viewer_of

__all__ = ["log"]
LEAD = Actor(role=Role.LEAD, units=frozenset({"west"}), key_id="lead-1")


@pytest.fixture(autouse=True)
def configured(
    log: Log, database_url: str, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> Database:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    monkeypatch.setenv("MAARAAIKA_MIGRATION_DATABASE_URL", owner_url)
    viewer_of(log.database, LEAD).show(
        {CaseKey("client-a", "A"), CaseKey("client-a", "C")}, rows=2
    )
    elsewhere = Viewer.asking(
        log.database, LEAD, route="GET /v1/cases/{source}/{case_ref:path}", asked={}
    )
    elsewhere.reason = LookReason.SUBSTITUTION
    elsewhere.show({CaseKey("client-a", "A")}, rows=1)
    return log.database


def written(*words: str) -> list[dict[str, str]]:
    done = commands.run_binary("access-log", *words, "--format", "csv", "--out", "-")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.decode())))


def test_a_client_is_told_who_has_seen_what_is_theirs_and_nothing_of_others() -> None:
    newest, oldest = written("--child", "p-1")

    assert (newest["person"], newest["role"]) == ("lead-1", "lead")
    assert (newest["reason"], newest["result"]) == ("substitution", "shown")
    assert newest["units"] == "west"
    assert newest["cases"] == oldest["cases"] == "client-a A"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("fi", ("Käyttöloki", "sijaisuus", "yksittäinen asia", "2 kertaa")),
        ("sv", ("Användningslogg", "vikariat", "enskilt ärende", "2 gånger")),
        ("en", ("Access log", "substitution", "single case", "2 times")),
    ],
)
def test_it_is_told_in_the_language_of_the_client(
    lang: str, told: tuple[str, ...], tmp_path: Path
) -> None:
    file = tmp_path / "log.pdf"
    words = ("--child", "p-1", "--lang", lang, "--out", str(file))

    done = commands.run_binary("access-log", *words)

    assert done.returncode == 0, done.stderr
    pages = pypdfium2.PdfDocument(file.read_bytes())
    text = " ".join(pages[0].get_textpage().get_text_range().split())
    pages.close()
    for each in told:
        assert each in text


def test_the_looks_of_a_week_elsewhere_are_written_with_a_code(log: Log) -> None:
    log.look("A", log.east, reason="transfer")

    (row,) = written("--elsewhere", this_week())

    assert (row["person"], row["reason"]) == (person(log.east), "transfer")
    (taken,) = log.ask(watermark=row["watermark"])["items"]
    assert taken["route"] == "maaraaika access-log"


def test_that_it_was_written_is_a_look_too() -> None:
    written("--case", "A")

    rows = written("--case", "A")

    assert rows[0]["way"] == "maaraaika access-log"
    assert rows[0]["role"] == "auditor"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--from", "2020-01-01"), "need a --reason"),
        (("--reason", "transfer"), "--reason is one of"),
        (("--to", "today"), "Write the day"),
        (("--elsewhere", "2026-47"), "Write the week"),
        (("--elsewhere", "2026-W47", "--case", "A"), "is asked alone"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(words: tuple[str, ...], told: str) -> None:
    done = commands.run_binary("access-log", *words)

    assert done.returncode == 1
    assert told in done.stderr.decode()


def test_what_is_old_is_given_for_a_reason() -> None:
    assert written("--from", "2020-01-01", "--reason", "client_request")
