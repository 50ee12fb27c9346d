"""All rows of the read model: what was known from one instant to another.

The statements are put together from names of our own, never from what anybody sent.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection

from app.db import bulk, deadlines, findings
from app.db.bulk import one_round_trip
from app.db.database import driver
from app.db.deadlines import ClockKey
from app.db.findings import FindingKey
from app.db.tables import case_finding, deadline
from app.domain.events import CaseKey

READ_MODEL = "public"
TABLES = (deadline, case_finding)
Key: TypeAlias = ClockKey | FindingKey
Values: TypeAlias = tuple[object, ...]
_STORED = {deadline.name: deadlines.STORED, case_finding.name: findings.STORED}
_NAMES = {
    table: ", ".join(f'"{name}"' for name in names) for table, names in _STORED.items()
}


class Version(NamedTuple):
    """A row of the read model: what was known from one instant to another.

    It is a clock or a finding; the key tells which.
    """

    key: Key
    recorded_at: datetime
    recorded_until: datetime | None
    values: Values

    @property
    def case(self) -> CaseKey:
        """Return the case."""
        return CaseKey(self.key.source, self.key.case_ref)


def put(
    connection: Connection, versions: Iterable[Version], *, schema: str = READ_MODEL
) -> None:
    """Add *versions* to the read model, or to the one in another *schema*."""
    # Making them asks questions on this very connection, so first all of them.
    rows: dict[str, list[Values]] = {table.name: [] for table in TABLES}
    for version in list(versions):
        rows[_table_of(version.key)].append(_row(version))
    with one_round_trip(connection):
        for table in TABLES:
            names = ("source", "case_ref", "recorded_at", "recorded_until")
            bulk.insert(
                connection,
                table,
                (*names, *_STORED[table.name]),
                rows[table.name],
                schema=schema,
            )


def forget(
    connection: Connection, cases: Collection[CaseKey], *, schema: str = READ_MODEL
) -> None:
    """Take *cases* out of the read model, or out of the one in another *schema*."""
    for table in _NAMES:
        driver(connection).execute(
            f"""
            DELETE FROM {schema}.{table} d
            USING unnest(%s::text[], %s::text[]) AS gone (source, case_ref)
            WHERE d.source = gone.source AND d.case_ref = gone.case_ref
            """.encode(),
            bulk.columns(cases, 2),
        )


def stored(connection: Connection, cases: Collection[CaseKey]) -> set[Version]:
    """Return every row of *cases* in the read model, superseded ones included."""
    found: set[Version] = set()
    for table, names in _NAMES.items():
        rows = driver(connection).execute(
            f"""
            SELECT d.source, d.case_ref, d.recorded_at,
                   nullif(d.recorded_until, 'infinity'), {names}
            FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
            JOIN {table} d USING (source, case_ref)
            """.encode(),
            bulk.columns(cases, 2),
        )
        found.update(comparable(version) for version in _versions(table, rows))
    return found


def strays(connection: Connection) -> list[Version]:
    """Return the rows of cases that no event speaks of."""
    found: list[Version] = []
    for table, names in _NAMES.items():
        rows = driver(connection).execute(
            f"""
            SELECT d.source, d.case_ref, d.recorded_at,
                   nullif(d.recorded_until, 'infinity'), {names}
            FROM {table} d
            WHERE NOT EXISTS (
                SELECT FROM case_event e
                WHERE e.source = d.source AND e.case_ref = d.case_ref
                  AND e.digest IS NOT NULL)
              AND NOT EXISTS (
                SELECT FROM case_link l
                WHERE l.other_source = d.source AND l.other_case_ref = d.case_ref)
              AND NOT EXISTS (
                SELECT FROM source_setting s JOIN case_event e USING (source)
                WHERE s.successor = d.source AND e.case_ref = d.case_ref
                  AND e.digest IS NOT NULL)
            """.encode()
        )
        found.extend(_versions(table, rows))
    return found


def comparable(version: Version) -> Version:
    """Return *version* with its lists as text, so that it can stand in a set."""
    if isinstance(version.key, FindingKey):
        return version
    return version._replace(
        values=tuple(
            repr(value) if name in deadlines.LISTS else value
            for name, value in zip(deadlines.STORED, version.values, strict=True)
        )
    )


def _table_of(key: Key) -> str:
    return (case_finding if isinstance(key, FindingKey) else deadline).name


def _row(version: Version) -> Values:
    return (
        version.key.source,
        version.key.case_ref,
        version.recorded_at,
        version.recorded_until or "infinity",
        *version.values,
    )


def _versions(table: str, rows: Iterable[Sequence[Any]]) -> list[Version]:
    return [
        Version(
            _key(table, source, case_ref, values),
            recorded_at,
            recorded_until,
            tuple(values),
        )
        for source, case_ref, recorded_at, recorded_until, *values in rows
    ]


def _key(table: str, source: str, case_ref: str, values: Sequence[Any]) -> Key:
    if table == case_finding.name:
        return FindingKey(source, case_ref, values[0])
    return ClockKey(source, case_ref, values[0], values[1])
