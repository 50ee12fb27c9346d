"""A second read model beside the first: filled part by part, and swapped in.

The statements are put together from names of our own, never from what anybody sent.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, MetaData, text

from app.db import policies, rights, roles
from app.db.batches import Batch
from app.db.database import driver
from app.db.read_model import TABLES
from app.db.tables import case_event
from app.domain.events import CaseKey

SCHEMA = "rebuilding"
_REBUILDING_LOCK = 0x4D524542  # of a session: a rebuild has many transactions


class RebuildUnderWayError(Exception):
    """The read model is being rebuilt, or a rebuild of it was interrupted."""


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Let nobody else rebuild within; *connection* commits each statement by itself.

    Raises:
        RebuildUnderWayError: somebody else does.
    """
    lock = {"lock": _REBUILDING_LOCK}
    if not connection.scalar(text("SELECT pg_try_advisory_lock(:lock)"), lock):
        raise RebuildUnderWayError(
            "Another rebuild is under way, and does what this one would. Wait for it."
        )
    try:
        yield
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), lock)


def begin(connection: Connection, started_at: datetime) -> None:
    """Make the shadow tables, and note where the ledgers end.

    Raises:
        NotOwnerError: whoever is connected could not swap them in.
    """
    roles.require_owner(connection)
    discard(connection)
    connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    for table in TABLES:
        table.to_metadata(MetaData(), schema=SCHEMA).create(connection)
    for statement in (
        f"CREATE TABLE {SCHEMA}.start (started_at timestamptz)",
        f"CREATE TABLE {SCHEMA}.head (code text PRIMARY KEY, last_sequence bigint)",
        f"INSERT INTO {SCHEMA}.head SELECT code, last_sequence FROM source",
        f"""
        CREATE TABLE {SCHEMA}.part (
            source text, case_ref text, end_source text, end_case_ref text,
            is_done boolean DEFAULT false, PRIMARY KEY (source, case_ref))
        """,
    ):
        connection.exec_driver_sql(statement)
    connection.execute(
        text(f"INSERT INTO {SCHEMA}.start VALUES (:instant)"), {"instant": started_at}
    )


def started_at(connection: Connection) -> datetime | None:
    """Return when the rebuild began that goes on or was interrupted; None if none."""
    if not is_under_way(connection):
        return None
    found: datetime = connection.scalar(text(f"SELECT started_at FROM {SCHEMA}.start"))
    return found


def is_under_way(connection: Connection) -> bool:
    """Tell whether a rebuild goes on, or was interrupted."""
    # What an earlier version may have left, which had no parts, is none of ours.
    found = connection.scalar(
        text("SELECT to_regclass(:name) IS NOT NULL"), {"name": f"{SCHEMA}.part"}
    )
    return bool(found)


def discard(connection: Connection) -> None:
    """Drop what an interrupted rebuild has left."""
    connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))


def divide(connection: Connection, parts: Iterable[Batch]) -> None:
    """Let the rebuild consist of *parts*, which are yet to be done."""
    driver(connection).cursor().executemany(
        f"INSERT INTO {SCHEMA}.part VALUES (%s, %s, %s, %s)".encode(),
        [(*part.first, *(part.end or (None, None))) for part in parts],
    )


def parts(connection: Connection) -> dict[Batch, bool]:
    """Return of each part of the rebuild, in order, whether it is done."""
    rows = driver(connection).execute(
        f"""
        SELECT source, case_ref, end_source, end_case_ref, is_done
        FROM {SCHEMA}.part ORDER BY source, case_ref
        """.encode()
    )
    return {
        Batch(
            CaseKey(source, case_ref), end_ref and CaseKey(end_source, end_ref)
        ): is_done
        for source, case_ref, end_source, end_ref, is_done in rows
    }


def take(connection: Connection, part: Batch) -> bool:
    """Have *part* done when the transaction commits; tell whether it was not yet.

    Whoever else takes it meanwhile waits for that.
    """
    # What a crash of the server takes back, it takes back as a whole.
    driver(connection).execute("SET LOCAL synchronous_commit = off")
    taken = driver(connection).execute(
        f"""
        UPDATE {SCHEMA}.part SET is_done = true
        WHERE source = %s AND case_ref = %s AND NOT is_done
        """.encode(),
        part.first,
    )
    return taken.rowcount > 0


def late_cases(connection: Connection) -> list[CaseKey]:
    """Return the cases of which something was recorded since this was asked last.

    At first it is since the rebuild began. What is asked again comes back as before if
    the transaction is undone.
    """
    # One statement sees one moment. By the places of the events and not by their
    # instants, since a clock may be set back.
    rows = driver(connection).execute(
        f"""
        WITH seen AS (
            INSERT INTO {SCHEMA}.head AS h SELECT code, last_sequence FROM source
            ON CONFLICT (code) DO UPDATE SET last_sequence = excluded.last_sequence
        )
        SELECT DISTINCT e.source, e.case_ref
        FROM source s LEFT JOIN {SCHEMA}.head h USING (code)
        JOIN case_event e
          ON e.source = code AND e.sequence > coalesce(h.last_sequence, 0)
        ORDER BY e.source, e.case_ref
        """.encode()
    )
    return [CaseKey(*row) for row in rows]


def analyze(connection: Connection) -> None:
    """Let the planner know the shadow tables before anybody asks of them."""
    for table in TABLES:
        connection.execute(text(f"ANALYZE {SCHEMA}.{table.name}"))


def swap(connection: Connection) -> None:
    """Put the shadow tables in the place of the read model."""
    connection.execute(text("CREATE SCHEMA retired"))
    for table in (table.name for table in TABLES):
        connection.execute(text(f"ALTER TABLE public.{table} SET SCHEMA retired"))
        connection.execute(text(f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA public"))
        rights.grant(connection, table)
        policies.protect(connection, table)
    # Its policy looks into the deadlines, which are another table from now on.
    policies.protect(connection, case_event.name)
    connection.execute(text("DROP SCHEMA retired CASCADE"))
    policies.count_held(connection)
    discard(connection)
