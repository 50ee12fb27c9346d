"""/cases/…/explanation: one due date and its grounds, to be read out and printed."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from app.domain.deadlines import Deadline
from app.domain.events import CaseKey
from app.exports import numbers
from app.services import cases as service
from app.services.cases import Case, CaseNotFoundError
from app.services.units import all_units
from app.web import elsewhere
from app.web.clocks import case_address, explanation_of, standing, why
from app.web.elsewhere import CaseQuestion
from app.web.explained import explained
from app.web.languages import language_of
from app.web.questions import Day
from app.web.rendering import page
from app.web.unit_tree import unit_name
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

_Name = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]+$")]


class ExplanationQuestion(CaseQuestion):
    """Of which clock: its *rule*, and the *notification* that started it, or any."""

    rule: _Name
    notification: _Name | None = None
    as_of: Day = None


@router.get("/cases/{source}/{case_ref:path}/explanation")
def explanation(
    source: Annotated[str, Path()],
    case_ref: Annotated[str, Path()],
    request: Request,
    question: Annotated[ExplanationQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show how a due date came about: the steps, the law, and both readings."""
    elsewhere.note_reason(request, viewer, question)
    language = language_of(request)
    case = service.case(
        viewer, CaseKey(source, case_ref), as_of=question.as_of, known_at=None
    )
    clock = _clock(case, question)
    known = all_units(viewer.database, known_at=case.known_at)
    units = {unit.code: unit for unit in known}
    closed_on = clock.closed_by(case.as_of)
    return page(
        request,
        "explanation.html",
        source=case.key.source,
        case_ref=case.key.case_ref,
        case_href=elsewhere.led_on(case_address(*case.key), viewer),
        unit=unit_name(clock.responsible_unit(case.as_of), units, language),
        clock=explained(
            explanation_of(clock, case), case.law, language, done_on=closed_on
        ),
        standing=standing(clock, case, language),
        why=why(clock, case.key.source, case, units, language),
        closed=numbers.day(closed_on, language) if closed_on else "",
        as_of=numbers.day(case.as_of, language),
        known_at=numbers.instant(case.known_at, language),
    )


def _clock(case: Case, question: ExplanationQuestion) -> Deadline:
    for clock in case.deadlines:
        if clock.rule == question.rule and question.notification in (
            None,
            clock.started_by,
        ):
            return clock
    raise CaseNotFoundError
