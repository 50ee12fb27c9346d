"""`maaraaika report`, run as an operator runs it, beside a service that goes on."""

import csv
import io
import stat
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database, connect
from app.domain.access import Actor, Role
from app.domain.reporting_periods import parse_period
from app.main import create_app
from app.services import publications
from tests import commands
from tests.api.sending import notification, send
from tests.conftest import bearer
from tests.databases import Pool

DAY = "2025-03-12"


@pytest.fixture(scope="module", autouse=True)
def county(pool: Pool) -> Iterator[None]:
    with pool.lend() as url, pytest.MonkeyPatch.context() as patch:
        database = connect(url)
        with TestClient(create_app(database)) as client:
            integrator = bearer(database, Role.INTEGRATOR, source="client-a")
            cases = notification("A", "2025-02-10"), notification("B", "2025-02-17")
            send(client, integrator, *cases)
            for number in range(1, 13):
                publish(database, f"2024-{number:02}")
            patch.setenv("MAARAAIKA_DATABASE_URL", url)
            yield
        database.dispose()


def publish(database: Database, month: str) -> None:
    publications.publish(
        database,
        Actor(role=Role.LEAD),
        month=parse_period(month),
        as_of=date.fromisoformat(DAY),
        known_at=None,
    )


REASON = ("--reason", "self_monitoring")


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return commands.run_binary("report", *words, folder=cwd)


def test_a_list_goes_to_the_standard_output_and_what_is_told_of_it_does_not() -> None:
    done = run("worklist", *REASON, "--as-of", DAY, "--format", "csv", "--out", "-")

    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
    assert [(row["case_ref"], row["status"]) for row in rows] == [
        ("A", "open_late"),
        ("B", "open_late"),
    ]
    assert b"2 rows" in done.stderr


def test_a_file_is_named_for_its_question_and_is_a_pdf_by_default(
    tmp_path: Path,
) -> None:
    done = run("worklist", *REASON, "--as-of", DAY, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.iterdir()
    assert file.name == "deadlines-overdue-2025-03-12.pdf"
    assert file.read_bytes().startswith(b"%PDF-1.7")
    assert stat.S_IMODE(file.stat().st_mode) & stat.S_IRUSR


def test_the_ending_of_the_file_tells_its_format(tmp_path: Path) -> None:
    file = tmp_path / "list.XLSX"
    file.write_bytes(b"before")

    done = run("worklist", *REASON, "--as-of", DAY, "--out", str(file))

    assert done.returncode == 0, done.stderr
    assert file.read_bytes().startswith(b"PK")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("compliance", "--period", "2025-02", "--by", "unit"), "compliance-2025-02"),
        (("thl", "--window", "thl:2024-10"), "thl-2024-10"),
        (("yearly", "--year", "2025"), "yearly-2025"),
    ],
)
def test_every_report_that_is_owed_can_be_written(
    words: tuple[str, ...], name: str, tmp_path: Path
) -> None:
    done = run(*words, "--as-of", DAY, "--lang", "sv", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")


def test_what_was_published_can_be_written_for_everybody(tmp_path: Path) -> None:
    public = "--audience", "public", "--lang", "sv"

    for words in (
        ("compliance", "--period", "2024-02", "--by", "unit"),
        ("yearly", "--year", "2024"),
    ):
        done = run(*words, *public, cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    assert {file.name for file in tmp_path.iterdir()} == {
        "compliance-public-2024-02.pdf",
        "yearly-public-2024.pdf",
    }


@pytest.mark.parametrize(
    "words",
    [
        ("yearly", "--year", "2025", "--as-of", DAY),
        ("compliance", "--period", "2025", "--compare", "previous"),
        ("compliance", "--period", "2025", "--basis", "both"),
    ],
)
def test_what_a_publication_settled_is_no_option(words: tuple[str, ...]) -> None:
    done = run(*words, "--audience", "public")

    assert done.returncode == 1
    assert b"leave these options out" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("compliance", "--period", "soon"), "A period is written as"),
        (("compliance", "--period", "2025", "--by", "colour"), "--by has any of"),
        (("thl", "--window", "2025-04"), "a window of THL's"),
        (("yearly", "--year", "2025", "--audience", "public"), "12 months of the year"),
        (
            ("compliance", "--period", "2025-02", "--audience", "public"),
            "has not been published",
        ),
    ],
)
def test_a_report_that_there_is_not_is_told_in_a_line(
    words: tuple[str, ...], told: str
) -> None:
    done = run(*words)

    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--as-of", "yesterday"), "Write the day"),
        (("--known-at", "2025-03-12T10:00"), "Write the instant"),
        (("--known-at", "now"), "Write the instant"),
        (("--rule", "other"), "other"),
        (("--reason", "emergency_duty"), "--reason is one of"),
        (("--out", "/nowhere/list.csv"), "/nowhere/list.csv cannot be written"),
    ],
)
def test_what_cannot_be_is_told_in_a_line(words: tuple[str, ...], told: str) -> None:
    done = run("worklist", *REASON, *words)

    assert done.returncode == 1
    assert told in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()
