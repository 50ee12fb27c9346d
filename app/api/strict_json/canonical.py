"""The one text that stands for a value, to be hashed."""

import json

from app.api.strict_json.flaws import JsonValue

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


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
