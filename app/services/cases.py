"""One case: what happened, when it became known, and where its clocks stand."""

from dataclasses import dataclass
from datetime import date, datetime

from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db import units as unit_table
from app.db.database import Database
from app.db.events import CaseKey
from app.domain.cases import CaseState, replay
from app.domain.deadlines import Deadline
from app.domain.events import CaseEvent, fold_order, legal_day
from app.services.deadlines import scope
from app.services.keys import Actor


class CaseNotFoundError(Exception):
    """There is no such case, or none that the caller may know of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands on *as_of*, as it was known at *known_at*."""

    key: CaseKey
    as_of: date
    known_at: datetime
    state: CaseState
    timeline: list[tuple[datetime, CaseEvent]]
    deadlines: list[Deadline]


def case(
    database: Database,
    actor: Actor,
    key: CaseKey,
    *,
    as_of: date | None,
    known_at: datetime | None,
) -> Case:
    """Return the case *key*; acts after *as_of* have not happened.

    Raises:
        CaseNotFoundError: there is none, or none of its deadlines is of the actor's
            units; the two cannot be told apart.
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.read(known_at) as question:
        instant = question.known_at
        day = as_of or legal_day(instant)
        timeline = [
            (recorded_at, event)
            for recorded_at, event in ledger.timeline(
                question.connection, key, known_at=instant
            )
            if event.occurred_on <= day
        ]
        rows = deadline_table.of_case(question.connection, key, known_at=instant)
        units = unit_table.known(question.connection, instant)
    deadlines = [row.deadline for row in rows if row.deadline.started_on <= day]
    allowed = scope(units, actor, None)
    if not timeline or not (
        allowed is None
        or any(clock.responsible_unit(day) in allowed for clock in deadlines)
    ):
        raise CaseNotFoundError
    timeline.sort(key=lambda line: fold_order(line[1]))
    return Case(
        key=key,
        as_of=day,
        known_at=instant,
        state=replay(event for _, event in timeline),
        timeline=timeline,
        deadlines=deadlines,
    )
