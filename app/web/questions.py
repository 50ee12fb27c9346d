"""What may stand in the address of a page; other parameters are refused."""

import re
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import Request
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from app.domain.texts import Language
from app.security.personal_data import holds_personal_data

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FINNISH = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*")


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


def _instant_or_nothing(value: object) -> object:
    """Refuse numbers, in texts too: Pydantic would take them for Unix times."""
    if isinstance(value, str) and value and not _INSTANT.fullmatch(value):
        raise ValueError("an instant is written as in 2026-10-05T14:20:00Z")
    return value or None


# By then nothing was known, and years that PostgreSQL lacks are far away.
Instant = Annotated[
    Annotated[
        AwareDatetime,
        Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    ]
    | None,
    BeforeValidator(_instant_or_nothing),
]


class UnfitAddressError(Exception):
    """An address holds what none of our links does."""

    code = "invalid-parameter"


class TellingAddressError(UnfitAddressError):
    """An address holds what tells who someone is."""

    code = "personal-data"


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


def refuse_telling_address(request: Request) -> None:
    """Refuse an address that tells who someone is: it would stay in many places.

    Raises:
        TellingAddressError: it holds an identity code, phone number or e-mail address.
    """
    # What comes back from a provider of identities is opaque, and read by hand.
    if not (request.path_params or request.scope["route"].dependant.query_params):
        return
    asked = f"{request.url.path}?{request.url.query}"
    if holds_personal_data(unquote_plus(asked)):
        raise TellingAddressError
