"""Connections, transactions and the line that questions draw under the intake."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import psycopg
from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.db import scopes
from app.db.embedded import EmbeddedPostgres, EmbeddedPostgresError
from app.db.pools import Work, engines
from app.db.scopes import EVERYTHING, Scope
from app.observability.logs import log

DIALECTS = ("postgresql", "postgresql+psycopg")
# Services name the type of what they pass on; they speak no SQL of their own.
__all__ = [
    "Connection",
    "Database",
    "DatabaseUnavailableError",
    "FutureKnowledgeError",
    "InvalidDatabaseUrlError",
    "Knowledge",
    "Work",
    "begin_recording",
    "connect",
    "driver",
    "hold_recording",
    "instant",
]

# Under this lock facts are recorded (shared) and questions draw their line (exclusive).
RECORDING_LOCK = 0x4D414152
# The tables that a rebuild swaps are held before the snapshot is taken: of those that
# were swapped in behind it, it would see a part of the rows.
_LINE = f"""
    SELECT clock_timestamp() FROM pg_advisory_xact_lock({RECORDING_LOCK});
    COMMIT AND CHAIN;
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    LOCK TABLE deadline, case_finding IN ACCESS SHARE MODE
"""  # noqa: S608 (a constant of our own)
_LINE_OF_EVERYTHING = f"{_LINE}; {scopes.AS_SERVICE}"


class DatabaseUnavailableError(Exception):
    """The database cannot be reached, or did not answer in time."""


class InvalidDatabaseUrlError(Exception):
    """The address is not that of a PostgreSQL database."""


class FutureKnowledgeError(Exception):
    """A question asks what will be known later than now."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A connection on which a question is asked, and the instant it is asked for.

    What it gives of cases is what *scope* lets it see.
    """

    connection: Connection
    known_at: datetime
    scope: Scope = EVERYTHING

    @property
    def sees_all(self) -> bool:
        """Tell whether no case is hidden from the question."""
        return self.scope == EVERYTHING

    @contextmanager
    def as_service(self) -> Iterator[None]:
        """See everything for a while, for what concerns more than the caller sees.

        Whatever is found so is shown only as far as the caller's scope has its cases.
        """
        if self.sees_all:
            yield
            return
        scopes.leave(driver(self.connection))
        yield
        scopes.enter(driver(self.connection), self.scope, self.known_at)


class Database:
    """The one way to the database; hands out transactions.

    They see everything, unless the database is one as `seen_by` somebody.
    """

    scope: Scope = EVERYTHING

    def __init__(
        self, engines: Mapping[Work, Engine], work: Work = Work.OPERATIONS
    ) -> None:
        self.engines = engines
        self.engine = engines[work]
        self._presence = _Presence()

    @property
    def url(self) -> str:
        """The address, password included, by which another process connects."""
        return self.engine.url.render_as_string(hide_password=False)

    def at(self, work: Work) -> Self:
        """Return this database, with the connections that *work* has for itself."""
        found = copy(self)
        found.engine = self.engines[work]
        return found

    def seen_by(self, scope: Scope) -> Self:
        """Return this database, of whose cases only *scope* is seen."""
        found = copy(self)
        found.scope = scope
        return found

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is committed at the end, or not at all.

        One that does not see everything sees no case.

        Raises:
            DatabaseUnavailableError: nothing was stored, or whether it was is unknown.
        """
        with self.record() as connection:
            if self.scope == EVERYTHING:
                scopes.enter(driver(connection), EVERYTHING)
            yield connection

    @contextmanager
    def record(self) -> Iterator[Connection]:
        """Give a connection as `write` does, that sees no case until recording begins.

        Raises:
            DatabaseUnavailableError: nothing was stored, or whether it was is unknown.
        """
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Give a connection on which each statement is committed by itself.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        with self._translated(), self.engine.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def rehearse(self) -> Iterator[Connection]:
        """Give a connection as `write` does, whose work is undone at the end.

        Raises:
            DatabaseUnavailableError: the database did not answer.
        """
        with self._translated(), self.engine.connect() as connection:
            if self.scope == EVERYTHING:
                scopes.enter(driver(connection), EVERYTHING)
            yield connection
            connection.rollback()

    @contextmanager
    def read(self, known_at: datetime | None = None) -> Iterator[Knowledge]:
        """Give a connection for questions about what was known at *known_at*.

        The answer is final: what could still be recorded at or before that instant
        has been waited for, so the same question has the same answer for ever. All
        its statements see one snapshot, and none can write.

        Raises:
            DatabaseUnavailableError: the database did not answer.
            FutureKnowledgeError: *known_at* lies ahead of the database's clock.
        """
        with self._translated(), self.engine.connect() as connection:
            now = _draw_line(connection, self.scope)
            if known_at is not None and known_at > now:
                raise FutureKnowledgeError
            asked_at = known_at or now
            if self.scope != EVERYTHING:
                scopes.enter(driver(connection), self.scope, asked_at)
            yield Knowledge(connection, asked_at, self.scope)
            # Undone instead, the driver would forget what it has prepared.
            driver(connection).commit()

    def dispose(self) -> None:
        """Close every connection that is not in use."""
        for engine in self.engines.values():
            engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Name the errors that mean: try again later."""
        try:
            yield
        except PoolTimeoutError as error:
            raise DatabaseUnavailableError("no free connection") from error
        except EmbeddedPostgresError as error:
            self._presence.note_away(error)
            raise DatabaseUnavailableError("the database does not start") from error
        except (DBAPIError, psycopg.Error) as error:
            # The hot path speaks to the driver, whose errors nobody has wrapped.
            cause = error.orig if isinstance(error, DBAPIError) else error
            is_lost = _is_lost(cause) or getattr(error, "connection_invalidated", False)
            if is_lost:
                # What ended this connection has likely ended all: without this, each
                # pool would find out by a request of its own that fails.
                self.dispose()
                self._presence.note_away(error)
            elif _is_passing(cause):
                log.warning("transaction_failed", exc_info=error)
            else:
                raise
            raise DatabaseUnavailableError("the database did not answer") from error
        else:
            self._presence.note_there()


class _Presence:
    """Whether the database answers; told when that changes, and not each time."""

    def __init__(self) -> None:
        self._is_away = False

    def note_away(self, error: Exception) -> None:
        if not self._is_away:
            self._is_away = True
            log.error("database_away", exc_info=error)

    def note_there(self) -> None:
        if self._is_away:
            self._is_away = False
            log.warning("database_back")


def begin_recording(connection: Connection) -> None:
    """Announce that the service will record facts, until the transaction ends.

    Taken before the instant of recording is read, so that a question that has drawn
    its line knows that nothing is recorded behind it any more.
    """
    # What follows looks up hundreds of rows in tables of millions, by their indexes.
    # While a table is of middling size the planner would rather read all of it, or by
    # the index of instants whatever was ever recorded. With nothing left to choose,
    # statements need no plan of their own each time, which took more than half of what
    # the server had to do for a few events.
    driver(connection).execute(
        """
        SELECT pg_advisory_xact_lock_shared(%s),
               set_config('maaraaika.scope', '*', true),
               set_config('plan_cache_mode', 'force_generic_plan', true),
               set_config('enable_hashjoin', 'off', true),
               set_config('enable_mergejoin', 'off', true),
               set_config('enable_seqscan', 'off', true),
               set_config('enable_bitmapscan', 'off', true)
        """,
        [RECORDING_LOCK],
    )


def instant(connection: Connection) -> datetime:
    """Return the present instant by the database's clock."""
    now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def driver(connection: Connection) -> psycopg.Connection[Any]:
    """Return the driver's connection, for set-wise statements on the hot path."""
    raw: psycopg.Connection[Any] | None = connection.connection.driver_connection
    if raw is None:
        raise psycopg.OperationalError("the connection is closed")
    return raw


def hold_recording(connection: Connection) -> None:
    """Let nothing be recorded elsewhere, and no question be asked, until the end."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": RECORDING_LOCK}
    )


def connect(url: str, embedded: EmbeddedPostgres | None = None) -> Database:
    """Return the database at *url*; an *embedded* server is restarted if it died.

    Raises:
        InvalidDatabaseUrlError: *url* is not one of a PostgreSQL; the message does not
            tell it, since there may be a password in it.
    """
    if not _is_of_postgresql(url):
        raise InvalidDatabaseUrlError(
            "The address of the database is written as in "
            "postgresql://user:password@host:5432/database"
        )
    return Database(engines(url, embedded))


def _is_of_postgresql(url: str) -> bool:
    try:
        return make_url(url).drivername in DIALECTS
    except (ArgumentError, ValueError):
        return False


def _draw_line(connection: Connection, scope: Scope) -> datetime:
    """Return an instant behind which nothing will be recorded any more.

    The lock is free again, and what is asked next is asked in a new transaction. Who
    sees everything does so already: units have to wait for the instant.
    """
    # By the driver and at once: each wait for the server is dearer than its words.
    words = _LINE_OF_EVERYTHING if scope == EVERYTHING else _LINE
    drawn = driver(connection).execute(words, prepare=False)
    [(now,)] = drawn.fetchall()
    line: datetime = now
    return line


def _is_lost(error: BaseException | None) -> bool:
    """Tell whether *error* is that the connection is no more."""
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
    )


def _is_passing(error: BaseException | None) -> bool:
    """Tell whether *error* is of the server's state rather than of the statement."""
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate or ""
    # 53 resources, 57 operator intervention, 58 system, 55P03 lock not available,
    # 40 rollback (deadlock, serialization), 25006 read-only standby, 08 connection.
    return isinstance(error, psycopg.OperationalError) or state.startswith(
        ("08", "40", "53", "55P03", "57", "58", "25006")
    )
