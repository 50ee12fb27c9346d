"""/worklist: which deadlines need someone; the whole question stands in the address."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.domain import labels
from app.domain.events import Entry
from app.domain.groups import LanguageGroup, NationalityGroup
from app.domain.texts import Language
from app.exports import numbers
from app.services import deadlines as service
from app.services.cursors import Cursors
from app.services.deadlines import Cursor, Status, Worklist, scope
from app.web.choices import Choice
from app.web.clocks import NEAR, item
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, Code, Day, PageQuestion, UnfitAddressError
from app.web.rendering import page
from app.web.unit_tree import tree
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

ROWS = 100
_CURSOR = TypeAdapter(Cursor)
_STATUSES = {
    Status.OVERDUE: N_("overdue"),
    Status.DUE_SOON: N_("due within %(days)s working days"),
    Status.OPEN: N_("all open"),
    Status.LATE: N_("done or ended late"),
    Status.MET: N_("met"),
    Status.ALL: N_("all"),
}


class WorklistQuestion(PageQuestion):
    """What may be asked of the worklist."""

    status: Status = Status.OVERDUE
    rule: Code = None
    unit: Code = None
    entry: Annotated[Entry | None, Chosen] = None
    language_group: Annotated[LanguageGroup | None, Chosen] = None
    nationality_group: Annotated[NationalityGroup | None, Chosen] = None
    worker: Code = None
    as_of: Day = None
    cursor: str | None = None

    @property
    def address(self) -> str:
        """The address of the first page of the answer, without what is not chosen."""
        chosen = self.model_dump(
            mode="json", exclude={"cursor", "lang"}, exclude_none=True
        )
        return f"/worklist?{urlencode(chosen)}"


@router.get("/worklist")
def worklist(
    request: Request,
    question: Annotated[WorklistQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the deadlines that are asked for, the longest due first."""
    language = language_of(request)
    found = service.worklist(
        viewer,
        service.Query(
            **question.model_dump(exclude={"cursor", "lang"}),
            joined=None,
            within=NEAR,
            known_at=None,
            limit=ROWS,
            cursor=_place(request, question),
        ),
    )
    allowed = scope(found.units, viewer.actor, None)
    return page(
        request,
        "worklist.html",
        question=question,
        near=NEAR,
        as_of=numbers.day(found.as_of, language),
        known_at=numbers.instant(found.known_at, language),
        counts=found.counts,
        items=tuple(item(row, found, found.units, language) for row in found.rows),
        fields=_fields(question, found, allowed, language),
        statuses=tuple(
            Choice(status, text, status is question.status)
            for status, text in _STATUSES.items()
        ),
        is_narrowed=bool(
            question.model_fields_set - {"status", "cursor", "lang", "as_of"}
        ),
        following=_following(request, question, found.following),
        is_first=question.cursor is None,
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
    return {
        "unit": _choices(tree(found.units, allowed, language), question.unit),
        "rule": _choices(rules, question.rule),
        **{
            name: _choices(
                {code: text.to(language) for code, text in texts.items()}, chosen
            )
            for name, (texts, chosen) in coded.items()
        },
    }


def _choices(texts: Mapping[str, str], chosen: str | None) -> tuple[Choice, ...]:
    return tuple(Choice(code, text, code == chosen) for code, text in texts.items())


def _place(request: Request, question: WorklistQuestion) -> Cursor | None:
    if question.cursor is None:
        return None
    cursors: Cursors = request.app.state.cursors
    found = cursors.texts.read(question.cursor, purpose=question.address)
    if found is None:
        raise UnfitAddressError
    return _CURSOR.validate_json(found)


def _following(
    request: Request, question: WorklistQuestion, following: Cursor | None
) -> str:
    """Return the address of the page behind this one; empty if this is the last."""
    if following is None:
        return ""
    cursors: Cursors = request.app.state.cursors
    cursor = cursors.texts.made(_CURSOR.dump_json(following), purpose=question.address)
    return f"{question.address}&{urlencode({'cursor': cursor})}"
