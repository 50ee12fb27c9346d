"""Rows that are inserted together are those that were given, whatever they say."""

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.db import bulk
from app.db.database import Database, driver
from tests.histories import on_one_database

ODD = Table(
    "odd",
    MetaData(),
    Column("place", Integer),
    Column("said", Text),
    Column("on", Date),
    Column("at", DateTime(timezone=True)),
    Column("yes", Boolean),
    Column("hashed", LargeBinary),
    Column("told", JSONB),
)
NAMES = tuple(ODD.c.keys())

# What stands for something in the text of an array, and what looks as if it did.
TEXTS = st.one_of(
    st.sampled_from(
        ["", "NULL", "null", '"', "\\", '\\"', '","', "{}", "\\x00", "\n", "null,NULL"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
ROWS = st.tuples(
    st.none() | TEXTS,
    st.none() | st.dates(min_value=date(2008, 1, 1), max_value=date(2100, 12, 31)),
    st.none()
    | st.datetimes(
        min_value=datetime(2008, 1, 1),  # noqa: DTZ001 (Hypothesis adds the zone)
        max_value=datetime(2100, 12, 31),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    st.none() | st.booleans(),
    st.none() | st.binary(),
    st.none() | st.lists(st.none() | TEXTS),
)


@settings(on_one_database, max_examples=50)
@given(st.lists(ROWS, min_size=1, max_size=20))
def test_what_is_inserted_is_what_was_given(
    database: Database, rows: list[tuple[object, ...]]
) -> None:
    numbered = [(place, *row) for place, row in enumerate(rows)]
    with database.rehearse() as connection:
        driver(connection).execute(
            'CREATE TEMP TABLE odd (place int, said text, "on" date, at timestamptz, '
            "yes boolean, hashed bytea, told jsonb)"
        )
        bulk.insert(connection, ODD, NAMES, numbered, schema="pg_temp")
        found = driver(connection).execute("TABLE odd ORDER BY place").fetchall()
    assert found == numbered
