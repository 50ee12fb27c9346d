"""What callers may send: the envelopes of events, validated once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    model_validator,
)

from app.api.parameters import Day, Instant
from app.api.strict_json import MAX_TEXT_LENGTH
from app.domain.event_words import kind_of
from app.domain.events import (
    AmendmentReason,
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    DelayExplained,
    EventCorrected,
    EventData,
    EventRetracted,
    InitiationDecided,
    Kind,
    NotificationReceived,
    legal_day,
)


class _Happened(BaseModel):
    """Something that was at a time, told as an instant or as a day."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        str_min_length=1,
        str_max_length=MAX_TEXT_LENGTH,
    )

    occurred_at: Instant | None = Field(
        default=None, description="RFC 3339 with offset; or else `occurred_on`"
    )
    occurred_on: Annotated[Day, Field(strict=False)] | None = Field(
        default=None, description="The legal day in Helsinki, where no time is known"
    )

    @model_validator(mode="after")
    def _say_when_once(self) -> Self:
        if (self.occurred_at is None) == (self.occurred_on is None):
            raise ValueError("give exactly one of occurred_at and occurred_on")
        return self

    @property
    def legal_day(self) -> date:
        """Return the legal day in Helsinki."""
        if self.occurred_at is not None:
            return legal_day(self.occurred_at)
        assert self.occurred_on is not None  # noqa: S101 (one of the two is given)
        return self.occurred_on


class _Envelope(_Happened):
    """What every event says of itself: who says it, of which case, and when it was."""

    id: str = Field(description="The source's own id of the event, for ever")
    source: str = Field(description="The client system; that of the key")
    case_ref: str = Field(description="The client system's own reference of the case")
    registered_at: Instant | None = Field(
        default=None, description="When it was entered in the client system"
    )
    sequence: int | None = Field(
        default=None, ge=0, lt=2**63, description="The source's own numbering"
    )


def _kind_of_data(data: object) -> Kind | None:
    return kind_of(data) if isinstance(data, Mapping) else None


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


class DelayExplainedIn(_Envelope):
    """It was told why a deadline is late, and what is done about it."""

    kind: Literal["delay_explained"]
    data: DelayExplained


class Correction(_Happened):
    """What the target should have said: its time and its data, in full."""

    target: str = Field(description="The id of an event of the same source and case")
    reason: AmendmentReason
    data: Annotated[
        Annotated[NotificationReceived, Tag("notification")]
        | Annotated[InitiationDecided, Tag("initiation")]
        | Annotated[AssessmentFinalised, Tag("assessment")]
        | Annotated[CaseTransferred, Tag("transfer")]
        | Annotated[CaseClosed, Tag("closure")]
        | Annotated[DelayExplained, Tag("delay_explained")],
        Discriminator(_kind_of_data),
    ]


class CorrectionIn(_Envelope):
    """The source says what an earlier event should have said; its kind stays."""

    kind: Literal["correction"]
    data: Correction


class RetractionIn(_Envelope):
    """The source takes an earlier event back."""

    kind: Literal["retraction"]
    data: EventRetracted


EventIn: TypeAlias = Annotated[
    NotificationIn
    | InitiationIn
    | AssessmentIn
    | TransferIn
    | ClosureIn
    | DelayExplainedIn
    | CorrectionIn
    | RetractionIn,
    Field(discriminator="kind"),
]
EVENT: TypeAdapter[EventIn] = TypeAdapter(EventIn)


def case_event(sent: EventIn) -> CaseEvent:
    """Return *sent* as the domain knows it."""
    data: EventData
    if isinstance(sent, CorrectionIn):
        data = EventCorrected(
            target=sent.data.target,
            reason=sent.data.reason,
            occurred_on=sent.data.legal_day,
            occurred_at=sent.data.occurred_at,
            data=sent.data.data,
        )
    else:
        data = sent.data
    return CaseEvent(
        source=sent.source,
        event_id=sent.id,
        case_ref=sent.case_ref,
        occurred_on=sent.legal_day,
        occurred_at=_in_utc(sent.occurred_at),
        registered_at=_in_utc(sent.registered_at),
        sequence=sent.sequence,
        data=data,
    )


def _in_utc(instant: datetime | None) -> datetime | None:
    """Return *instant* with the one offset whose arithmetic asks for no offset."""
    return None if instant is None else instant.astimezone(UTC)
