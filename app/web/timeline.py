"""The events of a case in words: what happened, was corrected, and when we knew."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import assert_never

from app.db.units import Unit
from app.domain import labels
from app.domain.delays import ACTIONS, CAUSES
from app.domain.events import (
    OWN_SOURCE,
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventData,
    EventKey,
    EventRetracted,
    InitiationDecided,
    Kind,
    NotificationReceived,
)
from app.domain.texts import Language
from app.exports import numbers
from app.web.navigation import N_
from app.web.unit_tree import unit_name

_KINDS = MappingProxyType(
    {
        Kind.NOTIFICATION: N_("Notification received"),
        Kind.TRANSFER: N_("Transferred"),
        Kind.INITIATION: N_("Initiation decided"),
        Kind.ASSESSMENT: N_("Assessment finalised"),
        Kind.CLOSURE: N_("Case closed"),
        Kind.DELAY_EXPLAINED: N_("Delay explained"),
        Kind.CORRECTION: N_("Entry corrected"),
        Kind.RETRACTION: N_("Entry retracted"),
        Kind.ERASED: N_("Data destroyed"),
    }
)
_AMENDED_BECAUSE = MappingProxyType(
    {
        "wrong_entry": N_("wrong entry"),
        "wrong_child": N_("wrong child"),
        "wrong_unit": N_("wrong unit"),
        "wrong_date": N_("wrong date"),
        "late_information": N_("late information"),
        "other": N_("another reason"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event; of an amendment *reason* is a text to translate, *before* what was.

    *event_id* is empty where the event was told here, and not by a client system.
    """

    on: str
    known: str
    kind: str
    what: str
    reason: str
    before: str
    event_id: str


def told(
    events: Iterable[CaseEvent], units: Mapping[str, Unit], language: Language
) -> Iterator[Happened]:
    """Give *events* as a reader of *language* sees them."""
    by_key = {event.key: event for event in events}
    for event in by_key.values():
        yield _happened(event, by_key, units, language)


def _happened(
    event: CaseEvent,
    by_key: Mapping[EventKey, CaseEvent],
    units: Mapping[str, Unit],
    language: Language,
) -> Happened:
    data, reason, before = event.data, "", ""
    what = _what(data, units, language)
    if isinstance(data, EventCorrected | EventRetracted):
        reason = _AMENDED_BECAUSE[data.reason]
        target = by_key.get(EventKey(event.source, data.target))
        if target is not None:
            before = _line(target.occurred_on, target.data, units, language)
    if isinstance(data, EventCorrected):
        what = _line(data.occurred_on, data.data, units, language)
    return Happened(
        on=numbers.day(event.occurred_on, language),
        known=numbers.instant(event.recorded_at, language) if event.recorded_at else "",
        kind=_KINDS[data.kind],
        what=what,
        reason=reason,
        before=before,
        event_id="" if event.source == OWN_SOURCE else event.event_id,
    )


def _line(
    day: date, data: EventData, units: Mapping[str, Unit], language: Language
) -> str:
    return f"{numbers.day(day, language)}, {_what(data, units, language)}"


def _what(data: EventData, units: Mapping[str, Unit], language: Language) -> str:
    """Return what *data* says; nothing of what speaks of other events."""
    match data:
        case NotificationReceived(entry=entry, unit=unit):
            named = labels.label("entry", entry, language)
            return f"{named}, {unit_name(unit, units, language)}" if unit else named
        case CaseTransferred(unit=unit):
            return unit_name(unit, units, language)
        case InitiationDecided(outcome=outcome) | AssessmentFinalised(outcome=outcome):
            return labels.label("outcome", outcome, language)
        case CaseClosed(reason=why_closed):
            return labels.label("closure", why_closed, language)
        case DelayExplained(cause=cause, action=action):
            return f"{CAUSES[cause].to(language)}; {ACTIONS[action].to(language)}"
        case EventCorrected() | EventRetracted() | DataErased():
            return ""
        case _:
            assert_never(data)
