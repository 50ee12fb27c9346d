"""Statements put together once and executed often, with what differs as parameters.

To put a large statement together, and to look it up in SQLAlchemy's cache, takes longer
than the database needs to answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import RowFactory, tuple_row
from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.dialects import registry

from app.db.database import driver

_DIALECT: Dialect = registry.load("postgresql")()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the driver takes it, and the parameters that never differ."""

    text: bytes
    constants: Mapping[str, object]

    def execute(
        self,
        connection: Connection,
        parameters: Mapping[str, object],
        *,
        row_factory: RowFactory[Any] = tuple_row,
    ) -> psycopg.Cursor[Any]:
        """Execute the statement; give the rows as the driver does."""
        cursor = driver(connection).cursor(row_factory=row_factory)
        return cursor.execute(self.text, {**self.constants, **parameters})


def compiled(query: Select[Any]) -> Statement:
    """Return *query*, whose parameters have names, to be executed often."""
    statement = query.compile(dialect=_DIALECT)
    constants = {
        name: value for name, value in statement.params.items() if value is not None
    }
    return Statement(str(statement).encode(), constants)
