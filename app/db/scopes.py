"""What a transaction sees of cases: told to the database, whose policies obey it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import psycopg

# The policies of `policies` know these settings; each lasts until the transaction ends.
SCOPE = "maaraaika.scope"
UNITS = "maaraaika.units"
SOURCE = "maaraaika.source"
AS_SERVICE = f"""
    SELECT set_config('{SCOPE}', '*', true)
"""
_AS_SERVICE_AGAIN = f"""
    SELECT set_config('role', 'none', true), set_config('{SCOPE}', '*', true)
"""
_AS_READER = f"""
    SELECT set_config('role', 'maaraaika_reader', true),
           set_config('{SCOPE}', '', true)
"""
_OF_SOURCE = f"{_AS_READER}, set_config('{SOURCE}', %(source)s, true)"
# As `units.subtree`; by the tree that was known at the instant asked about.
_OF_UNITS = f"""
    WITH RECURSIVE below (code) AS (
        SELECT unnest(%(roots)s::text[])
        UNION
        SELECT unit.code FROM unit JOIN below ON unit.parent = below.code
        WHERE unit.recorded_at <= %(known_at)s AND unit.recorded_until > %(known_at)s
    )
    {_AS_READER},
           set_config('{UNITS}', (SELECT array_agg(code)::text FROM below), true)
"""  # noqa: S608 (constants of our own)


@dataclass(frozen=True, slots=True)
class Everything:
    """What the service itself sees, and a lead of the whole county."""


@dataclass(frozen=True, slots=True)
class UnitsBelow:
    """What the units *roots* and those below them have, or had in their time."""

    roots: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfSource:
    """What one client system has sent."""

    source: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """No case at all."""


Scope: TypeAlias = Everything | UnitsBelow | OfSource | Nothing
EVERYTHING = Everything()
NOTHING = Nothing()


def enter(
    raw: psycopg.Connection[Any], scope: Scope, known_at: datetime | None = None
) -> None:
    """Let the transaction see *scope*, by the units known at *known_at*, to its end."""
    match scope:
        case Everything():
            raw.execute(AS_SERVICE)
        case UnitsBelow(roots):
            raw.execute(_OF_UNITS, {"roots": sorted(roots), "known_at": known_at})
        case OfSource(source):
            raw.execute(_OF_SOURCE, {"source": source})
        case Nothing():
            raw.execute(_AS_READER)


def leave(raw: psycopg.Connection[Any]) -> None:
    """Let the transaction see everything again, as the service itself."""
    raw.execute(_AS_SERVICE_AGAIN)
