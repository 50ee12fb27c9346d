"""The numbers that sources give their events, as runs in which none is missing."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from app.db.database import driver

LINES = 20_000
# Of ledgers of a hundred million lines together.
_MOST_REMEMBERED = 5_000
_EVER = datetime.min.replace(tzinfo=UTC)


class Run(NamedTuple):
    """Numbers that follow each other, and when the first of them was recorded."""

    first: int
    last: int
    recorded_at: datetime


class Gap(NamedTuple):
    """Numbers that are missing, and when the next higher one was recorded."""

    first: int
    last: int
    ended_at: datetime


# A part by the hash of its last line, which stands for all lines in front of it, and
# the instant until which lines have been forgotten.
_Part: TypeAlias = tuple[bytes, datetime]
_REMEMBERED: dict[_Part, list[Run]] = {}


def runs(
    connection: Connection, *, known_at: datetime, lines: int = LINES
) -> dict[str, list[Run]]:
    """Return the runs of each source that numbers its events, lowest numbers first.

    Some follow each other or overlap. A ledger only grows, so that a part of it with so
    many *lines* is read once and remembered. What was recorded before a line that is
    forgotten is not looked at: its number is forgotten too.
    """
    heads = driver(connection).execute(
        """
        SELECT s.code, e.sequence, coalesce(f.recorded_at, %(ever)s)
        FROM source s
        CROSS JOIN LATERAL (
            SELECT sequence FROM case_event
            WHERE source = s.code AND recorded_at <= %(known_at)s
            ORDER BY sequence DESC LIMIT 1
        ) AS e
        CROSS JOIN LATERAL (
            SELECT max(recorded_at) FROM forgotten_line WHERE source = s.code
        ) AS f (recorded_at)
        WHERE EXISTS (
            SELECT FROM case_event
            WHERE source = s.code AND source_sequence IS NOT NULL)
        """,
        {"known_at": known_at, "ever": _EVER},
    )
    return {
        source: sorted(_of_source(connection, source, last, forgotten_until, lines))
        for source, last, forgotten_until in heads.fetchall()
    }


def gaps(runs: Iterable[Run]) -> Iterator[Gap]:
    """Give what is missing between *runs*, of which the lowest numbers come first."""
    highest: int | None = None
    for run in runs:
        if highest is not None and run.first > highest + 1:
            yield Gap(highest + 1, run.first - 1, run.recorded_at)
        highest = run.last if highest is None else max(highest, run.last)


def _of_source(
    connection: Connection,
    source: str,
    last: int,
    forgotten_until: datetime,
    lines: int,
) -> Iterator[Run]:
    """Give the runs of the lines up to *last*, by parts."""
    ends = driver(connection).execute(
        """
        SELECT sequence, hash FROM case_event
        WHERE source = %s AND sequence = ANY(%s) AND recorded_at > %s
        """,
        [source, list(range(lines, last + 1, lines)), forgotten_until],
    )
    for end, last_hash in ends.fetchall():
        part = (last_hash, forgotten_until)
        if (found := _REMEMBERED.get(part)) is None:
            found = _read(connection, source, end - lines, end, forgotten_until)
            if len(_REMEMBERED) >= _MOST_REMEMBERED:
                _REMEMBERED.clear()
            _REMEMBERED[part] = found
        yield from found
    yield from _read(connection, source, last // lines * lines, last, forgotten_until)


def _read(
    connection: Connection,
    source: str,
    behind: int,
    until: int,
    forgotten_until: datetime,
) -> list[Run]:
    """Return the runs of the lines behind *behind* until *until*."""
    rows = driver(connection).execute(
        """
        WITH numbered AS (
            SELECT source_sequence AS number, min(recorded_at) AS recorded_at
            FROM case_event
            WHERE source = %s AND sequence > %s AND sequence <= %s
              AND recorded_at > %s AND source_sequence IS NOT NULL
            GROUP BY source_sequence
        ), placed AS (
            SELECT number, recorded_at, number - row_number() OVER (ORDER BY number)
                       AS run
            FROM numbered
        )
        SELECT min(number), max(number),
               (array_agg(recorded_at ORDER BY number))[1]
        FROM placed GROUP BY run
        """,
        [source, behind, until, forgotten_until],
    )
    return [Run(*row) for row in rows]
