"""Ledgers with checkpoints, and a forger who stops at nothing."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import psycopg
import pytest
from sqlalchemy import make_url

from app.db import ledger_lines, publications
from app.db.database import Database, connect
from app.db.ledger_lines import Stored
from app.db.publications import Draft
from app.domain.ledger import GENESIS, commitment, digest, line_hash
from app.domain.public_grid import Count, Measure, Output, Row, Split
from app.services import checkpoint_key, intake
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoints import CheckpointPaths, CheckpointWriter
from app.services.verification import Report, verify
from tests import databases
from tests.databases import Pool
from tests.factories import assessment, decision, notification, submissions

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
SOURCES = ("client-a", "client-b", "client-c")
CASES = 3
LINES = 3 * CASES  # of each ledger, with a checkpoint behind every third


@dataclass(frozen=True)
class Scene:
    """A database with its checkpoints, to be tampered with."""

    database: Database
    owner: Database
    url: str
    owner_url: str
    paths: CheckpointPaths

    def sql(self, statement: str, *values: object) -> None:
        """Do what a superuser can whom no trigger stops."""
        address = make_url(self.owner_url).set(drivername="postgresql")
        with psycopg.connect(
            address.render_as_string(hide_password=False)
        ) as connection:
            connection.execute("SET session_replication_role = replica")
            done = connection.execute(statement.encode(), values)
            assert done.rowcount > 0, "the forgery must touch something"

    def file(self) -> list[str]:
        """Return the lines of the checkpoint file."""
        return self.paths.lines.read_text().splitlines()

    def put_file(self, lines: list[str]) -> None:
        """Put a forged checkpoint file in the place of ours."""
        self.paths.lines.write_text("".join(f"{line}\n" for line in lines))

    def chain_anew(self, source: str) -> None:
        """Make the chain of *source* anew, so that no link and no seal is broken."""
        with self.database.read() as question:
            lines = [
                left
                for left in ledger_lines.left(question.connection)
                if isinstance(left, Stored) and left.place == source
            ]
        previous = GENESIS
        for salt, data, line in ((each.salt, each.data, each.line) for each in lines):
            assert salt is not None
            committed = commitment(salt, data)
            previous = line_hash(line._replace(commitment=committed), previous)
            said = digest(
                kind=line.kind,
                case_ref=line.case_ref,
                occurred_on=line.occurred_on,
                occurred_at=line.occurred_at,
                data=data,
            )
            self.sql(
                """
                UPDATE case_event SET commitment = %s, digest = %s, hash = %s
                WHERE source = %s AND sequence = %s
                """,
                *(committed, said, previous, source, line.sequence),
            )
        self.sql(
            "UPDATE source SET last_sequence = %s, last_hash = %s WHERE code = %s",
            *(lines[-1].line.sequence, previous, source),
        )

    def verify(self, *, with_read_model: bool = False) -> Report:
        """Verify as an operator does."""
        evidence = Evidence(
            path=self.paths.lines, public_key=checkpoint_key.known_key(self.paths.key)
        )
        return verify(self.database, evidence, with_read_model=with_read_model)


def told(source: str, case: int) -> list[intake.Submission]:
    """Return the three events of a case."""
    ref, day = f"A-{case}", date(2026, 3, 2) + timedelta(case)
    return submissions(
        [
            notification(day, f"{ref}-1", source=source, case_ref=ref),
            decision(
                day + timedelta(7),
                event_id=f"{ref}-2",
                source=source,
                case_ref=ref,
                at=NOON - timedelta(200 - case),
            ),
            assessment(
                day + timedelta(60), event_id=f"{ref}-3", source=source, case_ref=ref
            ),
        ]
    )


def publish(database: Database, month: str, *, at: datetime = NOON) -> None:
    """Publish *month*, with one count that is hidden."""
    row = Row(month, "initiation")
    output = Output(
        period=month,
        splits={row: Split(9, 2)},
        parents={"älvä": None},
        hidden=frozenset({Count(row, Measure.MISSED)}),
    )
    draft = Draft(
        month=month,
        as_of=date(2026, 7, 1),
        known_at=NOON,
        published_at=at,
        published_by="lead",
        threshold=5,
        minimum_n=1,
        outputs=(output,),
    )
    with database.write() as connection:
        assert publications.add(connection, draft) is not None


@dataclass(frozen=True)
class Prepared:
    """Databases like what was prepared, and the directory with its checkpoints."""

    server_url: str
    pool: Pool
    directory: Path

    @contextmanager
    def copied(self, directory: Path) -> Iterator[Scene]:
        """Give a copy, with its checkpoints in *directory*."""
        shutil.copytree(self.directory, directory, dirs_exist_ok=True)
        paths = CheckpointPaths(
            lines=directory / "checkpoints.jsonl", key=directory / "checkpoint.key"
        )
        with self.pool.lend() as url:
            database = connect(url)
            owner_url = databases.as_owner(self.server_url, url)
            owner = connect(owner_url)
            yield Scene(
                database=database,
                owner=owner,
                url=url,
                owner_url=owner_url,
                paths=paths,
            )
            database.dispose()
            owner.dispose()


@dataclass(frozen=True)
class Dumps:
    """What was prepared, as it is now and as it was at the second checkpoint."""

    newest: Prepared
    older: Prepared


Forgery: TypeAlias = Callable[[Scene], None]


def by_sql(*statements: str) -> Forgery:
    """Return the forgery that *statements* are."""

    def forge(scene: Scene) -> None:
        for statement in statements:
            scene.sql(statement)

    return forge


@pytest.fixture(scope="module")
def dumps(
    server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dumps]:
    """Give three ledgers with checkpoints, and a dump from the second checkpoint."""
    directory = tmp_path_factory.mktemp("checkpoints")
    name = databases.create(server_url, template)
    older = ""
    for case in range(CASES):
        database = connect(databases.service_url(server_url, name))
        for source in SOURCES:
            intake.record(database, told(source, case))
        paths = CheckpointPaths(
            lines=directory / "checkpoints.jsonl", key=directory / "checkpoint.key"
        )
        CheckpointWriter(database, paths).write(NOON + timedelta(hours=case))
        database.dispose()
        if case == 1:
            older = databases.create(server_url, name)
    pools = Pool(server_url, name), Pool(server_url, older)
    yield Dumps(*(Prepared(server_url, pool, directory) for pool in pools))
    for pool, copied in zip(pools, (name, older), strict=True):
        pool.drop()
        databases.drop(server_url, copied)


@pytest.fixture(scope="module")
def prepared(dumps: Dumps) -> Prepared:
    """Give what was prepared."""
    return dumps.newest


@pytest.fixture
def scene(prepared: Prepared, tmp_path: Path) -> Iterator[Scene]:
    """Give a copy of what was prepared."""
    with prepared.copied(tmp_path) as scene:
        yield scene


@pytest.fixture
def restored(dumps: Dumps, tmp_path: Path) -> Iterator[Scene]:
    """Give the older dump, beside the checkpoints as they are now."""
    with dumps.older.copied(tmp_path) as scene:
        yield scene
