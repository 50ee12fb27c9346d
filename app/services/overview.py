"""The overview of a day: how open deadlines stand in every unit, and what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.clock import midnight
from app.db import activations, breaches, day_changes
from app.db import units as unit_table
from app.db import worklist as worklist_table
from app.db.breaches import OpenBreaches
from app.db.database import Database
from app.db.day_changes import Changes
from app.db.selections import Selection
from app.db.units import Unit
from app.db.worklist import Pressing
from app.domain.access import Actor
from app.domain.events import legal_day
from app.domain.law import Law
from app.services.scopes import allowed_units


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How open deadlines stand, by unit and rule, in the units that are *allowed*.

    What is new, is so since the last working day before, *since*; *changes* tell by
    rule what has become known after it.
    """

    as_of: date
    known_at: datetime
    since: date
    law: Law
    units: dict[str, Unit]
    allowed: frozenset[str] | None
    pressing: list[Pressing]
    changes: Mapping[str, Changes]
    breaches: OpenBreaches


def overview(
    database: Database, actor: Actor, *, next_days: int, soon: int
) -> Overview:
    """Return how the open deadlines of the actor's units stand today.

    *next_days* and *soon* are in working days. It tells of no case, only how many.
    """
    with database.read() as question:
        connection, known_at = question.connection, question.known_at
        law = activations.in_use(connection, known_at=known_at)
        as_of = legal_day(known_at)
        since = law.calendar.previous_working_day(as_of - timedelta(days=1))
        units = unit_table.known(connection, known_at)
        allowed = allowed_units(units, actor)
        pressing = worklist_table.pressing(
            question,
            Selection(as_of=as_of, units=allowed),
            since=since,
            next_days=law.calendar.working_day_after(as_of, next_days),
            soon=law.calendar.working_day_after(as_of, soon),
        )
        began = since + timedelta(days=1)
        changes = day_changes.changes(
            connection, since=midnight(began), began=began, as_of=as_of, units=allowed
        )
        found = breaches.open_ones(
            connection, known_at=known_at, today=as_of, units=allowed
        )
    return Overview(
        as_of=as_of,
        known_at=known_at,
        since=since,
        law=law,
        units=units,
        allowed=allowed,
        pressing=pressing,
        changes=changes,
        breaches=found,
    )
