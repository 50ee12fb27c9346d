"""Events as plain functions: what a test does not name is ordinary."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypedDict, Unpack

from app.api.strict_json import JsonValue, without_nulls
from app.domain.canonical import canonical
from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.events import (
    AssessmentFinalised,
    AssessmentOutcome,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    Child,
    ClosureReason,
    DelayExplained,
    Entry,
    EventData,
    InitiationDecided,
    InitiationOutcome,
    NotificationReceived,
)
from app.services.intake import Submission

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

A_CHILD = Child(ref="p-1", age_years=7, mother_tongue="fi", citizenship="FI")


class Envelope(TypedDict, total=False):
    """What any event may say of itself, beside its day and its data."""

    source: str
    case_ref: str
    at: datetime | None
    registered_at: datetime | None
    sequence: int | None


def event(
    data: EventData,
    on: date,
    *,
    event_id: str | None = None,
    source: str = "client-a",
    case_ref: str = "A-1",
    at: datetime | None = None,
    registered_at: datetime | None = None,
    sequence: int | None = None,
) -> CaseEvent:
    """Return an event of *data* on the day *on*; its id tells both by default."""
    return CaseEvent(
        source=source,
        event_id=event_id or f"{data.kind}-{on}",
        case_ref=case_ref,
        occurred_on=on,
        occurred_at=at,
        registered_at=registered_at,
        sequence=sequence,
        data=data,
    )


def notification(
    on: date,
    event_id: str | None = None,
    *,
    unit: str | None = "leppavaara",
    entry: Entry = Entry.REPORT,
    child: Child = A_CHILD,
    **more: Unpack[Envelope],
) -> CaseEvent:
    """Return a notification received on the day *on*."""
    data = NotificationReceived(entry=entry, unit=unit, child=child)
    return event(data, on, event_id=event_id, **more)


def decision(
    on: date,
    outcome: InitiationOutcome = InitiationOutcome.ASSESSMENT_STARTED,
    *,
    answers: tuple[str, ...] = (),
    event_id: str | None = None,
    **more: Unpack[Envelope],
) -> CaseEvent:
    """Return an initiation decision of the day *on*."""
    data = InitiationDecided(outcome=outcome, answers=answers)
    return event(data, on, event_id=event_id, **more)


def assessment(
    on: date,
    outcome: AssessmentOutcome = AssessmentOutcome.NO_CLIENT,
    *,
    event_id: str | None = None,
    **more: Unpack[Envelope],
) -> CaseEvent:
    """Return the end of an assessment on the day *on*."""
    return event(AssessmentFinalised(outcome=outcome), on, event_id=event_id, **more)


def transfer(
    on: date, unit: str, *, event_id: str | None = None, **more: Unpack[Envelope]
) -> CaseEvent:
    """Return a transfer to *unit* on the day *on*."""
    return event(CaseTransferred(unit=unit), on, event_id=event_id, **more)


def closure(
    on: date,
    reason: ClosureReason,
    *,
    into: str | None = None,
    event_id: str | None = None,
    **more: Unpack[Envelope],
) -> CaseEvent:
    """Return a closure for *reason* on the day *on*."""
    data = CaseClosed(reason=reason, into=into)
    return event(data, on, event_id=event_id, **more)


def explanation(
    on: date,
    rule: DutyRule = DutyRule.INITIATION,
    cause: DelayCause = DelayCause.STAFF_SHORTAGE,
    *,
    action: DelayAction = DelayAction.OVERTIME,
    follow_up_on: date | None = None,
    explains: str | None = None,
    event_id: str | None = None,
    **more: Unpack[Envelope],
) -> CaseEvent:
    """Return what was told on the day *on* of a delay."""
    data = DelayExplained(
        rule=rule,
        cause=cause,
        action=action,
        follow_up_on=follow_up_on,
        explains=explains,
    )
    return event(data, on, event_id=event_id, **more)


def submission(event: CaseEvent) -> Submission:
    """Return *event* as the API hands it on: its data as canonical JSON, a digest."""
    data = canonical(without_nulls(_wire(event.data)))
    head: dict[str, JsonValue] = {
        "case_ref": event.case_ref,
        "kind": event.data.kind.value,
    }
    if event.occurred_at is not None:
        head["occurred_at"] = event.occurred_at.astimezone(UTC).isoformat()
    else:
        head["occurred_on"] = str(event.occurred_on)
    digest = sha256((canonical(head) + data).encode()).digest()
    return Submission(event=event, data=data, digest=digest)


def submissions(events: Iterable[CaseEvent]) -> list[Submission]:
    """Return *events* as the API hands them on, in their order."""
    return [submission(each) for each in events]


def _wire(data: "DataclassInstance") -> dict[str, JsonValue]:
    """Return *data* as a client would send it: what is left out has its default."""
    return {
        field.name: _plain(value)
        for field in fields(data)
        if (value := getattr(data, field.name)) != field.default
    }


def _plain(value: object) -> JsonValue:
    match value:
        case str() | int():
            return value
        case tuple():
            return [_plain(each) for each in value]
        case date():
            return value.isoformat()
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _wire(value)
        case _:
            raise TypeError(type(value))
