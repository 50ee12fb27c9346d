"""Many rows at once, and many statements in one round trip.

Every wait for the server costs a thread switch beside the time on the way, and a small
transaction of the intake would have twenty of them.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TypeAlias, TypeVar

from psycopg.pq import PipelineStatus
from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import registry

from app.db.database import driver

_DIALECT: Dialect = registry.load("postgresql")()
# From here on COPY is quicker than what can share a round trip.
ROWS_TO_COPY = 100

Result = TypeVar("Result")
# What has been asked; called, it gives the answer.
Asked: TypeAlias = Callable[[], Result]


@contextmanager
def one_round_trip(connection: Connection) -> Iterator[None]:
    """Send what is executed within together; the answers come at the end."""
    with driver(connection).pipeline():
        yield


@contextmanager
def one_round_trip_if_few(connection: Connection, rows: int) -> Iterator[None]:
    """Like ``one_round_trip`` for few *rows*; many go by COPY, each waited for."""
    if rows > ROWS_TO_COPY:
        yield
    else:
        with one_round_trip(connection):
            yield


def insert(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    """Insert *rows*, whose values are of the columns *names*, into *table*."""
    if not rows:
        return
    raw = driver(connection)
    columns = ", ".join(f'"{name}"' for name in names)
    if raw.pgconn.pipeline_status == PipelineStatus.OFF:
        into = f"COPY {table.name} ({columns}) FROM STDIN"
        with raw.cursor().copy(into.encode()) as copy:
            for row in rows:
                copy.write_row(row)
    else:
        arrays = ", ".join(f"%s::{_type(table, name)}[]" for name in names)
        raw.execute(
            f"INSERT INTO {table.name} ({columns}) "  # noqa: S608 (names of our own)
            f"SELECT * FROM unnest({arrays})".encode(),
            [list(column) for column in zip(*rows, strict=True)],
        )


@cache
def _type(table: Table, name: str) -> str:
    return table.c[name].type.compile(dialect=_DIALECT)
