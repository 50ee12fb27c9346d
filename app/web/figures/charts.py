"""/figures/…: charts, each on a page of its own, with its table and what it means."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.compliance import Basis, Dimension
from app.domain.deadlines import INITIATION
from app.domain.reporting_periods import Period, month_before, parse_period
from app.domain.texts import Language
from app.services import ageing, compliance, equity, flow, run_chart
from app.services.documents import clocks, days
from app.services.documents import compliance as compliance_document
from app.services.documents import equity as equity_document
from app.services.reports import Asked
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.access import permitted
from app.web.documents import shown
from app.web.figures import frame
from app.web.figures.periods import neighbours
from app.web.figures.rates import period_field
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, Code, PageQuestion
from app.web.rendering import told

router = APIRouter(include_in_schema=False)

Reader = Annotated[Actor, permitted(Permission.READ_FIGURES)]
_MONTHS = (12, 24, 36, 60)
_LONGEST = 120
_DIMENSIONS = {
    Dimension.LANGUAGE_GROUP: N_("mother tongue"),
    Dimension.NATIONALITY_GROUP: N_("citizenship"),
}


class ClockQuestion(PageQuestion):
    """What may be asked of open clocks."""

    unit: Code = None


class TrendQuestion(ClockQuestion):
    """What may be asked of a run chart."""

    rule: str = Field(default=INITIATION, max_length=200, pattern=r"^[^\x00]*$")
    months: int = Field(default=24, ge=1, le=_LONGEST)


class FlowQuestion(TrendQuestion):
    """What may be asked of what comes in and goes out."""

    months: int = Field(default=12, ge=1, le=_LONGEST)


class PeriodQuestion(PageQuestion):
    """What may be asked of a period; default: the last whole month."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None

    def asked(self) -> Period:
        """Return the period that is asked for."""
        return parse_period(self.period) if self.period else month_before(clock.today())


class GapsQuestion(PeriodQuestion):
    """What may be asked of the gaps between groups; default: the year so far."""

    by: Literal["language_group", "nationality_group"] = "language_group"
    rule: str = Field(default=INITIATION, max_length=200, pattern=r"^[^\x00]*$")
    unit: Code = None


@router.get("/figures/trend")
def trend(
    request: Request, question: Annotated[TrendQuestion, Query()], actor: Reader
) -> Response:
    """Show the share in time month by month, and what is more than chance."""
    language = language_of(request)
    report = run_chart.report(
        database_of(request, actor),
        actor,
        rule=question.rule,
        basis=Basis.DUE,
        unit=question.unit,
        months=question.months,
        as_of=None,
        known_at=None,
    )
    asked = {"rule": question.rule, "months": str(question.months)}
    return frame.document_page(
        request,
        shown(clocks.run_chart_document(report, language)),
        fields=(
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
            _months(question.months, language),
        ),
        offered=frame.files(
            "/v1/reports/run-chart",
            asked | _known(report.asked, question.unit, language),
        ),
    )


@router.get("/figures/days")
def days_taken(
    request: Request, question: Annotated[PeriodQuestion, Query()], actor: Reader
) -> Response:
    """Show after how many days the duties were done that fell due in a period."""
    language = language_of(request)
    period = question.asked()
    report = compliance.compliance(
        database_of(request, actor),
        actor,
        ReportQuery(),
        period,
        with_days_taken=True,
    )
    document = compliance_document.document(report, language)
    return frame.document_page(
        request,
        frame.internal(days.document(report, document, language)),
        period=period.code,
        fields=(period_field(period, language),),
        offered=frame.files(
            "/v1/reports/compliance",
            {"period": period.code, "include": "distribution"}
            | _known(report.asked, None, language),
        ),
        **frame.steps(request, neighbours(period, clock.today(), language), {}),
        defined=frame.defined(
            ("days_taken", "within_limit", "over_limit", "far_over_limit"), language
        ),
        empty=N_("Nothing that fell due in this period was done."),
    )


@router.get("/figures/gaps")
def gaps(
    request: Request, question: Annotated[GapsQuestion, Query()], actor: Reader
) -> Response:
    """Show how the groups differ, and whether that can be told."""
    language = language_of(request)
    period = (
        question.asked() if question.period else parse_period(str(clock.today().year))
    )
    report = equity.report(
        database_of(request, actor),
        actor,
        period=period,
        rule=question.rule,
        dimension=Dimension(question.by),
        basis=Basis.DUE,
        unit=question.unit,
        as_of=None,
        known_at=None,
    )
    kept = question.model_dump(
        mode="json", exclude={"period", "lang"}, exclude_defaults=True
    )
    asked = {
        "period": period.code,
        "rule": question.rule,
        "dimension": question.by,
    }
    return frame.document_page(
        request,
        shown(equity_document.document(report, language)),
        period=period.code,
        fields=(
            period_field(period, language),
            frame.field(
                "by",
                told(N_("Compared by"), language),
                {code: told(text, language) for code, text in _DIMENSIONS.items()},
                question.by,
            ),
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
        ),
        offered=frame.files(
            "/v1/reports/equity", asked | _known(report.asked, question.unit, language)
        ),
        **frame.steps(request, neighbours(period, clock.today(), language), kept),
        defined=frame.defined(("rate",), language),
    )


@router.get("/figures/waiting")
def waiting(
    request: Request, question: Annotated[ClockQuestion, Query()], actor: Reader
) -> Response:
    """Show how long the open clocks have run."""
    language = language_of(request)
    report = ageing.report(
        database_of(request, actor),
        actor,
        rule=None,
        unit=question.unit,
        as_of=None,
        known_at=None,
    )
    return frame.document_page(
        request,
        shown(clocks.ageing_document(report, language)),
        fields=(frame.unit_field(report.asked, actor, question.unit, language),),
        offered=frame.files(
            "/v1/reports/ageing", _known(report.asked, question.unit, language)
        ),
        ways=_ways(question.unit, actor, language),
        defined=frame.defined(("open_in_time", "open_late", "joined"), language),
    )


@router.get("/figures/flow")
def in_and_out(
    request: Request, question: Annotated[FlowQuestion, Query()], actor: Reader
) -> Response:
    """Show what came in and went out, and the backlog that it left."""
    language = language_of(request)
    report = flow.report(
        database_of(request, actor),
        actor,
        rule=question.rule,
        unit=question.unit,
        months=question.months,
        as_of=None,
        known_at=None,
    )
    return frame.document_page(
        request,
        shown(clocks.flow_document(report, language)),
        fields=(
            frame.rule_field(report.asked, question.rule, language),
            frame.unit_field(report.asked, actor, question.unit, language),
            _months(question.months, language),
        ),
        offered=frame.files(
            "/v1/reports/flow",
            {"rule": question.rule, "months": str(question.months)}
            | _known(report.asked, question.unit, language),
        ),
    )


def _months(chosen: int, language: Language) -> frame.Field:
    texts = {
        str(each): told(N_("%(count)s months"), language) % {"count": each}
        for each in sorted({*_MONTHS, chosen})
    }
    return frame.field("months", told(N_("How far back"), language), texts, str(chosen))


def _known(asked: Asked, unit: str | None, language: Language) -> dict[str, str]:
    """Return what gives the same figures as a file, whatever becomes known."""
    return {
        **({"unit": unit} if unit else {}),
        "as_of": str(asked.as_of),
        "known_at": rfc3339(asked.known_at),
        "lang": language.value,
    }


def _ways(
    unit: str | None, actor: Actor, language: Language
) -> tuple[tuple[str, str], ...]:
    """Return where the open ones themselves are, for who may see them."""
    if not actor.may(Permission.READ_CASES):
        return ()
    texts = {
        "open": N_("All that is open, in the worklist"),
        "overdue": N_("All that is overdue, in the worklist"),
    }
    where = {"unit": unit} if unit else {}
    return tuple(
        (told(text, language), f"/worklist?{urlencode({'status': status, **where})}")
        for status, text in texts.items()
    )
