"""/findings: what is odd in cases, or missing in what client systems send."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.db.units import Unit
from app.domain.access import Permission
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import ClosedBecause, Finding, Place, Severity
from app.domain.texts import Language
from app.exports import numbers
from app.services import findings as service
from app.services import people
from app.services.finders import OF_WORK
from app.services.units import all_units
from app.services.viewing import Viewer
from app.web.clocks import case_address
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.paging import Paging
from app.web.questions import Code, PageQuestion
from app.web.rendering import page
from app.web.unit_tree import unit_name
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

ROWS = 50
_FINDINGS = "/findings"
_PAGING = Paging(TypeAdapter(Place))
_SEVERITIES = MappingProxyType(
    {
        Severity.ALARM: N_("alarm"),
        Severity.WARNING: N_("warning"),
        Severity.NOTICE: N_("notice"),
    }
)


# Why a finding is closed, in words.
REASONS: Mapping[ClosedBecause, str] = MappingProxyType(
    {
        ClosedBecause.KNOWN_AND_ACCEPTED: N_("it is known, and may stay so"),
        ClosedBecause.CORRECTED_AT_SOURCE: N_("it was corrected in the client system"),
        ClosedBecause.NOT_APPLICABLE: N_("it is not as the finding supposes"),
        ClosedBecause.OTHER: N_("another reason"),
        ClosedBecause.CAUSE_GONE: N_("its cause is gone"),
    }
)


class Shown(StrEnum):
    """Which findings are shown."""

    OPEN = "open"
    CLOSED = "closed"


class FindingsQuestion(PageQuestion):
    """What may be asked of findings, and what has just been done."""

    status: Shown = Shown.OPEN
    source: Code = None
    cursor: str | None = None
    done: Literal["closed"] | None = None

    @property
    def address(self) -> str:
        """The address of the first page of the answer."""
        chosen = {"status": self.status.value, "source": self.source or ""}
        return f"{_FINDINGS}?{urlencode({k: v for k, v in chosen.items() if v})}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding as a reader sees it; *severity_text* and *reason* are to be translated.

    *closing* is the address where it is closed, empty where that cannot be done. It
    *asks_why* if it goes when the cause of a delay is told.
    """

    severity: str
    severity_text: str
    explanation: str
    remedy: str
    where: str
    href: str
    case_ref: str
    since: str
    asks_why: bool
    closing: str = ""
    closed: str = ""
    closed_by: str = ""
    reason: str = ""


@router.get("/findings")
def findings(
    request: Request,
    question: Annotated[FindingsQuestion, Query()],
    viewer: Annotated[Viewer, viewing(Permission.READ_FINDINGS)],
) -> Response:
    """Show findings, the most pressing first: those that are open, or were closed."""
    language = language_of(request)
    units = {unit.code: unit for unit in all_units(viewer.database)}
    of_open = question.status is Shown.OPEN
    names = {} if of_open else people.names(viewer.database)
    found = service.findings(
        viewer,
        service.Query(source=question.source, status=service.Status(question.status)),
        after=_PAGING.place(request, question),
        limit=ROWS,
    )
    return page(
        request,
        "findings.html",
        source=question.source,
        address=question.address,
        is_first=question.cursor is None,
        is_done=question.done is not None,
        of_open=of_open,
        counts=tuple(
            (severity.value, text, found.counts[severity])
            for severity, text in _SEVERITIES.items()
        ),
        findings=tuple(
            _with_closing(each, shown(each, units, language), viewer, names)
            for each in found.items
        ),
        following=_PAGING.following(request, question, found.following),
    )


def shown(
    finding: Finding, units: Mapping[str, Unit], language: Language
) -> ShownFinding:
    """Return *finding* as a reader of *language* sees it."""
    described = CATALOGUE[finding.kind]
    parts = (
        finding.source,
        unit_name(finding.unit, units, language) if finding.unit else None,
        numbers.day(finding.day, language) if finding.day else None,
    )
    is_of_case = finding.source is not None and finding.case_ref is not None
    return ShownFinding(
        severity=finding.severity.value,
        severity_text=_SEVERITIES[finding.severity],
        explanation=described.explanation.to(language),
        remedy=described.remedy.to(language),
        where=", ".join(filter(None, parts)),
        href=case_address(finding.source or "", finding.case_ref or "")
        if is_of_case
        else "",
        case_ref=finding.case_ref or "",
        since=numbers.instant(finding.since, language),
        asks_why=is_of_case and finding.kind in OF_WORK,
        closed=(
            numbers.instant(finding.closure.closed_at, language)
            if finding.closure
            else ""
        ),
        reason=REASONS[finding.closure.reason] if finding.closure else "",
    )


def closing_address(finding: str) -> str:
    """Return where the finding of that id is closed."""
    return f"{_FINDINGS}/{quote(finding, safe='')}/close"


def _with_closing(
    finding: Finding, seen: ShownFinding, viewer: Viewer, names: Mapping[str, str]
) -> ShownFinding:
    """Return *seen* with who has closed it, or where the viewer can."""
    if finding.closure is not None:
        by = finding.closure.closed_by or ""
        return replace(seen, closed_by=names.get(by, by))
    if not viewer.actor.may(Permission.CLOSE_FINDINGS):
        return seen
    return replace(seen, closing=closing_address(finding.id))
