"""What the benchmarks run against: a PostgreSQL, the service, a plain endpoint."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import monotonic, sleep
from typing import IO

from sqlalchemy import func, select

from app import clock
from app.db import roles, schema
from app.db.database import Database, connect
from app.db.embedded import EmbeddedPostgres
from app.db.tables import case_event
from app.domain.access import Role
from app.domain.law import Law
from app.services import keys
from app.services.law import ensure_in_use

HOST = "127.0.0.1"
ROOT = Path(__file__).parent.parent
CORES = 2
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """The service's database, migrated, on a durable server that runs."""

    data_dir: Path
    url: str
    database: Database
    owned: Database

    def key(self, role: Role, source: str | None = None, *units: str) -> str:
        """Return a new key, of all units if none is named."""
        return keys.create(
            self.database, role=role, source=source, units=units, created_at=clock.now()
        )

    def events_stored(self) -> int:
        """Return how many events the ledger holds."""
        with self.owned.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(case_event)) or 0


def keep_to_two_cores() -> None:
    """Let this process and all that it starts share two cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


@contextmanager
def postgres() -> Iterator[Server]:
    """Give a new PostgreSQL in a directory that is cleared away afterwards."""
    with TemporaryDirectory(prefix="maaraaika-bench-") as directory:
        data_dir = Path(directory)
        with EmbeddedPostgres(data_dir) as embedded:
            owned, password = connect(embedded.url), embedded.service_password
            schema.migrate(owned)
            roles.let_in(owned, roles.LOGIN, password)
            database = connect(embedded.url_of(roles.LOGIN, password))
            ensure_in_use(database, Law())
            try:
                yield Server(data_dir, embedded.url, database, owned)
            finally:
                database.dispose()
                owned.dispose()


@contextmanager
def service(server: Server) -> Iterator[int]:
    """Give the port of ``maaraaika serve`` on the database of *server*."""
    port = free_port()
    arguments = ("serve", "--data-dir", str(server.data_dir), "--port", str(port))
    with _running(["-m", "app.cli", *arguments], port):
        yield port


@contextmanager
def plain_endpoint(server: Server) -> Iterator[int]:
    """Give the port of the endpoint that the service is compared with."""
    port = free_port()
    with _running(["-m", "bench.plain_endpoint", str(port)], port, stdin=server.url):
        yield port


def python(
    arguments: Sequence[str],
    *,
    stdin: int,
    stdout: int | None,
    stderr: IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start our Python with an environment that names no database of anyone's."""
    return subprocess.Popen(  # noqa: S603 (every word is ours)
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath},
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(arguments: Sequence[str], port: int, stdin: str = "") -> Iterator[None]:
    # Into a file: a line for each request is no reading for a terminal.
    with TemporaryFile() as log:
        process = python(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log
        )
        assert process.stdin is not None
        process.stdin.write(stdin.encode())
        process.stdin.close()
        try:
            _wait_for(process, port, log)
            yield
        finally:
            process.terminate()
            process.wait(_PATIENCE_SECONDS)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    deadline = monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            if process.poll() is not None or monotonic() > deadline:
                log.seek(0)
                said = log.read().decode(errors="replace")
                raise RuntimeError(f"{process.args!r} does not serve: {said}") from None
            sleep(0.05)
        else:
            return
