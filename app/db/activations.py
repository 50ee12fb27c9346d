"""Which law was in use, and since when."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, cast, insert, select
from sqlalchemy import Text as SqlText

from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import activation
from app.domain.law import Law
from app.domain.law.description import describe, described


def in_use(connection: Connection, *, known_at: datetime | None = None) -> Law:
    """Return the law in use now, or the one that was at *known_at*.

    Before anything has been recorded it is the law with its defaults.
    """
    return ask_in_use(connection, known_at=known_at)()


def ask_in_use(
    connection: Connection, *, known_at: datetime | None = None
) -> Asked[Law]:
    """Ask for the law in use now, or the one that was at *known_at*."""
    asked = driver(connection).execute(
        """
        SELECT law::text FROM activation
        WHERE recorded_at <= coalesce(%s, 'infinity'::timestamptz)
        ORDER BY recorded_at DESC LIMIT 1
        """,
        [known_at],
    )

    def answer() -> Law:
        row = asked.fetchone()
        return Law() if row is None else _law(row[0])

    return answer


def all_in_order(connection: Connection) -> list[tuple[datetime, Law]]:
    """Return every law that has been in use, with the instant since when."""
    rows = connection.execute(
        select(activation.c.recorded_at, cast(activation.c.law, SqlText)).order_by(
            activation.c.recorded_at
        )
    )
    return [(recorded_at, _law(text)) for recorded_at, text in rows]


def add(connection: Connection, law: Law, recorded_at: datetime) -> None:
    """Record that *law* is in use since *recorded_at*."""
    described_law: dict[str, Any] = describe(law)
    connection.execute(
        insert(activation).values(recorded_at=recorded_at, law=described_law)
    )


@lru_cache(maxsize=16)
def _law(text: str) -> Law:
    # Kept, because a law remembers the days it has counted.
    return described(json.loads(text))
