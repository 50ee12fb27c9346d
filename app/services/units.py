"""The unit tree: read, changed, and turned into the scope of a question."""

from collections.abc import Iterable
from datetime import datetime

from app.db import units as unit_table
from app.db.database import Database, begin_recording
from app.db.units import Unit
from app.security.identity_codes import contains_identity_code


class UnitCycleError(Exception):
    """A unit would stand below itself."""


class IdentityCodeError(Exception):
    """A text that is to be stored holds a personal identity code."""


def all_units(database: Database, *, known_at: datetime | None = None) -> list[Unit]:
    """Return the units known at *known_at* (default: now), by code."""
    with database.read(known_at) as question:
        known = unit_table.known(question.connection, question.known_at)
    return list(known.values())


def put(database: Database, units: Iterable[Unit]) -> None:
    """Record *units*, new or changed, all or none.

    Raises:
        UnitCycleError: a unit would stand below itself; nothing is changed.
        IdentityCodeError: a code or name holds a personal identity code.
    """
    units = list(units)
    for unit in units:
        names = (unit.name.fi, unit.name.sv, unit.name.en)
        if any(map(contains_identity_code, (unit.code, unit.parent or "", *names))):
            raise IdentityCodeError("A unit's code or name holds an identity code.")
    with database.write() as connection:
        begin_recording(connection)
        for unit in units:
            unit_table.put(connection, unit)
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
