"""The lines of every ledger as they are stored, for who verifies them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from sqlalchemy import Connection

from app.db import scopes
from app.db.database import Knowledge, driver
from app.domain.erasure import ErasedPart
from app.domain.ledger import ERASED, Line, commitment, digest, line_hash

LINES_PER_FETCH = 2_000
BROKEN = "the line, or its link to the one before, was changed"
_SINCE_1970 = 946_684_800_000_000  # microseconds; PostgreSQL counts from 2000
_LINES = """
    SELECT hash, digest, salt, data::text,
           source, sequence, event_id, kind, case_ref, occurred_on::text, occurred_at,
           registered_at, source_sequence, recorded_at, commitment
    FROM case_event
    UNION ALL
    SELECT hash, NULL, NULL, NULL,
           source, sequence, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM forgotten_line
    ORDER BY source, sequence
    """


class Stored(NamedTuple):
    """A line and what stands beside it; salt and digest go with erased data."""

    line: Line
    hash: bytes
    digest: bytes | None
    salt: bytes | None
    data: str

    @property
    def place(self) -> str:
        """Return the source in whose ledger the line stands."""
        return self.line.source

    @property
    def position(self) -> int:
        """Return the position of the line in it, from 1."""
        return self.line.sequence

    @property
    def erased(self) -> ErasedPart | None:
        """Return what is gone of the line."""
        gone = (self.salt, self.digest, self.data) == (None, None, ERASED)
        return ErasedPart.DATA if gone else None

    def flaw(self, previous: bytes | None) -> str | None:
        """Return what is wrong with the line, chained to *previous* if known."""
        if previous is not None and line_hash(self.line, previous) != self.hash:
            return BROKEN
        return None if self.erased else self._flaw_beside()

    def _flaw_beside(self) -> str | None:
        """Return what is wrong with what stands beside an unchanged line."""
        line = self.line
        if self.salt is None:
            return "the salt of the line is gone and its data are not"
        if commitment(self.salt, self.data) != line.commitment:
            return "the data of the line were changed"
        taken_anew = digest(
            kind=line.kind,
            case_ref=line.case_ref,
            occurred_on=line.occurred_on,
            occurred_at=line.occurred_at,
            data=self.data,
        )
        return None if taken_anew == self.digest else "the digest was changed"


class Forgotten(NamedTuple):
    """All that is left of a line: its position, and what the next is chained to."""

    place: str
    position: int
    hash: bytes

    @property
    def erased(self) -> ErasedPart:
        """Return what is gone of the line: all of it."""
        return ErasedPart.LINE

    def flaw(self, _previous: bytes | None) -> None:
        """Return that nothing is wrong: its hash the line behind it confirms."""


LineLeft: TypeAlias = Stored | Forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a ledger ends, by the row that locks it; *hash* is None while empty."""

    source: str
    position: int
    hash: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEnd:
    """How many lines a checkpoint file has had, and the hash of the last of them."""

    lines: int
    last_line_hash: bytes


def hold_no_table(question: Knowledge) -> None:
    """Let a rebuild swap its tables while *question*, not asked yet, is answered.

    All lines are read by it, for minutes; it sees one moment alone all the same.
    """
    raw = driver(question.connection)
    # The transaction has asked for nothing but its scope: it begins again.
    raw.rollback()
    raw.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    scopes.enter(raw, question.scope, question.known_at)


def heads(connection: Connection) -> dict[str, Head]:
    """Return the head of every ledger."""
    rows = driver(connection).execute(
        "SELECT code, last_sequence, last_hash FROM source ORDER BY code"
    )
    return {
        source: Head(source=source, position=position, hash=last)
        for source, position, last in rows
    }


def left(connection: Connection) -> Iterator[LineLeft]:
    """Give what is left of every line, ledger by ledger in order, a few at a time."""
    raw = driver(connection)
    # A day is compared as text, whatever the database's administrator prefers.
    raw.execute("SET LOCAL datestyle = 'ISO, MDY'")
    with raw.cursor("ledger_lines") as cursor:
        cursor.itersize = LINES_PER_FETCH
        # Nobody but a forger stores an infinite instant, of which Python has none.
        cursor.adapters.register_loader("timestamptz", Microseconds)
        for hashed, digest, salt, data, *line in cursor.execute(_LINES, binary=True):
            if data is None:
                yield Forgotten(line[0], line[1], hashed)
            else:
                yield Stored(Line(*line), hashed, digest, salt, data)


def file_ends(connection: Connection) -> dict[bytes, FileEnd]:
    """Return how far each checkpoint file has come, by the key that signs it."""
    rows = driver(connection).execute(
        "SELECT public_key, lines, last_line_hash FROM checkpoint_file"
    )
    return {
        public_key: FileEnd(lines=lines, last_line_hash=last)
        for public_key, lines, last in rows
    }


def put_file_end(connection: Connection, public_key: bytes, end: FileEnd) -> None:
    """Note how far the checkpoint file signed with *public_key* has come."""
    driver(connection).execute(
        """
        INSERT INTO checkpoint_file (public_key, lines, last_line_hash)
        VALUES (%s, %s, %s)
        ON CONFLICT (public_key) DO UPDATE
        SET lines = excluded.lines, last_line_hash = excluded.last_line_hash
        """,
        [public_key, end.lines, end.last_line_hash],
    )


def forget_file_end(connection: Connection, public_key: bytes) -> None:
    """Forget how far the checkpoint file signed with *public_key* has come."""
    driver(connection).execute(
        "DELETE FROM checkpoint_file WHERE public_key = %s", [public_key]
    )


class Microseconds(Loader):
    """Reads an instant as microseconds since 1970."""

    format = Format.BINARY

    def load(self, data: Buffer) -> int:
        """Return the instant that the server's eight bytes say."""
        return int.from_bytes(data, "big", signed=True) + _SINCE_1970
