"""From the bytes of a request to submissions, and nothing in between unchecked."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache

from fastapi import Request
from pydantic import JsonValue, ValidationError

from app.api import strict_json
from app.api.flaws import flaws, text_flaws
from app.api.problems import Flaw, ProblemError, problem
from app.api.schemas import (
    EVENT,
    NotificationIn,
    case_event,
)
from app.domain import ledger
from app.domain.canonical import canonical
from app.domain.events import (
    TOLERANCE,
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    Child,
    CopyOf,
    DelayExplained,
    EventCorrected,
    EventRetracted,
    InitiationDecided,
    Kind,
    NotificationReceived,
    legal_day,
)
from app.domain.working_days import FIRST_YEAR
from app.security.hashes import References, looks_like_a_hash
from app.services.intake import Submission

LARGEST_EVENT = 1_000_000
LARGEST_BATCH = 5_000_000
EVENTS_PER_BATCH = 1_000
EARLIEST = date(FIRST_YEAR, 1, 1)

# Member names that may stand in an error's pointer; others may be anything.
KNOWN_NAMES = frozenset(NotificationIn.model_fields) | {
    field.name
    for data in (
        NotificationReceived,
        Child,
        InitiationDecided,
        AssessmentFinalised,
        CaseTransferred,
        CaseClosed,
        CopyOf,
        DelayExplained,
        EventRetracted,
    )
    for field in fields(data)
}
_KINDS = frozenset(kind.value for kind in Kind)
# Members that name a person or a case.
_REFERENCES = frozenset({"case_ref", "ref", "worker"})
_TAGGED = {"union_tag_invalid": ("kind",), "union_tag_not_found": ("kind",)}


def media_type(request: Request) -> str:
    """Return the media type of the body of *request*, without its parameters.

    Raises:
        ProblemError: the body is said to be in another encoding than UTF-8.
    """
    content_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if parameters and not _is_utf8(parameters):
        raise ProblemError(problem("unsupported_media_type"))
    return content_type.strip().lower()


def _is_utf8(parameters: str) -> bool:
    """Tell whether the *parameters* of a media type name no other encoding."""
    for parameter in parameters.lower().split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8"):
            return False
    return True


async def read_json(
    request: Request, *, limit: int, known: frozenset[str] = KNOWN_NAMES
) -> JsonValue:
    """Return the JSON value in the body of *request*, of at most *limit* bytes.

    Raises:
        ProblemError: the body has too many bytes.
        StrictJsonError: the body is not the JSON that this service reads.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise ProblemError(problem("body_too_large"))
    return strict_json.decode(bytes(body), known=known)


def submission(
    value: JsonValue,
    *,
    source: str | None,
    now: datetime,
    references: References = References.ANY,
) -> Submission:
    """Return the event that *value* describes, ready to be recorded.

    Raises:
        ProblemError: it is not valid, not of *source*, or holds other references of
            people and cases than it may.
    """
    text = canonical(value)
    if "null" in text:
        value = strict_json.without_nulls(value)
        text = canonical(value)
    is_plain = strict_json.is_plainly_fit(text)
    if not is_plain:
        texts = strict_json.check_texts(value, known=KNOWN_NAMES)
        if texts:
            raise ProblemError(problem("invalid_event", text_flaws(texts)))
    try:
        # Pydantic is strict and yet reads dates and codes from texts only in JSON.
        sent = EVENT.validate_json(text)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise ProblemError(
            problem("invalid_event", flaws(_untagged(found), KNOWN_NAMES))
        ) from None
    event = case_event(sent)
    _refuse_absurd_times(event, now)
    if references is References.NO_HASHES:
        _refuse_hashes(value)
    if source is not None and event.source != source:
        raise ProblemError(problem("wrong_source"))
    assert isinstance(value, dict)  # noqa: S101 (else it had not been valid)
    data = _data_in(text) if is_plain else canonical(value["data"])
    return Submission(event=event, data=data, digest=ledger.digest_of(event, data))


def _refuse_hashes(value: JsonValue) -> None:
    """Refuse references that could be found out by trying every identity code."""
    found = [
        Flaw(
            pointer=strict_json.safe_pointer(location, KNOWN_NAMES),
            code="hash",
            message="The reference looks like a bare hash.",
            remedy="Make it with a secret key (HMAC) and mark it, as in `p-5f2c`; "
            "anybody can find out of which identity code a bare hash is.",
        )
        for location, text in strict_json.texts_with_locations(value)
        if location[-1] in _REFERENCES and looks_like_a_hash(text)
    ]
    if found:
        raise ProblemError(problem("invalid_event", found))


def _data_in(text: str) -> str:
    """Return the data in the canonical *text* of an event without escapes.

    Its members are sorted: only `case_ref`, a text, stands before the data, and behind
    them, from `id` on, stands no object.
    """
    name = '"data":'
    return text[text.index(name) + len(name) : text.rindex(',"id":')]


def _refuse_absurd_times(event: CaseEvent, now: datetime) -> None:
    """Refuse what lies in the future or before the law; clocks may differ a little."""
    latest, latest_day = _latest(now)
    found: list[Flaw] = []
    told: list[tuple[str, CaseEvent | EventCorrected]] = [("", event)]
    if isinstance(event.data, EventCorrected):
        told.append(("/data", event.data))
    for place, each in told:
        name = "occurred_on" if each.occurred_at is None else "occurred_at"
        if (each.occurred_at or now) > latest or each.occurred_on > latest_day:
            found.append(_in_future(f"{place}/{name}"))
        if each.occurred_on < EARLIEST:
            found.append(_too_early(f"{place}/{name}"))
    if event.registered_at is not None and event.registered_at > latest:
        found.append(_in_future("/registered_at"))
    if found:
        raise ProblemError(problem("invalid_event", found))


@lru_cache(maxsize=1)
def _latest(now: datetime) -> tuple[datetime, date]:
    """Return the last instant that is not in the future, and its legal day."""
    latest = now + TOLERANCE
    return latest, legal_day(latest)


def _too_early(pointer: str) -> Flaw:
    return Flaw(
        pointer=pointer,
        code="too_early",
        message=f"The day is before {EARLIEST}.",
        remedy="Send what has happened under the Child Welfare Act of 2008.",
    )


def _in_future(pointer: str) -> Flaw:
    return Flaw(
        pointer=pointer,
        code="in_future",
        message="The time is more than five minutes ahead of our clock.",
        remedy="Send what has happened; check the clock and the offset.",
    )


def _untagged(errors: Iterable[object]) -> list[dict[str, object]]:
    """Return Pydantic's errors, located in the body: its `kind` is no level of it."""
    plain = []
    for error in errors:
        assert isinstance(error, dict)  # noqa: S101 (Pydantic's contract)
        location = error["loc"]
        place = tuple(each for each in location if each not in _KINDS)
        code = error["type"]
        if place and code in _TAGGED:
            # The data of a correction name no kind: their members tell it.
            code = "kind_not_told"
        plain.append({**error, "type": code, "loc": place or _TAGGED.get(code, ())})
    return plain
