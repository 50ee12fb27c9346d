"""/figures/thl: the four figures that a county owes THL, and when it owes them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from app import clock
from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.cells import Place, Span
from app.domain.compliance import Basis
from app.domain.figures import Number
from app.domain.reporting_periods import Compare, Period, parse_period, period_before
from app.domain.sealed_reports import ReportKind, require_fitting
from app.domain.texts import Language
from app.domain.thl import DueDate, window_owed_next
from app.exports import numbers
from app.exports.document import Column, Kind, Table
from app.services import sealed_reports
from app.services import thl as service
from app.services.compliance import compliance
from app.services.documents.thl import FOUR, document
from app.services.thl import RuleFigures, ThlFigures
from app.visits import database_of
from app.web.access import permitted
from app.web.documents import (
    ShownDocument,
    ShownPart,
    ShownTable,
    shown,
    shown_table,
)
from app.web.figures import frame
from app.web.figures.opening import Opener, opening, with_tables
from app.web.figures.periods import neighbours, period_name, windows
from app.web.figures.ways import seal_way
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, PageQuestion
from app.web.rendering import told

router = APIRouter(include_in_schema=False)

_SEALED_SHOWN = 5
_COMPARED = {"": N_("nothing"), Compare.YEAR_AGO: N_("the year before")}


class ThlQuestion(PageQuestion):
    """Which half-year is asked for; default: the one that is owed next."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None
    compare: Annotated[Literal[Compare.YEAR_AGO] | None, Chosen] = None

    @property
    def window(self) -> Period | None:
        """The half-year that is asked for.

        Raises:
            InvalidPeriodError: it is none of THL's.
        """
        if self.period is None:
            return None
        window = parse_period(self.period)
        require_fitting(ReportKind.THL, window)
        return window


@router.get("/figures/thl")
def thl(
    request: Request,
    question: Annotated[ThlQuestion, Query()],
    actor: Annotated[Actor, permitted(Permission.READ_FIGURES)],
) -> Response:
    """Show the figures of a half-year; what to say to them stands where one seals."""
    language = language_of(request)
    today = clock.today()
    database = database_of(request, actor)
    window = question.window or window_owed_next(today)
    found = service.thl_figures(
        database, actor, window=window, as_of=None, known_at=None, today=today
    )
    shown_document = _opening(shown(document(found, language)), found, actor)
    if question.compare:
        earlier = period_before(window, question.compare)
        asked = found.report.asked
        query = service.query_of_four_figures(
            as_of=asked.as_of, known_at=asked.known_at
        )
        before = service.figures_by_rule(compliance(database, actor, query, earlier))
        part = _compared(found, before, earlier, language)
        (heading, parts), *rest = shown_document.sections
        shown_document = replace(
            shown_document, sections=((heading, (*parts, part)), *rest)
        )
    sealed = sealed_reports.listed(
        database,
        actor,
        kind=ReportKind.THL,
        period=window.code,
        before=None,
        limit=_SEALED_SHOWN,
    )
    return frame.document_page(
        request,
        shown_document,
        period=window.code,
        fields=_fields(question, window, language),
        offered=frame.files("/v1/reports/thl", _asked(found, language)),
        **frame.steps(
            request,
            neighbours(window, today, language),
            {"compare": question.compare.value} if question.compare else {},
        ),
        ways=(
            *seal_way(actor, found.report, language),
            *(
                (
                    told(N_("Sealed report %(number)s"), language)
                    % {"number": each.number},
                    f"/figures/sealed/{each.number}",
                )
                for each in sealed
            ),
        ),
        lead=_owed(found.due, language),
        defined=frame.defined(("in_time", "late", "open_late", "rate"), language),
    )


def _owed(due: DueDate, language: Language) -> str:
    """Return until when the figures are to be sent, or since when they should be."""
    text = (
        N_("Owed to THL on %(day)s: send by %(send_by)s, %(days)s days from now.")
        if due.days_left >= 0
        else N_("Was owed to THL on %(day)s.")
    )
    return told(text, language) % {
        "day": numbers.day(due.due_on, language),
        "send_by": numbers.day(due.send_by, language),
        "days": (due.send_by - due.due_on).days + due.days_left,
    }


def _fields(
    question: ThlQuestion, window: Period, language: Language
) -> tuple[frame.Field, ...]:
    offered = windows(clock.today())
    if window.code not in {each.code for each in offered}:
        offered.insert(0, window)
    return (
        frame.field(
            "period",
            told(N_("Half-year"), language),
            {each.code: period_name(each, language) for each in offered},
            window.code,
        ),
        frame.field(
            "compare",
            told(N_("Compared with"), language),
            {code: told(text, language) for code, text in _COMPARED.items()},
            question.compare,
        ),
    )


def _asked(found: ThlFigures, language: Language) -> Mapping[str, str]:
    return {
        "window": found.report.period.code,
        "as_of": str(found.report.asked.as_of),
        "known_at": rfc3339(found.report.asked.known_at),
        "lang": language.value,
    }


def _opening(document: ShownDocument, found: ThlFigures, actor: Actor) -> ShownDocument:
    """Return *document*, of which each number leads to its cases, for who may see."""
    openers = {basis: Opener.of(found.report, actor, basis) for basis in Basis}
    four, fell_due, *rest = document.sections
    return replace(
        document,
        sections=(
            with_tables(four, lambda table: _opened(table, found, openers[Basis.THL])),
            with_tables(
                fell_due, lambda table: _opened(table, found, openers[Basis.DUE])
            ),
            *rest,
        ),
    )


def _opened(table: ShownTable, found: ThlFigures, opener: Opener) -> ShownTable:
    nothing = (None,) * len(found.report.asked.layout.by)
    places = (Place(Span.TOTAL, each.rule, nothing) for each in found.rules)
    return opening(
        table,
        (
            {number.value: opener.to(place, number) for number in Number}
            for place in places
        ),
    )


def _compared(
    found: ThlFigures,
    before: tuple[RuleFigures, ...],
    earlier: Period,
    language: Language,
) -> ShownPart:
    """Return the four figures beside those of the same half-year a year before."""
    titles = {rule.code: rule.title for rule in found.report.asked.law.rules}
    columns = tuple(
        Column(code=code, heading=told(text, language), kind=kind)
        for code, text, kind in _COLUMNS
    )
    table = Table(
        title=f"{FOUR.to(language)}, {period_name(earlier, language)}",
        columns=columns,
        rows=tuple(
            (
                titles[now.rule].to(language),
                *(then.pair.in_time, then.pair.late, then.told.rate, now.told.rate),
                _change(now, then),
            )
            for now, then in zip(found.rules, before, strict=True)
        ),
    )
    return ShownPart(table=shown_table(table, language))


_COLUMNS = (
    ("rule", N_("Duty"), Kind.TEXT),
    ("in_time_earlier", N_("In time, the year before"), Kind.COUNT),
    ("late_earlier", N_("Late, the year before"), Kind.COUNT),
    ("rate_earlier", N_("Share, the year before"), Kind.SHARE),
    ("rate_now", N_("Share now"), Kind.SHARE),
    ("change", N_("Change, percentage points"), Kind.NUMBER),
)


def _change(now: RuleFigures, then: RuleFigures) -> float | None:
    if now.told.rate is None or then.told.rate is None:
        return None
    return 100 * (now.told.rate - then.told.rate)
