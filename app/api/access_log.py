"""GET /v1/access-log: who has been shown which cases, for auditors."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.api import pages
from app.api.formats import ANSWERS, Formatted, file_answer, form_of, refuse_parts
from app.api.pages import LARGEST_PAGE
from app.api.parameters import Code, Day, Instant
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.viewing import require_exporter, viewing
from app.clock import rfc3339
from app.db.look_questions import Logged, Place
from app.domain.access import Permission
from app.domain.access_log import ReasonForOldLooks
from app.domain.events import CaseKey
from app.domain.texts import Language
from app.services import access_log as service
from app.services.documents import access_log as documents
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
        default=None,
        description="Required for looks of more than two years ago, and for a file",
    )


class FileQuestion(LogQuestion, Formatted):
    """What may be asked of what is also given as a file."""

    lang: Language = Field(default=Language.EN, description="Of a file")


class LogQuery(FileQuestion):
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


class WeekQuery(FileQuestion):
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
    name: str | None = Field(description="Of the person, or of whose key it is")
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
    name: str | None
    looks: int
    in_vain: int


class WeekOut(LooksOut):
    """The looks of a week at cases of units that were not those of who looked."""

    people: list[PersonOut]


@router.get("/v1/access-log", response_model=LooksOut, responses=ANSWERS)
def list_looks(
    query: Annotated[LogQuery, Query()],
    request: Request,
    response: Response,
    viewer: LogViewer,
) -> dict[str, Any] | Response:
    """List who has been shown cases, when and why, the newest first.

    Of a child: the looks at each of its cases and at all that are one with them. Of
    each look only the cases that were asked about are named. Asking is a look, too. A
    file (CSV, XLSX, PDF) has all looks at once; it needs a `reason`, is one of so many
    a day, and bears a code by which this log tells who has taken it.
    """
    viewer.reason = query.reason
    asked = service.Query(
        **query.model_dump(include={each.name for each in fields(service.Query)})
    )
    if (form := form_of(request, query)) is not None:
        refuse_parts(query)
        require_exporter(viewer)
        most = request.app.state.exports_per_day
        whole = documents.export(viewer, asked, form.format, query.lang, most=most)
        return file_answer(whole, form)
    place = pages.read(request, _CURSOR, query.cursor)
    found = service.looks(
        viewer,
        asked,
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
        "items": [_shown(each, found.named(each), found.names) for each in found.looks],
    }


@router.get("/v1/access-log/elsewhere", response_model=WeekOut, responses=ANSWERS)
def list_looks_elsewhere(
    query: Annotated[WeekQuery, Query()], request: Request, viewer: LogViewer
) -> dict[str, Any] | Response:
    """List the looks of a week at cases of units that were not those of who looked.

    With a reason such a look is possible, one case at a time, and so is a guess in
    vain; `people` are in the order of how often they did. A file needs a `reason`.
    """
    viewer.reason = query.reason
    monday = _monday(query.week)
    if (form := form_of(request, query)) is not None:
        require_exporter(viewer)
        most = request.app.state.exports_per_day
        whole = documents.export_elsewhere(
            viewer, monday, form.format, query.lang, most=most
        )
        return file_answer(whole, form)
    found = service.looks_elsewhere(viewer, monday)
    return {
        "first": found.first,
        "last": found.last,
        "items": [_shown(each, found.named(each), found.names) for each in found.looks],
        "people": [
            {**each._asdict(), "name": found.names.get(each.person)}
            for each in service.people(found.looks)
        ],
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
    found, names = service.one_look(viewer, chain, position)
    return _shown(found, found.look.cases, names)


def _monday(week: str) -> date:
    monday = service.monday_of(week)
    if monday is None:
        raise ProblemError(problem("invalid_parameter", [_NO_SUCH_WEEK]))
    return monday


_NO_SUCH_WEEK = Flaw(
    pointer="week",
    code="no_such_week",
    message="The year has no week of that number.",
    remedy="Write the week as in 2026-W47.",
)


def _shown(
    logged: Logged, named: frozenset[CaseKey], names: Mapping[str, str]
) -> dict[str, Any]:
    place, look = logged
    return {
        "id": f"{place.chain}-{place.position}",
        "at": rfc3339(place.recorded_at),
        "person": look.person,
        "name": names.get(look.person),
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
