"""Lists in pages: what a deadline of one shows, and the way to the next page."""

import json
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.api.answers import DeadlineOut, Shown, deadline_out
from app.api.parameters import Code, Day, Instant
from app.api.problems import Flaw, ProblemError, problem
from app.db.deadlines import Row
from app.domain.texts import Language
from app.security.opaque_texts import OpaqueTexts
from app.services.cursors import Cursors
from app.services.deadlines import Cursor

LARGEST_PAGE = 200
PlaceT = TypeVar("PlaceT")

_NOT_OF_THE_QUESTION = frozenset({"cursor", "after", "limit", "lang"})

# The day and the instant asked for, and the place in the order of the worklist.
_CURSOR = TypeAdapter(tuple[Day, Instant, Day, Code, Code, Code, Code])


class WorklistItem(DeadlineOut):
    """A deadline of the worklist, and the case that it belongs to."""

    source: str
    case_ref: str
    child_ref: str | None
    language_group: str
    nationality_group: str
    age_band: str
    entry: str
    worker: str | None


def item_out(
    row: Row, unit: str | None, shown: Shown, language: Language
) -> dict[str, Any]:
    """Return the deadline of *row* and its case as a list shows them for *unit*."""
    clock = row.deadline
    return {
        **deadline_out(clock, row.source, shown, language),
        "source": row.source,
        "case_ref": row.case_ref,
        "child_ref": clock.child_ref,
        "language_group": clock.language_group,
        "nationality_group": clock.nationality_group,
        "age_band": clock.age_band,
        "entry": clock.entry,
        "worker": clock.worker_of(unit),
    }


def lead_on(request: Request, response: Response, following: Cursor | None) -> None:
    """Give the way to the page at *following*, if there is one."""
    if following is None:
        return
    fields = (following.as_of, following.known_at, *following.after)
    response.headers["Link"] = link(request, _CURSOR, fields)


def cursor_of(request: Request, sent: str | None) -> Cursor | None:
    """Return the place that a link of ours leads to; None for the first page.

    Raises:
        ProblemError: *sent* is no link of ours, or one of another question.
    """
    fields = read(request, _CURSOR, sent)
    if fields is None:
        return None
    as_of, known_at, due_on, source, case_ref, rule, started_by = fields
    place = (due_on, source, case_ref, rule, started_by)
    return Cursor(as_of=as_of, known_at=known_at, after=place)


def link(
    request: Request,
    form: TypeAdapter[PlaceT],
    place: PlaceT,
    *,
    parameter: str = "cursor",
) -> str:
    """Return the header that names the page behind *place* as the next."""
    cursor = _texts(request).made(form.dump_json(place), purpose=_question(request))
    url = request.url.include_query_params(**{parameter: cursor})
    return f'<{url.path}?{url.query}>; rel="next"'


def read(
    request: Request,
    form: TypeAdapter[PlaceT],
    cursor: str | None,
    *,
    parameter: str = "cursor",
) -> PlaceT | None:
    """Return the place that ``link`` made *cursor* of; None for the first page.

    Raises:
        ProblemError: it is none of ours, or one of another question.
    """
    if cursor is None:
        return None
    found = _texts(request).read(cursor, purpose=_question(request))
    if found is None:
        flaw = Flaw(
            pointer=parameter,
            code="invalid_cursor",
            message="The cursor is not one that this service gave to this question.",
            remedy="Follow the `Link` header, or ask for the first page again.",
        )
        raise ProblemError(problem("invalid_parameter", [flaw]))
    return form.validate_json(found)


def _texts(request: Request) -> OpaqueTexts:
    cursors: Cursors = request.app.state.cursors
    return cursors.texts


def _question(request: Request) -> str:
    """Return what is asked, whichever part of the answer and however it is shown."""
    asked = sorted(
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in _NOT_OF_THE_QUESTION
    )
    return json.dumps([request.url.path, asked])
