"""Delays explained by leads: kept in a ledger of the service's own."""

import uuid
from dataclasses import asdict
from datetime import date, datetime

from app.db import activations, known_deadlines
from app.db import units as unit_table
from app.domain.access import Actor
from app.domain.canonical import canonical
from app.domain.case_files import CaseFile, case_file
from app.domain.case_states import FindingCode
from app.domain.deadlines import Deadline
from app.domain.events import CaseEvent, CaseKey, DelayExplained, legal_day
from app.domain.ledger import digest_of
from app.domain.linked_cases import spoken_of
from app.services.cases import CaseNotFoundError, look_up
from app.services.intake import Outcome, Status, Submission, record
from app.services.scopes import allowed_units
from app.services.viewing import Viewer


class NothingLateError(Exception):
    """Nothing that the explanation could be about is late in the case."""


class KeyReusedError(Exception):
    """The caller has said something else of the case under that idempotency key."""


def explain(
    viewer: Viewer,
    case: CaseKey,
    said: DelayExplained,
    *,
    idempotency_key: str | None,
    now: datetime,
) -> Outcome:
    """Record what *viewer* says of a delay in *case*.

    It is about what is late now. The same under the same *idempotency_key* gets its
    first receipt; without one each call is an explanation of its own. The clocks of the
    case are shown.

    Raises:
        CaseNotFoundError: there is no such case, or no unit of the actor's is
            responsible or accountable for one of its deadlines.
        LookNotWrittenError: the look cannot be written down; nothing is recorded.
        NothingLateError: it would explain nothing.
        KeyReusedError: the key is taken by an explanation with other content.
    """
    database, actor = viewer.database, viewer.actor
    with database.read() as question:
        connection, known_at = question.connection, question.known_at
        with question.as_service():
            head, history = look_up(connection, case, known_at)
        is_seen = question.sees_all or known_deadlines.seen_cases(
            connection, [head], known_at=known_at
        )
        law = activations.in_use(connection, known_at=known_at)
        allowed = allowed_units(unit_table.known(connection, known_at), actor)
    before = case_file(history, law)
    concerned = _concerned(before, allowed, legal_day(now))
    if not (history and is_seen and (allowed is None or concerned)):
        viewer.miss()
        raise CaseNotFoundError
    event = _event(actor, head, said, idempotency_key, now)
    first = next((each for each in history if each.key == event.key), None)
    if first is not None and first.data != said:
        raise KeyReusedError
    # The first one was told at another instant, of which the digest is taken too.
    event = first or event
    after = case_file([*history, event], law) if first is None else before
    if first is None and _explains_nothing(after, event):
        raise NothingLateError
    viewer.show({head}, rows=len(after.deadlines))
    data = _text_of(said)
    (outcome,) = record(
        database, [Submission(event=event, data=data, digest=digest_of(event, data))]
    )
    if outcome.status in (Status.CONFLICT, Status.ERASED):
        raise KeyReusedError
    return outcome._replace(clocks=_concerned(after, allowed, legal_day(now)))


def _concerned(
    file: CaseFile, allowed: frozenset[str] | None, day: date
) -> tuple[Deadline, ...]:
    """Return the clocks of which a unit of *allowed* has the work, or the figure."""
    return tuple(
        clock
        for clock in file.deadlines
        if allowed is None
        or {clock.responsible_unit(day), clock.accountable_unit(day)} & allowed
    )


def _explains_nothing(file: CaseFile, event: CaseEvent) -> bool:
    return any(
        finding.event == event.key
        and finding.code is FindingCode.EXPLANATION_WITHOUT_BREACH
        for finding in file.findings
    )


def _text_of(said: DelayExplained) -> str:
    """Return *said* as data of events are kept, without what is null."""
    return canonical(
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(said).items()
            if value is not None
        }
    )


def _event(
    actor: Actor,
    case: CaseKey,
    said: DelayExplained,
    idempotency_key: str | None,
    now: datetime,
) -> CaseEvent:
    own = spoken_of(case)
    key = idempotency_key or uuid.uuid4().hex
    return CaseEvent(
        source=own.source,
        # Of the case and of the caller: two of them may use the same key.
        event_id=f"{own.case_ref}/{actor.key_id}/{key}",
        case_ref=own.case_ref,
        occurred_on=legal_day(now),
        # Of several on one day the last counts.
        occurred_at=now,
        data=said,
    )
