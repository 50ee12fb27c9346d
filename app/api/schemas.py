"""What callers may send: the envelopes of events, validated once."""

import re
from datetime import date
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    model_validator,
)

from app.api.strict_json import MAX_TEXT_LENGTH
from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    EventData,
    InitiationDecided,
    NotificationReceived,
    legal_day,
)

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d.*")


def _written_out(value: object) -> object:
    """Refuse numbers, in texts too: Pydantic would take them for Unix times."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return value
    raise ValueError("an instant is written as in 2026-10-05T14:20:00+03:00")


Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written_out)]


class _Envelope(BaseModel):
    """What every event says of itself: who says it, of which case, and when it was."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        str_min_length=1,
        str_max_length=MAX_TEXT_LENGTH,
    )

    id: str = Field(description="The source's own id of the event, for ever")
    source: str = Field(description="The client system; that of the key")
    case_ref: str = Field(description="The client system's own reference of the case")
    occurred_at: Instant | None = Field(
        default=None, description="RFC 3339 with offset; or else `occurred_on`"
    )
    occurred_on: date | None = Field(
        default=None, description="The legal day in Helsinki, where no time is known"
    )
    registered_at: Instant | None = Field(
        default=None, description="When it was entered in the client system"
    )
    sequence: int | None = Field(
        default=None, ge=0, lt=2**63, description="The source's own numbering"
    )

    @model_validator(mode="after")
    def _say_when_once(self) -> Self:
        if (self.occurred_at is None) == (self.occurred_on is None):
            raise ValueError("give exactly one of occurred_at and occurred_on")
        return self


class NotificationIn(_Envelope):
    """The matter became pending: a notification, application or contact came in."""

    kind: Literal["notification"]
    data: NotificationReceived


class InitiationIn(_Envelope):
    """It was decided whether an assessment is made, or the assessment was begun."""

    kind: Literal["initiation"]
    data: InitiationDecided


class AssessmentIn(_Envelope):
    """The service-needs assessment ended."""

    kind: Literal["assessment"]
    data: AssessmentFinalised


class TransferIn(_Envelope):
    """Another unit took over the case."""

    kind: Literal["transfer"]
    data: CaseTransferred


class ClosureIn(_Envelope):
    """The client system closed the case."""

    kind: Literal["closure"]
    data: CaseClosed


EventIn: TypeAlias = Annotated[
    NotificationIn | InitiationIn | AssessmentIn | TransferIn | ClosureIn,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[EventIn] = TypeAdapter(EventIn)


def case_event(sent: EventIn) -> CaseEvent:
    """Return *sent* as the domain knows it."""
    data: EventData = sent.data
    if sent.occurred_at is not None:
        occurred_on = legal_day(sent.occurred_at)
    else:
        assert sent.occurred_on is not None  # noqa: S101 (one of the two is given)
        occurred_on = sent.occurred_on
    return CaseEvent(
        source=sent.source,
        event_id=sent.id,
        case_ref=sent.case_ref,
        occurred_on=occurred_on,
        occurred_at=sent.occurred_at,
        registered_at=sent.registered_at,
        sequence=sent.sequence,
        data=data,
    )
