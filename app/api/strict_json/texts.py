"""Texts and member names: which are fit to be stored, and what is wrong with others."""

import re
from collections.abc import Iterator
from itertools import islice

from app.api.strict_json.flaws import (
    MAX_PROBLEMS,
    MAX_TEXT_LENGTH,
    NO_NAMES,
    Flaw,
    JsonValue,
    Location,
    TextProblem,
    safe_pointer,
    text_problem,
)
from app.security.personal_data import holds_personal_data, personal_data_in

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REFUSED_CHARACTER = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONG_TEXT = re.compile(rf'"[^"]{{{MAX_TEXT_LENGTH + 1}}}')


def check_texts(
    value: JsonValue,
    *,
    max_length: int = MAX_TEXT_LENGTH,
    known: frozenset[str] = NO_NAMES,
) -> tuple[TextProblem, ...]:
    """Return the problems of the texts and member names in *value*, in their order.

    A text has at most *max_length* characters, no control character, no lone
    surrogate, no personal identity code, no phone number and no e-mail address. Told
    are the first 20 problems of each item if *value* is an array, else of the whole.
    Pointers are those of `parse`.
    """
    if _are_all_fit(_texts(value), max_length):
        return ()
    return tuple(
        text_problem(flaw, safe_pointer(location, known), max_length)
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
        and not holds_personal_data(canonical)
    )


def texts_with_locations(
    value: JsonValue, location: Location = ()
) -> Iterator[tuple[Location, str]]:
    """Give every text and member name in *value*, and where it is."""
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield (*location, name), name
            yield from texts_with_locations(child, (*location, name))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from texts_with_locations(child, (*location, index))


def refused_characters(text: str) -> Iterator[Flaw]:
    """Give what no text may hold and *text* does."""
    if _CONTROL_CHARACTER.search(text):
        yield Flaw.CONTROL_CHARACTER
    if _LONE_SURROGATE.search(text):
        yield Flaw.LONE_SURROGATE


def _flawed_parts(
    value: JsonValue, max_length: int
) -> Iterator[tuple[Location, JsonValue]]:
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


def _are_all_fit(texts: list[str], max_length: int) -> bool:
    """Say whether no text has a flaw; ten times faster than asking each.

    The joint is no part of what tells who someone is, so nothing of the kind can arise
    or be lost by joining.
    """
    joined = "|".join(texts)
    return (
        max(map(len, texts), default=0) <= max_length
        and (joined.isprintable() or _REFUSED_CHARACTER.search(joined) is None)
        and not holds_personal_data(joined)
    )


def _flaws(
    part: JsonValue, start: Location, max_length: int
) -> Iterator[tuple[Location, Flaw]]:
    for location, text in texts_with_locations(part, start):
        if len(text) > max_length:
            yield location, Flaw.TEXT_TOO_LONG
        for flaw in refused_characters(text):
            yield location, flaw
        for kind in personal_data_in(text):
            yield location, Flaw(kind)
