"""GET /v1/findings: what is odd, what it means, and what to do about it."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.api import pages
from app.api.bodies import described, strict_body
from app.api.formats import ANSWERS, Formatted, file_answer, form_of, refuse_parts
from app.api.parameters import Code, Filter
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.viewing import require_exporter, viewing
from app.clock import rfc3339
from app.domain.access import Permission
from app.domain.access_log import ReasonOfFile
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import (
    ClosedBecause,
    Finding,
    FindingKind,
    Severity,
    identity,
)
from app.domain.texts import Language
from app.services import findings as service
from app.services.documents.findings import export
from app.services.findings import Status
from app.services.viewing import Viewer

router = APIRouter(tags=["findings"])

LARGEST_PAGE = 1_000
BY_PEOPLE = [each.value for each in ClosedBecause if each != ClosedBecause.CAUSE_GONE]
EXAMPLE_ID = identity(FindingKind.CONTROL_COUNT_MISMATCH, "client-a", "2026-10-05")

_CURSOR = TypeAdapter(tuple[int, float, Code])


class EventName(BaseModel):
    """The event that brought a finding."""

    source: str
    id: str


class FindingOut(BaseModel):
    """Something that someone should look at."""

    id: str
    kind: str
    severity: Severity
    source: str | None
    case_ref: str | None
    unit: str | None
    day: date | None
    since: str
    status: str
    explanation: str
    remedy: str
    event: EventName | None
    other_cases: list[str] = Field(description="Further cases that it is about")
    facts: dict[str, Any] = Field(description="What was measured, by kind of finding")
    closed_at: str | None
    closed_by: str | None = Field(description="The lead's key; null if the cause went")
    closed_reason: ClosedBecause | None


class FindingsOut(BaseModel):
    """One page of the findings; the header `Link` leads to the next."""

    counts: dict[str, int] = Field(description="Of all pages, by severity")
    items: list[FindingOut]


class FindingsQuery(Formatted):
    """What may be asked of the findings."""

    model_config = ConfigDict(extra="forbid")

    kind: FindingKind | None = None
    source: Filter | None = None
    unit: Filter | None = Field(default=None, description="With what is below it")
    status: Status = Status.OPEN
    reason: ReasonOfFile | None = Field(
        default=None, description="Why the cases are taken away; required for a file"
    )
    limit: int = Field(default=200, ge=1, le=LARGEST_PAGE)
    cursor: str | None = Field(default=None, description="From the header `Link`")
    lang: Language = Language.EN


class ClosureIn(BaseModel):
    """Why a finding needs no more attention."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"reason": "known_and_accepted"}},
    )

    reason: ClosedBecause = Field(json_schema_extra={"enum": list(BY_PEOPLE)})


@router.get("/v1/findings", response_model=FindingsOut, responses=ANSWERS)
def list_findings(
    query: Annotated[FindingsQuery, Query()],
    request: Request,
    response: Response,
    viewer: Annotated[Viewer, viewing(Permission.READ_FINDINGS)],
) -> dict[str, Any] | Response:
    """List findings, the most pressing first, of these the newest.

    A lead of units is shown what is about cases of these units or the units themselves;
    a lead of all units everything; a client system what is about its own source.
    Findings close by themselves when their cause is gone. In cases, those are shown as
    `closed` for 90 days; the others are gone, unless a lead has closed them. A file
    (CSV, XLSX, PDF) has all rows at once, as that of the worklist has, and needs a
    `reason`.
    """
    form = form_of(request, query)
    asked = service.Query(
        kind=query.kind, source=query.source, unit=query.unit, status=query.status
    )
    viewer.reason = query.reason
    if form is not None:
        refuse_parts(query)
        require_exporter(viewer)
        most = request.app.state.exports_per_day
        return file_answer(
            export(viewer, asked, form.format, query.lang, most=most), form
        )
    found = service.findings(
        viewer,
        asked,
        after=pages.read(request, _CURSOR, query.cursor),
        limit=query.limit,
    )
    if found.following is not None:
        response.headers["Link"] = pages.link(request, _CURSOR, found.following)
    return {
        "counts": found.counts,
        "items": [_shown(each, query.lang) for each in found.items],
    }


@router.post(
    "/v1/findings/{id}/closure",
    response_model=FindingOut,
    responses=refusals("not_found", "finding_closed"),
    openapi_extra=described(ClosureIn),
)
def close_finding(
    id: Annotated[Code, Path(examples=[EXAMPLE_ID])],  # noqa: A002 (in the address)
    # Before the body, which nobody without the right key gets read.
    viewer: Annotated[Viewer, viewing(Permission.CLOSE_FINDINGS)],
    closing: Annotated[
        ClosureIn, Depends(strict_body(ClosureIn, frozenset({"reason"})))
    ],
    lang: Language = Language.EN,
) -> dict[str, Any]:
    """Close a finding, with the reason why nothing more needs to be done.

    When the same is found anew later, it is open again.
    """
    if closing.reason is ClosedBecause.CAUSE_GONE:
        raise ProblemError(problem("invalid_body", [_NO_REASON]))
    closed = service.close(viewer, id, closing.reason)
    return _shown(closed, lang)


_NO_REASON = Flaw(
    pointer="/reason",
    code="enum",
    message="Whether the cause is gone, the service finds out by itself.",
    remedy=f"Use one of {', '.join(BY_PEOPLE)}.",
)


def _shown(finding: Finding, language: Language) -> dict[str, Any]:
    description = CATALOGUE[finding.kind]
    closure = finding.closure
    event = finding.event
    return {
        "id": finding.id,
        "kind": finding.kind,
        "severity": finding.severity,
        "source": finding.source,
        "case_ref": finding.case_ref,
        "unit": finding.unit,
        "day": finding.day,
        "since": rfc3339(finding.since),
        "status": Status.OPEN if finding.is_open else Status.CLOSED,
        "explanation": description.explanation.to(language),
        "remedy": description.remedy.to(language),
        "event": {"source": event.source, "id": event.event_id} if event else None,
        "other_cases": [case_ref for case_ref, _ in finding.others],
        "facts": finding.facts,
        "closed_at": rfc3339(closure.closed_at) if closure else None,
        "closed_by": closure.closed_by if closure else None,
        "closed_reason": closure.reason if closure else None,
    }
