"""What can happen in a case: one frozen dataclass per kind of event."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.erasure import ErasedLines, ErasedPart, ErasureGround
from app.domain.groups import LanguageGroup, NationalityGroup

HELSINKI = ZoneInfo("Europe/Helsinki")
# The source under which the service keeps what is told to it directly, by leads.
OWN_SOURCE = "maaraaika"
# How far ahead of our clock a source's clock may be.
TOLERANCE = timedelta(minutes=5)
OLDEST_AGE = 120
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_CODE = re.compile(r"[a-z0-9_]+")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Kind(StrEnum):
    """The kinds of event; the value is what the wire format says."""

    NOTIFICATION = "notification"
    TRANSFER = "transfer"
    INITIATION = "initiation"
    ASSESSMENT = "assessment"
    CLOSURE = "closure"
    DELAY_EXPLAINED = "delay_explained"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    ERASED = "erased"


# What sources tell; that something was erased, the service says itself.
TOLD = tuple(kind for kind in Kind if kind is not Kind.ERASED)


class Entry(StrEnum):
    """The way the matter came in.

    *report* is a child welfare notification (*lastensuojeluilmoitus*),
    *social_welfare_contact* a *yhteydenotto tuen tarpeen arvioimiseksi*, and
    *anticipatory* a notification before birth (*ennakollinen lastensuojeluilmoitus*).
    """

    REPORT = "report"
    APPLICATION = "application"
    REQUEST = "request"
    SOCIAL_WELFARE_CONTACT = "social_welfare_contact"
    OWN_OBSERVATION = "own_observation"
    ANTICIPATORY = "anticipatory"


class Matter(StrEnum):
    """The matter (*asia*): child protection, or a child in need of special support."""

    CHILD_PROTECTION = "child_protection"
    SPECIAL_SUPPORT_CHILD = "special_support_child"


class InitiationOutcome(StrEnum):
    """What was decided within the seven working days."""

    ASSESSMENT_STARTED = "assessment_started"
    URGENT_MEASURES = "urgent_measures"
    OBVIOUSLY_UNNECESSARY = "obviously_unnecessary"
    EXISTING_CLIENT = "existing_client"
    JOINED_RUNNING_ASSESSMENT = "joined_running_assessment"
    TRANSFERRED_TO_OTHER_COUNTY = "transferred_to_other_county"
    WRONG_OR_DUPLICATE = "wrong_or_duplicate"
    OTHER = "other"


class AssessmentOutcome(StrEnum):
    """How the service-needs assessment ended."""

    CHILD_PROTECTION_CLIENT = "child_protection_client"
    SOCIAL_WELFARE_CLIENT = "social_welfare_client"
    NO_CLIENT = "no_client"
    MOVED_AWAY = "moved_away"
    TURNED_18 = "turned_18"
    DIED = "died"
    INTERRUPTED = "interrupted"


class ClosureReason(StrEnum):
    """Why the client system closed the case."""

    DONE = "done"
    MOVED_AWAY = "moved_away"
    TURNED_18 = "turned_18"
    DIED = "died"
    TRANSFERRED_TO_OTHER_COUNTY = "transferred_to_other_county"
    WRONG_PERSON = "wrong_person"
    MERGED = "merged"


class AmendmentReason(StrEnum):
    """Why a source takes back or replaces what it said."""

    WRONG_ENTRY = "wrong_entry"
    WRONG_CHILD = "wrong_child"
    WRONG_UNIT = "wrong_unit"
    WRONG_DATE = "wrong_date"
    LATE_INFORMATION = "late_information"
    OTHER = "other"


class CaseKey(NamedTuple):
    """A case: the source and the source's own reference."""

    source: str
    case_ref: str


class EventKey(NamedTuple):
    """An event: the source and the source's own id, for ever."""

    source: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOf:
    """The event of another source that an event repeats."""

    source: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """The child as the source describes it; what is absent is unknown.

    *ref* is the source's pseudonym, *age_years* full years at the notification,
    *mother_tongue* ISO 639 and *citizenship* ISO 3166-1 alpha-2.
    """

    ref: str | None = None
    age_years: int | None = None
    mother_tongue: str | None = None
    citizenship: str | None = None

    def __post_init__(self) -> None:
        """Refuse codes and ages that cannot be."""
        if self.age_years is not None and not 0 <= self.age_years <= OLDEST_AGE:
            raise ValueError(f"age_years is a whole number from 0 to {OLDEST_AGE}")
        if self.mother_tongue is not None and not _LANGUAGE.fullmatch(
            self.mother_tongue
        ):
            raise ValueError("mother_tongue is an ISO 639 code of two or three letters")
        if self.citizenship is not None and not _COUNTRY.fullmatch(self.citizenship):
            raise ValueError("citizenship is an ISO 3166-1 code of two letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationReceived:
    """The matter became pending (*vireilletulo*): a worker learnt of the child.

    *language_group* and *nationality_group* stand for those who may not send the
    child's codes. *worker* is a pseudonym. A notification that is a *copy_of* one that
    another source has sent, the on-call service for example, starts no second clock.
    """

    kind: ClassVar[Kind] = Kind.NOTIFICATION
    rank: ClassVar[int] = 0

    entry: Entry
    unit: str | None = None
    matter: Matter = Matter.CHILD_PROTECTION
    child: Child = Child()
    reasons: tuple[str, ...] = ()
    language_group: LanguageGroup | None = None
    nationality_group: NationalityGroup | None = None
    service_language: str | None = None
    worker: str | None = None
    copy_of: CopyOf | None = None

    def __post_init__(self) -> None:
        """Refuse a group beside the code it stands for, and reasons in prose."""
        if self.language_group is not None and self.child.mother_tongue is not None:
            raise ValueError("send mother_tongue or language_group, not both")
        if self.nationality_group is not None and self.child.citizenship is not None:
            raise ValueError("send citizenship or nationality_group, not both")
        if not all(map(_CODE.fullmatch, self.reasons)):
            raise ValueError("reasons are codes of a-z, 0-9 and _, never prose")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTransferred:
    """Another unit took over the case; from that whole day on."""

    kind: ClassVar[Kind] = Kind.TRANSFER
    rank: ClassVar[int] = 1

    unit: str
    worker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitiationDecided:
    """It was decided whether an assessment is made.

    For *assessment_started* the event's day is the day the assessment was begun.
    *answers* are event ids of notifications; where it names none, the decision
    answers every undecided notification received by its day.
    """

    kind: ClassVar[Kind] = Kind.INITIATION
    rank: ClassVar[int] = 2

    outcome: InitiationOutcome
    answers: tuple[str, ...] = ()
    worker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentFinalised:
    """The service-needs assessment ended (*palvelutarpeen arviointi*)."""

    kind: ClassVar[Kind] = Kind.ASSESSMENT
    rank: ClassVar[int] = 3

    outcome: AssessmentOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """The client system closed the case; a merged one goes on as case *into*."""

    kind: ClassVar[Kind] = Kind.CLOSURE
    rank: ClassVar[int] = 4

    reason: ClosureReason
    into: str | None = None

    def __post_init__(self) -> None:
        """Refuse a merger into nothing, and a target without a merger."""
        if (self.reason is ClosureReason.MERGED) != (self.into is not None):
            raise ValueError("into is given with the reason merged, and only with it")


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayExplained:
    """It was told why a deadline is late and what is done (*viivästyksen selvitys*).

    It explains the clocks of *rule* that are late on the event's day: of the
    notification *explains* (an event id) or the run of that, or where it names none,
    of the last run that has one. It moves no clock.
    """

    kind: ClassVar[Kind] = Kind.DELAY_EXPLAINED
    rank: ClassVar[int] = 5

    rule: DutyRule
    cause: DelayCause
    action: DelayAction
    follow_up_on: date | None = None
    explains: str | None = None


Happening: TypeAlias = (
    NotificationReceived
    | CaseTransferred
    | InitiationDecided
    | AssessmentFinalised
    | CaseClosed
    | DelayExplained
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCorrected:
    """The source says what event *target* should have said, in full.

    *occurred_on* and *occurred_at* are those of the target, whose kind and case stay.
    """

    kind: ClassVar[Kind] = Kind.CORRECTION
    rank: ClassVar[int] = 6

    target: str
    reason: AmendmentReason
    occurred_on: date
    data: Happening
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRetracted:
    """The source takes event *target* back."""

    kind: ClassVar[Kind] = Kind.RETRACTION
    rank: ClassVar[int] = 6

    target: str
    reason: AmendmentReason


@dataclass(frozen=True, slots=True, kw_only=True)
class DataErased:
    """The service destroyed what lines of ledgers said (*hävittäminen*).

    *part* tells how much of each. *by* are the ids of the keys that confirmed it, none
    where a period was over. Of the clocks of the erased cases *late* had been missed,
    and *open* were running.
    """

    kind: ClassVar[Kind] = Kind.ERASED
    rank: ClassVar[int] = 7

    ground: ErasureGround
    part: ErasedPart
    lines: tuple[ErasedLines, ...]
    by: tuple[str, ...] = ()
    cases: int = 0
    clocks: int = 0
    late: int = 0
    open: int = 0


Amendment: TypeAlias = EventCorrected | EventRetracted
EventData: TypeAlias = Happening | Amendment | DataErased


# A named tuple, because the intake makes and copies many of them.
class CaseEvent(NamedTuple):
    """One event of one case, as a source sent it.

    *occurred_on* is the legal day in Helsinki, *occurred_at* the instant where the
    source knows it. *registered_at* is when the client system was told, and
    *sequence* the source's own numbering; both may be absent. *recorded_at* is when
    we accepted it; it is no part of what the event says.
    """

    source: str
    event_id: str
    case_ref: str
    occurred_on: date
    data: EventData
    occurred_at: datetime | None = None
    registered_at: datetime | None = None
    sequence: int | None = None
    recorded_at: datetime | None = None

    @property
    def key(self) -> EventKey:
        """Return the identity of the event, which is for ever."""
        return EventKey(self.source, self.event_id)

    @property
    def case(self) -> CaseKey:
        """Return the identity of the case."""
        return CaseKey(self.source, self.case_ref)


def legal_day(instant: datetime) -> date:
    """Return the day in Helsinki on which *instant* (aware) falls."""
    return instant.astimezone(HELSINKI).date()


def fold_order(event: CaseEvent) -> tuple[date, int, datetime, int, str]:
    """Return the place of *event* in its case's history; arrival plays no part.

    Events without an instant come first among those of their day and kind.
    """
    return (
        event.occurred_on,
        event.data.rank,
        event.occurred_at or _EARLIEST,
        -1 if event.sequence is None else event.sequence,
        event.event_id,
    )


def amendment_order(event: CaseEvent) -> tuple[int, date, datetime, str]:
    """Return the weight of an amendment; of those of one event the greatest wins."""
    return (
        -1 if event.sequence is None else event.sequence,
        event.occurred_on,
        event.occurred_at or _EARLIEST,
        event.event_id,
    )
