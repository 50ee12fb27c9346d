"""GET /v1/access-log: who has been shown which cases, for auditors."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.api import pages
from app.api.errors import Flaw, ProblemError, problem, refusals
from app.api.pages import LARGEST_PAGE
from app.api.parameters import Code, Day, Instant
from app.api.viewing import viewing
from app.clock import rfc3339
from app.db.look_questions import Logged, Place
from app.domain.access import Permission
from app.domain.access_log import ReasonForOldLooks
from app.domain.events import CaseKey
from app.services import access_log as service
from app.services.viewing import Viewer

router = APIRouter(tags=["access log"])

LogViewer = Annotated[Viewer, viewing(Permission.READ_ACCESS_LOG)]
_CURSOR = TypeAdapter(tuple[Instant, int, int])
_WEEK = r"^20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])$"
_LogDay = Annotated[Day, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


class LogQuestion(BaseModel):
    """What may be asked of every part of the access log."""

    model_config = ConfigDict(extra="forbid")

    reason: ReasonForOldLooks | None = Field(
        default=None, description="Required for looks of more than two years ago"
    )


class LogQuery(LogQuestion):
    """Which looks are asked for."""

    child: Code | None = Field(
        default=None,
        description="Looks at any case of the child, in whichever system",
    )
    case: Code | None = None
    source: Code | None = Field(default=None, description="Of the child or the case")
    person: Code | None = Field(default=None, description="Who looked")
    watermark: Code | None = Field(default=None, description="From an exported file")
    first: _LogDay | None = Field(
        default=None, alias="from", description="Default: two years before `to`"
    )
    last: _LogDay | None = Field(default=None, alias="to", description="Default: today")
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")


class WeekQuery(LogQuestion):
    """Which week is asked for."""

    week: str = Field(pattern=_WEEK, examples=["2026-W47"])


class CaseName(BaseModel):
    """A case, by the reference of its source."""

    source: str
    case_ref: str


class LookOut(BaseModel):
    """One look: who was shown what, when, by which way and why."""

    id: str
    at: str
    person: str
    role: str
    units: list[str] = Field(description="Of the person; none: all")
    organisation: str | None
    reason: str | None
    route: str
    criteria: dict[str, str]
    result: str
    elsewhere: bool
    watermark: str | None
    correlation_id: str | None
    rows: int
    case_count: int
    cases: list[CaseName] = Field(
        description="Those that were asked about; every one where one look is asked for"
    )


class LooksOut(BaseModel):
    """One page of looks, the newest first; the header `Link` leads to the next."""

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    items: list[LookOut]


class PersonOut(BaseModel):
    """How often somebody looked elsewhere in a week, and in vain."""

    person: str
    looks: int
    in_vain: int


class WeekOut(LooksOut):
    """The looks of a week at cases of units that were not those of who looked."""

    people: list[PersonOut]


@router.get("/v1/access-log", response_model=LooksOut)
def list_looks(
    query: Annotated[LogQuery, Query()],
    request: Request,
    response: Response,
    viewer: LogViewer,
) -> dict[str, Any]:
    """List who has been shown cases, when and why, the newest first.

    Of a child: the looks at each of its cases and at all that are one with them. Of
    each look only the cases that were asked about are named. Asking is a look, too.
    """
    viewer.reason = query.reason
    place = pages.read(request, _CURSOR, query.cursor)
    found = service.looks(
        viewer,
        service.Query(**query.model_dump(exclude={"reason", "limit", "cursor"})),
        after=None if place is None else Place(*place),
        limit=query.limit,
    )
    if found.following is not None:
        at, chain, position = found.following
        link = pages.link(request, _CURSOR, (at, chain, position))
        response.headers["Link"] = link
    return {
        "first": found.first,
        "last": found.last,
        "items": [_shown(each, found.named(each)) for each in found.looks],
    }


@router.get("/v1/access-log/elsewhere", response_model=WeekOut)
def list_looks_elsewhere(
    query: Annotated[WeekQuery, Query()], viewer: LogViewer
) -> dict[str, Any]:
    """List the looks of a week at cases of units that were not those of who looked.

    With a reason such a look is possible, one case at a time, and so is a guess in
    vain; `people` are in the order of how often they did.
    """
    viewer.reason = query.reason
    found = service.looks_elsewhere(viewer, _monday(query.week))
    return {
        "first": found.first,
        "last": found.last,
        "items": [_shown(each, found.named(each)) for each in found.looks],
        "people": [each._asdict() for each in service.people(found.looks)],
    }


@router.get(
    "/v1/access-log/{look}",
    response_model=LookOut,
    responses=refusals("not_found"),
)
def get_look(
    look: Annotated[str, Path(pattern=r"^[0-9]{1,4}-[0-9]{1,18}$", examples=["1-1"])],
    query: Annotated[LogQuestion, Query()],
    viewer: LogViewer,
) -> dict[str, Any]:
    """Show one look with every case that it showed."""
    viewer.reason = query.reason
    chain, position = map(int, look.split("-"))
    found = service.one_look(viewer, chain, position)
    return _shown(found, found.look.cases)


def _monday(week: str) -> date:
    year, _, number = week.partition("-W")
    try:
        return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise ProblemError(problem("invalid_parameter", [_NO_SUCH_WEEK])) from None


_NO_SUCH_WEEK = Flaw(
    pointer="week",
    code="no_such_week",
    message="The year has no week of that number.",
    remedy="Write the week as in 2026-W47.",
)


def _shown(logged: Logged, named: frozenset[CaseKey]) -> dict[str, Any]:
    place, look = logged
    return {
        "id": f"{place.chain}-{place.position}",
        "at": rfc3339(place.recorded_at),
        "person": look.person,
        "role": look.role,
        "units": look.units,
        "organisation": look.organisation,
        "reason": look.reason,
        "route": look.route,
        "criteria": look.criteria,
        "result": look.result,
        "elsewhere": look.elsewhere,
        "watermark": look.watermark,
        "correlation_id": look.correlation_id,
        "rows": look.rows,
        "case_count": len(look.cases),
        "cases": [case._asdict() for case in sorted(named)],
    }
