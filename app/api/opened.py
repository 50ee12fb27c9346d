"""What the lists of deadlines behind a number have in common."""

from datetime import date, datetime
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.api.formats import Formatted, file_answer, form_of, refuse_parts
from app.api.pages import LARGEST_PAGE, WorklistItem, cursor_of, item_out, lead_on
from app.api.parameters import Code, Question
from app.api.viewing import require_exporter
from app.clock import rfc3339
from app.domain.access_log import ReasonOfFile
from app.services.documents.opened import List, export
from app.services.opened import Page
from app.services.viewing import Viewer


class OpenedQuestion(Question, Formatted):
    """What may be asked of every list behind a number."""

    rule: Code = Field(examples=["initiation"])
    reason: ReasonOfFile | None = Field(
        default=None, description="Why the cases are taken away; required for a file"
    )
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")


# How it is asked for: of which moment, and in which form and part.
_HOW = {"as_of", "known_at", "lang", "limit", "cursor", "reason"} | {
    *Formatted.model_fields
}


class OpenedOfUnits(OpenedQuestion):
    """What may be asked of the list behind a number of a report by unit."""

    unit: Code | None = Field(default=None, description="With what is below it")
    row: Code | None = Field(
        default=None,
        description="The unit of a row, without what is below it; an empty value "
        "means: of which no unit is known",
    )


class CasesOut(BaseModel):
    """One page of the deadlines; the header `Link` leads to the next."""

    as_of: date
    known_at: datetime
    items: list[WorklistItem]


def selection(query: OpenedQuestion) -> dict[str, str]:
    """Return which deadlines *query* asks for, by parameter."""
    chosen = query.model_dump(mode="json", exclude=_HOW, exclude_none=True)
    return {name: str(value) for name, value in chosen.items()}


def answered(
    request: Request,
    response: Response,
    viewer: Viewer,
    query: OpenedQuestion,
    of: List,
) -> dict[str, Any] | Response:
    """Return a page of the list and lead on to the next, or the whole as a file."""
    form = form_of(request, query)
    viewer.reason = query.reason
    if form is not None:
        refuse_parts(query)
        require_exporter(viewer)
        most = request.app.state.exports_per_day
        return file_answer(export(of, form.format, query.lang, most=most), form)
    place = cursor_of(request, query.cursor)
    found = of.cases(Page(cursor=place, limit=query.limit))
    lead_on(request, response, found.following)
    return {
        "as_of": found.as_of,
        "known_at": rfc3339(found.known_at),
        "items": [
            item_out(row, of.unit_of(row.deadline, found.as_of), found, query.lang)
            for row in found.rows
        ],
    }
