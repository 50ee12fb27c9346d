"""What may stand in the address of a page; other parameters are refused."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.domain.texts import Language

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FINNISH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


def _day_or_nothing(value: object) -> object:
    """Read a day as a form sends it: an empty text is none."""
    if not isinstance(value, str) or value == "":
        return None
    day = parse_day(value)
    if day is None:
        raise ValueError("a day is written as in 2026-10-05")
    return day


Day = Annotated[date | None, BeforeValidator(_day_or_nothing)]


def _nothing_is_none(value: object) -> object:
    """Take what a form sends where nothing was chosen, an empty text, as nothing."""
    return None if value == "" else value


Chosen = BeforeValidator(_nothing_is_none)
# PostgreSQL keeps no text with a zero in it, so nothing there has such a name.
Code = Annotated[
    Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None, Chosen
]


class PageQuestion(BaseModel):
    """What may be asked of every page."""

    model_config = ConfigDict(extra="forbid")

    lang: Language | None = None


def parse_day(text: str) -> date | None:
    """Return the day that somebody wrote, as `2026-12-22` or `22.12.2026`.

    >>> parse_day(" 22.12.2026 ")
    datetime.date(2026, 12, 22)
    >>> parse_day("31.2.2026") is None
    True
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _FINNISH.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
