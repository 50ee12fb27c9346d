"""/figures/cases: the deadlines behind a number, as many as it says."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.domain import labels, ranges
from app.domain.compliance import Basis, Dimension, counts_working_days
from app.domain.figures import Number
from app.domain.ranges import Range
from app.domain.reporting_periods import Period, month_before, parse_period
from app.domain.rules import DeadlineRule
from app.domain.texts import Language
from app.exports import numbers
from app.services import compliance as service
from app.services.compliance import Opened
from app.services.documents.vocabulary import Vocabulary
from app.services.opened import Cases, Page
from app.web.figures import listing
from app.web.figures.asking import Level
from app.web.figures.listing import PAGING, ListQuestion, listed
from app.web.figures.periods import period_name
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen
from app.web.rendering import told
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

# Here what is empty says something: those of whom nothing is known.
_Group = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None


class CasesQuestion(ListQuestion):
    """Which number is opened, by default what fell due in the last whole month.

    What was done after so many *days_taken* is opened as a whole, or by a column.
    """

    path = "/figures/cases"
    api = "/v1/reports/compliance/cases"

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None
    level: Level = None
    column: Number | None = None
    days_taken: Annotated[str, Field(pattern=ranges.FORM)] | None = None
    basis: Basis = Basis.DUE
    unit: _Group = None
    language_group: _Group = None
    nationality_group: _Group = None
    age_band: _Group = None
    entry: _Group = None
    outcome: _Group = None
    source: _Group = None

    @property
    def asked(self) -> Period:
        """The period that is asked for."""
        return parse_period(self.period) if self.period else month_before(clock.today())

    @property
    def opened(self) -> Opened:
        """What is opened; a group that is None is that of which nothing is known."""
        days = Range.written(self.days_taken) if self.days_taken else None
        return Opened(
            period=self.asked,
            rule=self.rule,
            number=self.column or (None if days else Number.DUE),
            days_taken=days,
            groups={
                dimension: group or None
                for dimension in Dimension
                if (group := getattr(self, dimension)) is not None
            },
        )


@router.get("/figures/cases")
def opened(
    request: Request,
    question: Annotated[CasesQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the deadlines that a number counts, the longest due first."""
    language = language_of(request)
    wanted = question.opened
    found = service.cases(
        viewer,
        service.Query(
            level=question.level,
            bases=(question.basis,),
            as_of=question.as_of,
            known_at=question.known_at,
        ),
        wanted,
        Page(cursor=PAGING.place(request, question), limit=listing.ROWS),
    )
    return listed(
        request,
        question,
        found,
        viewer.actor,
        number=_number(wanted, found.law.rule(wanted.rule), language),
        span=period_name(wanted.period, language),
        basis=labels.label("basis", question.basis, language),
        groups=_groups(wanted, found, language),
        back=(_report(question, wanted), N_("The figures of the period")),
        meant={"period": wanted.period.code},
    )


def _number(wanted: Opened, rule: DeadlineRule, language: Language) -> str:
    days = wanted.days_taken
    named = labels.heading(wanted.number.value, language) if wanted.number else ""
    if days is None:
        return named
    text = {
        (True, True): N_("Done after %(days)s working days"),
        (True, False): N_("Done after %(days)s working days or more"),
        (False, True): N_("Done after %(days)s days"),
        (False, False): N_("Done after %(days)s days or more"),
    }[counts_working_days(rule), days.last is not None]
    span = days.code.strip("-").replace("-", numbers.DASH)
    done = told(text, language) % {"days": span}
    return f"{done}, {named}" if named else done


def _report(question: CasesQuestion, wanted: Opened) -> str:
    """Return where the report is of which a number was opened."""
    if wanted.days_taken:
        return f"/figures/days?{urlencode({'period': wanted.period.code})}"
    by = next(iter(wanted.groups), Dimension.UNIT)
    asked = {
        "period": wanted.period.code,
        "by": by.value,
        "basis": question.basis.value,
        **({} if question.level is None else {"level": question.level}),
    }
    return f"/figures?{urlencode(asked)}"


def _groups(wanted: Opened, found: Cases, language: Language) -> tuple[str, ...]:
    words = Vocabulary(language=language, law=found.law, units=found.units)
    return tuple(
        f"{labels.heading(name, language)}: {words.coded(name, group).label}"
        for name, group in wanted.groups.items()
    )
