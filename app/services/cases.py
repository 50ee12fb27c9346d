"""One case: what happened, when it became known, and where its clocks stand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.db import activations, known_deadlines, links
from app.db import events as ledger
from app.db import sources as source_table
from app.db import units as unit_table
from app.db.database import Connection, Database, Knowledge
from app.db.deadlines import Row
from app.db.scopes import EVERYTHING
from app.domain.access import Actor
from app.domain.amendments import meaning
from app.domain.case_files import case_file
from app.domain.case_states import CaseState, Finding
from app.domain.cases import replay
from app.domain.chains import Chain, Stretch, chain_of
from app.domain.deadlines import AMENDED, ASSESSMENT, Deadline
from app.domain.events import (
    CaseEvent,
    CaseKey,
    EventCorrected,
    EventKey,
    EventRetracted,
    fold_order,
    legal_day,
)
from app.domain.law import Law
from app.domain.linked_cases import histories
from app.services.scopes import allowed_units, scope_of
from app.services.viewing import Viewer


class CaseNotFoundError(Exception):
    """There is no such case, or none that the caller may know of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands on *as_of*, as it was known at *known_at*.

    *key* is that of the case whose history it is: what was merged into another case,
    or goes on in another source, is found under that one.
    """

    key: CaseKey
    as_of: date
    known_at: datetime
    law: Law
    units: frozenset[str]
    live_since: dict[str, date | None]
    state: CaseState
    findings: tuple[Finding, ...]
    timeline: list[CaseEvent]
    deadlines: list[Deadline]
    chain: Chain | None

    @property
    def cases(self) -> frozenset[CaseKey]:
        """Return the case, and all others that are named beside it."""
        runs = self.chain.runs if self.chain else ()
        return frozenset(
            {
                self.key,
                *(event.case for event in self.timeline),
                *(CaseKey(self.key.source, run.case_ref) for run in runs),
            }
        )


def case(
    viewer: Viewer,
    key: CaseKey,
    *,
    as_of: date | None,
    known_at: datetime | None,
) -> Case:
    """Show the case *key*; acts after *as_of* have not happened.

    A case of units that are not the viewer's is shown to who may look there, with a
    reason.

    Raises:
        CaseNotFoundError: there is none, or none of its deadlines is of the viewer's
            units; the two cannot be told apart.
        LookNotWrittenError: the look cannot be written down.
        FutureKnowledgeError: *known_at* lies in the future.
    """
    found = _found(viewer.database, viewer.actor, key, as_of, known_at)
    if found is None and viewer.goes_elsewhere():
        anybody = replace(viewer.actor, units=frozenset())
        everywhere = viewer.database.seen_by(EVERYTHING)
        found = _found(everywhere, anybody, key, as_of, known_at)
    if found is None:
        viewer.miss()
        raise CaseNotFoundError
    viewer.show(found.cases, rows=len(found.timeline))
    return found


def _found(
    database: Database,
    actor: Actor,
    key: CaseKey,
    as_of: date | None,
    known_at: datetime | None,
) -> Case | None:
    """Return the case *key*, if there is one of which *actor* may know."""
    with database.seen_by(scope_of(actor)).read(known_at) as question:
        connection, instant = question.connection, question.known_at
        day = as_of or legal_day(instant)
        law = activations.in_use(connection, known_at=instant)
        units = unit_table.known(connection, instant)
        live_since = source_table.all_live_since(connection, instant)
        with question.as_service():
            head, history = look_up(connection, key, instant)
        rows = known_deadlines.of_case(connection, head, known_at=instant)
        history = _as_seen(question, head, history, rows)
        of_child = _of_child(connection, head, rows, instant)
    deadlines = [row.deadline for row in rows if row.deadline.started_on <= day]
    timeline = sorted(_happened(history, day), key=fold_order)
    allowed = allowed_units(units, actor)
    if not timeline or not (
        allowed is None
        or any(clock.responsible_unit(day) in allowed for clock in deadlines)
    ):
        return None
    return Case(
        key=head,
        as_of=day,
        known_at=instant,
        law=law,
        units=frozenset(units),
        live_since=live_since,
        state=replay(history, day),
        findings=case_file(history, law, day).findings,
        timeline=timeline,
        deadlines=deadlines,
        chain=chain_of(head.case_ref, _stretches(of_child, day, allowed), day),
    )


def _happened(history: list[CaseEvent], day: date) -> Iterator[CaseEvent]:
    """Give what had happened by *day*, as first said or as amended, and how it was.

    The clocks stand as amended, so that amendments are shown with what they are about.
    """
    meant_on = {event.key: event.occurred_on for event in meaning(history).events}
    shown = {
        event.key
        for event in history
        if min(event.occurred_on, meant_on.get(event.key, event.occurred_on)) <= day
    }
    for event in history:
        match event.data:
            case EventCorrected(target=target) | EventRetracted(target=target):
                is_shown = EventKey(event.source, target) in shown
            case _:
                is_shown = False
        if is_shown or event.key in shown:
            yield event


def look_up(
    connection: Connection, key: CaseKey, known_at: datetime
) -> tuple[CaseKey, list[CaseEvent]]:
    """Return the head that case *key* belongs to, and its history as known then."""
    succession = links.successors(connection, known_at=known_at)
    events = links.connected(connection, [key], succession, known_at=known_at)
    for head, history in histories(events, succession).items():
        if any(event.case == key for event in history):
            return head, history
    return key, []


def _as_seen(
    question: Knowledge, head: CaseKey, history: list[CaseEvent], rows: list[Row]
) -> list[CaseEvent]:
    """Return of *history* what the database shows to who asks.

    Of cases that were merged into it, it shows nothing by itself: they are seen with
    the one that goes on, whose deadlines are *rows*.
    """
    if question.sees_all:
        return history
    if not rows:
        return []
    own = {event.key for event in ledger.of_cases(question.connection, [head])}
    return [event for event in history if event.case != head or event.key in own]


def _of_child(
    connection: Connection, head: CaseKey, own: list[Row], known_at: datetime
) -> list[Row]:
    """Return the rows of the case's *own* runs, and of other runs of its child."""
    children = {row.deadline.child_ref for row in own} - {None}
    others = [
        row
        for child in sorted(filter(None, children))
        for row in known_deadlines.runs_of_child(
            connection, head.source, child, known_at=known_at
        )
        if row.case_ref != head.case_ref
    ]
    return [*own, *others]


def _stretches(
    rows: Iterable[Row], day: date, allowed: frozenset[str] | None
) -> Iterator[Stretch]:
    """Give the runs that *rows* tell of as they stand on *day*, as far as allowed."""
    for row in rows:
        clock = row.deadline
        if (
            clock.rule == ASSESSMENT
            and clock.outcome != AMENDED
            and clock.started_on <= day
            and (allowed is None or clock.responsible_unit(day) in allowed)
        ):
            ended_on = clock.closed_by(day)
            yield Stretch(
                case_ref=row.case_ref,
                started_on=clock.started_on,
                ended_on=ended_on,
                end=clock.outcome if ended_on else None,
            )
