"""What was found in parts of ledgers: of a full part it stays, and is remembered."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import Connection

from app.db.database import driver

Found = TypeVar("Found")

LINES = 10_000
# Of ledgers of a hundred million lines together.
_MOST_REMEMBERED = 10_000
_EVER = datetime.min.replace(tzinfo=UTC)


class Ledger(NamedTuple):
    """The ledger of a source up to its line *last*.

    *forgotten* lines of it are no more; the newest was recorded at *forgotten_until*.
    """

    source: str
    last: int
    forgotten: int
    forgotten_until: datetime


class Part(NamedTuple):
    """The lines of *ledger* behind the line *behind* up to the line *until*."""

    ledger: Ledger
    behind: int
    until: int


# A part by the hash of its last line, which stands for all lines in front of it, and by
# how many lines have been forgotten, which only ever become more.
_Key: TypeAlias = tuple[bytes, int, int]


def ledgers(
    connection: Connection, sources: Collection[str], *, known_at: datetime
) -> list[Ledger]:
    """Return the ledgers of *sources* as they stood at *known_at*."""
    rows = driver(connection).execute(
        """
        SELECT s.code, e.sequence, f.lines, coalesce(f.until, %(ever)s)
        FROM source s
        CROSS JOIN LATERAL (
            SELECT sequence FROM case_event
            WHERE source = s.code AND recorded_at <= %(known_at)s
            ORDER BY sequence DESC LIMIT 1
        ) AS e
        CROSS JOIN LATERAL (
            SELECT count(*), max(recorded_at) FROM forgotten_line
            WHERE source = s.code
        ) AS f (lines, until)
        WHERE s.code = ANY(%(sources)s)
        """,
        {"known_at": known_at, "ever": _EVER, "sources": list(sources)},
    )
    return [Ledger(*row) for row in rows]


class Parts(Generic[Found]):
    """What *read* finds in each part of a ledger."""

    def __init__(self, read: Callable[[Connection, Part], Found]) -> None:
        self._read = read
        self._remembered: dict[_Key, Found] = {}

    def of(
        self, connection: Connection, ledger: Ledger, lines: int = LINES
    ) -> Iterator[Found]:
        """Give what is found in *ledger*, part by part of so many *lines*.

        A ledger only grows, so that a full part is read once and remembered.
        """
        for end, last_hash in _ends(connection, ledger, lines):
            key = (last_hash, lines, ledger.forgotten)
            if key not in self._remembered:
                found = self._read(connection, Part(ledger, end - lines, end))
                if len(self._remembered) >= _MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[key] = found
            yield self._remembered[key]
        full = ledger.last // lines * lines
        yield self._read(connection, Part(ledger, full, ledger.last))


def _ends(
    connection: Connection, ledger: Ledger, lines: int
) -> list[tuple[int, bytes]]:
    """Return the last line of each full part, and its hash."""
    rows = driver(connection).execute(
        """
        SELECT sequence, hash FROM case_event
        WHERE source = %(source)s AND sequence = ANY(%(ends)s)
        UNION ALL
        SELECT sequence, hash FROM forgotten_line
        WHERE source = %(source)s AND sequence = ANY(%(ends)s)
        """,
        {
            "source": ledger.source,
            "ends": list(range(lines, ledger.last + 1, lines)),
        },
    )
    return rows.fetchall()
