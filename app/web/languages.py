"""Which language a page is in: asked for, remembered, or what the browser prefers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.domain.texts import Language

COOKIE = "maaraaika_language"
PARAMETER = "lang"
NAMES = {Language.FI: "Suomi", Language.SV: "Svenska", Language.EN: "English"}
_REMEMBERED_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """A link to the same page in *language*."""

    language: Language
    name: str
    href: str
    is_current: bool


def language_of(request: Request) -> Language:
    """Return the language for *request*; Finnish, where nothing tells."""
    asked = _known(request.query_params.get(PARAMETER))
    remembered = _known(request.cookies.get(COOKIE))
    return asked or remembered or next(_preferred(request), Language.FI)


def language_links(
    request: Request, asked: Iterable[tuple[str, str]], path: str = ""
) -> tuple[LanguageLink, ...]:
    """Return links to the page at *path*, and what is *asked* of it, in every language.

    Without a *path* it is the same page.
    """
    others = [(name, value) for name, value in asked if name != PARAMETER]
    current = language_of(request)
    return tuple(
        LanguageLink(
            language=language,
            name=name,
            href=f"{path}?{urlencode([*others, (PARAMETER, language.value)])}",
            is_current=language is current,
        )
        for language, name in NAMES.items()
    )


def remember(request: Request, response: Response) -> None:
    """Keep the language that was asked for, for the pages that follow."""
    asked = _known(request.query_params.get(PARAMETER))
    if asked is None or request.cookies.get(COOKIE) == asked:
        return
    response.set_cookie(
        COOKIE,
        asked.value,
        max_age=_REMEMBERED_SECONDS,
        secure=request.scope["scheme"] == "https",
        httponly=True,
        samesite="lax",
    )


def _known(code: str | None) -> Language | None:
    return Language(code) if code in list(Language) else None


def _preferred(request: Request) -> Iterator[Language]:
    """Give our languages in the order in which the browser prefers them."""
    ranges = []
    for entry in request.headers.get("accept-language", "").split(","):
        tag, _, weight = entry.partition(";")
        found = re.fullmatch(r"\s*q=(0(\.\d{0,3})?|1(\.0{0,3})?)\s*", weight)
        ranges.append((float(found[1]) if found else 1.0, tag.strip().lower()))
    for quality, tag in sorted(ranges, key=lambda each: -each[0]):
        language = _known(tag.partition("-")[0])
        if quality and language:
            yield language
