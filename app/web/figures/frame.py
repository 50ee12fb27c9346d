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
from app.services.deadlines import scope
from app.services.documents.audience import INTERNAL
from app.services.reports import Asked
from app.web.choices import Choice
from app.web.documents import ShownDocument, shown
from app.web.figures.periods import Step
from app.web.navigation import N_
from app.web.rendering import page, told
from app.web.unit_tree import tree

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
    names = tree(asked.units, scope(asked.units, actor, None), language)
    every = {"": told(N_("all"), language), **names}
    return field("unit", told(N_("Unit"), language), every, chosen)


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
