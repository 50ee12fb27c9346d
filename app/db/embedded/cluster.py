"""The files of the server: making them, running programs on them, connecting."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from secrets import token_urlsafe

import psycopg
from sqlalchemy import URL

from app.db.embedded import programs
from app.db.embedded.accounts import account, permit
from app.db.embedded.errors import ELSEWHERE, EmbeddedPostgresError
from app.db.embedded.files import open_private

NAME = "maaraaika"  # of the superuser and of the database
PORT = 5432  # names the socket; nothing listens on the network
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 107  # bytes; the kernel has 108 and ends them with a zero

# The server starts, stops or recovers, or its postmaster has just been killed.
PASSING_REFUSALS = ("the database system is", "terminating connection")

SETTINGS: Mapping[str, str] = {
    "cluster_name": NAME,
    # What was acknowledged survives a crash, whatever postgresql.conf says.
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    # Docker's /dev/shm of 64 MB is too small for what parallel queries share.
    "dynamic_shared_memory_type": "sysv",
    "unix_socket_permissions": "0700",
    # Details and statements quote rows, and the rows are about children.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}


class _Program(subprocess.Popen[str]):
    """A program of PostgreSQL; a server outlives whoever launched it, by design."""

    def __del__(self) -> None:
        """Do without the warning that Popen has for a process that still runs."""


class Cluster:
    """A data directory of PostgreSQL, the socket beside it and the log."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self._directory = directory
        self._cluster = directory / "cluster"
        self._socket = directory / "socket" / SOCKET
        self._log = directory / "server.log"
        self._settings = {**SETTINGS, **settings}
        self._handle: int | None = None

    @property
    def url(self) -> str:
        """The database as SQLAlchemy addresses it, password included."""
        return self.url_of(NAME, self._password())

    def url_of(self, user: str, password: str) -> str:
        """Return the database as *user* addresses it."""
        return URL.create(
            "postgresql+psycopg",
            username=user,
            password=password,
            database=NAME,
            query={"host": self.host(), "port": str(PORT)},
        ).render_as_string(hide_password=False)

    def service_password(self) -> str:
        """Return the password of the service's own role, made at need."""
        path = self._directory / "service-password"
        with os.fdopen(open_private(path, os.O_RDWR), "r+") as file:
            # Several processes of the service may be the first to ask.
            fcntl.flock(file, fcntl.LOCK_EX)
            if not (password := file.read()):
                password = token_urlsafe(32)
                file.write(password)
        return password

    def answers(self) -> bool:
        """Tell whether the server lets us in."""
        if not self._cluster.exists():
            return False
        try:
            psycopg.connect(
                host=self.host(),
                port=PORT,
                user=NAME,
                password=self._password(),
                dbname=NAME,
                connect_timeout=3,
            ).close()
        except psycopg.OperationalError as error:
            passes = any(message in str(error) for message in PASSING_REFUSALS)
            if "FATAL" in str(error) and not passes:
                raise self.failure(f"it refuses us ({error})") from error
            return False
        return True

    def launch(self, lock: int) -> subprocess.Popen[str]:
        """Start the server, made at need, which inherits *lock* and nothing else."""
        self._prepare_directory()
        if not self._cluster.exists():
            self._create(lock)
        log = open_private(self._log, os.O_WRONLY | os.O_APPEND)
        try:
            return self._spawn(
                "postgres",
                *("-D", self._cluster),
                # The server works in its cluster, so no path is too long for this.
                *("-k", "../socket", "-h", ""),
                *(f"--{name}={value}" for name, value in self._settings.items()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                lock=lock,
            )
        finally:
            os.close(log)

    def host(self) -> str:
        """Return a path to the socket's directory that fits into a socket address.

        The server listens by a relative path, but libpq takes none. Where ours is too
        long, or has the comma that separates hosts, our open handle of the directory
        stands for it. A short directory elsewhere would also have to be kept private,
        agreed upon by all processes and cleared away after kill -9.
        """
        too_long = len(os.fsencode(self._socket)) > LONGEST_SOCKET_PATH
        if not too_long and "," not in str(self._socket):
            return str(self._socket.parent)
        if self._handle is None:
            self._handle = os.open(self._socket.parent, os.O_PATH)
        return f"/proc/{os.getpid()}/fd/{self._handle}"

    def forget_host(self) -> None:
        """Close what `host` may have opened."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def end_of_log(self) -> str:
        """Return what the server said last."""
        log = self._log.read_text(errors="replace") if self._log.exists() else ""
        return log[-2000:]

    def failure(self, problem: str) -> EmbeddedPostgresError:
        """Return the error that tells *problem*, what to do, and the end of the log."""
        return EmbeddedPostgresError(
            f"PostgreSQL in {self._directory}: {problem}. Mend this, {ELSEWHERE}. "
            f"End of server.log:\n{self.end_of_log()}"
        )

    def _password(self) -> str:
        return (self._directory / "password").read_text()

    def _prepare_directory(self) -> None:
        """Clear the socket's place; give root's directory to the server's account."""
        self._socket.parent.mkdir(mode=0o700, exist_ok=True)
        for stale in (self._socket, self._socket.with_name(f"{SOCKET}.lock")):
            stale.unlink(missing_ok=True)
        if os.geteuid() != 0:
            return
        status = self._directory.stat()
        owner, paths = (status.st_uid, status.st_gid), [self._socket.parent]
        if status.st_uid == 0:
            # It is new, or root has restored it from a backup.
            owner, paths = account(), [*self._directory.rglob("*"), self._directory]
        for path in paths:
            os.chown(path, *owner, follow_symlinks=False)

    def _create(self, lock: int) -> None:
        """Make a cluster under another name and rename it when it is whole.

        Killed half-way, this leaves what the next attempt clears away.
        """
        unfinished = self._directory / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self._directory / "password"
        with os.fdopen(open_private(password, os.O_WRONLY | os.O_TRUNC), "w") as file:
            file.write(token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        self._run(
            "initdb",
            *("-D", unfinished, "-U", NAME, f"--pwfile={password}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--no-instructions"),
            # PostgreSQL's own C.UTF-8 sorts alike on whatever system comes next.
            *("--locale=C.UTF-8", "--locale-provider=builtin"),
            lock=lock,
        )
        self._run(
            "postgres",
            *("--single", "-D", unfinished, "--exit_on_error=on", "postgres"),
            stdin=f"CREATE DATABASE {NAME}\n",
            lock=lock,
        )
        unfinished.rename(self._cluster)
        # A power cut must not undo the rename once events have been acknowledged.
        directory = os.open(self._directory, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def _run(
        self, tool: str, *arguments: str | Path, lock: int, stdin: str = ""
    ) -> None:
        pipe = subprocess.PIPE
        process = self._spawn(tool, *arguments, stdin=pipe, stdout=pipe, lock=lock)
        output, _ = process.communicate(stdin)
        if process.returncode != 0:
            raise self.failure(f"{tool} fails:\n{output}")

    def _spawn(
        self, tool: str, *arguments: str | Path, stdin: int, stdout: int, lock: int
    ) -> subprocess.Popen[str]:
        """Start a program of PostgreSQL as the account that owns our directory.

        It inherits *lock* and nothing else. In a session of its own it does not
        hear the Ctrl-C that is meant for the service.
        """
        program = programs.binaries() / tool
        owner = self._directory.stat()
        as_root = os.geteuid() == 0
        permission = permit(owner, self._directory, program) if as_root else []
        switch = as_root and not permission  # setpriv switches the account itself
        try:
            return _Program(
                [*permission, program, *arguments],
                stdin=stdin,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                cwd="/",
                env=self._environment(),
                umask=0o077,
                user=owner.st_uid if switch else None,
                group=owner.st_gid if switch else None,
                extra_groups=[] if switch else None,
                pass_fds=[lock],
                start_new_session=True,
            )
        except OSError as error:
            raise self.failure(
                f"account {owner.st_uid} cannot run it ({error})"
            ) from error

    def _environment(self) -> dict[str, str]:
        """Return what PostgreSQL sees of our environment: none of its PG variables.

        As `server.lock` is ours, the pid on file is stale, even if a stranger has it by
        now. PostgreSQL passes over the pid that it is told is its grandparent's, and
        still checks that nobody uses the shared memory named in that file.
        """
        environment = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
        pid_file = self._cluster / "postmaster.pid"
        if pid_file.exists():
            if stale := pid_file.read_text().split():
                environment["PG_GRANDPARENT_PID"] = stale[0]
            else:
                pid_file.unlink()  # emptied by a power cut; PostgreSQL would give up
        return environment
