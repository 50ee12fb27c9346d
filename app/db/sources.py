"""What operators say of sources: live since when, succeeded by which other."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    and_,
    func,
    insert,
    select,
    update,
)

from app.db.tables import FOREVER, IS_CURRENT, source_setting


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSetting:
    """A source as its operator describes it.

    *live_since* is the day from which events come as they happen; what happened before
    was imported. *expected_working_hours* is how long it may be silent. Of one that
    *refuses_hashes*, references may not look like the bare hash of something. By its
    *link_template* cases are found in it. *recorded_by* is who has said so.
    """

    source: str
    live_since: date | None = None
    successor: str | None = None
    expected_working_hours: int | None = None
    refuses_hashes: bool = False
    link_template: str | None = None
    recorded_by: str | None = None


def settings(
    connection: Connection, *, known_at: datetime | None = None
) -> dict[str, SourceSetting]:
    """Return what is said of each source now, or was at *known_at*."""
    table = source_setting
    said = [table.c[each.name] for each in fields(SourceSetting)]
    query = select(*said).where(IS_CURRENT if known_at is None else _held(known_at))
    rows = connection.execute(query).mappings()
    return {row["source"]: SourceSetting(**row) for row in rows}


def all_live_since(
    connection: Connection, known_at: datetime
) -> dict[str, date | None]:
    """Return since which day each source was live, as known at *known_at*."""
    known = settings(connection, known_at=known_at)
    return {source: setting.live_since for source, setting in known.items()}


def live_since(known_at: datetime | ColumnElement[datetime]) -> Subquery:
    """Return (source, live_since) as they were known at *known_at*."""
    table = source_setting
    return (
        select(table.c.source, table.c.live_since)
        .where(_held(known_at))
        .subquery("live")
    )


def put(connection: Connection, setting: SourceSetting, recorded_at: datetime) -> None:
    """Record *setting* as what is known of its source since *recorded_at*."""
    table = source_setting
    connection.execute(
        update(table)
        .where(table.c.source == setting.source, IS_CURRENT)
        .values(recorded_until=recorded_at)
    )
    connection.execute(
        insert(table).values(
            **asdict(setting), recorded_at=recorded_at, recorded_until=FOREVER
        )
    )


def link_templates(connection: Connection) -> dict[str, str]:
    """Return how the addresses of cases are made, of the sources that say so."""
    query = select(source_setting.c.source, source_setting.c.link_template).where(
        IS_CURRENT, source_setting.c.link_template.is_not(None)
    )
    return {row.source: row.link_template for row in connection.execute(query)}


def successions(
    connection: Connection,
) -> list[tuple[datetime, datetime | None, str, str]]:
    """Return (since, until, source, successor) of every succession ever in force."""
    table = source_setting
    rows = connection.execute(
        select(
            table.c.recorded_at,
            # The driver has no value for infinity.
            func.nullif(table.c.recorded_until, FOREVER).label("until"),
            table.c.source,
            table.c.successor,
        ).where(table.c.successor.is_not(None))
    )
    return [(row.recorded_at, row.until, row.source, row.successor) for row in rows]


def _held(known_at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """Return the condition of what was known at *known_at*."""
    table = source_setting
    return and_(table.c.recorded_at <= known_at, table.c.recorded_until > known_at)
