"""Corrections, retractions and copies: from what was said to what is meant now.

Nothing is edited: an amendment is an event that points at another, and may come first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from app.domain.events import (
    CaseEvent,
    CaseTransferred,
    Child,
    EventCorrected,
    EventKey,
    EventRetracted,
    NotificationReceived,
    amendment_order,
)


class Flaw(StrEnum):
    """Why an amendment or a copy changes nothing."""

    TARGET_UNKNOWN = "amendment_without_target"
    TARGET_UNLIKE = "amendment_unlike_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a history means: its events as amended, and what remained without effect.

    *amended_on* is the day of the last amendment that has an effect: none is earlier
    than what it is about, or than what it says, whichever day it gives itself.
    """

    events: tuple[CaseEvent, ...]
    inert: tuple[tuple[Flaw, CaseEvent], ...] = ()
    amended_on: date | None = None

    def by(self, day: date) -> "Meaning":
        """Return what of it had happened by *day*.

        What an amendment says had happened then too, whenever it was said.
        """
        if day == date.max:
            return self
        return replace(
            self,
            events=tuple(each for each in self.events if each.occurred_on <= day),
            inert=tuple(each for each in self.inert if each[1].occurred_on <= day),
        )


def meaning(history: Iterable[CaseEvent]) -> Meaning:
    """Return what *history*, given in any order, means.

    Of several amendments of one event the greatest in ``amendment_order`` wins; a
    retraction ends the event unless a greater correction revives it.
    """
    history = tuple(history)
    if not any(map(_is_about_another, history)):
        return Meaning(events=history)
    said = {event.key: event for event in history if not is_amendment(event)}
    inert: list[tuple[Flaw, CaseEvent]] = []
    winners: dict[EventKey, CaseEvent] = {}
    targets = {
        event: EventKey(event.source, event.data.target)
        for event in history
        if isinstance(event.data, EventCorrected | EventRetracted)
    }
    for event in sorted(targets, key=amendment_order):
        key = targets[event]
        target = said.get(key)
        if target is None:
            inert.append((Flaw.TARGET_UNKNOWN, event))
        elif not fits(event, target):
            inert.append((Flaw.TARGET_UNLIKE, event))
        else:
            winners[key] = event
    amended = (_amended(event, winners.get(key)) for key, event in said.items())
    told_on = [_told_on(event, said[key]) for key, event in winners.items()]
    return Meaning(
        events=_without_copies([event for event in amended if event is not None]),
        inert=tuple(inert),
        amended_on=max(told_on, default=None),
    )


def unamended(history: Iterable[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Return the events of *history* as they were first said."""
    return tuple(event for event in history if not is_amendment(event))


def is_amendment(event: CaseEvent) -> bool:
    """Tell whether *event* is about another event and not about the case."""
    return isinstance(event.data, EventCorrected | EventRetracted)


def fits(amendment: CaseEvent, target: CaseEvent) -> bool:
    """Tell whether *amendment* may be of *target*: same case and kind, no amendment."""
    if is_amendment(target) or amendment.case != target.case:
        return False
    match amendment.data:
        case EventCorrected(data=data):
            return data.kind is target.data.kind
        case _:
            return True


def _told_on(amendment: CaseEvent, target: CaseEvent) -> date:
    """Return the first day on which *amendment* of *target* can have been told."""
    days = [amendment.occurred_on, target.occurred_on]
    if isinstance(amendment.data, EventCorrected):
        days.append(amendment.data.occurred_on)
    return max(days)


def _amended(event: CaseEvent, amendment: CaseEvent | None) -> CaseEvent | None:
    match amendment.data if amendment else None:
        case EventCorrected() as correction:
            return event._replace(
                data=correction.data,
                occurred_on=correction.occurred_on,
                occurred_at=correction.occurred_at,
            )
        case EventRetracted():
            return None
        case _:
            return event


def _is_about_another(event: CaseEvent) -> bool:
    """Tell whether *event* is an amendment or a copy; most are neither."""
    data = event.data
    if isinstance(data, NotificationReceived):
        return data.copy_of is not None
    return isinstance(data, EventCorrected | EventRetracted)


def _without_copies(events: list[CaseEvent]) -> tuple[CaseEvent, ...]:
    """Let each copy of a notification that is here give what it adds, and go.

    The original starts the clocks. The copy completes what it says of the child, and
    its unit has the work from the copy's day on.
    """
    meant = {event.key: event for event in events}
    for event in sorted(events, key=lambda each: each.key):
        copy = event.data
        if not isinstance(copy, NotificationReceived) or copy.copy_of is None:
            continue
        key = EventKey(copy.copy_of.source, copy.copy_of.id)
        original = meant.get(key)
        if original is None or not isinstance(original.data, NotificationReceived):
            continue
        if original.data.copy_of is not None:
            continue
        meant[key] = original._replace(data=_completed(original.data, copy))
        if copy.unit is None:
            del meant[event.key]
        else:
            taken_over = CaseTransferred(unit=copy.unit, worker=copy.worker)
            meant[event.key] = event._replace(data=taken_over)
    return tuple(meant.values())


def _completed(
    original: NotificationReceived, copy: NotificationReceived
) -> NotificationReceived:
    """Return *original* with what only *copy* says of the child."""
    child, other = original.child, copy.child
    says_language = child.mother_tongue or original.language_group
    says_nationality = child.citizenship or original.nationality_group
    return replace(
        original,
        child=Child(
            ref=child.ref or other.ref,
            age_years=other.age_years if child.age_years is None else child.age_years,
            mother_tongue=child.mother_tongue if says_language else other.mother_tongue,
            citizenship=child.citizenship if says_nationality else other.citizenship,
        ),
        language_group=(
            original.language_group if says_language else copy.language_group
        ),
        nationality_group=(
            original.nationality_group if says_nationality else copy.nationality_group
        ),
    )
