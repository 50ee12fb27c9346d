"""One strict reading of JSON, in front of every model."""

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TypeAlias

from app.security import contains_identity_code

JsonValue: TypeAlias = (
    dict[str, "JsonValue"] | list["JsonValue"] | str | int | float | bool | None
)

MAX_DEPTH = 32
MAX_VALUES = 100_000
MAX_TEXT_LENGTH = 200
MAX_PROBLEMS = 20

_INTEGERS = range(-(2**63), 2**63)
_LONGEST_NUMBER = 64
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REFUSED_CHARACTER = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONG_TEXT = re.compile(rf'"[^"]{{{MAX_TEXT_LENGTH + 1}}}')
_NO_NAMES: frozenset[str] = frozenset()

_Location: TypeAlias = tuple[str | int, ...]


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
    IDENTITY_CODE = "identity_code"


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


def parse(body: bytes, *, known: frozenset[str] = _NO_NAMES) -> JsonValue:
    """Return the value of a JSON body in which every text is fit to be stored.

    Error pointers show the member names in *known*, and `*` for any other.

    Raises:
        StrictJsonError: as `decode`, or a text or member name holds a control
            character or a lone surrogate.
    """
    value = decode(body, known=known)
    # Raw, the decoder lets no other control character through, and UTF-8 no surrogate.
    if b"\\" in body or b"\x7f" in body:
        for location, text in _texts_with_locations(value):
            for flaw in _refused_characters(text):
                raise StrictJsonError(flaw, safe_pointer(location, known))
    return value


def decode(body: bytes, *, known: frozenset[str] = _NO_NAMES) -> JsonValue:
    """Return the value of a JSON body, its texts unexamined.

    For a batch: `check_texts` then finds the items with unfit texts, and the others
    can be stored. Error pointers are those of `parse`.

    Raises:
        StrictJsonError: the body is not UTF-8 without a byte order mark, is not
            well-formed, names a member twice, holds NaN, Infinity, an integer beyond
            64 bits or a number beyond a double, nests deeper than 32 levels or holds
            more than 100,000 values.
    """
    text = _decode_utf8(body)
    containers = body.count(b"[") + body.count(b"{")
    # Empty containers in a list cost forty times their length in memory.
    if containers + body.count(b",") > MAX_VALUES:
        raise StrictJsonError(Flaw.TOO_MANY_VALUES)
    try:
        value: JsonValue = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(error) from None
    except StrictJsonError as error:
        raise _located(error, text, known) from None
    except RecursionError:
        raise StrictJsonError(Flaw.TOO_DEEP) from None
    if containers > MAX_DEPTH and _is_too_deep(value):
        raise StrictJsonError(Flaw.TOO_DEEP)
    return value


def check_texts(
    value: JsonValue,
    *,
    max_length: int = MAX_TEXT_LENGTH,
    known: frozenset[str] = _NO_NAMES,
) -> tuple[TextProblem, ...]:
    """Return the problems of the texts and member names in *value*, in their order.

    A text has at most *max_length* characters, no control character, no lone
    surrogate and no personal identity code. Told are the first 20 problems of each
    item if *value* is an array, else of the whole. Pointers are those of `parse`.
    """
    if _are_all_fit(_texts(value), max_length):
        return ()
    return tuple(
        _text_problem(flaw, safe_pointer(location, known), max_length)
        for start, part in _flawed_parts(value, max_length)
        for location, flaw in islice(_flaws(part, start, max_length), MAX_PROBLEMS)
    )


def is_plainly_fit(canonical: str) -> bool:
    """Tell that `check_texts` finds nothing in the value that *canonical* stands for.

    Three times as quick. Where this says no, `check_texts` may still find nothing: an
    escaped character, a number or a long stretch without texts is left to it.
    """
    return (
        "\\" not in canonical
        and canonical.isprintable()
        and _LONG_TEXT.search(canonical) is None
        and not contains_identity_code(canonical)
    )


def safe_pointer(location: Sequence[str | int], known: frozenset[str]) -> str:
    """Return the JSON Pointer (RFC 6901) of *location*, unknown names shown as `*`.

    An error answer repeats the pointer, and a caller may have used an identity code
    as the name of a member.

    >>> safe_pointer([3, "child", "010594Y9032"], frozenset({"child"}))
    '/3/child/*'
    """
    return "".join(f"/{_segment(step, known)}" for step in location)


def without_nulls(value: JsonValue) -> JsonValue:
    """Return *value* without the members that are null: null is absent."""
    if isinstance(value, dict):
        return {
            name: without_nulls(member)
            for name, member in value.items()
            if member is not None
        }
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def canonical(value: JsonValue) -> str:
    """Return the one text that stands for *value*, to be hashed.

    Members are sorted by name and left out where their value is null; there are no
    spaces. In the spirit of RFC 8785, to which it is equal for integers and for names
    within the Basic Multilingual Plane.

    >>> canonical({"b": [1, None], "a": "ä", "c": None})
    '{"a":"ä","b":[1,null]}'
    """
    return encoded(without_nulls(value))


def encoded(value: JsonValue) -> str:
    """Return ``canonical`` of a *value* that has no member that is null."""
    return _ENCODER.encode(value)


def _decode_utf8(body: bytes) -> str:
    if body.startswith(_BYTE_ORDER_MARK):
        raise StrictJsonError(Flaw.BYTE_ORDER_MARK)
    # JSON begins with an ASCII character: a zero beside it is UTF-16 or UTF-32.
    if b"\x00" in body[:2]:
        raise StrictJsonError(Flaw.NOT_UTF8)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise StrictJsonError(Flaw.NOT_UTF8) from None


def _object(members: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(members)
    if len(value) != len(members):
        raise StrictJsonError(Flaw.DUPLICATE_KEY)
    return value


def _integer(digits: str) -> int:
    # Thousands of digits would make int() itself raise, or take its time.
    if len(digits) > _LONGEST_NUMBER or (number := int(digits)) not in _INTEGERS:
        raise StrictJsonError(Flaw.NUMBER_OUT_OF_RANGE)
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise StrictJsonError(Flaw.NUMBER_OUT_OF_RANGE)
    return number


def _constant(_name: str) -> float:
    raise StrictJsonError(Flaw.NON_FINITE_NUMBER)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def _malformed(error: json.JSONDecodeError) -> StrictJsonError:
    if error.msg.startswith("Invalid control character"):
        return StrictJsonError(Flaw.CONTROL_CHARACTER)
    place = f" Reading stopped at line {error.lineno}, column {error.colno}."
    return StrictJsonError(Flaw.MALFORMED_JSON, place=place)


class _Members(list[tuple[str, object]]):
    """The members of an object as they were written, duplicates included."""


def _or_flaw(convert: Callable[[str], int | float], written: str) -> int | float | Flaw:
    try:
        return convert(written)
    except StrictJsonError as error:
        return error.code


# Keeps what `_DECODER` refuses, so that the place of it can be told.
_LENIENT_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_int=partial(_or_flaw, _integer),
    parse_float=partial(_or_flaw, _float),
    parse_constant=partial(_or_flaw, _constant),
)


def _located(
    error: StrictJsonError, text: str, known: frozenset[str]
) -> StrictJsonError:
    """Return the first error of the body with its place, if it can be told."""
    try:
        places = _refused_places(_LENIENT_DECODER.decode(text), ())
    except (json.JSONDecodeError, RecursionError):
        return error
    for location, flaw in places:
        return StrictJsonError(flaw, safe_pointer(location, known))
    return error


def _refused_places(
    node: object, location: _Location
) -> Iterator[tuple[_Location, Flaw]]:
    if isinstance(node, Flaw):
        yield location, node
    elif len(location) > MAX_DEPTH:
        return
    elif isinstance(node, _Members):
        names: set[str] = set()
        for name, child in node:
            if name in names:
                yield (*location, name), Flaw.DUPLICATE_KEY
            names.add(name)
            yield from _refused_places(child, (*location, name))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _refused_places(child, (*location, index))


def _is_too_deep(value: JsonValue) -> bool:
    """Say whether *value* nests deeper than allowed; `[[]]` has two levels."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            for child in _children(node)
            if isinstance(child, (dict, list))
        ]
    return bool(level)


def _children(node: JsonValue) -> Iterable[JsonValue]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()


def _flawed_parts(
    value: JsonValue, max_length: int
) -> Iterator[tuple[_Location, JsonValue]]:
    """Yield *value*, or of an array those items in which a text has a flaw."""
    if not isinstance(value, list):
        yield (), value
        return
    for index, item in enumerate(value):
        if not _are_all_fit(_texts(item), max_length):
            yield (index,), item


def _texts(value: JsonValue) -> list[str]:
    texts: list[str] = []
    nodes = [value]
    for node in nodes:  # grows while it is walked: no recursion, no locations
        if isinstance(node, str):
            texts.append(node)
        elif isinstance(node, dict):
            texts.extend(node)
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)
    return texts


def _texts_with_locations(
    value: JsonValue, location: _Location = ()
) -> Iterator[tuple[_Location, str]]:
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield (*location, name), name
            yield from _texts_with_locations(child, (*location, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts_with_locations(child, (*location, index))


def _are_all_fit(texts: list[str], max_length: int) -> bool:
    """Say whether no text has a flaw; ten times faster than asking each.

    The joint is no part of an identity code, so none can arise or be lost by joining.
    """
    joined = "|".join(texts)
    return (
        max(map(len, texts), default=0) <= max_length
        and (joined.isprintable() or _REFUSED_CHARACTER.search(joined) is None)
        and not contains_identity_code(joined)
    )


def _flaws(
    part: JsonValue, start: _Location, max_length: int
) -> Iterator[tuple[_Location, Flaw]]:
    for location, text in _texts_with_locations(part, start):
        if len(text) > max_length:
            yield location, Flaw.TEXT_TOO_LONG
        for flaw in _refused_characters(text):
            yield location, flaw
        if contains_identity_code(text):
            yield location, Flaw.IDENTITY_CODE


def _refused_characters(text: str) -> Iterator[Flaw]:
    if _CONTROL_CHARACTER.search(text):
        yield Flaw.CONTROL_CHARACTER
    if _LONE_SURROGATE.search(text):
        yield Flaw.LONE_SURROGATE


def _text_problem(flaw: Flaw, pointer: str, max_length: int) -> TextProblem:
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
