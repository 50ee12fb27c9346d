"""GET /v1/reports/thl: the figures that a county owes THL twice a year."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app import clock
from app.api.access import FigureReader
from app.api.compliance import period_out
from app.api.figures import figures_out
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Question
from app.clock import rfc3339
from app.domain.compliance import Basis
from app.domain.definitions import definition_of
from app.domain.law.description import describe
from app.domain.report_settings import describe_inclusion
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import ReportKind, require_fitting
from app.domain.texts import Language, Text
from app.domain.thl_texts import INCLUSION_UNCONFIRMED
from app.services import thl as service
from app.services.compliance import Report
from app.services.documents.thl import document
from app.services.thl import RuleFigures
from app.visits import database_of

router = APIRouter(tags=["reports"])


class ThlQuery(Question, Formatted):
    """What may be asked of THL's report."""

    window: str | None = Field(
        default=None,
        description="`thl:2026-04` or `thl:2026-10`; default: the one owed next",
        examples=["thl:2026-04"],
    )


@router.get("/v1/reports/thl", response_model=None, responses=ANSWERS)
def get_thl_report(
    request: Request, actor: FigureReader, query: Annotated[ThlQuery, Query()]
) -> dict[str, Any] | Response:
    """Report what THL asks of a county for a half-year, and when it is owed.

    Four figures: initiations of matters that became pending in the window, and
    assessments completed in it, in time and late. What is open stands beside them, and
    what fell due in the window. `comment_draft` is made of counts, to be edited.
    """
    window = None
    if query.window is not None:
        window = parse_period(query.window)
        require_fitting(ReportKind.THL, window)
    form = form_of(request, query)
    found = service.thl_report(
        database_of(request, actor),
        actor,
        window=window,
        as_of=query.as_of,
        known_at=query.known_at,
        today=clock.today(),
    )
    if form is not None:
        return file_answer(document(found, query.lang), form)
    due = found.due
    return {
        **thl_json(found.report),
        "owed": {
            "due_on": due.due_on.isoformat(),
            "weekday": due.weekday.to(query.lang),
            "send_by": due.send_by.isoformat(),
            "days_left": due.days_left,
        },
        "definitions": {
            basis.value: definition_of(basis, found.report.inclusion).to(query.lang)
            for basis in Basis
        },
        "comment_draft": in_every_language(found.comment),
    }


def thl_json(report: Report) -> dict[str, Any]:
    """Return what *report* tells THL; nothing in it depends on the day it is asked."""
    asked = report.asked
    inclusion = report.inclusion
    return {
        "window": period_out(report.period),
        "as_of": asked.as_of.isoformat(),
        "known_at": rfc3339(asked.known_at),
        "inclusion": {
            **describe_inclusion(inclusion),
            "note": (
                None
                if inclusion.confirmed
                else in_every_language(INCLUSION_UNCONFIRMED)
            ),
        },
        "minimum_n": asked.settings.minimum_n,
        "figures": [_rule_json(each) for each in service.figures_by_rule(report)],
        "findings": {
            "open": sum(report.findings.values()),
            "by_kind": report.findings,
        },
        "law": describe(asked.law),
    }


def in_every_language(text: Text) -> dict[str, str]:
    """Return *text* by language."""
    return {language.value: text.to(language) for language in Language}


def _rule_json(figures: RuleFigures) -> dict[str, Any]:
    in_time, late = figures.pair
    return {
        "rule": figures.rule,
        "in_time": in_time,
        "late": late,
        "check_sum": in_time + late,
        "counted": figures.counted,
        "units_add_up": figures.units_add_up,
        "thl": figures_out(figures.told),
        "due": figures_out(figures.fell_due),
    }
