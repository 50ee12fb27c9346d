"""The one text that stands for plain data, whose hash is taken."""

import json

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical(content: object) -> str:
    """Return the one JSON text that stands for *content*.

    Names are sorted, there are no spaces, and characters are written as they are.
    """
    return _ENCODER.encode(content)
