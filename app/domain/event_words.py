"""Events in words: of which kind data are, and the one code of what happened."""

from collections.abc import Mapping
from typing import assert_never

from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseTransferred,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventData,
    EventRetracted,
    InitiationDecided,
    InitiationOutcome,
    Kind,
    NotificationReceived,
)


def kind_of(data: Mapping[str, object]) -> Kind | None:
    """Return the kind of happening that *data* of the wire format is of.

    A correction repeats the data of its target but not its kind; the members tell.
    """
    if "entry" in data:
        return Kind.NOTIFICATION
    if "reason" in data:
        return Kind.CLOSURE
    if "cause" in data:
        return Kind.DELAY_EXPLAINED
    if "outcome" in data:
        # A tuple: what is no outcome need not be hashable either.
        decided = data["outcome"] in tuple(InitiationOutcome)
        return Kind.INITIATION if decided else Kind.ASSESSMENT
    return Kind.TRANSFER if "unit" in data else None


def word(data: EventData) -> str:
    """Return the one code that tells what *data* says happened."""
    match data:
        case NotificationReceived(entry=entry):
            return entry.value
        case CaseTransferred(unit=unit):
            return unit
        case InitiationDecided(outcome=became) | AssessmentFinalised(outcome=became):
            return became.value
        case CaseClosed(reason=reason):
            return reason.value
        case DelayExplained(cause=cause):
            return cause.value
        case (
            EventCorrected(reason=why)
            | EventRetracted(reason=why)
            | DataErased(ground=why)
        ):
            return why.value
        case _:
            assert_never(data)
