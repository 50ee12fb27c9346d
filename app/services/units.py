"""The unit tree: read, changed, and turned into the scope of a question."""

from collections.abc import Iterable
from datetime import datetime

from app.db import units as unit_table
from app.db.database import Database, begin_recording
from app.db.units import Unit
from app.security.personal_data import PersonalDataError, holds_personal_data


class UnitCycleError(Exception):
    """A unit would stand below itself."""


def all_units(database: Database, *, known_at: datetime | None = None) -> list[Unit]:
    """Return the units known at *known_at* (default: now), by code."""
    with database.read(known_at) as question:
        known = unit_table.known(question.connection, question.known_at)
    return list(known.values())


def put(database: Database, units: Iterable[Unit], *, by: str | None = None) -> None:
    """Record *units*, new or changed, all or none, as said *by* somebody.

    Raises:
        UnitCycleError: a unit would stand below itself; nothing is changed.
        PersonalDataError: a code or name holds an identity code, a phone number
            or an e-mail address.
    """
    units = list(units)
    for unit in units:
        names = (unit.name.fi, unit.name.sv, unit.name.en)
        if any(map(holds_personal_data, (unit.code, unit.parent or "", *names))):
            raise PersonalDataError("A unit's code or name tells who someone is.")
    with database.write() as connection:
        begin_recording(connection)
        known = unit_table.current(connection)
        for unit in units:
            if known.get(unit.code) != unit:
                unit_table.put(connection, unit, by)
        _refuse_cycles(unit_table.current(connection))


def _refuse_cycles(units: dict[str, Unit]) -> None:
    for code in units:
        seen = set()
        above: str | None = code
        while above is not None:
            if above in seen:
                raise UnitCycleError(f"{code} stands below itself")
            seen.add(above)
            above = units[above].parent if above in units else None
