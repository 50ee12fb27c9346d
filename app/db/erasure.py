"""The one change that a ledger permits: what its lines said is destroyed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from app.db import bulk
from app.db.database import driver
from app.db.events import parse_data
from app.domain.access_log import chain_name, chain_number
from app.domain.chains import Stretch
from app.domain.deadlines import AMENDED, ASSESSMENT
from app.domain.erasure import ErasedLines, positions_in, written
from app.domain.events import (
    HELSINKI,
    OWN_SOURCE,
    CaseKey,
    DataErased,
    EventKey,
    Kind,
)
from app.domain.ledger import ERASED
from app.domain.retention import Period

# Nobody has these rights for longer than a statement.
_RIGHTS = {
    "case_event": "UPDATE (data, salt, digest), DELETE",
    "access_log": "UPDATE (entry, salt)",
}


class RecordedErasure(NamedTuple):
    """A line of the service's own ledger that says what was erased, and when."""

    sequence: int
    recorded_at: datetime
    data: DataErased


class Doomed(NamedTuple):
    """A line whose data are to be destroyed, and the event that it was."""

    source: str
    sequence: int
    event_id: str

    @property
    def event(self) -> EventKey:
        """Return the identity of the event."""
        return EventKey(self.source, self.event_id)


def recorded(connection: Connection) -> Iterator[RecordedErasure]:
    """Give every erasure that is recorded, the first first."""
    rows = driver(connection).execute(
        """
        SELECT sequence, recorded_at, data::text FROM case_event
        WHERE source = %s AND kind = %s ORDER BY sequence
        """,
        [OWN_SOURCE, Kind.ERASED],
    )
    for sequence, recorded_at, data in rows:
        said = parse_data(Kind.ERASED, data)
        assert isinstance(said, DataErased), "of that kind"  # noqa: S101
        yield RecordedErasure(sequence, recorded_at, said)


def ended_cases(
    connection: Connection,
    period: Period,
    today: date,
    *,
    after: CaseKey | None,
    limit: int,
) -> list[CaseKey]:
    """Return the next *limit* cases whose events all lie *period* behind *today*.

    Others that hang together with them are not looked at here.
    """
    rows = driver(connection).execute(
        """
        SELECT source, case_ref FROM case_event
        WHERE digest IS NOT NULL AND kind <> %(erased)s
          AND (source, case_ref) > (%(source)s, %(case_ref)s)
        GROUP BY source, case_ref
        HAVING max(occurred_on) + make_interval(%(years)s, %(months)s, 0, %(days)s)
               < %(today)s::date
        ORDER BY source, case_ref LIMIT %(limit)s
        """,
        {
            "erased": Kind.ERASED,
            "source": after.source if after else "",
            "case_ref": after.case_ref if after else "",
            "years": period.years,
            "months": period.months,
            "days": period.days,
            "today": today,
            "limit": limit,
        },
    )
    return [CaseKey(source, case_ref) for source, case_ref in rows]


def runs_of_child(connection: Connection, source: str, child_ref: str) -> list[Stretch]:
    """Return the runs of the child *child_ref* of *source* as they are known now.

    It is asked of every case that may have to go, and so by the index alone.
    """
    rows = driver(connection).execute(
        """
        SELECT case_ref, started_on, closed_on, outcome FROM deadline
        WHERE source = %s AND child_ref = %s AND rule = %s
          AND recorded_until = 'infinity' AND outcome IS DISTINCT FROM %s
        """,
        [source, child_ref, ASSESSMENT, AMENDED],
    )
    return [
        Stretch(case_ref=case_ref, started_on=started_on, ended_on=ended_on, end=end)
        for case_ref, started_on, ended_on, end in rows
    ]


def cases_naming(
    connection: Connection,
    source: str,
    child_ref: str,
    *,
    since: datetime | None = None,
) -> set[CaseKey]:
    """Return the cases of *source* of which an event names the child *child_ref*.

    If *since* is given, one that was recorded after that. Without it every event of
    the source is read.
    """
    rows = driver(connection).execute(
        """
        SELECT DISTINCT source, case_ref FROM case_event
        WHERE source = %(source)s AND digest IS NOT NULL
          AND recorded_at > %(since)s
          AND %(child_ref)s IN (data #>> '{child,ref}', data #>> '{data,child,ref}')
        """,
        {"source": source, "child_ref": child_ref, "since": since or "-infinity"},
    )
    return {CaseKey(source, case_ref) for source, case_ref in rows}


def doomed_lines(connection: Connection, cases: Collection[CaseKey]) -> list[Doomed]:
    """Return the lines of *cases* of which nothing is erased yet."""
    rows = driver(connection).execute(
        """
        SELECT e.source, e.sequence, e.event_id
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        JOIN case_event e USING (source, case_ref)
        WHERE e.digest IS NOT NULL
        ORDER BY e.source, e.sequence
        """,
        bulk.columns(cases, 2),
    )
    return [Doomed(*row) for row in rows]


def lines_of(doomed: Sequence[Doomed]) -> tuple[ErasedLines, ...]:
    """Return where *doomed* stand, as it is recorded."""
    return tuple(
        ErasedLines(
            source=source,
            positions=written(
                each.sequence for each in doomed if each.source == source
            ),
        )
        for source in sorted({each.source for each in doomed})
    )


def destroy_data(connection: Connection, lines: Sequence[ErasedLines]) -> int:
    """Destroy data, salt and digest of *lines*; return how many lines these were.

    The last line of the service's own ledger must name them: the database makes sure.
    """
    with _right_to_erase(connection, "case_event"):
        done = driver(connection).execute(
            """
            UPDATE case_event e SET data = %s, salt = NULL, digest = NULL
            FROM unnest(%s::text[], %s::bigint[]) AS line (source, sequence)
            WHERE e.source = line.source AND e.sequence = line.sequence
            """,
            [ERASED, *_columns(lines)],
        )
    return done.rowcount


def destroy_beside(
    connection: Connection, doomed: Sequence[Doomed], closed_findings: Collection[str]
) -> None:
    """Destroy what stands beside *doomed*: links, and what conflicted with them.

    With them go the closures of the findings of those ids.
    """
    columns = bulk.columns([each.event for each in doomed], 2)
    for table in ("case_link", "conflict"):
        driver(connection).execute(
            f"""
            DELETE FROM {table} d
            USING unnest(%s::text[], %s::text[]) AS gone (source, event_id)
            WHERE d.source = gone.source AND d.event_id = gone.event_id
            """.encode(),  # noqa: S608 (names of our own)
            columns,
        )
    driver(connection).execute(
        "DELETE FROM finding_closure WHERE finding = ANY(%s::text[])",
        [bulk.array(closed_findings)],
    )


def forget(connection: Connection, lines: Sequence[ErasedLines]) -> int:
    """Destroy what is left of erased *lines* but the link; return how many there were.

    What sources counted of their days goes too: it could not be compared any more. As
    with ``destroy_data`` the last line of the service's own ledger must name them.
    """
    columns = _columns(lines)
    named = "unnest(%s::text[], %s::bigint[]) AS line (source, sequence)"
    driver(connection).execute(
        f"""
        DELETE FROM control_count c
        USING {named} JOIN case_event e USING (source, sequence)
        WHERE c.source = e.source AND c.day = e.occurred_on
        """.encode(),  # noqa: S608 (a constant of our own)
        columns,
    )
    driver(connection).execute(
        f"""
        INSERT INTO forgotten_line (source, sequence, recorded_at, hash)
        SELECT e.source, e.sequence, e.recorded_at, e.hash
        FROM {named} JOIN case_event e USING (source, sequence)
        """.encode(),  # noqa: S608 (a constant of our own)
        columns,
    )
    with _right_to_erase(connection, "case_event"):
        done = driver(connection).execute(
            f"""
            DELETE FROM case_event e USING {named}
            WHERE e.source = line.source AND e.sequence = line.sequence
            """.encode(),  # noqa: S608 (a constant of our own)
            columns,
        )
    return done.rowcount


def ended_looks(
    connection: Connection,
    period: Period,
    today: date,
    *,
    after: tuple[int, int],
    limit: int,
) -> list[tuple[int, int]]:
    """Return the next *limit* looks *after* one that lie *period* behind *today*.

    A look is told by its chain and its position there.
    """
    rows = driver(connection).execute(
        """
        SELECT chain, position FROM access_log
        WHERE salt IS NOT NULL AND (chain, position) > (%(chain)s, %(position)s)
          AND (recorded_at AT TIME ZONE %(zone)s)::date
              + make_interval(%(years)s, %(months)s, 0, %(days)s) < %(today)s::date
        ORDER BY chain, position LIMIT %(limit)s
        """,
        {
            "chain": after[0],
            "position": after[1],
            "zone": HELSINKI.key,
            "years": period.years,
            "months": period.months,
            "days": period.days,
            "today": today,
            "limit": limit,
        },
    )
    return rows.fetchall()


def lines_of_looks(looks: Sequence[tuple[int, int]]) -> tuple[ErasedLines, ...]:
    """Return where *looks* stand, as it is recorded."""
    positions: dict[str, list[int]] = defaultdict(list)
    for chain, position in looks:
        positions[chain_name(chain)].append(position)
    return tuple(
        ErasedLines(source=chain, positions=written(found))
        for chain, found in sorted(positions.items())
    )


def destroy_looks(connection: Connection, lines: Sequence[ErasedLines]) -> int:
    """Destroy what the looks at *lines* were; return how many these were.

    As with ``destroy_data`` the last line of the service's own ledger must name them.
    """
    chains, positions = _columns(lines)
    with _right_to_erase(connection, "access_log"):
        done = driver(connection).execute(
            """
            UPDATE access_log l SET entry = %s, salt = NULL
            FROM unnest(%s::smallint[], %s::bigint[]) AS line (chain, position)
            WHERE l.chain = line.chain AND l.position = line.position
            """,
            [ERASED, [chain_number(str(chain)) for chain in chains], positions],
        )
    return done.rowcount


def _columns(lines: Sequence[ErasedLines]) -> list[list[object]]:
    places = [
        (each.source, position)
        for each in lines
        for position in positions_in(each.positions)
    ]
    return [[source for source, _ in places], [position for _, position in places]]


@contextmanager
def _right_to_erase(connection: Connection, table: str) -> Iterator[None]:
    """Let the owner of *table* change it within, in this transaction alone."""
    rights = f"{_RIGHTS[table]} ON {table}"
    driver(connection).execute(f"GRANT {rights} TO CURRENT_USER".encode())
    yield
    driver(connection).execute(f"REVOKE {rights} FROM CURRENT_USER".encode())
