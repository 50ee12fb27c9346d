"""What is sent together with the commit is committed, or nothing of it is."""

from collections.abc import Callable

import psycopg
import pytest

from app.db.bulk import held_back, last_round_trip, one_round_trip
from app.db.database import Connection, Database, driver
from app.db.events import open_ledgers, sources


def open_and(database: Database, go_on: Callable[[Connection], object]) -> None:
    """Open a ledger and *go_on*, all on the last way."""
    with database.record() as connection:
        with last_round_trip(connection):
            open_ledgers(connection, ["client-a"])
            go_on(connection)
        # Nothing hangs on what comes after the way back.
        driver(connection).rollback()


def stored(database: Database) -> list[str]:
    with database.write() as connection:
        return sources(connection)


def test_what_is_sent_is_committed_on_the_same_way(database: Database) -> None:
    open_and(database, lambda _: None)

    assert stored(database) == ["client-a"]


def test_nothing_is_committed_if_any_of_it_fails(database: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        open_and(database, lambda it: driver(it).execute("SELECT 1 / 0"))

    assert stored(database) == []


def test_nothing_is_committed_if_we_fail_before_the_end(database: Database) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        open_and(database, lambda _: int("nothing"))

    assert stored(database) == []


def test_what_is_held_back_is_sent_at_the_end(database: Database) -> None:
    def is_taken() -> bool:
        with database.write() as other:
            tried = driver(other).execute("SELECT pg_try_advisory_xact_lock(4711)")
            return tried.fetchall() == [(False,)]

    with database.record() as connection, one_round_trip(connection) as way:
        with held_back(way, rows=1):
            asked = driver(connection).execute("SELECT pg_advisory_xact_lock(4711)")
            assert not is_taken()
        way.sync()
        assert is_taken()

    assert asked.fetchall() == [("",)]
