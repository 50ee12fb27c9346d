"""Generated histories in which sources take back, put right, merge and copy."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from app.domain.events import (
    OWN_SOURCE,
    AmendmentReason,
    CaseClosed,
    CaseEvent,
    CaseKey,
    ClosureReason,
    CopyOf,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventData,
    EventRetracted,
    Happening,
    NotificationReceived,
)
from app.domain.linked_cases import spoken_of
from tests.histories import several_cases

SHIFTS = (-10, -1, 0, 1, 7, 30)


def amended_cases(*, most: int = 4) -> SearchStrategy[list[CaseEvent]]:
    """Generate the events of some cases, amendments and links among them."""
    return several_cases(most=most).flatmap(_amended)


@st.composite
def _amended(draw: DrawFn, events: list[CaseEvent]) -> list[CaseEvent]:
    found = [draw(_maybe_linked(each, events)) for each in events]
    for number in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from(found))
        found.append(
            CaseEvent(
                source=target.source,
                event_id=f"amendment-{number}",
                case_ref=draw(_mostly(target.case_ref, "A-other")),
                occurred_on=target.occurred_on
                + timedelta(draw(st.sampled_from((0, 5, 40)))),
                sequence=draw(st.none() | st.integers(0, 3)),
                data=draw(_amendment(target, found)),
            )
        )
    return found


@st.composite
def _maybe_linked(draw: DrawFn, each: CaseEvent, events: list[CaseEvent]) -> CaseEvent:
    """Return *each*, now and then merged, a copy of another, or told to the service."""
    other = draw(st.sampled_from(events))
    data = each.data
    if isinstance(data, CaseClosed) and draw(st.booleans()):
        into = draw(_mostly(other.case_ref, "A-unheard-of"))
        return each._replace(data=CaseClosed(reason=ClosureReason.MERGED, into=into))
    if isinstance(data, NotificationReceived) and draw(_seldom()):
        copied = CopyOf(source=other.source, id=other.event_id)
        return each._replace(data=replace(data, copy_of=copied))
    if isinstance(data, DelayExplained) and draw(st.booleans()):
        own = spoken_of(each.case)
        return each._replace(source=own.source, case_ref=own.case_ref)
    return each


@st.composite
def _amendment(draw: DrawFn, target: CaseEvent, events: list[CaseEvent]) -> EventData:
    reason = draw(st.sampled_from(AmendmentReason))
    target_id = draw(_mostly(target.event_id, "never-sent"))
    if draw(st.booleans()):
        return EventRetracted(target=target_id, reason=reason)
    other = draw(st.sampled_from(events))
    like = draw(_mostly(target.data, other.data))
    if target.source == OWN_SOURCE and not isinstance(like, DelayExplained):
        like = target.data  # of our own source there is nothing else
    if isinstance(like, EventCorrected | EventRetracted):
        return EventRetracted(target=target_id, reason=reason)
    return EventCorrected(
        target=target_id,
        reason=reason,
        occurred_on=target.occurred_on + timedelta(draw(st.sampled_from(SHIFTS))),
        data=like,
    )


def told_by(events: list[CaseEvent], source: str) -> list[CaseEvent]:
    """Return *events* as *source* would tell them, its copies of its own events too.

    What leads have told is of the cases of that source.
    """
    return [_told_by(each, source) for each in events]


def _told_by(each: CaseEvent, source: str) -> CaseEvent:
    data = _copied(each, source)
    if each.source != OWN_SOURCE:
        return each._replace(source=source, data=data)
    # Its source is the same for all, so ids and cases are told apart by names.
    if isinstance(data, EventCorrected | EventRetracted):
        data = replace(data, target=f"{data.target}/{source}")
    case_ref = each.case_ref.rpartition("/")[2]
    return each._replace(
        case_ref=spoken_of(CaseKey(source, case_ref)).case_ref,
        event_id=f"{each.event_id}/{source}",
        data=data,
    )


def _copied(each: CaseEvent, source: str) -> EventData:
    data = each.data
    if isinstance(data, EventCorrected):
        return replace(data, data=_relinked(data.data, source))
    if isinstance(data, EventRetracted | DataErased):
        return data
    return _relinked(data, source)


def _relinked(data: Happening, source: str) -> Happening:
    if isinstance(data, NotificationReceived) and data.copy_of is not None:
        return replace(data, copy_of=replace(data.copy_of, source=source))
    return data


def _mostly(usual: object, other: object) -> SearchStrategy:
    return st.sampled_from((usual, usual, usual, other))


def _seldom() -> SearchStrategy[bool]:
    return st.sampled_from((False, False, False, False, True))
