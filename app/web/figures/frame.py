"""What every page of figures has: tabs, a question, files, and what its words mean."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.domain.access import Actor
from app.domain.definitions import CLOCKS, MEASURES, NUMBERS
from app.domain.texts import Language
from app.exports.document import Document
from app.services.documents.audience import INTERNAL
from app.services.reports import Asked
from app.services.scopes import allowed_units
from app.web.choices import Choice
from app.web.documents import ShownDocument, shown
from app.web.figures.periods import Step
from app.web.navigation import N_
from app.web.rendering import page, told
from app.web.unit_tree import tree, unit_name

_TABS = (
    ("/figures", N_("In time")),
    ("/figures/trend", N_("Month by month")),
    ("/figures/days", N_("Days taken")),
    ("/figures/gaps", N_("Between groups")),
    ("/figures/waiting", N_("Open now")),
    ("/figures/flow", N_("In and out")),
    ("/figures/thl", N_("For THL")),
    ("/figures/sealed", N_("Sealed reports")),
)
# Those of which a period is asked: it stays when one goes from one to another.
_OF_A_PERIOD = frozenset({"/figures", "/figures/days", "/figures/gaps"})
# Of a level so many units are named.
_NAMED = 2
FILES = ("pdf", "xlsx", "csv")
_DEFINITIONS = {each.code: each for each in (*NUMBERS, *MEASURES, *CLOCKS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One of the pages of figures; *current* is what `aria-current` says of it."""

    href: str
    text: str
    current: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a question: its choices by group; a group without a name is none."""

    name: str
    label: str
    groups: tuple[tuple[str, tuple[Choice, ...]], ...]


def field(name: str, label: str, texts: Mapping[str, str], chosen: str | None) -> Field:
    """Return a field of which one of *texts*, by code, is *chosen*."""
    choices = tuple(
        Choice(code, text, code == (chosen or "")) for code, text in texts.items()
    )
    return Field(name=name, label=label, groups=(("", choices),))


def rule_field(asked: Asked, chosen: str, language: Language) -> Field:
    """Return the field that asks for a rule."""
    titles = {rule.code: rule.title.to(language) for rule in asked.law.rules}
    return field("rule", told(N_("Duty"), language), titles, chosen)


def unit_field(
    asked: Asked, actor: Actor, chosen: str | None, language: Language
) -> Field:
    """Return the field that asks for a unit, with what is below it."""
    names = tree(asked.units, allowed_units(asked.units, actor), language)
    every = {"": told(N_("all"), language), **names}
    return field("unit", told(N_("Unit"), language), every, chosen)


def level_field(
    asked: Asked, actor: Actor, chosen: int | None, language: Language
) -> tuple[Field, ...]:
    """Return the field that asks to which level of the tree units are rolled up.

    A level is told by the first of its units; where there is but one, nothing is asked.
    """
    allowed = allowed_units(asked.units, actor)
    seen = [code for code in asked.units if allowed is None or code in allowed]
    deepest = max(map(asked.layout.depth, seen), default=0)
    if deepest == 0:
        return ()
    texts = {"": told(N_("as it was sent"), language)}
    for level in range(deepest + 1):
        layout = replace(asked.layout, level=level)
        names = sorted(
            unit_name(code, asked.units, language)
            for code in {
                layout.rolled_up(each) for each in seen if layout.depth(each) >= level
            }
        )
        more = " …" if len(names) > _NAMED else ""
        texts[str(level)] = told(N_("level %(number)s: %(units)s"), language) % {
            "number": level + 1,
            "units": ", ".join(names[:_NAMED]) + more,
        }
    shown_level = None if chosen is None else str(min(chosen, deepest))
    return (field("level", told(N_("Units at"), language), texts, shown_level),)


def tabs(path: str, period: str | None = None) -> tuple[Tab, ...]:
    """Return the pages of figures, beside that at *path* of *period*."""
    asked = f"?{urlencode({'period': period})}" if period else ""
    return tuple(
        Tab(
            href=f"{href}{asked}" if href in _OF_A_PERIOD else href,
            text=text,
            current=_current(path, href),
        )
        for href, text in _TABS
    )


def _current(path: str, href: str) -> str:
    if path == href:
        return "page"
    return "true" if href != "/figures" and path.startswith(f"{href}/") else ""


def files(address: str, asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the names of the files of the report at *address*, and where they are."""
    return tuple(
        (form.upper(), f"{address}?{urlencode({**asked, 'format': form})}")
        for form in FILES
    )


def defined(codes: Iterable[str], language: Language) -> tuple[tuple[str, str], ...]:
    """Return the words *codes* of figures, and what they mean."""
    found = (_DEFINITIONS[code] for code in codes)
    return tuple((each.title.to(language), each.text.to(language)) for each in found)


def steps(
    request: Request,
    neighbours: tuple[Step | None, Step | None],
    kept: Mapping[str, str],
) -> dict[str, tuple[str, str] | None]:
    """Return the way to the periods before and after, of which *kept* is asked too."""

    def way(step: Step | None) -> tuple[str, str] | None:
        if step is None:
            return None
        asked = urlencode({"period": step.code, **kept})
        return f"{request.url.path}?{asked}", step.name

    before, after = map(way, neighbours)
    return {"before": before, "after": after}


def internal(document: Document) -> ShownDocument:
    """Return *document* as its readers see it here, where nothing is public."""
    audience = INTERNAL.to(document.language)
    return shown(replace(document, audience=audience))


def document_page(
    request: Request,
    document: ShownDocument,
    *,
    fields: tuple[Field, ...],
    offered: tuple[tuple[str, str], ...],
    period: str | None = None,
    **more: Any,  # noqa: ANN401 (values of a template)
) -> Response:
    """Return the page that shows *document*, and asks for another one by *fields*."""
    path = request.url.path
    return page(
        request,
        "figures/document.html",
        **{
            "path": path,
            "tabs": tabs(path, period),
            "document": document,
            "fields": fields,
            "files": offered,
            "before": None,
            "after": None,
            "defined": (),
            "ways": (),
            "empty": "",
            "lead": "",
            **more,
        },
    )
