"""What can be wrong with a body, where, and how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from app.security.personal_data import PersonalData

JsonValue: TypeAlias = (
    dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
)
Location: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_TEXT_LENGTH = 200
MAX_PROBLEMS = 20
NO_NAMES: frozenset[str] = frozenset()


class Flaw(StrEnum):
    """What can be wrong with a body or a text in it; each value is a stable code."""

    NOT_UTF8 = "not_utf8"
    BYTE_ORDER_MARK = "byte_order_mark"
    MALFORMED_JSON = "malformed_json"
    DUPLICATE_KEY = "duplicate_key"
    NON_FINITE_NUMBER = "non_finite_number"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    TOO_DEEP = "too_deep"
    TOO_MANY_VALUES = "too_many_values"
    CONTROL_CHARACTER = "control_character"
    LONE_SURROGATE = "lone_surrogate"
    TEXT_TOO_LONG = "text_too_long"
    IDENTITY_CODE = PersonalData.IDENTITY_CODE
    PHONE_NUMBER = PersonalData.PHONE_NUMBER
    EMAIL_ADDRESS = PersonalData.EMAIL_ADDRESS


# Message and remedy. Fixed sentences: nothing a caller sent can stand in them.
_WORDING = {
    Flaw.NOT_UTF8: (
        "The body is not UTF-8.",
        "Encode the body as UTF-8.",
    ),
    Flaw.BYTE_ORDER_MARK: (
        "The body begins with a byte order mark.",
        "Send UTF-8 without a byte order mark.",
    ),
    Flaw.MALFORMED_JSON: (
        "The body is not well-formed JSON (RFC 8259).",
        "Write the body with a JSON library.",
    ),
    Flaw.DUPLICATE_KEY: (
        "An object names a member twice.",
        "Name each member of an object once.",
    ),
    Flaw.NON_FINITE_NUMBER: (
        "NaN and Infinity are not JSON numbers.",
        "Send a finite number, or leave the member out.",
    ),
    Flaw.NUMBER_OUT_OF_RANGE: (
        "A number is too large.",
        "Send integers of at most 64 bits, and identifiers as strings.",
    ),
    Flaw.TOO_DEEP: (
        "Objects and arrays are nested too deeply.",
        f"Nest at most {MAX_DEPTH} levels.",
    ),
    Flaw.TOO_MANY_VALUES: (
        "The body holds too many values.",
        f"Send at most {MAX_VALUES} values in one body.",
    ),
    Flaw.CONTROL_CHARACTER: (
        "A text holds a control character.",
        "Leave out line breaks, tabs, U+0000 to U+001F and U+007F.",
    ),
    Flaw.LONE_SURROGATE: (
        "A text holds half of a surrogate pair, which is no character.",
        "Write the character itself, or both halves of the pair.",
    ),
    Flaw.TEXT_TOO_LONG: (
        "A text is too long.",
        "Shorten the text to at most {max_length} characters.",
    ),
    Flaw.IDENTITY_CODE: (
        "A text holds a personal identity code.",
        "Use a pseudonymous reference; never send a personal identity code.",
    ),
    Flaw.PHONE_NUMBER: (
        "A text holds what looks like a phone number.",
        "Leave it out; write a reference so that it does not look like one.",
    ),
    Flaw.EMAIL_ADDRESS: (
        "A text holds what looks like an e-mail address.",
        "Leave it out, and name people by a pseudonymous reference or a code.",
    ),
}


class StrictJsonError(Exception):
    """A body is not the JSON that this service reads."""

    def __init__(self, flaw: Flaw, pointer: str = "", *, place: str = "") -> None:
        message, remedy = _WORDING[flaw]
        super().__init__(message + place)
        self.code = flaw
        self.pointer = pointer
        self.message = message + place
        self.remedy = remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class TextProblem:
    """One thing wrong with one text or member name, and how to put it right."""

    pointer: str
    code: Flaw
    message: str
    remedy: str


def safe_pointer(location: Sequence[str | int], known: frozenset[str]) -> str:
    """Return the JSON Pointer (RFC 6901) of *location*, unknown names shown as `*`.

    An error answer repeats the pointer, and a caller may have used an identity code
    as the name of a member.

    >>> safe_pointer([3, "child", "010594Y9032"], frozenset({"child"}))
    '/3/child/*'
    """
    return "".join(f"/{_segment(step, known)}" for step in location)


def text_problem(flaw: Flaw, pointer: str, max_length: int) -> TextProblem:
    """Return *flaw* as it is told of the text at *pointer*."""
    message, remedy = _WORDING[flaw]
    return TextProblem(
        pointer=pointer,
        code=flaw,
        message=message,
        remedy=remedy.format(max_length=max_length),
    )


def _segment(step: str | int, known: frozenset[str]) -> str:
    if isinstance(step, int):
        return str(step)
    return step.replace("~", "~0").replace("/", "~1") if step in known else "*"
