"""GET /v1/reports/equity: whether deadlines are kept alike for every group."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from app.api.access import FigureReader
from app.api.answers import JsonAnswer
from app.api.formats import ANSWERS, Formatted, file_answer, form_of
from app.api.parameters import Code, Filter, Question
from app.api.reports import head
from app.domain.compliance import Basis, Dimension
from app.domain.equity import Difference, Gap, Gaps, Reason, Share
from app.domain.equity_texts import DEFINITION, WHY_NOT, group_name
from app.domain.figures import DECIMALS, wilson_interval
from app.domain.reporting_periods import FORMS, parse_period
from app.domain.texts import Language
from app.services import equity as service
from app.services.documents.equity import document
from app.services.documents.gap_sentences import sentences
from app.services.plain_reports import period_out
from app.visits import database_of

router = APIRouter(tags=["reports"])


class Compared(StrEnum):
    """By what the groups that are compared are told apart."""

    LANGUAGE_GROUP = Dimension.LANGUAGE_GROUP.value
    NATIONALITY_GROUP = Dimension.NATIONALITY_GROUP.value


class EquityQuery(Question, Formatted):
    """What may be asked of the comparison."""

    period: str = Field(description=FORMS, examples=["2026-H1"])
    rule: Code = Field(examples=["initiation"])
    dimension: Compared = Compared.LANGUAGE_GROUP
    basis: Basis = Basis.DUE
    unit: Filter | None = Field(default=None, description="With what is below it")


@router.get("/v1/reports/equity", responses=ANSWERS)
def get_equity(
    request: Request, actor: FigureReader, query: Annotated[EquityQuery, Query()]
) -> Response:
    """Compare the rate of each group with Finnish-speakers or Finnish citizens.

    `difference` is as it is, `standardised` among children of the same unit and age
    band. Where a group is not compared, `why_not` has the reason. `sentence` says which
    groups' rate is distinguishably lower, or that the data cannot tell.
    """
    form = form_of(request, query)
    report = service.report(
        database_of(request, actor),
        actor,
        period=parse_period(query.period),
        rule=query.rule,
        dimension=Dimension(query.dimension),
        basis=query.basis,
        unit=query.unit,
        as_of=query.as_of,
        known_at=query.known_at,
    )
    if form is not None:
        return file_answer(document(report, query.lang), form)
    found = report.found
    return JsonAnswer(
        {
            **head(report.asked, DEFINITION, query.lang),
            "period": period_out(report.period),
            "rule": report.rule,
            "basis": report.basis,
            "dimension": found.dimension,
            "minimum_n": found.minimum_n,
            "reference": _group(
                found, found.reference, found.reference_share, query.lang
            ),
            "groups": [_gap(found, gap, query.lang) for gap in found.gaps],
            "sentence": sentences(found).to(query.lang),
        }
    )


def _group(found: Gaps, group: str, share: Share, language: Language) -> dict[str, Any]:
    is_shown = share.due >= max(found.minimum_n, 1)
    return {
        "group": group,
        "name": group_name(found.dimension, group).to(language),
        "due": share.due,
        "rate": round(share.in_time / share.due, DECIMALS) if is_shown else None,
        "interval": wilson_interval(*share) if is_shown else None,
    }


def _gap(found: Gaps, gap: Gap, language: Language) -> dict[str, Any]:
    return {
        **_group(found, gap.group, gap.share, language),
        "difference": _compared(gap.crude, language),
        "standardised": {
            "compared_due": gap.compared,
            **_compared(gap.standardised, language),
        },
    }


def _compared(result: Difference | Reason, language: Language) -> dict[str, Any]:
    if isinstance(result, Reason):
        why_not = {"code": result.value, "text": WHY_NOT[result].to(language)}
        return {"points": None, "interval": None, "standing": None, "why_not": why_not}
    return {
        "points": result.points,
        "interval": result.interval,
        "standing": result.standing,
        "why_not": None,
    }
