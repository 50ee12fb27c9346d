"""From bytes to a value, or to what is wrong and where."""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from app.api.strict_json.flaws import (
    MAX_DEPTH,
    MAX_VALUES,
    NO_NAMES,
    Flaw,
    JsonValue,
    Location,
    StrictJsonError,
    safe_pointer,
)
from app.api.strict_json.texts import refused_characters, texts_with_locations

_INTEGERS = range(-(2**63), 2**63)
_LONGEST_NUMBER = 64
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def parse(body: bytes, *, known: frozenset[str] = NO_NAMES) -> JsonValue:
    """Return the value of a JSON body in which every text is fit to be stored.

    Error pointers show the member names in *known*, and `*` for any other.

    Raises:
        StrictJsonError: as `decode`, or a text or member name holds a control
            character or a lone surrogate.
    """
    value = decode(body, known=known)
    # Raw, the decoder lets no other control character through, and UTF-8 no surrogate.
    if b"\\" in body or b"\x7f" in body:
        for location, text in texts_with_locations(value):
            for flaw in refused_characters(text):
                raise StrictJsonError(flaw, safe_pointer(location, known))
    return value


def decode(body: bytes, *, known: frozenset[str] = NO_NAMES) -> JsonValue:
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
    node: object, location: Location
) -> Iterator[tuple[Location, Flaw]]:
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
