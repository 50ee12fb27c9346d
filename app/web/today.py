"""/: what needs somebody today; for who has not signed in, what the service is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.domain.access import Permission
from app.domain.cells import Cell
from app.domain.figures import Figures
from app.domain.findings import FindingKind
from app.domain.reporting_periods import Compare, Period, parse_period
from app.domain.texts import Language
from app.exports import numbers
from app.services import compliance, deadlines
from app.services import findings as finding_service
from app.services.deadlines import Status
from app.services.overview import Overview, overview
from app.services.reports import Query as ReportQuery
from app.services.viewing import Viewer
from app.web.clocks import NEAR, item
from app.web.findings import shown
from app.web.languages import language_of
from app.web.questions import PageQuestion
from app.web.rendering import page
from app.web.stands import NEXT_DAYS, Stands, counts, lines, of_rule, stands_of, total
from app.web.viewing import ViewerIfAny

router = APIRouter(include_in_schema=False)

_WORST = 5
_FINDINGS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has changed of a duty since the last working day."""

    duty: str
    newly_overdue: int
    href: str
    begun: int
    arrived: int
    done: int
    done_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """How many deadlines of a rule were kept in a month; empty where none was due."""

    duty: str
    now: str
    now_of: str
    before: str
    before_of: str


@router.get("/")
def today(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    viewer: ViewerIfAny,
) -> Response:
    """Show what needs somebody today, or what the service is."""
    if viewer is None:
        return page(request, "front.html")
    language = language_of(request)
    found = overview(viewer.database, viewer.actor, next_days=NEXT_DAYS, soon=NEAR)
    with viewer.looking_once():
        worst = deadlines.worklist(viewer, _worst(found))
        # What makes this very page look better than the work comes first; the rest of
        # what is odd has its own page.
        silent = finding_service.findings(
            viewer,
            finding_service.Query(kind=FindingKind.SOURCE_SILENT),
            after=None,
            limit=_FINDINGS,
        )
    units = found.units
    rules = tuple(rule.code for rule in found.law.rules)
    stands = stands_of(found.pressing)
    unit_lines = lines(stands, units, found.allowed, rules, language)
    month = parse_period(f"{found.as_of:%Y-%m}")
    return page(
        request,
        "today.html",
        day=numbers.day(found.as_of, language),
        since=numbers.day(found.since, language),
        next_days=NEXT_DAYS,
        near=NEAR,
        duties=tuple(rule.title.to(language) for rule in found.law.rules),
        total=total(stands.values()),
        totals=tuple(counts(rule, of_rule(stands, rule)) for rule in rules),
        units=unit_lines,
        has_total=sum(each.depth == 0 for each in unit_lines) != 1,
        changes=tuple(_changes(found, stands, language)),
        worst=tuple(item(row, worst, worst.units, language) for row in worst.rows),
        month=numbers.month(month.first, language),
        months=_months(viewer, found, month, language),
        breaches=found.breaches,
        # Who leads some of the units is not told of what all of them depend on.
        sees_sources=found.allowed is None,
        silent=tuple(shown(each, units, language) for each in silent.items),
    )


def _worst(found: Overview) -> deadlines.Query:
    """Return the question which deadlines are overdue longest."""
    return deadlines.Query(
        status=Status.OVERDUE,
        unit=None,
        rule=None,
        language_group=None,
        nationality_group=None,
        entry=None,
        worker=None,
        joined=None,
        within=NEAR,
        as_of=found.as_of,
        known_at=found.known_at,
        limit=_WORST,
        cursor=None,
    )


def _changes(found: Overview, stands: Stands, language: Language) -> Iterator[Change]:
    for rule in found.law.rules:
        stand, changed = of_rule(stands, rule.code), found.changes.get(rule.code)
        newest = {"status": "overdue", "rule": rule.code, "sort": "-due_on"}
        yield Change(
            duty=rule.title.to(language),
            newly_overdue=stand.newly_overdue,
            href=f"/worklist?{urlencode(newest)}",
            begun=stand.newly_received,
            arrived=changed.arrived if changed else 0,
            done=changed.done if changed else 0,
            done_late=changed.done_late if changed else 0,
        )


def _months(
    viewer: Viewer, found: Overview, month: Period, language: Language
) -> tuple[Month, ...]:
    """Return the figures of the month so far, and of the month before."""
    if not viewer.actor.may(Permission.READ_FIGURES):
        return ()
    query = ReportQuery(as_of=found.as_of, known_at=found.known_at)
    report = compliance.compliance(
        viewer.database, viewer.actor, query, month, compare=Compare.PREVIOUS
    )
    return tuple(
        _month(cell, found, language) for cell in report.cells if cell.is_total
    )


def _month(cell: Cell, found: Overview, language: Language) -> Month:
    now, now_of = _rate(cell.figures, language)
    earlier = cell.earlier
    before, before_of = _rate(earlier.figures, language) if earlier else ("", "")
    return Month(
        duty=found.law.rule(cell.rule).title.to(language),
        now=now,
        now_of=now_of,
        before=before,
        before_of=before_of,
    )


def _rate(figures: Figures, language: Language) -> tuple[str, str]:
    """Return the rate with its interval, and of how many it is."""
    due = numbers.count(figures.due, language)
    if figures.rate is None or figures.interval is None:
        return "", due
    low, high = figures.interval
    rate = numbers.share(figures.rate, language)
    return f"{rate} ({numbers.interval(low, high, language)})", due
