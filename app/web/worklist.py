"""/worklist: which deadlines need someone; the whole question stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.domain import labels
from app.domain.texts import Language
from app.exports import numbers
from app.services import deadlines as service
from app.services.deadlines import Cursor, Status, Worklist
from app.services.saved_views import LONGEST_NAME, views_of
from app.services.scopes import allowed_units
from app.services.signing_in import is_nameless
from app.services.sources import client_links
from app.web.choices import Choice
from app.web.clocks import item
from app.web.files import reasons_of_files
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.paging import Paging
from app.web.rendering import page
from app.web.unit_tree import tree
from app.web.viewing import CaseViewer
from app.web.views import shown
from app.web.worklist_question import WorklistQuestion, headings, often_asked

router = APIRouter(include_in_schema=False)

ROWS = 100
_PAGING = Paging(TypeAdapter(Cursor))
_STATUSES = {
    Status.OVERDUE: N_("overdue"),
    Status.DUE_SOON: N_("due within %(days)s working days"),
    Status.OPEN: N_("all open"),
    Status.LATE: N_("done or ended late"),
    Status.MET: N_("met"),
    Status.ALL: N_("all"),
}
_FEWEST_SOURCES = 2
# What the form has no field for, and goes on with the next question.
_KEPT = frozenset({"sort", "within"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many deadlines of the selection stand so, and where they are listed."""

    count: str
    text: str
    href: str
    is_current: bool


@router.get("/worklist")
def worklist(
    request: Request,
    question: Annotated[WorklistQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the deadlines that are asked for, in the order asked for."""
    language = language_of(request)
    found = service.worklist(viewer, _asked(request, question))
    links = client_links(viewer.database)
    saved = views_of(viewer.database, viewer.actor)
    allowed = allowed_units(found.units, viewer.actor)
    return page(
        request,
        "worklist.html",
        question=question,
        near=question.within,
        as_of=numbers.day(found.as_of, language),
        known_at=numbers.instant(found.known_at, language),
        tallies=_tallies(question, found, language),
        views=tuple(often_asked(question)),
        own_views=tuple(shown(saved, question)),
        asked=question.parameters,
        longest=LONGEST_NAME,
        passes=is_nameless(viewer.actor),
        headings=tuple(headings(question)),
        items=tuple(
            item(row, found, found.units, language, links) for row in found.rows
        ),
        fields=_fields(question, found, allowed, language),
        statuses=tuple(
            Choice(status, text, status is question.status)
            for status, text in _STATUSES.items()
        ),
        kept={name: it for name, it in question.asked.items() if name in _KEPT},
        is_narrowed=question.is_narrowed,
        is_narrowed_more=question.is_narrowed_more,
        following=_PAGING.following(request, question, found.following),
        is_first=question.cursor is None,
        export_reasons=reasons_of_files(viewer.actor, language),
    )


def _asked(request: Request, question: WorklistQuestion) -> service.Query:
    return service.Query(
        **question.model_dump(exclude={"cursor", "lang", "sort"}),
        sort=question.order,
        joined=None,
        known_at=None,
        limit=ROWS,
        cursor=_PAGING.place(request, question),
    )


def _tallies(
    question: WorklistQuestion, found: Worklist, language: Language
) -> tuple[Tally, ...]:
    """Return how many deadlines of the selection are open, and which of them press."""
    counts = {
        Status.OVERDUE: found.counts.overdue,
        Status.DUE_SOON: found.counts.due_soon,
        Status.OPEN: found.counts.open,
    }
    return tuple(
        Tally(
            count=numbers.count(count, language),
            text=_STATUSES[status],
            href=question.but(status=status).address,
            is_current=status is question.status,
        )
        for status, count in counts.items()
    )


def _fields(
    question: WorklistQuestion,
    found: Worklist,
    allowed: frozenset[str] | None,
    language: Language,
) -> Mapping[str, tuple[Choice, ...]]:
    """Return what each field of the form can be, by its name."""
    rules = {rule.code: rule.title.to(language) for rule in found.law.rules}
    coded = {
        "entry": (labels.ENTRIES, question.entry),
        "language_group": (labels.LANGUAGES, question.language_group),
        "nationality_group": (labels.NATIONALITIES, question.nationality_group),
    }
    # Those that somebody has described: which others have sent what is not told.
    sources = set(found.live_since)
    if question.source is not None:
        sources.add(question.source)
    return {
        "unit": _choices(tree(found.units, allowed, language), question.unit),
        "rule": _choices(rules, question.rule),
        **{
            name: _choices(
                {code: text.to(language) for code, text in texts.items()}, chosen
            )
            for name, (texts, chosen) in coded.items()
        },
        "source": _choices({code: code for code in sorted(sources)}, question.source)
        if len(sources) >= _FEWEST_SOURCES or question.source is not None
        else (),
    }


def _choices(texts: Mapping[str, str], chosen: str | None) -> tuple[Choice, ...]:
    return tuple(Choice(code, text, code == chosen) for code, text in texts.items())
