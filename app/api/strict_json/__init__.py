"""One strict reading of JSON, in front of every model."""

from app.api.strict_json.decoding import decode, parse
from app.api.strict_json.flaws import (
    MAX_DEPTH,
    MAX_PROBLEMS,
    MAX_TEXT_LENGTH,
    MAX_VALUES,
    Flaw,
    JsonValue,
    StrictJsonError,
    TextProblem,
    safe_pointer,
)
from app.api.strict_json.nulls import without_nulls
from app.api.strict_json.texts import (
    check_texts,
    is_plainly_fit,
    texts_with_locations,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_PROBLEMS",
    "MAX_TEXT_LENGTH",
    "MAX_VALUES",
    "Flaw",
    "JsonValue",
    "StrictJsonError",
    "TextProblem",
    "check_texts",
    "decode",
    "is_plainly_fit",
    "parse",
    "safe_pointer",
    "texts_with_locations",
    "without_nulls",
]
