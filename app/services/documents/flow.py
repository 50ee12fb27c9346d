"""Flow and backlog as a document: lines and a table for each rule."""

from app.domain import flow
from app.domain.reporting_periods import in_numbers
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Lines, Series, Unit
from app.exports.charts.twins import plot
from app.exports.document import (
    Column,
    Document,
    Kind,
    Plot,
    Section,
    Table,
)
from app.services.documents import clocks
from app.services.documents.vocabulary import words_of
from app.services.flow import FlowReport, RuleFlow

_FLOW = Text(
    fi="Vireille tulleet, päätetyt ja avoinna olevat",
    sv="Inledda, avgjorda och öppna",
    en="Flow and backlog",
)
# What the chart and table of the flow show of a month, in their order.
MOVED = {
    flow.Number.PENDING: Text(fi="vireille", sv="inledda", en="pending"),
    flow.Number.DONE: Text(fi="täytetty", sv="uppfyllda", en="done"),
    flow.Number.ENDED: Text(
        fi="muuten päättynyt", sv="annars avslutade", en="ended otherwise"
    ),
    flow.Number.BACKLOG: Text(fi="avoinna lopussa", sv="öppna i slutet", en="backlog"),
}


def document(report: FlowReport, language: Language) -> Document:
    """Return what came in and went out as a document."""
    words = words_of(report.asked, language)
    sections = tuple(
        Section(
            heading=words.coded("rule", each.rule).label,
            parts=(_lines(each, language),),
        )
        for each in report.rules
    )
    columns = (
        words.column("rule"),
        words.column("unit"),
        words.column("month"),
        *(
            Column(code=code, heading=name.to(language), kind=Kind.COUNT)
            for code, name in MOVED.items()
        ),
    )
    rows = tuple(
        (
            words.coded("rule", each.rule),
            words.coded("unit", unit),
            month.period.code,
            *_moved(month),
        )
        for each in report.rules
        for unit, months in each.by_unit.items()
        for month in months
    )
    return clocks.document(
        report.asked,
        words,
        name=f"flow-{report.asked.as_of}",
        title=_FLOW,
        data=Table(title=_FLOW.to(language), columns=columns, rows=rows),
        sections=sections,
        definition=flow.DEFINITION,
    )


def _lines(of: RuleFlow, language: Language) -> Plot:
    moved = [_moved(month) for month in of.total]
    series = tuple(
        Series(name=name.to(language), values=tuple(float(each[n]) for each in moved))
        for n, name in enumerate(MOVED.values())
    )
    last = dict(zip((each.name for each in series), moved[-1], strict=True))
    chart = Lines(
        code=f"flow-{of.rule}",
        title=_FLOW.to(language),
        description=", ".join(
            f"{name} {numbers.count(value, language)}" for name, value in last.items()
        ),
        unit=Unit.COUNT,
        labels=tuple(in_numbers(month.period.code) for month in of.total),
        series=series,
    )
    return plot(chart, language)


def _moved(month: flow.Month) -> tuple[int, int, int, int]:
    moved = month.movement
    return moved.pending, moved.done, moved.ended, month.backlog
