"""CloudEvents 1.0.2, turned into the plain form in front of every check."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_to_bytes

from pydantic import JsonValue

from app.api import wire
from app.api.problems import Flaw, Problem, ProblemError, problem
from app.domain.events import TOLD
from app.security.hashes import References
from app.services.intake import Submission

STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
TYPE_PREFIX = "fi.maaraaika."
SPEC_VERSION = "1.0"

# What an event says of itself: its name as a CloudEvent, and in the plain form.
_MEMBERS = {
    "id": "id",
    "source": "source",
    "subject": "case_ref",
    "time": "occurred_at",
    "occurredon": "occurred_on",
    "registeredat": "registered_at",
    "sequence": "sequence",
    "data": "data",
}
_ATTRIBUTES = {**{plain: name for name, plain in _MEMBERS.items()}, "kind": "type"}
KNOWN_NAMES = (
    wire.KNOWN_NAMES
    | _MEMBERS.keys()
    | {"specversion", "type", "datacontenttype", "data_base64"}
)
_HEADER = b"ce-"
_NAME = re.compile(r"[a-z0-9]+|data_base64")
_DIGITS = re.compile(r"[0-9]{1,19}")
_ESCAPED = re.compile(rb"\\(.)")

SCHEMA: dict[str, Any] = {
    "title": "CloudEventIn",
    "description": (
        "An event as a CloudEvent 1.0.2. Exactly one day or instant counts: "
        "`occurredon` where it is given, else `time`. Other extension attributes are "
        "ignored."
    ),
    "type": "object",
    "required": ["specversion", "type", "source", "id", "subject", "data"],
    "properties": {
        "specversion": {"const": SPEC_VERSION},
        "type": {"enum": [TYPE_PREFIX + kind for kind in TOLD]},
        "source": {"type": "string", "description": "The client system of the key"},
        "id": {"type": "string"},
        "subject": {"type": "string", "description": "The reference of the case"},
        "time": {"type": "string", "format": "date-time"},
        "occurredon": {"type": "string", "format": "date"},
        "registeredat": {"type": "string", "format": "date-time"},
        "sequence": {
            "anyOf": [
                {"type": "string", "pattern": "^[0-9]{1,19}$"},
                {"type": "integer", "minimum": 0},
            ]
        },
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object", "description": "As in the plain form of the kind"},
    },
}


def is_binary(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Tell whether *headers*, in small letters, carry attributes of a CloudEvent."""
    return any(name.startswith(_HEADER) for name, _ in headers)


def from_headers(
    headers: Iterable[tuple[bytes, bytes]], data: JsonValue
) -> dict[str, JsonValue]:
    """Return the event in *headers* and *data* as its JSON format would write it.

    Raises:
        ProblemError: a header is given twice, may not be given, or is not UTF-8.
    """
    event: dict[str, JsonValue] = {"data": data}
    found = []
    for header, value in headers:
        if not header.startswith(_HEADER):
            continue
        name = header.removeprefix(_HEADER).decode("latin-1")
        if name in event or name == "datacontenttype":
            found.append(_flaw(name, "duplicate_key"))
        try:
            event[name] = _decoded(value)
        except UnicodeDecodeError:
            found.append(_flaw(name, "not_utf8"))
    _refuse(found)
    return event


def submission(
    value: JsonValue,
    *,
    source: str | None,
    now: datetime,
    references: References = References.ANY,
) -> Submission:
    """Return the event that the CloudEvent *value* describes, as from its plain form.

    Raises:
        ProblemError: it is not valid, or not of *source*; its pointers name the
            attributes of the CloudEvent.
    """
    plain = _plain(value)
    try:
        return wire.submission(plain, source=source, now=now, references=references)
    except ProblemError as error:
        raise ProblemError(_renamed(error.problem)) from None


def _plain(value: JsonValue) -> JsonValue:
    if not isinstance(value, dict):
        return value
    # By the JSON format an attribute that is null is one that is not given.
    given = {name: each for name, each in value.items() if each is not None}
    _refuse(_flaws(given))
    # The specification lets `time` be the present where the time of the occurrence is
    # not known, and its SDKs fill it in; so the day decides where one is given.
    if "occurredon" in given:
        given.pop("time", None)
    event: dict[str, JsonValue] = {
        plain: given[name] for name, plain in _MEMBERS.items() if name in given
    }
    event["kind"] = str(given["type"]).removeprefix(TYPE_PREFIX)
    number = event.get("sequence")
    if isinstance(number, str) and _DIGITS.fullmatch(number):
        event["sequence"] = int(number)
    return event


def _flaws(given: Mapping[str, JsonValue]) -> Iterator[Flaw]:
    for name in ("specversion", "type"):
        if name not in given:
            yield _flaw(name, "missing")
    if given.get("specversion", SPEC_VERSION) != SPEC_VERSION:
        yield _flaw("specversion", "unknown_version")
    if not str(given.get("type", TYPE_PREFIX)).startswith(TYPE_PREFIX):
        yield _flaw("type", "unknown_type")
    if "time" not in given and "occurredon" not in given:
        yield _flaw("time", "missing_time")
    if "data_base64" in given:
        yield _flaw("data_base64", "data_not_json")
    if not _is_json(given.get("datacontenttype", "application/json")):
        yield _flaw("datacontenttype", "data_not_json")
    # Names of the plain form, `case_ref` for one, are no attributes of a CloudEvent;
    # what could be one may have been added on the way, and is ignored.
    if not all(_NAME.fullmatch(name) for name in given):
        yield _flaw("*", "extra_forbidden")


def _is_json(media_type: JsonValue) -> bool:
    plain = str(media_type).partition(";")[0]
    return plain.strip().lower() == "application/json"


_WORDING = {
    "missing": ("The attribute is missing.", "Add it."),
    "missing_time": (
        "It is not told when it happened.",
        "Add `time`, or `occurredon` where only the day is known.",
    ),
    "unknown_version": (
        "The version of CloudEvents is not known.",
        f"Send CloudEvents of specversion {SPEC_VERSION}.",
    ),
    "unknown_type": (
        "The type of event is not known.",
        f"Write the kind behind the prefix, as in {TYPE_PREFIX}notification.",
    ),
    "data_not_json": (
        "The data are not said to be JSON.",
        "Send `data` as a JSON object, with datacontenttype application/json or none.",
    ),
    "extra_forbidden": (
        "The name is not that of an attribute.",
        "Use names of small letters and digits; see the documentation of the form.",
    ),
    "duplicate_key": (
        "The attribute is given twice.",
        "Send one header for each; the media type of the data is the Content-Type.",
    ),
    "not_utf8": (
        "The header is not UTF-8.",
        "Percent-encode the UTF-8 bytes of the value.",
    ),
}


def _flaw(name: str, wording: str) -> Flaw:
    message, remedy = _WORDING[wording]
    code = "missing" if wording == "missing_time" else wording
    shown = name if name in KNOWN_NAMES else "*"
    return Flaw(pointer=f"/{shown}", code=code, message=message, remedy=remedy)


def _refuse(found: Iterable[Flaw]) -> None:
    flaws = list(found)
    if flaws:
        raise ProblemError(problem("invalid_event", flaws))


def _renamed(found: Problem) -> Problem:
    errors = [
        flaw.model_copy(update={"pointer": _pointer(flaw.pointer)})
        for flaw in found.errors
    ]
    return found.model_copy(update={"errors": errors})


def _pointer(pointer: str) -> str:
    _, *steps = pointer.split("/")
    if not steps:
        return pointer
    return "/".join(["", _ATTRIBUTES.get(steps[0], steps[0]), *steps[1:]])


def _decoded(value: bytes) -> str:
    """Return the value of a header (HTTP binding, 3.1.3.2: unquoted, then decoded)."""
    if value.startswith(b'"') and value.endswith(b'"') and len(value) > 1:
        value = _ESCAPED.sub(rb"\1", value[1:-1])
    return unquote_to_bytes(value).decode()
