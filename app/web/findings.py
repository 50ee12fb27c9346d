"""/findings: what is odd in cases, or missing in what client systems send."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from app.db.units import Unit
from app.domain.access import Permission
from app.domain.finding_texts import CATALOGUE
from app.domain.finding_texts.words import REASONS, SEVERITIES
from app.domain.findings import Finding, FindingKind, Place
from app.domain.texts import Language
from app.exports import numbers
from app.services import findings as service
from app.services import people
from app.services.finders import OF_WORK
from app.services.scopes import allowed_units
from app.services.units import all_units
from app.services.viewing import Viewer
from app.web.choices import Choice
from app.web.clocks import case_address
from app.web.files import reasons_of_files
from app.web.languages import language_of
from app.web.paging import Paging
from app.web.questions import Chosen, Code, PageQuestion
from app.web.rendering import page
from app.web.unit_tree import tree, unit_name
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

ROWS = 50
_FINDINGS = "/findings"
_PAGING = Paging(TypeAdapter(Place))


class Shown(StrEnum):
    """Which findings are shown."""

    OPEN = "open"
    CLOSED = "closed"


class FindingsQuestion(PageQuestion):
    """What may be asked of findings, and what has just been done."""

    status: Shown = Shown.OPEN
    kind: Annotated[FindingKind | None, Chosen] = None
    unit: Code = None
    source: Code = None
    cursor: str | None = None
    done: Literal["closed"] | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen, as an address says it, but for the place in the list."""
        chosen: dict[str, str] = self.model_dump(
            mode="json", exclude={"cursor", "done", "lang"}, exclude_none=True
        )
        return chosen

    def but(self, **other: str) -> str:
        """Return the address of the first page of the same question but for *other*."""
        chosen = {**self.chosen, **other}
        return f"{_FINDINGS}?{urlencode({k: v for k, v in chosen.items() if v})}"

    @property
    def address(self) -> str:
        """The address of the first page of the answer."""
        return self.but()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFinding:
    """A finding as a reader sees it.

    *closing* is the address where it is closed, empty where that cannot be done. It
    *asks_why* if it goes when the cause of a delay is told.
    """

    kind: str
    severity: str
    severity_text: str
    explanation: str
    remedy: str
    href: str
    case_ref: str
    source: str
    unit: str
    day: str
    since: str
    asks_why: bool
    closing: str = ""
    closed: str = ""
    closed_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Findings of one kind that stand together; *only* is where no others are shown."""

    only: str
    items: tuple[ShownFinding, ...]


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
        service.Query(
            kind=question.kind,
            unit=question.unit,
            source=question.source,
            status=service.Status(question.status),
        ),
        after=_PAGING.place(request, question),
        limit=ROWS,
    )
    seen = tuple(
        _with_closing(each, shown(each, units, language), viewer, names)
        for each in found.items
    )
    named = tree(units, allowed_units(units, viewer.actor), language)
    return page(
        request,
        "findings.html",
        question=question,
        kind=CATALOGUE[question.kind].explanation.to(language) if question.kind else "",
        units=tuple(
            Choice(code, name, code == question.unit) for code, name in named.items()
        ),
        is_first=question.cursor is None,
        is_done=question.done is not None,
        of_open=of_open,
        counts={severity.value: number for severity, number in found.counts.items()},
        alike=tuple(_alike(seen, question)),
        following=_PAGING.following(request, question, found.following),
        export_reasons=reasons_of_files(viewer.actor, language),
    )


def _alike(
    items: Sequence[ShownFinding], question: FindingsQuestion
) -> Iterator[Alike]:
    """Give the findings of a page kind by kind, as the first of each kind stands."""
    kinds = list(dict.fromkeys(each.kind for each in items))
    together = sorted(items, key=lambda each: kinds.index(each.kind))
    for kind, some in groupby(together, key=lambda each: each.kind):
        yield Alike(
            only="" if question.kind else question.but(kind=kind), items=tuple(some)
        )


def shown(
    finding: Finding, units: Mapping[str, Unit], language: Language
) -> ShownFinding:
    """Return *finding* as a reader of *language* sees it."""
    described = CATALOGUE[finding.kind]
    is_of_case = finding.source is not None and finding.case_ref is not None
    closure = finding.closure
    return ShownFinding(
        kind=finding.kind.value,
        severity=finding.severity.value,
        severity_text=SEVERITIES[finding.severity].to(language),
        explanation=described.explanation.to(language),
        remedy=described.remedy.to(language),
        href=case_address(finding.source or "", finding.case_ref or "")
        if is_of_case
        else "",
        case_ref=finding.case_ref or "",
        source=finding.source or "",
        unit=unit_name(finding.unit, units, language) if finding.unit else "",
        day=numbers.day(finding.day, language) if finding.day else "",
        since=numbers.instant(finding.since, language),
        asks_why=is_of_case and finding.kind in OF_WORK,
        closed=numbers.instant(closure.closed_at, language) if closure else "",
        reason=REASONS[closure.reason].to(language) if closure else "",
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
