"""`maaraaika import`, run as an operator runs it."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from app.db.database import Database
from tests import commands
from tests.imports.conftest import CODE, HEADER, MAPPING, row
from tests.imports.example import CASES, EXAMPLES

PAGE = EXAMPLES.parent / "import.md"
EXAMPLE = ("import.xlsx", "--mapping", "import.toml", "--source", "client-x")


@pytest.fixture
def folder(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Give a folder with the example, and configure the command for a database."""
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    for file in EXAMPLES.glob("import.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return commands.run("import", *words, folder=folder)


def stored(database: Database) -> int:
    with database.read() as knowledge:
        counted = knowledge.connection.execute(text("SELECT count(*) FROM case_event"))
        return int(counted.scalar_one())


def test_without_commit_nothing_is_stored(folder: Path, database: Database) -> None:
    done = run(folder, *EXAMPLE)

    assert done.returncode == 0, done.stderr
    assert f"{CASES} rows: {CASES} new. Each is in import.result.xlsx." in done.stdout
    assert "This was a dry run: nothing was stored." in done.stdout
    assert (folder / "import.result.xlsx").exists()
    assert stored(database) == 0


def test_with_commit_everything_is_stored_once(
    folder: Path, database: Database
) -> None:
    first = run(folder, *EXAMPLE, "--commit", "--result", "first.xlsx")
    count = stored(database)
    second = run(folder, *EXAMPLE, "--commit", "--result", "second.xlsx")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert f"{CASES} rows: {CASES} created. Each is in first.xlsx." in first.stdout
    assert f"{CASES} rows: {CASES} duplicate. Each is in second.xlsx." in second.stdout
    assert stored(database) == count > 2 * CASES


def test_a_refused_row_is_told_without_a_word_of_it_and_fails_the_command(
    folder: Path, database: Database
) -> None:
    rows = [HEADER, row(Nimi="Aino", Yksikkö=CODE), row(Nro="8", Päätös="Ehkä [red]")]
    content = "\n".join(";".join(map(str, each)) for each in [*rows, row(Nro="9")])
    (folder / "in.csv").write_text(content, encoding="utf-8")
    (folder / "in.toml").write_text(MAPPING, encoding="utf-8")

    done = run(
        folder, *("in.csv", "--mapping", "in.toml", "--source", "client-x", "--commit")
    )

    assert done.returncode == 1
    assert "3 rows: 1 created, 2 rejected." in done.stdout
    assert "Päätös: the value is not in [values.decisions]. Add it to" in done.stdout
    for word in ("Aino", CODE, "Ehkä"):
        assert word not in done.stdout + done.stderr
    assert stored(database) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("none.csv", *EXAMPLE[1:]), "none.csv cannot be read"),
        (("import.xlsx", "--mapping", "none.toml", *EXAMPLE[3:]), "none.toml cannot"),
        (("import.toml", *EXAMPLE[1:]), "neither .csv nor .xlsx"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(
    folder: Path, words: tuple[str, ...], says: str
) -> None:
    done = run(folder, *words)

    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_the_commands_of_the_documentation_work(
    folder: Path, database: Database
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    commands = re.findall(r"^maaraaika import (.+)$", page, re.MULTILINE)
    assert len(commands) > 2

    for command in commands:
        words = shlex.split(command.replace("docs/examples/", ""), comments=True)
        done = run(folder, *words)
        assert done.returncode == 0, command + done.stderr

    assert stored(database) > CASES


def test_every_mapping_of_the_documentation_is_part_of_the_example_or_valid(
    folder: Path,
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    example = (folder / "import.toml").read_text(encoding="utf-8")

    shown = re.search(r"```toml\n(.*?)```", page, re.DOTALL)

    assert shown is not None
    assert shown[1] in example
