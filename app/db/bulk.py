"""Many rows at once, and many statements in one round trip.

Every wait for the server costs a thread switch beside the time on the way, and a small
transaction of the intake would have twenty of them.
"""

import json
from collections.abc import (
    Callable,
    Collection,
    Generator,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any, TypeAlias, TypeVar

import psycopg
from psycopg import Pipeline
from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Table,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import JSONB

from app.db.database import driver

_FEW_ROWS = 100
_DIALECT: Dialect = registry.load("postgresql")()
Result = TypeVar("Result")
# What has been asked; called, it gives the answer.
Asked: TypeAlias = Callable[[], Result]
RoundTrip: TypeAlias = Callable[[Connection], AbstractContextManager[Pipeline]]


@contextmanager
def one_round_trip(connection: Connection) -> Iterator[Pipeline]:
    """Send what is executed within together; the answers come at the end."""
    with driver(connection).pipeline() as pipeline, _begun_once(driver(connection)):
        yield pipeline


@contextmanager
def last_round_trip(connection: Connection) -> Iterator[Pipeline]:
    """Do as ``one_round_trip``, and commit on the same way if nothing fails."""
    with driver(connection).pipeline() as pipeline:
        yield pipeline
        driver(connection).execute("COMMIT")


@contextmanager
def _begun_once(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Begin a transaction no more than once within.

    Until the first answer the driver sees no transaction, and would begin one before
    each statement: two commands more, a warning, and a way of their own for each.
    """
    begin = connection._start_query  # noqa: SLF001 (there is no other way)
    begun = False

    def begin_once() -> Generator[Any, Any, None]:
        nonlocal begun
        if not begun:
            begun = True
            yield from begin()

    connection._start_query = begin_once  # type: ignore[method-assign] # noqa: SLF001
    try:
        yield
    finally:
        del connection._start_query  # noqa: SLF001


def held_back(pipeline: Pipeline, *, rows: int) -> AbstractContextManager[None]:
    """Send nothing before the end of what is executed within, if it is of few *rows*.

    The driver sends each statement by itself, and each time the interpreter goes to a
    thread that does something else for a while. With many rows that is little, and the
    server has something to begin with. No answer can be read within.
    """
    return _held_back(pipeline) if rows <= _FEW_ROWS else nullcontext()


@contextmanager
def _held_back(pipeline: Pipeline) -> Iterator[None]:
    pipeline._communicate_gen = _send_later  # type: ignore[method-assign] # noqa: SLF001 (there is no other way)
    try:
        yield
    finally:
        del pipeline._communicate_gen  # noqa: SLF001


def _send_later() -> Generator[Any, Any, None]:
    yield from ()


def insert(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    schema: str = "public",
) -> None:
    """Insert *rows*, whose values are of the columns *names*, into *table*.

    Values of columns of type json are their texts; an instant may be `infinity`.
    """
    if not rows:
        return
    quoted = ", ".join(f'"{name}"' for name in names)
    # Each array of its own type, unnested side by side: as columns of one function
    # they would be stored a second time, and texts be cast, which takes a third longer.
    columns = ", ".join(_unnested(table, name) for name in names)
    driver(connection).execute(
        f"INSERT INTO {schema}.{table.name} ({quoted}) SELECT {columns}".encode(),
        [
            array(_texts(table, name, values))
            for name, values in zip(names, zip(*rows, strict=True), strict=True)
        ],
    )


def array(texts: Iterable[str | None]) -> str:
    """Return *texts* as the text of a PostgreSQL array.

    The driver's own way with lists takes ten times as long.
    """
    # No text that PostgreSQL takes has the character that stands for null here.
    elements = ["\0" if text is None else text for text in texts]
    if not elements:
        return "{}"
    joined = '","'.join(elements)
    if "\\" in joined or joined.count('"') > 2 * (len(elements) - 1):
        joined = '","'.join(
            text.replace("\\", r"\\").replace('"', r"\"") for text in elements
        )
    return f'{{"{joined}"}}'.replace('"\0"', "NULL")


def columns(keys: Collection[Sequence[str]], count: int) -> list[str]:
    """Return the first *count* columns of *keys*, as arrays for ``unnest``."""
    return [array(key[index] for key in keys) for index in range(count)]


def _texts(table: Table, name: str, values: Sequence[Any]) -> list[str | None]:
    """Return the *values* of a column as PostgreSQL reads them, None for null."""
    match table.c[name].type:
        case DateTime() | Date():
            # Most days and instants of many rows are the same few.
            told = {value: value and str(value) for value in set(values)}
            return [told[value] for value in values]
        case Boolean():
            text: Callable[[Any], str] = "ft".__getitem__
        case LargeBinary():
            text = bytes.hex
        case Integer():
            text = str
        case JSONB():
            text = json.dumps
        case _:
            return list(values)
    return [None if value is None else text(value) for value in values]


@cache
def _unnested(table: Table, name: str) -> str:
    """Return the rows of an array of a column's texts, as values of the column."""
    if isinstance(table.c[name].type, LargeBinary):
        return "decode(unnest(%s::text[]), 'hex')"
    return f"unnest(%s::{table.c[name].type.compile(dialect=_DIALECT)}[])"
