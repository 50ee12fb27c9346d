"""Who starts the server, joins it, brings it back and stops it."""

import fcntl
import os
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Self

from app.db.embedded.cluster import SOCKET, Cluster
from app.db.embedded.locks import Lock
from app.observability.logs import log

START_PATIENCE = 60.0  # seconds: crash recovery replays up to max_wal_size
RESTART_PATIENCE = 5.0  # seconds: a request is waiting


class EmbeddedPostgres:
    """A PostgreSQL server that runs for as long as some process uses it.

    Every process that shares the data directory makes one of these: the first to start
    launches the server, the others join it, the last to stop shuts it down. Three
    flocks tell who is there, and the kernel drops them even after kill -9:

    - `start.lock` is held while somebody starts or stops the server;
    - `users.lock` is shared by the processes that use it;
    - `server.lock` is inherited by the server and by all that it forks, hence free
      exactly when nothing of PostgreSQL is left. A pid file cannot tell that: it
      outlives its process, and its pid may be a stranger's by now.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] = {}) -> None:
        self._directory = data_dir.resolve() / "postgres"
        self._cluster = Cluster(self._directory, settings)
        self._users = Lock(self._directory / "users.lock")
        self._server = Lock(self._directory / "server.lock")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The database as its owner addresses it in SQLAlchemy, password included."""
        return self._cluster.url

    @property
    def service_password(self) -> str:
        """The password of the service's own role."""
        return self._cluster.service_password()

    def url_of(self, user: str, password: str) -> str:
        """Return the database as *user* addresses it."""
        return self._cluster.url_of(user, password)

    def start(self) -> None:
        """Join the server, launched at need; it answers now.

        Raises:
            EmbeddedPostgresError: It does not answer within a minute, or never will.
        """
        deadline = monotonic() + START_PATIENCE
        with self._transition(deadline):
            if self._users.held:
                self._bring_up(deadline)
                return
            self._users.take(fcntl.LOCK_SH)
            try:
                self._bring_up(deadline)
            except BaseException:
                # One that still replays its log goes on, and the next start joins it.
                if monotonic() > deadline:
                    self._users.release()
                else:
                    self._leave(deadline)
                raise

    def ensure_running(self) -> None:
        """Launch the server again if it died; after `stop`, do nothing.

        Raises:
            EmbeddedPostgresError: It does not answer within five seconds or never will.
        """
        deadline = monotonic() + RESTART_PATIENCE
        with self._transition(deadline):
            if self._users.held and not self._cluster.answers():
                self._bring_up(deadline)
                log.warning("database_restarted")

    def stop(self) -> None:
        """Leave the server; the last to leave shuts it down and sees it gone.

        Raises:
            EmbeddedPostgresError: It is still there after a minute.
        """
        deadline = monotonic() + START_PATIENCE
        with self._transition(deadline):
            if self._users.held:
                self._leave(deadline)

    @contextmanager
    def _transition(self, deadline: float) -> Iterator[None]:
        """Keep other processes and threads from starting or stopping the server."""
        lock = Lock(self._directory / "start.lock")
        while not lock.take(fcntl.LOCK_EX):
            self._pause(deadline, "another process still starts or stops it")
        try:
            yield
        finally:
            lock.release()

    def _bring_up(self, deadline: float) -> None:
        """Return when the server answers, launching it if nothing of it is left."""
        launched: subprocess.Popen[str] | None = None
        while not self._cluster.answers():
            # Not free: it is still starting, or backends outlive a killed postmaster.
            if self._server.take(fcntl.LOCK_EX):
                try:
                    if launched is not None and launched.wait() > 0:
                        self._give_up_unless_memory_lingers()
                    launched = self._launch()
                finally:
                    self._server.forget()
            self._pause(deadline, "it does not answer")

    def _give_up_unless_memory_lingers(self) -> None:
        # The kernel may detach the memory of the killed later than it frees their lock.
        if "pre-existing shared memory block" not in self._cluster.end_of_log():
            raise self._cluster.failure("it stopped as soon as it had started")

    def _launch(self) -> subprocess.Popen[str]:
        """Start the server, first making its cluster at need; `server.lock` is ours."""
        if self._process is not None:
            self._process.wait()  # without its lock it is dead, or about to be
        self._process = self._cluster.launch(self._server.descriptor)
        return self._process

    def _leave(self, deadline: float) -> None:
        self._users.release()
        if self._users.take(fcntl.LOCK_EX):
            self._users.release()
            self._shut_down(deadline)
        self._process = None
        self._cluster.forget_host()

    def _shut_down(self, deadline: float) -> None:
        """Ask for a fast shutdown and wait until no process of the server is left."""
        while not self._server.take(fcntl.LOCK_EX):
            # Again and again: one that has only just been launched does not hear yet.
            if postmaster := self._postmaster():
                with suppress(ProcessLookupError):
                    os.kill(postmaster, signal.SIGINT)
            self._pause(deadline, "it does not stop")
        self._server.release()
        if self._process is not None:
            self._process.wait()

    def _postmaster(self) -> int:
        """Return the pid of our child, or of whoever listens on our socket, or 0."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.settimeout(RESTART_PATIENCE)
            probe.connect(f"{self._cluster.host()}/{SOCKET}")
            peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("3i", peer)[0])
        return 0

    def _pause(self, deadline: float, problem: str) -> None:
        if monotonic() > deadline:
            raise self._cluster.failure(problem)
        sleep(0.05)
