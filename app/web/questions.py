"""What may stand in the address of a page; other parameters are refused."""

import re
from datetime import date

from pydantic import BaseModel, ConfigDict

from app.domain.texts import Language

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FINNISH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


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
