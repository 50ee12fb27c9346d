"""Lists in pages: what a deadline of one shows, and the way to the next page."""

import base64
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import TypeAdapter

from app.api.answers import DeadlineOut, Shown, deadline_out
from app.api.errors import Flaw, ProblemError, problem
from app.api.parameters import Code, Day, Instant
from app.db.deadlines import Row
from app.domain.texts import Language
from app.services.deadlines import Cursor

LARGEST_PAGE = 200
PlaceT = TypeVar("PlaceT")

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


def item_out(row: Row, shown: Shown, language: Language) -> dict[str, Any]:
    """Return the deadline of *row* and its case as lists show them."""
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
        "worker": clock.worker,
    }


def lead_on(request: Request, response: Response, following: Cursor | None) -> None:
    """Give the way to the page at *following*, if there is one."""
    if following is None:
        return
    fields = (following.as_of, following.known_at, *following.after)
    link_next(request, response, opaque(_CURSOR, fields))


def cursor_of(sent: str | None) -> Cursor | None:
    """Return the place that a link of ours leads to; None for the first page."""
    if sent is None:
        return None
    as_of, known_at, due_on, source, case_ref, rule, started_by = read(_CURSOR, sent)
    place = (due_on, source, case_ref, rule, started_by)
    return Cursor(as_of=as_of, known_at=known_at, after=place)


def link_next(request: Request, response: Response, cursor: str) -> None:
    """Name the page that begins at *cursor* as the next."""
    url = request.url.include_query_params(cursor=cursor)
    response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'


def opaque(form: TypeAdapter[PlaceT], place: PlaceT) -> str:
    """Return *place* as the cursor of a link."""
    return base64.urlsafe_b64encode(form.dump_json(place)).decode()


def read(form: TypeAdapter[PlaceT], cursor: str) -> PlaceT:
    """Return the place that ``opaque`` made *cursor* of.

    Raises:
        ProblemError: it is none of ours.
    """
    try:
        return form.validate_json(base64.urlsafe_b64decode(cursor))
    except ValueError:
        flaw = Flaw(
            pointer="cursor",
            code="invalid_cursor",
            message="The cursor is not one that this service gave.",
            remedy="Follow the `Link` header, or ask for the first page again.",
        )
        raise ProblemError(problem("invalid_parameter", [flaw])) from None
