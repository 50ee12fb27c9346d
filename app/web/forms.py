"""Forms that change something: what is wrong in their fields, and where to go after."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias
from urllib.parse import urlencode

from pydantic import AfterValidator, Field
from starlette.responses import RedirectResponse, Response

from app.security.personal_data import holds_personal_data
from app.web.navigation import N_

LONGEST_TEXT = 200
# More than any field takes: whoever sends it has not used the form.
_LONGEST_SENT = 2_000
# In the place of a character that no page can show.
_UNSHOWN = "\ufffd"
UNPROCESSABLE = 422
_SEE_OTHER = 303


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else _UNSHOWN for each in text)


# A field as somebody wrote it, fit to be shown again with what is wrong in it.
Written = Annotated[str, Field(max_length=_LONGEST_SENT), AfterValidator(_shown)]

# What is wrong, by field: a text that a template translates.
Flaws: TypeAlias = Mapping[str, str]

NOT_A_DAY = N_("Write the day as day, month and year, for example 22.12.2026.")
PERSONAL_DATA = N_(
    "This looks like an identity code, a phone number or an e-mail address, which are "
    "not stored here. Write it another way."
)
_MISSING = N_("This is missing.")
_TOO_LONG = N_("This is too long: 200 characters at most.")
_UNFIT = N_("This has a character that cannot be shown. Write it anew.")


def flaw_of(text: str) -> str | None:
    """Return what is wrong with *text*, which a field needs and the service stores."""
    if not text:
        return _MISSING
    if len(text) > LONGEST_TEXT:
        return _TOO_LONG
    if _UNSHOWN in text:
        return _UNFIT
    return PERSONAL_DATA if holds_personal_data(text) else None


def flaws_of(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong in the fields that need a text."""
    return {name: flaw for name, text in texts.items() if (flaw := flaw_of(text))}


def done(path: str, what: str) -> Response:
    """Go on to the page at *path*, which says *what* has been done."""
    return RedirectResponse(f"{path}?{urlencode({'done': what})}", _SEE_OTHER)
