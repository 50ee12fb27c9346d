"""Types of parameters and members that several endpoints share."""

import re
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from app.api.strict_json import MAX_TEXT_LENGTH
from app.domain.texts import Language

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}.*")


def _day_written_out(value: object) -> object:
    """Refuse numbers, in texts too: Pydantic would take them for Unix times."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    raise ValueError("a day is written as in 2026-10-05")


def _instant_written_out(value: object) -> object:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return value
    raise ValueError("an instant is written as in 2026-10-05T14:20:00+03:00")


Day = Annotated[date, BeforeValidator(_day_written_out)]
# What an offset could carry out of the years that Python or PostgreSQL know would be
# stored and could not be read again.
Instant = Annotated[
    AwareDatetime,
    Field(
        strict=False,
        ge=datetime(1900, 1, 1, tzinfo=UTC),
        lt=datetime(2200, 1, 1, tzinfo=UTC),
    ),
    BeforeValidator(_instant_written_out),
]
# No text of ours has a control character; PostgreSQL could not keep one with a zero.
Code = Annotated[str, Field(max_length=MAX_TEXT_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$")]
# A filter that is empty is a slip: it would find nothing, and nobody would be overdue.
Filter = Annotated[Code, Field(min_length=1)]


class Question(BaseModel):
    """What may be asked of everything that is known; other parameters are refused."""

    model_config = ConfigDict(extra="forbid")

    as_of: Day | None = Field(
        default=None, description="The day asked about; default: that of `known_at`"
    )
    known_at: Instant | None = Field(
        default=None, description="What was known then; default: now"
    )
    lang: Language = Language.EN
