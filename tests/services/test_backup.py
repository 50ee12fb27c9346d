"""A dump by the owner of the tables is whole or fails; restored, it is verified."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from sqlalchemy import URL, make_url

from app.db import schema
from app.db.database import connect
from app.db.embedded.programs import binaries
from app.domain.law import Law
from app.services import intake
from app.services.law import ensure_in_use
from tests import commands, databases
from tests.services.conftest import told

OWNER = "owner_of_a_backup"
# As docs/operations.md has it.
EVERYTHING = {"PGOPTIONS": "-c maaraaika.scope=*"}


@dataclass(frozen=True)
class Copied:
    """A database with events, and an empty one; both of an owner of little power."""

    full: URL
    empty: URL

    def dump(self, *options: str, **environment: str) -> CompletedProcess[str]:
        """Return what pg_dump says of the full one, to its owner."""
        return _run("pg_dump", self.full, *options, **environment)


@pytest.fixture
def copied(server_url: str, template: str) -> Iterator[Copied]:
    """Give both databases."""
    assert template, "which sees to the groups and to the service's login"
    databases.execute(server_url, f"CREATE ROLE {OWNER} LOGIN PASSWORD 'of-a-test'")
    names = [databases.create(server_url) for _ in range(2)]
    owner = make_url(server_url).set(
        drivername="postgresql", username=OWNER, password="of-a-test"
    )
    full, empty = (owner.set(database=name) for name in names)
    for name in names:
        databases.execute(server_url, f"ALTER DATABASE {name} OWNER TO {OWNER}")
    owned = connect(full.render_as_string(hide_password=False))
    service = connect(databases.service_url(server_url, names[0]))
    schema.migrate(owned)
    ensure_in_use(owned, Law())
    intake.record(service, told("client-a", 0))
    owned.dispose()
    service.dispose()
    yield Copied(full, empty)
    for name in names:
        databases.drop(server_url, name)
    databases.execute(server_url, f"DROP ROLE {OWNER}")


def _run(
    program: str, url: URL, *options: str, **environment: str
) -> CompletedProcess[str]:
    return run(  # noqa: S603 (a program of ours)
        [
            binaries() / program,
            *("--dbname", url.render_as_string(hide_password=False)),
            *options,
        ],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": os.defpath, **environment},
    )


def test_a_dump_that_does_not_say_that_it_wants_everything_fails(
    copied: Copied,
) -> None:
    done = copied.dump()

    assert done.returncode != 0
    assert "row-level security" in done.stderr


def test_a_dump_that_says_so_is_restored_whole_and_verified(
    copied: Copied, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "maaraaika.sql"
    dumped = copied.dump("--enable-row-security", "--file", str(path), **EVERYTHING)
    assert dumped.returncode == 0, dumped.stderr

    restored = _run(
        "psql",
        copied.empty,
        *("--no-psqlrc", "--quiet", "--single-transaction"),
        *("--set", "ON_ERROR_STOP=1", "--file", str(path)),
    )

    assert restored.returncode == 0, restored.stderr
    name = copied.empty.database
    assert name is not None
    monkeypatch.setenv(
        "MAARAAIKA_DATABASE_URL", databases.service_url(server_url, name)
    )
    verified = commands.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert verified.stdout.startswith("3 lines of 1 ledgers")
    # The policies are restored too: who says nothing gets a dump without a case.
    silent = _run("pg_dump", copied.empty, "--data-only", "--enable-row-security")
    assert silent.returncode == 0, silent.stderr
    (_, _, events) = silent.stdout.partition("COPY public.case_event ")
    assert events.partition("\\.")[0].endswith("FROM stdin;\n")
