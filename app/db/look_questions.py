"""The access log as auditors ask it: by case, by person, by watermark, by time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Connection

from app.db.database import driver
from app.domain.access_log import Look, look_of
from app.domain.events import CaseKey

_PERIOD = sql.SQL("recorded_at >= %(since)s AND recorded_at < %(until)s")
_MISSED = sql.SQL("""
    entry ->> 'result' = 'not_found' AND EXISTS (
        SELECT FROM unnest(%(sources)s::text[], %(case_refs)s::text[])
            AS sought (source, case_ref)
        WHERE entry -> 'criteria' ->> 'source' = sought.source
          AND entry -> 'criteria' ->> 'case_ref'
              = encode(sha256(salt || convert_to(sought.case_ref, 'UTF8')), 'hex'))
    """)
_NEWEST_FIRST = sql.SQL("ORDER BY recorded_at DESC, chain DESC, position DESC")
_PAGE = sql.SQL("""
    SELECT recorded_at, chain, position, entry::text FROM access_log
    WHERE {conditions} {newest_first} LIMIT %(limit)s
    """)
# What is rare is looked for by its index first, and only then put in order: the other
# way round the database would read back through years for the last few.
_PAGE_OF_CASES = sql.SQL("""
    WITH found AS MATERIALIZED (
        SELECT recorded_at, chain, position FROM access_log
        WHERE ({shown}) AND {conditions}
        UNION ALL
        SELECT recorded_at, chain, position FROM access_log
        WHERE {missed} AND {conditions}
    ), page AS (
        SELECT recorded_at, chain, position FROM found
        {newest_first} LIMIT %(limit)s
    )
    SELECT recorded_at, chain, position, entry::text
    FROM page JOIN access_log USING (recorded_at, chain, position)
    {newest_first}
    """)


class Place(NamedTuple):
    """Where a look stands among all, by its instant."""

    recorded_at: datetime
    chain: int
    position: int


class Logged(NamedTuple):
    """A look, and where it stands."""

    place: Place
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which looks are asked for; None means any.

    They lie between *since* and *until*, which is excluded. Of *cases* one must have
    been shown; a case is also sought among those that were asked for and not shown.
    """

    since: datetime
    until: datetime
    cases: frozenset[CaseKey] | None = None
    person: str | None = None
    watermark: str | None = None
    elsewhere: bool = False


def page(
    connection: Connection,
    selection: Selection,
    *,
    after: Place | None,
    limit: int,
) -> list[Logged]:
    """Return the next *limit* looks of *selection* behind *after*, the newest first."""
    conditions, values = _conditions(selection)
    if after is not None:
        conditions.append(
            sql.SQL(
                "(recorded_at, chain, position) < (%(at)s, %(chain)s, %(position)s)"
            )
        )
        values |= {
            "at": after.recorded_at,
            "chain": after.chain,
            "position": after.position,
        }
    joined = sql.SQL(" AND ").join(conditions)
    statement = (
        _PAGE.format(conditions=joined, newest_first=_NEWEST_FIRST)
        if selection.cases is None
        else _PAGE_OF_CASES.format(
            shown=_shown(selection.cases, values),
            missed=_MISSED,
            conditions=joined,
            newest_first=_NEWEST_FIRST,
        )
    )
    rows = driver(connection).execute(statement, values | {"limit": limit})
    return [Logged(Place(*place), look_of(text)) for *place, text in rows]


def find(connection: Connection, chain: int, position: int) -> Logged | None:
    """Return the look at that place, unless there is none or it is erased."""
    row = (
        driver(connection)
        .execute(
            """
            SELECT recorded_at, chain, position, entry::text FROM access_log
            WHERE chain = %s AND position = %s AND salt IS NOT NULL
            """,
            [chain, position],
        )
        .fetchone()
    )
    return None if row is None else Logged(Place(*row[:3]), look_of(row[3]))


def cases_of_child(
    connection: Connection, child: str, source: str | None
) -> frozenset[CaseKey]:
    """Return every case that is, or was ever known to be, of *child*."""
    rows = driver(connection).execute(
        """
        SELECT DISTINCT source, case_ref FROM deadline
        WHERE child_ref = %s AND (%s::text IS NULL OR source = %s)
        """,
        [child, source, source],
    )
    return frozenset(CaseKey(*row) for row in rows)


def sources(connection: Connection) -> list[str]:
    """Return the codes of all sources."""
    rows = driver(connection).execute("SELECT code FROM source ORDER BY code")
    return [code for (code,) in rows]


def names(connection: Connection, people: Collection[str]) -> dict[str, str]:
    """Return what those of *people* are called whose name, or key's holder, is kept."""
    rows = driver(connection).execute(
        """
        SELECT person_id, name FROM person WHERE person_id = ANY (%(people)s)
        UNION ALL
        SELECT key_id, holder FROM api_key
        WHERE key_id = ANY (%(people)s) AND holder <> key_id
        """,
        {"people": list(people)},
    )
    return dict(rows.fetchall())


def _conditions(selection: Selection) -> tuple[list[sql.Composable], dict[str, Any]]:
    values: dict[str, Any] = {"since": selection.since, "until": selection.until}
    # What is erased tells nothing any more.
    conditions: list[sql.Composable] = [_PERIOD, sql.SQL("salt IS NOT NULL")]
    for name in ("person", "watermark"):
        if (wanted := getattr(selection, name)) is not None:
            conditions.append(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name))
            )
            values[name] = wanted
    if selection.elsewhere:
        conditions.append(sql.SQL("elsewhere"))
    return conditions, values


def _shown(cases: frozenset[CaseKey], values: dict[str, Any]) -> sql.Composable:
    """Return the condition that one of *cases* was shown.

    What it needs, and what `_MISSED` does, is added to *values*.
    """
    values["sources"] = [case.source for case in cases]
    values["case_refs"] = [case.case_ref for case in cases]
    terms: list[sql.Composable] = [sql.SQL("false")]
    # Each by itself, so that the index is used.
    for number, case in enumerate(sorted(cases)):
        name = f"case_{number}"
        values[name] = Jsonb({case.source: [case.case_ref]})
        terms.append(
            sql.SQL("(entry -> 'cases')::jsonb @> {}").format(sql.Placeholder(name))
        )
    return sql.SQL(" OR ").join(terms)
