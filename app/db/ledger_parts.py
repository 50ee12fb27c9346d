"""What is found in ledgers, which only grow: it is remembered as far as it was read."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection

from app.db.database import driver

Found = TypeVar("Found")

# What is found is remembered up to a full number of lines; the few behind it are read
# whenever they are asked for. Of what was never read so many times as much is read at
# once.
LINES = 1_000
_AT_ONCE = 10
# Questions that are asked at the same time may see different last lines.
_REMEMBERED = 4
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


class _Reading(NamedTuple, Generic[Found]):
    """What was *found* up to the line *until*, when so many lines were *forgotten*.

    The hash of a line stands for all lines in front of it, and *forgotten* only ever
    becomes more.
    """

    until: int
    hash: bytes
    forgotten: int
    found: Found


class Readings(Generic[Found]):
    """What *read* finds in each part of a ledger, as *add* puts it together.

    *add* gives something new, and changes neither of the two that it is given.
    """

    def __init__(
        self,
        read: Callable[[Connection, Part], Found],
        add: Callable[[Found, Found], Found],
    ) -> None:
        self._read = read
        self._add = add
        self._remembered: dict[str, tuple[_Reading[Found], ...]] = {}

    def of(self, connection: Connection, ledger: Ledger, lines: int = LINES) -> Found:
        """Return what is found in *ledger*, by parts of so many *lines* or more."""
        known = self._known(connection, ledger)
        behind, found = (known.until, known.found) if known else (0, None)
        for part in _parts(ledger, behind, lines):
            read = self._read(connection, part)
            found = read if found is None else self._add(found, read)
            if part.until % lines == 0:
                self._remember(connection, part, found)
        assert found is not None, "a ledger has lines"  # noqa: S101
        return found

    def _known(self, connection: Connection, ledger: Ledger) -> _Reading[Found] | None:
        """Return the longest reading that is remembered of *ledger*."""
        remembered = {
            each.until: each
            for each in self._remembered.get(ledger.source, ())
            if each.until <= ledger.last and each.forgotten == ledger.forgotten
        }
        hashes = _hashes(connection, ledger.source, remembered) if remembered else {}
        for until in sorted(remembered, reverse=True):
            if hashes.get(until) == remembered[until].hash:
                return remembered[until]
        return None

    def _remember(self, connection: Connection, part: Part, found: Found) -> None:
        source = part.ledger.source
        for until, last_hash in _hashes(connection, source, [part.until]).items():
            reading = _Reading(until, last_hash, part.ledger.forgotten, found)
            before = self._remembered.get(source, ())
            self._remembered[source] = (reading, *before)[:_REMEMBERED]


def _parts(ledger: Ledger, behind: int, lines: int) -> Iterator[Part]:
    """Give the parts of *ledger* behind a line; the last of them may not be full."""
    full = ledger.last // lines * lines
    while behind < full:
        until = min(behind + lines * _AT_ONCE, full)
        yield Part(ledger, behind, until)
        behind = until
    if behind < ledger.last:
        yield Part(ledger, behind, ledger.last)


def _hashes(
    connection: Connection, source: str, lines: Collection[int]
) -> dict[int, bytes]:
    """Return the hash of each of the *lines* of *source*."""
    rows = driver(connection).execute(
        """
        SELECT sequence, hash FROM case_event
        WHERE source = %(source)s AND sequence = ANY(%(lines)s)
        UNION ALL
        SELECT sequence, hash FROM forgotten_line
        WHERE source = %(source)s AND sequence = ANY(%(lines)s)
        """,
        {"source": source, "lines": list(lines)},
    )
    return dict(rows.fetchall())
