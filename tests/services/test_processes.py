"""Parts of a long work are done by several processes, as they would be by one."""

import os
import signal
from multiprocessing import get_context
from time import monotonic, sleep

import pytest

from app.db.database import Database, connect, driver
from app.services import processes
from app.services.processes import ProcessLostError, each
from tests.conftest import PATIENCE_SECONDS

PARTS = range(2 * processes.PARTS_FOR_A_PROCESS)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_cores", lambda: 2)


def test_results_come_in_order_from_processes_that_connect_by_themselves(
    database: Database,
) -> None:
    told = list(each(database, _who_and_where, PARTS))

    name = _where(database)
    assert [(part, where) for part, _, where in told] == [(n, name) for n in PARTS]
    assert os.getpid() not in {process for _, process, _ in told}


def test_a_few_parts_are_not_worth_a_process(database: Database) -> None:
    told = each(database, _who_and_where, PARTS[:-1])

    assert {process for _, process, _ in told} == {os.getpid()}


def test_what_goes_wrong_in_a_process_is_told(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        list(each(database, _divided, PARTS))


def test_a_process_that_is_killed_is_told(database: Database) -> None:
    with pytest.raises(ProcessLostError, match="Run the command again"):
        list(each(database, _killed, PARTS))


def test_processes_end_with_the_one_that_is_killed(database: Database) -> None:
    first = get_context("forkserver").Process(target=_wait_in_two, args=(database.url,))
    first.start()
    _await_transactions(database, 2)

    first.kill()

    _await_transactions(database, 0)
    first.join()


def _wait_in_two(url: str) -> None:
    processes._cores = lambda: 2
    list(each(connect(url), _wait, PARTS))


def _wait(database: Database, _: int) -> None:
    with database.write():
        sleep(PATIENCE_SECONDS)


def _await_transactions(database: Database, count: int) -> None:
    """Wait until *count* other connections to *database* are in a transaction."""
    within = monotonic() + PATIENCE_SECONDS
    while True:
        with database.write() as connection:
            rows = driver(connection).execute(
                """
                SELECT FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                  AND state = 'idle in transaction'
                """
            )
        if rows.rowcount == count:
            return
        assert monotonic() < within
        sleep(0.05)


def _who_and_where(database: Database, part: int) -> tuple[int, int, str]:
    return part, os.getpid(), _where(database)


def _where(database: Database) -> str:
    with database.write() as connection:
        found = driver(connection).execute("SELECT current_database()").fetchone()
    assert found is not None
    name: str = found[0]
    return name


def _divided(_: Database, part: int) -> float:
    return 1 / part


def _killed(_: Database, part: int) -> None:
    if part == 1:
        os.kill(os.getpid(), signal.SIGKILL)
