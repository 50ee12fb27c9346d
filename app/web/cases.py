"""/cases/…: what happened in a case, when it became known, and why its dates are so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Annotated, assert_never

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from app.db.units import Unit
from app.domain import labels
from app.domain.deadlines import Deadline, Verdict
from app.domain.delays import CAUSES
from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseKey,
    CaseTransferred,
    DataErased,
    DelayExplained,
    EventCorrected,
    EventData,
    EventKey,
    EventRetracted,
    InitiationDecided,
    Kind,
    NotificationReceived,
)
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import FindingKind
from app.domain.texts import Language
from app.exports import numbers
from app.services import cases as service
from app.services.cases import Case
from app.services.units import all_units
from app.web.clocks import Standing, Why, case_address, standing, why
from app.web.explained import Explained, explained
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Day, PageQuestion
from app.web.rendering import page
from app.web.unit_tree import unit_name
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

_KINDS = MappingProxyType(
    {
        Kind.NOTIFICATION: N_("Notification received"),
        Kind.TRANSFER: N_("Transferred"),
        Kind.INITIATION: N_("Initiation decided"),
        Kind.ASSESSMENT: N_("Assessment finalised"),
        Kind.CLOSURE: N_("Case closed"),
        Kind.DELAY_EXPLAINED: N_("Delay explained"),
        Kind.CORRECTION: N_("Entry corrected"),
        Kind.RETRACTION: N_("Entry retracted"),
        Kind.ERASED: N_("Data destroyed"),
    }
)
_STATES = MappingProxyType(
    {
        "incomplete": N_("its notification has not arrived"),
        "pending": N_("waits for the decision"),
        "under_assessment": N_("under assessment"),
        "assessment_completed": N_("assessment completed"),
        "no_assessment": N_("ended without an assessment"),
        "ended": N_("ended"),
    }
)
_AMENDED_BECAUSE = MappingProxyType(
    {
        "wrong_entry": N_("wrong entry"),
        "wrong_child": N_("wrong child"),
        "wrong_unit": N_("wrong unit"),
        "wrong_date": N_("wrong date"),
        "late_information": N_("late information"),
        "other": N_("another reason"),
    }
)


class CaseQuestion(PageQuestion):
    """As which day's the case is shown; default: the present."""

    as_of: Day = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An event; of an amendment *reason* is a text to translate, *before* what was."""

    on: str
    known: str
    kind: str
    what: str
    reason: str
    before: str
    source: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock of the case, with its explanation."""

    anchor: str
    explained: Explained
    standing: Standing
    why: Why
    closed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A finding in the case: what it means, and what to do."""

    explanation: str
    remedy: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run of the chain that the case is in; *ended* is empty while it goes on."""

    href: str
    case_ref: str
    started: str
    ended: str
    end: str


@router.get("/cases/{source}/{case_ref:path}")
def show_case(
    source: Annotated[str, Path()],
    case_ref: Annotated[str, Path()],
    request: Request,
    question: Annotated[CaseQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show one case: its clocks, its timeline, and what is odd in it."""
    language = language_of(request)
    case = service.case(
        viewer, CaseKey(source, case_ref), as_of=question.as_of, known_at=None
    )
    known = all_units(viewer.database, known_at=case.known_at)
    units = {unit.code: unit for unit in known}
    return page(
        request,
        "case.html",
        source=case.key.source,
        case_ref=case.key.case_ref,
        state=_STATES[case.state.name],
        as_of=numbers.day(case.as_of, language),
        known_at=numbers.instant(case.known_at, language),
        clocks=tuple(
            _clock(clock, n, case, units, language)
            for n, clock in enumerate(_pressing_first(case), start=1)
        ),
        timeline=_timeline(case, units, language),
        findings=tuple(
            Odd(
                explanation=CATALOGUE[FindingKind(each.code)].explanation.to(language),
                remedy=CATALOGUE[FindingKind(each.code)].remedy.to(language),
                event_id=each.event_id,
            )
            for each in case.findings
        ),
        chain=_chain(case, language),
        chain_days=case.chain.total_days if case.chain else 0,
    )


def _pressing_first(case: Case) -> list[Deadline]:
    """Return the clocks: open ones first, then by their due dates."""
    return sorted(
        case.deadlines,
        key=lambda clock: (clock.closed_by(case.as_of) is not None, clock.due_on),
    )


def _clock(
    clock: Deadline,
    number: int,
    case: Case,
    units: Mapping[str, Unit],
    language: Language,
) -> Clock:
    closed_on = clock.closed_by(case.as_of)
    asked = {"done_on": closed_on, "as_of": case.as_of}
    if clock.verdict(case.as_of) is Verdict.VOID:
        asked = {}
    explanation = case.law.explain(clock.rule, clock.started_on, **asked)
    return Clock(
        anchor=f"clock-{number}",
        explained=explained(explanation, case.law, language, done_on=closed_on),
        standing=standing(clock, case, language),
        why=why(clock, case.key.source, case, units, language),
        closed=numbers.day(closed_on, language) if closed_on else "",
    )


def _timeline(
    case: Case, units: Mapping[str, Unit], language: Language
) -> tuple[Happened, ...]:
    told = {event.key: event for event in case.timeline}
    return tuple(_happened(event, told, units, language) for event in case.timeline)


def _happened(
    event: CaseEvent,
    told: Mapping[EventKey, CaseEvent],
    units: Mapping[str, Unit],
    language: Language,
) -> Happened:
    data, reason, before = event.data, "", ""
    what = _what(data, units, language)
    if isinstance(data, EventCorrected | EventRetracted):
        reason = _AMENDED_BECAUSE[data.reason]
        target = told.get(EventKey(event.source, data.target))
        if target is not None:
            before = _line(target.occurred_on, target.data, units, language)
    if isinstance(data, EventCorrected):
        what = _line(data.occurred_on, data.data, units, language)
    return Happened(
        on=numbers.day(event.occurred_on, language),
        known=numbers.instant(event.recorded_at, language) if event.recorded_at else "",
        kind=_KINDS[data.kind],
        what=what,
        reason=reason,
        before=before,
        source=event.source,
        event_id=event.event_id,
    )


def _line(
    day: date, data: EventData, units: Mapping[str, Unit], language: Language
) -> str:
    return f"{numbers.day(day, language)}, {_what(data, units, language)}"


def _what(data: EventData, units: Mapping[str, Unit], language: Language) -> str:
    """Return what *data* says; nothing of what speaks of other events."""
    match data:
        case NotificationReceived(entry=entry, unit=unit):
            named = labels.label("entry", entry, language)
            return f"{named}, {unit_name(unit, units, language)}" if unit else named
        case CaseTransferred(unit=unit):
            return unit_name(unit, units, language)
        case InitiationDecided(outcome=outcome) | AssessmentFinalised(outcome=outcome):
            return labels.label("outcome", outcome, language)
        case CaseClosed(reason=why_closed):
            return labels.label("closure", why_closed, language)
        case DelayExplained(cause=cause):
            return CAUSES[cause].to(language)
        case EventCorrected() | EventRetracted() | DataErased():
            return ""
        case _:
            assert_never(data)


def _chain(case: Case, language: Language) -> tuple[Run, ...]:
    if case.chain is None:
        return ()
    return tuple(
        Run(
            href=case_address(case.key.source, run.case_ref),
            case_ref=run.case_ref,
            started=numbers.day(run.started_on, language),
            ended=numbers.day(run.ended_on, language) if run.ended_on else "",
            end=labels.label("outcome", run.end, language) if run.end else "",
        )
        for run in case.chain.runs
    )
