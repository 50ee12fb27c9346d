"""What the lists of deadlines behind a number have in common."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from app.api.pages import LARGEST_PAGE, WorklistItem, item_out, lead_on
from app.api.parameters import Code, Question
from app.clock import rfc3339
from app.domain.deadlines import Deadline
from app.domain.texts import Language
from app.services.opened import Cases


class OpenedQuestion(Question):
    """What may be asked of every list behind a number."""

    rule: Code = Field(examples=["initiation"])
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")


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


def cases_out(
    request: Request,
    response: Response,
    found: Cases,
    unit_of: Callable[[Deadline, date], str | None],
    language: Language,
) -> dict[str, Any]:
    """Return the page as JSON, and lead on to the next one."""
    lead_on(request, response, found.following)
    return {
        "as_of": found.as_of,
        "known_at": rfc3339(found.known_at),
        "items": [
            item_out(row, unit_of(row.deadline, found.as_of), found, language)
            for row in found.rows
        ],
    }
