"""Whose cases somebody sees, as the database is told."""

from typing import assert_never

from app.db.scopes import EVERYTHING, NOTHING, OfSource, Scope, UnitsBelow
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
