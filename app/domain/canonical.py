"""The one text that stands for plain data, whose hash is taken."""

import json

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical(content: object) -> str:
    """Return the one JSON text that stands for *content*.

    Names are sorted, there are no spaces, and characters are written as they are. In
    the spirit of RFC 8785, to which it is equal for integers and for names within the
    Basic Multilingual Plane.

    >>> canonical({"b": [1, None], "a": "ä"})
    '{"a":"ä","b":[1,null]}'
    """
    return _ENCODER.encode(content)
