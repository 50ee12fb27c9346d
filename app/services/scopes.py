"""Whose cases somebody sees: as the database is told, and as units of the tree."""

from typing import assert_never

from app.db import units as unit_table
from app.db.scopes import EVERYTHING, NOTHING, OfSource, Scope, UnitsBelow
from app.db.units import Unit
from app.domain.access import Actor, Role


def scope_of(actor: Actor) -> Scope:
    """Return which cases *actor* sees; whether only as figures, permissions tell."""
    match actor.role:
        case Role.LEAD | Role.ANALYST:
            return UnitsBelow(actor.units) if actor.units else EVERYTHING
        case Role.INTEGRATOR:
            return NOTHING if actor.source is None else OfSource(actor.source)
        case Role.AUDITOR:
            return EVERYTHING
        case Role.ADMIN:
            return NOTHING
        case _:
            assert_never(actor.role)


def allowed_units(
    units: dict[str, Unit], actor: Actor, asked: str | None = None
) -> frozenset[str] | None:
    """Return the units that *actor* may see and asks for; None if that is all.

    *units* are the registered ones; *asked* is meant with what is below it.
    """
    allowed = unit_table.subtree(units, actor.units) if actor.units else None
    if asked is None:
        return allowed
    wanted = unit_table.subtree(units, frozenset({asked}))
    return wanted if allowed is None else wanted & allowed
