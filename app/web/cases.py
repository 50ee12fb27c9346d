"""/cases/…: what happened in a case, when it became known, and why its dates are so."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import Response

from app import clock
from app.db.units import Unit
from app.domain import labels
from app.domain.access import Permission
from app.domain.deadlines import Deadline
from app.domain.delay_codes import DutyRule
from app.domain.delays import ACTIONS, CAUSES, NOT_ACCEPTED
from app.domain.events import CaseKey
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import FindingKind
from app.domain.texts import Language
from app.exports import numbers
from app.services import cases as service
from app.services import delays
from app.services.cases import Case, CaseNotFoundError
from app.services.delays import KeyReusedError, NothingLateError
from app.services.sources import client_links
from app.services.units import all_units
from app.services.viewing import Viewer
from app.web import elsewhere
from app.web.clocks import (
    Standing,
    Why,
    case_address,
    explanation_address,
    explanation_of,
    standing,
    why,
)
from app.web.delay_form import REFUSED, DelayForm, Told, new_key
from app.web.elsewhere import CaseQuestion
from app.web.explained import Explained, explained
from app.web.forms import UNPROCESSABLE, done
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Day
from app.web.rendering import page
from app.web.timeline import told as told_events
from app.web.viewing import CaseViewer, viewing

router = APIRouter(include_in_schema=False)

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


class OneCaseQuestion(CaseQuestion):
    """As which day's the case is shown; default: the present.

    *done* is what has just been done.
    """

    as_of: Day = None
    done: Literal["told"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock of the case, with its explanation.

    *form* is that by which its delay is explained; None where there is nothing to
    explain, or not by who looks.
    """

    anchor: str
    href: str
    explained: Explained
    standing: Standing
    why: Why
    closed: str
    form: DelayForm | None


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
    question: Annotated[OneCaseQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show one case: its clocks, its timeline, and what is odd in it."""
    elsewhere.note_reason(request, viewer, question)
    try:
        return _shown(request, viewer, CaseKey(source, case_ref), question)
    except CaseNotFoundError:
        if not elsewhere.may_ask(viewer):
            raise
        return elsewhere.not_found(request, viewer)


@router.post("/cases/{source}/{case_ref:path}")
def explain_delay(
    source: Annotated[str, Path()],
    case_ref: Annotated[str, Path()],
    request: Request,
    told: Annotated[Told, Form()],
    viewer: Annotated[Viewer, viewing(Permission.EXPLAIN_DELAYS)],
) -> Response:
    """Record why a deadline is late and what is done, and show the case again."""
    key = CaseKey(source, case_ref)
    form = told.form
    said = form.said
    if said is None:
        return _shown(request, viewer, key, OneCaseQuestion(), form)
    try:
        delays.explain(viewer, key, said, idempotency_key=form.key, now=clock.now())
    except (NothingLateError, KeyReusedError) as error:
        return _shown(
            request, viewer, key, OneCaseQuestion(), form.refused(REFUSED[type(error)])
        )
    return done(case_address(source, case_ref), "told")


def _shown(
    request: Request,
    viewer: Viewer,
    key: CaseKey,
    question: OneCaseQuestion,
    form: DelayForm | None = None,
) -> Response:
    """Return the page of a case, with a *form* that is to be filled in better."""
    language = language_of(request)
    case = service.case(viewer, key, as_of=question.as_of, known_at=None)
    known = all_units(viewer.database, known_at=case.known_at)
    units = {unit.code: unit for unit in known}
    links = client_links(viewer.database)
    # What is late now is explained, not what was late on some other day, and by the
    # unit whose work it is.
    explains = (
        question.as_of is None
        and not viewer.is_elsewhere
        and viewer.actor.may(Permission.EXPLAIN_DELAYS)
    )
    return page(
        request,
        "case.html",
        status=200 if form is None else UNPROCESSABLE,
        source=case.key.source,
        case_ref=case.key.case_ref,
        address=case_address(*case.key),
        client_href=links.to(*case.key) or "",
        done=question.done,
        is_elsewhere=viewer.is_elsewhere,
        flaw=form.flaws.get("", "") if form else "",
        state=_STATES[case.state.name],
        as_of=numbers.day(case.as_of, language),
        known_at=numbers.instant(case.known_at, language),
        clocks=tuple(
            _clock(
                each,
                n,
                case,
                units,
                language,
                href=elsewhere.led_on(explanation_address(case.key, each), viewer),
                form=_form(each, case, form) if explains else None,
            )
            for n, each in enumerate(_pressing_first(case), start=1)
        ),
        causes=[(code.value, text.to(language)) for code, text in CAUSES.items()],
        actions=[(code.value, text.to(language)) for code, text in ACTIONS.items()],
        not_accepted=tuple(text.to(language) for text in NOT_ACCEPTED.values()),
        timeline=tuple(told_events(case.timeline, units, language)),
        findings=tuple(
            _odd(each.code.value, each.event_id, language) for each in case.findings
        ),
        chain=_chain(case, language, viewer),
        chain_days=case.chain.total_days if case.chain else 0,
    )


def _odd(code: str, event_id: str, language: Language) -> Odd:
    described = CATALOGUE[FindingKind(code)]
    return Odd(
        explanation=described.explanation.to(language),
        remedy=described.remedy.to(language),
        event_id=event_id,
    )


def _pressing_first(case: Case) -> list[Deadline]:
    """Return the clocks: open ones first, then by their due dates."""
    return sorted(
        case.deadlines,
        key=lambda clock: (clock.closed_by(case.as_of) is not None, clock.due_on),
    )


def _form(clock: Deadline, case: Case, filled: DelayForm | None) -> DelayForm | None:
    """Return the form of *clock*: the one that was filled in, or else a new one."""
    if clock.rule not in list(DutyRule) or not clock.is_late(case.as_of):
        return None
    if filled is not None and filled.is_of(clock):
        return filled
    return DelayForm(rule=clock.rule, explains=clock.started_by, key=new_key())


def _clock(
    clock: Deadline,
    number: int,
    case: Case,
    units: Mapping[str, Unit],
    language: Language,
    *,
    href: str,
    form: DelayForm | None,
) -> Clock:
    closed_on = clock.closed_by(case.as_of)
    return Clock(
        anchor=f"clock-{number}",
        href=href,
        explained=explained(
            explanation_of(clock, case), case.law, language, done_on=closed_on
        ),
        standing=standing(clock, case, language),
        why=why(clock, case.key.source, case, units, language),
        closed=numbers.day(closed_on, language) if closed_on else "",
        form=form,
    )


def _chain(case: Case, language: Language, viewer: Viewer) -> tuple[Run, ...]:
    if case.chain is None:
        return ()
    return tuple(
        Run(
            href=elsewhere.led_on(case_address(case.key.source, run.case_ref), viewer),
            case_ref=run.case_ref,
            started=numbers.day(run.started_on, language),
            ended=numbers.day(run.ended_on, language) if run.ended_on else "",
            end=labels.label("outcome", run.end, language) if run.end else "",
        )
        for run in case.chain.runs
    )
