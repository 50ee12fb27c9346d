"""/findings: what is odd in cases, or missing in what client systems send."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.db.units import Unit
from app.domain.access import Permission
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, Severity
from app.domain.texts import Language
from app.exports import numbers
from app.services import findings as service
from app.services.cursors import Cursors
from app.services.findings import Place
from app.services.units import all_units
from app.services.viewing import Viewer
from app.web.clocks import case_address
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Code, PageQuestion, UnfitAddressError
from app.web.rendering import page
from app.web.unit_tree import unit_name
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

ROWS = 50
_PURPOSE = "/findings"
_PLACE = TypeAdapter(Place)
_SEVERITIES = MappingProxyType(
    {
        Severity.ALARM: N_("alarm"),
        Severity.WARNING: N_("warning"),
        Severity.NOTICE: N_("notice"),
    }
)


class FindingsQuestion(PageQuestion):
    """What may be asked of the findings that are open."""

    source: Code = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding as a reader sees it; *severity_text* is a text to translate."""

    severity: str
    severity_text: str
    explanation: str
    remedy: str
    where: str
    href: str
    case_ref: str
    since: str


@router.get("/findings")
def findings(
    request: Request,
    question: Annotated[FindingsQuestion, Query()],
    viewer: Annotated[Viewer, viewing(Permission.READ_FINDINGS)],
) -> Response:
    """Show the findings that are open, the most pressing first."""
    language = language_of(request)
    units = {unit.code: unit for unit in all_units(viewer.database)}
    found = service.findings(
        viewer,
        service.Query(source=question.source),
        after=_after(request, question),
        limit=ROWS,
    )
    return page(
        request,
        "findings.html",
        source=question.source,
        counts=tuple(
            (severity.value, text, found.counts[severity])
            for severity, text in _SEVERITIES.items()
        ),
        findings=tuple(shown(each, units, language) for each in found.items),
        following=_following(request, question, found.following),
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
    )


def _after(request: Request, question: FindingsQuestion) -> Place | None:
    if question.cursor is None:
        return None
    cursors: Cursors = request.app.state.cursors
    purpose = f"{_PURPOSE} {question.source or ''}"
    found = cursors.texts.read(question.cursor, purpose=purpose)
    if found is None:
        raise UnfitAddressError
    return _PLACE.validate_json(found)


def _following(
    request: Request, question: FindingsQuestion, following: Place | None
) -> str:
    """Return the address of the page behind this one; empty if this is the last."""
    if following is None:
        return ""
    cursors: Cursors = request.app.state.cursors
    purpose = f"{_PURPOSE} {question.source or ''}"
    cursor = cursors.texts.made(_PLACE.dump_json(following), purpose=purpose)
    narrowed = {} if question.source is None else {"source": question.source}
    return f"/findings?{urlencode({**narrowed, 'cursor': cursor})}"
