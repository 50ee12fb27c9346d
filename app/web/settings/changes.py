"""/settings/changes: who changed which setting, and when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.db.setting_changes import Change, Setting
from app.domain.access import Actor, Permission
from app.domain.texts import Language
from app.exports import numbers
from app.i18n import translations
from app.services import people, setting_changes
from app.visits import database_of
from app.web.access import permitted
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False)

MOST = 200
_ADDED = MappingProxyType(
    {
        Setting.UNIT: N_("Unit added:"),
        Setting.SOURCE: N_("Client system set up:"),
        Setting.KEY_MADE: N_("Key made:"),
        Setting.KEY_REVOKED: N_("Key revoked:"),
    }
)
_CHANGED = MappingProxyType(
    {Setting.UNIT: N_("Unit changed:"), Setting.SOURCE: N_("Client system changed:")}
)
# What each of the values of a change is, in their order.
_VALUES: Mapping[Setting, tuple[str, ...]] = MappingProxyType(
    {
        Setting.UNIT: (
            N_("Stands below"),
            N_("Name in Finnish"),
            N_("Name in Swedish"),
            N_("Name in English"),
        ),
        Setting.SOURCE: (
            N_("Live since"),
            N_("May be silent, in working hours"),
            N_("Refuses bare hashes"),
            N_("Address of a case"),
            N_("Continued by"),
        ),
        Setting.KEY_MADE: (N_("Held by"),),
        Setting.KEY_REVOKED: (N_("Held by"),),
    }
)
# Of a source of which nothing was said it holds as well that it refuses nothing.
_AT_FIRST: Mapping[Setting, tuple[str | None, ...]] = MappingProxyType(
    {Setting.SOURCE: (None, None, "false", None, None)}
)
_WORDS = MappingProxyType({"true": N_("yes"), "false": N_("no")})


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A change in words; *what* is a text to translate, *by* is empty if not known."""

    at: str
    by: str
    what: str
    name: str
    details: tuple[str, ...]


@router.get("/settings/changes")
def changes(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Annotated[Actor, permitted(Permission.MANAGE_KEYS)],
) -> Response:
    """Show the last changes of settings, the newest first."""
    database, language = database_of(request, actor), language_of(request)
    names = people.names(database)
    found = setting_changes.latest(database, limit=MOST)
    return page(
        request,
        "settings/changes.html",
        most=MOST,
        changes=tuple(_shown(each, names, language) for each in found),
    )


def _shown(change: Change, names: Mapping[str, str], language: Language) -> ShownChange:
    by = change.by or ""
    is_change = change.before is not None
    return ShownChange(
        at=numbers.instant(change.at, language),
        by=names.get(by, by),
        what=(_CHANGED if is_change else _ADDED)[change.setting],
        name=change.name,
        details=tuple(_details(change, language)),
    )


def _details(change: Change, language: Language) -> Iterator[str]:
    """Give what each value was and is, of those that are not as before."""
    say = translations(language).gettext
    labels = _VALUES[change.setting]
    before = change.before or _AT_FIRST.get(change.setting, (None,) * len(labels))
    for label, was, now in zip(labels, before, change.said, strict=True):
        # A key that names no holder is its own.
        if now in {was, change.name}:
            continue
        earlier = "" if was is None else f"{_value(was, say, language)} → "
        yield f"{say(label)}: {earlier}{_value(now, say, language)}"


def _value(value: str | None, say: Callable[[str], str], language: Language) -> str:
    if value is None:
        return say(N_("nothing"))
    if value in _WORDS:
        return say(_WORDS[value])
    try:
        return numbers.day(date.fromisoformat(value), language)
    except ValueError:
        return value
