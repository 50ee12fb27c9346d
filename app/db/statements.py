"""Statements put together once and executed often, with what differs as parameters.

To put a large statement together, and to look it up in SQLAlchemy's cache, takes longer
than the database needs to answer it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import RowFactory, tuple_row
from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    SelectBase,
    Text,
    literal_column,
)
from sqlalchemy.dialects import registry

from app.db.database import driver

# Parameters as the server itself writes them, so that the driver has nothing to
# translate: of a large statement it would do so each time anew.
_DIALECT: Dialect = registry.load("postgresql")(paramstyle="numeric_dollar")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as the server takes it, and the parameters that never differ.

    *names* are those of all its parameters, in their order.
    """

    text: bytes
    names: Sequence[str]
    constants: Mapping[str, object]

    def execute(
        self,
        connection: Connection,
        parameters: Mapping[str, object],
        *,
        row_factory: RowFactory[Any] = tuple_row,
    ) -> psycopg.Cursor[Any]:
        """Execute the statement; give the rows as the driver does."""
        cursor = psycopg.RawCursor(driver(connection), row_factory=row_factory)
        given = {**self.constants, **parameters}
        return cursor.execute(self.text, [given[name] for name in self.names])


def compiled(query: SelectBase) -> Statement:
    """Return *query*, whose parameters have names, to be executed often."""
    statement = query.compile(dialect=_DIALECT)
    constants = {
        name: value for name, value in statement.params.items() if value is not None
    }
    return Statement(str(statement).encode(), statement.positiontup or (), constants)


def word(code: str) -> ColumnElement[str]:
    """Return a code of our own as part of the statement, so that plans know it."""
    return literal_column(f"'{code}'", Text)
