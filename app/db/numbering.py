"""The numbers that sources give their events, as runs in which none is missing."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection

from app.db import ledger_parts
from app.db.database import driver
from app.db.ledger_parts import LINES, Part, Readings


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


def runs(
    connection: Connection, *, known_at: datetime, lines: int = LINES
) -> dict[str, list[Run]]:
    """Return the runs of each source that numbers its events, lowest numbers first.

    What was recorded before a line that is forgotten is not looked at: its number is
    forgotten too.
    """
    numbered = driver(connection).execute(
        """
        SELECT code FROM source s WHERE EXISTS (
            SELECT FROM case_event
            WHERE source = s.code AND source_sequence IS NOT NULL)
        """
    )
    sources = [code for (code,) in numbered]
    return {
        ledger.source: _RUNS.of(connection, ledger, lines)
        for ledger in ledger_parts.ledgers(connection, sources, known_at=known_at)
    }


def gaps(runs: Sequence[Run]) -> Iterator[Gap]:
    """Give what is missing between *runs*, of which the lowest numbers come first."""
    for before, behind in pairwise(runs):
        yield Gap(before.last + 1, behind.first - 1, behind.recorded_at)


def _read(connection: Connection, part: Part) -> list[Run]:
    """Return the runs of the lines of *part*, lowest numbers first."""
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
        FROM placed GROUP BY run ORDER BY 1
        """,
        [part.ledger.source, part.behind, part.until, part.ledger.forgotten_until],
    )
    return [Run(*row) for row in rows]


def _joined(before: list[Run], later: list[Run]) -> list[Run]:
    """Return the runs of both; if two begin alike, the one recorded earlier counts."""
    joined: list[Run] = []
    for run in sorted([*before, *later], key=lambda each: each.first):
        if joined and run.first <= joined[-1].last + 1:
            last = max(joined[-1].last, run.last)
            joined[-1] = joined[-1]._replace(last=last)
        else:
            joined.append(run)
    return joined


_RUNS = Readings(_read, _joined)
