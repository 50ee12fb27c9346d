"""Types of the parameters that several questions share."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from app.api.strict_json import MAX_TEXT_LENGTH

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: object) -> object:
    """Refuse numbers: Pydantic would take them for Unix times."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    raise ValueError("a day is written as in 2026-10-05")


Day = Annotated[date, BeforeValidator(_written_out)]
# PostgreSQL keeps no text with a zero in it, so nothing there has such a name.
Code = Annotated[str, Field(max_length=MAX_TEXT_LENGTH, pattern=r"^[^\x00]*$")]
