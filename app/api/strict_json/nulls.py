"""A member that is null is one that is not given."""

from app.api.strict_json.flaws import JsonValue


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
