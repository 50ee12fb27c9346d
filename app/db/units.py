"""The unit tree, as it was known at every instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import FOREVER, IS_CURRENT, unit
from app.domain.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A county, area or team."""

    code: str
    parent: str | None
    name: Text


def known(connection: Connection, known_at: datetime) -> dict[str, Unit]:
    """Return the units known at *known_at*, by code."""
    return ask_known(connection, known_at)()


def ask_known(connection: Connection, known_at: datetime) -> Asked[dict[str, Unit]]:
    """Ask for the units known at *known_at*, by code."""
    return _ask(
        connection,
        "recorded_at <= %(known_at)s AND recorded_until > %(known_at)s",
        {"known_at": known_at},
    )


def current(connection: Connection) -> dict[str, Unit]:
    """Return the units as this transaction leaves them, by code."""
    return _ask(connection, "recorded_until = 'infinity'", {})()


def _ask(
    connection: Connection, condition: str, parameters: Mapping[str, object]
) -> Asked[dict[str, Unit]]:
    asked = driver(connection).execute(
        f"""
        SELECT code, parent, name_fi, name_sv, name_en FROM unit
        WHERE {condition} ORDER BY code
        """,  # noqa: S608 (conditions of our own)
        parameters,
    )
    return lambda: {
        code: Unit(code=code, parent=parent, name=Text(*names))
        for code, parent, *names in asked.fetchall()
    }


def put(connection: Connection, changed: Unit, recorded_by: str | None) -> None:
    """Record *changed* as it is known from now on, and who has said so."""
    # One instant for the end of the old row and the start of the new one.
    now = connection.scalar(select(func.clock_timestamp()))
    connection.execute(
        update(unit)
        .where(unit.c.code == changed.code, IS_CURRENT)
        .values(recorded_until=now)
    )
    connection.execute(
        insert(unit).values(
            code=changed.code,
            recorded_at=now,
            recorded_until=FOREVER,
            parent=changed.parent,
            name_fi=changed.name.fi,
            name_sv=changed.name.sv,
            name_en=changed.name.en,
            recorded_by=recorded_by,
        )
    )


def subtree(units: dict[str, Unit], roots: frozenset[str]) -> frozenset[str]:
    """Return *roots* and every unit below them; unregistered roots stand alone."""
    found = set(roots)
    while below := {
        code
        for code, each in units.items()
        if each.parent in found and code not in found
    }:
        found |= below
    return frozenset(found)
