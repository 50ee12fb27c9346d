"""The access log as it is written and verified: chains of looks."""

from collections.abc import Iterator
from datetime import date
from typing import LiteralString, NamedTuple

import psycopg
from sqlalchemy import Connection

from app.db.database import driver
from app.db.ledger_lines import BROKEN, LINES_PER_FETCH, Head, Microseconds
from app.domain.access_log import chain_name, look_hash
from app.domain.erasure import ErasedPart
from app.domain.ledger import ERASED, commitment

# One statement, committed by itself, is one way to the server and back. It takes a
# chain whose head nobody else holds, so that looks share their wait for the disk.
_APPEND: LiteralString = """
    WITH chain AS MATERIALIZED (
        SELECT number, clock_timestamp() AS now
        FROM access_chain
        ORDER BY number
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ), head AS (
        UPDATE access_chain AS c
        SET last_position = c.last_position + 1,
            last_hash = sha256(
                'maaraaika look 1'::bytea
                || int2send(c.number)
                || int8send(c.last_position + 1)
                || int8send((extract(epoch FROM chain.now) * 1000000)::bigint)
                || %(commitment)s
                || coalesce(c.last_hash, decode(repeat('00', 32), 'hex'))
            )
        FROM chain
        WHERE c.number = chain.number
        RETURNING c.number, c.last_position, c.last_hash, chain.now
    )
    INSERT INTO access_log
        (chain, position, recorded_at, entry, salt, commitment, hash)
    SELECT number, last_position, now, %(entry)s::json, %(salt)s, %(commitment)s,
           last_hash
    FROM head
    """
# For the rare moment in which every chain is being written to.
_APPEND_IN_TURN: LiteralString = _APPEND.replace("FOR UPDATE SKIP LOCKED", "FOR UPDATE")
_LINES: LiteralString = """
    SELECT chain, position, recorded_at, entry::text, salt, commitment, hash
    FROM access_log ORDER BY chain, position
    """


class LookNotWrittenError(Exception):
    """A look could not be written down, so that nothing may be shown."""


class StoredLook(NamedTuple):
    """A line of the access log; *recorded_at* is in microseconds since 1970."""

    chain: int
    position: int
    recorded_at: int
    entry: str
    salt: bytes | None
    commitment: bytes
    hash: bytes

    @property
    def place(self) -> str:
        """Return the name of the chain that the line stands in."""
        return chain_name(self.chain)

    @property
    def erased(self) -> ErasedPart | None:
        """Return what is gone of the line."""
        gone = (self.salt, self.entry) == (None, ERASED)
        return ErasedPart.DATA if gone else None

    def flaw(self, previous: bytes | None) -> str | None:
        """Return what is wrong with the line, chained to *previous* if known."""
        place = (self.chain, self.position, self.recorded_at)
        if previous is not None and self.hash != look_hash(
            *place, self.commitment, previous
        ):
            return BROKEN
        if self.erased:
            return None
        if self.salt is None:
            return "the salt of the line is gone and its entry is not"
        if commitment(self.salt, self.entry) != self.commitment:
            return "the entry was changed"
        return None


def append(connection: Connection, entry: str, salt: bytes) -> None:
    """Add *entry*, the text of a look, to a chain.

    On a connection that commits each statement it is durable then.

    Raises:
        LookNotWrittenError: for whatever reason, it is not there.
    """
    values = {"entry": entry, "salt": salt, "commitment": commitment(salt, entry)}
    raw = driver(connection)
    try:
        for statement in (_APPEND, _APPEND_IN_TURN):
            if raw.execute(statement, values).rowcount == 1:
                return
    except psycopg.Error as error:
        raise LookNotWrittenError(f"SQLSTATE {error.sqlstate}") from error
    # A trigger that lets nothing pass, or chains that are gone.
    raise LookNotWrittenError("the database took no line")


def count_export(connection: Connection, person: str, day: date, most: int) -> bool:
    """Count one more export of *person* on *day*, unless there were *most* already."""
    counted = driver(connection).execute(
        """
        INSERT INTO export_count AS counted (person, day, exports)
        SELECT %s, %s, 1 WHERE %s > 0
        ON CONFLICT (person, day) DO UPDATE SET exports = counted.exports + 1
        WHERE counted.exports < %s
        """,
        [person, day, most, most],
    )
    return counted.rowcount == 1


def heads(connection: Connection) -> dict[str, Head]:
    """Return the head of every chain, under its name in checkpoints."""
    rows = driver(connection).execute(
        "SELECT number, last_position, last_hash FROM access_chain ORDER BY number"
    )
    return {
        name: Head(source=name, position=position, hash=last)
        for name, position, last in (
            (chain_name(number), position, last) for number, position, last in rows
        )
    }


def stored(connection: Connection) -> Iterator[StoredLook]:
    """Give every line, chain by chain in order; only a few are held at a time."""
    with driver(connection).cursor("access_log_lines") as cursor:
        cursor.itersize = LINES_PER_FETCH
        cursor.adapters.register_loader("timestamptz", Microseconds)
        yield from map(StoredLook._make, cursor.execute(_LINES, binary=True))
