"""Under which law the deadlines were computed, and since when."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.db.tables import activation


def latest(connection: Connection) -> dict[str, Any] | None:
    """Return the law under which deadlines are computed now, as it was described."""
    return connection.scalar(
        select(activation.c.law).order_by(activation.c.recorded_at.desc()).limit(1)
    )


def add(connection: Connection, law: dict[str, Any]) -> datetime:
    """Record that *law* is in use from now on; return the instant."""
    instant: datetime = connection.scalars(
        insert(activation)
        .values(recorded_at=func.clock_timestamp(), law=law)
        .returning(activation.c.recorded_at)
    ).one()
    return instant
