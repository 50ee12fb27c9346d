"""/figures: how many deadlines were kept in a period, the report itself on a page."""

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Self

from fastapi import APIRouter, Query, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from app import clock
from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.cells import Cell, Span
from app.domain.compliance import Basis, Dimension
from app.domain.figures import Figures, Number
from app.domain.reporting_periods import Compare, Period, month_before, parse_period
from app.domain.texts import Language
from app.services import compliance
from app.services.compliance import Report, spanning
from app.services.documents.compliance import STANDS_BESIDE, document
from app.services.reports import Query as ReportQuery
from app.visits import database_of
from app.web.access import permitted
from app.web.documents import ShownCell, ShownDocument, ShownPart, ShownTable
from app.web.figures import frame
from app.web.figures.asking import Level
from app.web.figures.opening import Opener
from app.web.figures.periods import choices, neighbours
from app.web.figures.ways import seal_way
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, Day, Instant, PageQuestion
from app.web.rendering import told

router = APIRouter(include_in_schema=False)

_GROUPS = MappingProxyType(
    {
        Dimension.UNIT: N_("unit"),
        Dimension.LANGUAGE_GROUP: N_("mother tongue"),
        Dimension.NATIONALITY_GROUP: N_("citizenship"),
        Dimension.AGE_BAND: N_("age"),
        Dimension.ENTRY: N_("how it came in"),
        Dimension.OUTCOME: N_("outcome"),
        Dimension.SOURCE: N_("source"),
    }
)
_COMPARED = MappingProxyType(
    {
        "": N_("nothing"),
        Compare.PREVIOUS: N_("the period before"),
        Compare.YEAR_AGO: N_("the year before"),
    }
)
_BASES = MappingProxyType(
    {
        Basis.DUE: N_("what fell due"),
        Basis.THL: N_("as THL counts"),
    }
)
_OPENED = frozenset(
    {Number.DUE, Number.IN_TIME, Number.LATE, Number.OPEN_LATE, *STANDS_BESIDE}
)


class RatesQuestion(PageQuestion):
    """What may be asked of the figures; default: the last whole month, by unit."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None
    by: Dimension = Dimension.UNIT
    level: Level = None
    compare: Annotated[Compare | None, Chosen] = None
    basis: Basis = Basis.DUE
    as_of: Day = None
    known_at: Instant = None

    @model_validator(mode="after")
    def only_units_have_levels(self) -> Self:
        """Forget the level of units where a form goes over to another grouping."""
        if self.by is not Dimension.UNIT:
            self.level = None
        return self


@router.get("/figures")
def rates(
    request: Request,
    question: Annotated[RatesQuestion, Query()],
    actor: Annotated[Actor, permitted(Permission.READ_FIGURES)],
) -> Response:
    """Show the figures of a period."""
    language = language_of(request)
    today = clock.today()
    period = parse_period(question.period) if question.period else month_before(today)
    report = compliance.compliance(
        database_of(request, actor),
        actor,
        ReportQuery(
            by=(question.by,),
            level=question.level,
            bases=(question.basis,),
            as_of=question.as_of,
            known_at=question.known_at,
        ),
        period,
        compare=question.compare,
    )
    kept = question.model_dump(
        mode="json", exclude={"period", "lang"}, exclude_defaults=True
    )
    return frame.document_page(
        request,
        _opening(frame.internal(document(report, language)), report, actor, language),
        period=period.code,
        fields=_fields(question, report, actor, language),
        offered=frame.files(
            "/v1/reports/compliance", _asked(question, report, language)
        ),
        **frame.steps(request, neighbours(period, today, language), kept),
        defined=frame.defined(
            ("in_time", "late", "open_late", "rate", "interval", "days_over"), language
        ),
        ways=seal_way(actor, report, language),
        empty=N_("No deadline of your units fell due in this period."),
    )


def _fields(
    question: RatesQuestion, report: Report, actor: Actor, language: Language
) -> tuple[frame.Field, ...]:
    def labelled(texts: MappingProxyType[str, str]) -> dict[str, str]:
        return {code: told(text, language) for code, text in texts.items()}

    by_unit = question.by is Dimension.UNIT
    return (
        period_field(report.period, language),
        frame.field(
            "by", told(N_("Grouped by"), language), labelled(_GROUPS), question.by
        ),
        *(
            frame.level_field(report.asked, actor, question.level, language)
            if by_unit
            else ()
        ),
        frame.field(
            "compare",
            told(N_("Compared with"), language),
            labelled(_COMPARED),
            question.compare,
        ),
        frame.field(
            "basis", told(N_("Counting"), language), labelled(_BASES), question.basis
        ),
    )


def period_field(period: Period, language: Language) -> frame.Field:
    """Return the field that asks for a period."""
    return frame.Field(
        name="period",
        label=told(N_("Period"), language),
        groups=choices(clock.today(), period, language),
    )


def _asked(
    question: RatesQuestion, report: Report, language: Language
) -> dict[str, str]:
    """Return what gives the same figures as a file."""
    return {
        "period": report.period.code,
        "by": question.by.value,
        **({} if question.level is None else {"level": str(question.level)}),
        "basis": question.basis.value,
        **({"compare": question.compare.value} if question.compare else {}),
        "as_of": str(report.asked.as_of),
        "known_at": rfc3339(report.asked.known_at),
        "lang": language.value,
    }


def _opening(
    document: ShownDocument, report: Report, actor: Actor, language: Language
) -> ShownDocument:
    """Return *document*, of which each number leads to its cases, if one may see them.

    A share that is not shown is said to be of too few.
    """
    opener = Opener.of(report, actor, report.bases[0])
    totals = spanning(report.cells, Span.TOTAL)
    sections = tuple(
        (heading, tuple(_part(part, report, total, opener, language) for part in parts))
        for (heading, parts), total in zip(document.sections, totals, strict=True)
    )
    return replace(document, sections=sections)


def _part(
    part: ShownPart, report: Report, total: Cell, opener: Opener, language: Language
) -> ShownPart:
    if part.table is None:
        return part
    if "due" in part.table.codes:
        cells = [cell for cell in report.cells if cell.rule == total.rule]
        return replace(part, table=_rates(part.table, cells, opener, language))
    return replace(part, table=_beside(part.table, total, opener, language))


def _rates(
    table: ShownTable, cells: Sequence[Cell], opener: Opener, language: Language
) -> ShownTable:
    lines = [
        _line(line, table.codes, cell, opener, language)
        for line, cell in zip((*table.rows, *table.totals), cells, strict=True)
    ]
    body = len(table.rows)
    return replace(table, rows=tuple(lines[:body]), totals=tuple(lines[body:]))


def _beside(
    table: ShownTable, total: Cell, opener: Opener, language: Language
) -> ShownTable | None:
    """Return what stands beside the share, without what there is not."""
    rows = tuple(
        (name, _number(count, total, number, opener))
        for (name, count), number in zip(table.rows, STANDS_BESIDE, strict=True)
        if total.figures.numbers[number]
    )
    note = told(N_("What is not listed is zero."), language)
    return replace(table, rows=rows, note=note) if rows else None


def _line(
    line: Sequence[ShownCell],
    codes: Sequence[str],
    cell: Cell,
    opener: Opener,
    language: Language,
) -> tuple[ShownCell, ...]:
    return tuple(
        _value(value, code, cell, opener, language)
        for value, code in zip(line, codes, strict=True)
    )


def _value(
    value: ShownCell, code: str, cell: Cell, opener: Opener, language: Language
) -> ShownCell:
    if code in _OPENED:
        return _number(value, cell, Number(code), opener)
    earlier = cell.earlier.figures if cell.earlier else None
    if (code == "rate" and _is_too_few(cell.figures)) or (
        code == "rate_earlier" and earlier is not None and _is_too_few(earlier)
    ):
        return ShownCell(told(N_("too few"), language))
    return value


def _is_too_few(figures: Figures) -> bool:
    return figures.due > 0 and figures.rate is None


def _number(value: ShownCell, cell: Cell, number: Number, opener: Opener) -> ShownCell:
    if not cell.figures.numbers[number]:
        return value
    return ShownCell(value.text, opener.to(cell.place, number))
