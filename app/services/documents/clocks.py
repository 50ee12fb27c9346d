"""Ageing, flow and run chart as documents: a chart and its table for each rule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain import ageing, flow, run_chart_texts
from app.domain.reporting_periods import in_numbers
from app.domain.run_chart import Signal
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Bin, Bins, Limit, Lines, Point, Run, Series, Unit
from app.exports.charts.twins import plot
from app.exports.document import (
    Column,
    Definition,
    Document,
    Kind,
    Paragraph,
    Plot,
    Section,
    Table,
)
from app.services.ageing import Aged, AgeingReport, RuleAgeing
from app.services.documents import audience
from app.services.documents.vocabulary import Vocabulary
from app.services.flow import FlowReport, RuleFlow
from app.services.reports import Asked
from app.services.run_chart import RunChartReport

_AGEING = Text(
    fi="Avoimien määräaikojen ikä", sv="De öppna tidsfristernas ålder", en="Ageing"
)
_FLOW = Text(
    fi="Vireille tulleet, päätetyt ja avoinna olevat",
    sv="Inledda, avgjorda och öppna",
    en="Flow and backlog",
)
_RUN = Text(
    fi="Ajoissa kuukausittain", sv="I tid månad för månad", en="In time, by month"
)
_OPEN = Text(
    fi="Avoinna {all}, joista myöhässä {late}.",
    sv="{all} öppna, av vilka {late} är försenade.",
    en="{all} open, of which {late} late.",
)
_LIMIT = Text(fi="määräaika", sv="tidsfrist", en="limit")
_AGE = Text(fi="Aika vireilletulosta", sv="Tid sedan inledandet", en="Time running")
_MEASURES = {
    "working_days": Text(
        fi="arkipäivää vireilletulosta",
        sv="vardagar sedan inledandet",
        en="working days since pendency",
    ),
    "months": Text(
        fi="monesko kuukausi vireilletulosta",
        sv="månad sedan inledandet",
        en="month since pendency",
    ),
}
# What the chart and table of the flow show of a month, in their order.
MOVED = {
    flow.Number.PENDING: Text(fi="vireille", sv="inledda", en="pending"),
    flow.Number.DONE: Text(fi="täytetty", sv="uppfyllda", en="done"),
    flow.Number.ENDED: Text(
        fi="muuten päättynyt", sv="annars avslutade", en="ended otherwise"
    ),
    flow.Number.BACKLOG: Text(fi="avoinna lopussa", sv="öppna i slutet", en="backlog"),
}
# And what those of the ageing show of a bin.
OPEN = (ageing.Number.OPEN_IN_TIME, ageing.Number.OPEN_LATE, ageing.Number.JOINED)
_CENTRE = Text(fi="keskiviiva {rate}", sv="centrallinje {rate}", en="centre {rate}")
_NO_BASELINE = Text(
    fi="Perustasoa ei ole: kuukausia on liian vähän.",
    sv="Det finns ingen basnivå: månaderna är för få.",
    en="There is no baseline: the months are too few.",
)
_NO_SIGNAL = Text(
    fi="Mikään kuukausi ei poikkea muista enempää kuin sattuma.",
    sv="Ingen månad avviker mer än slumpen.",
    en="No month stands out by more than chance.",
)


def ageing_document(report: AgeingReport, language: Language) -> Document:
    """Return how long open clocks have run as a document."""
    words = _words(report.asked, language)
    sections = tuple(
        Section(
            heading=words.coded("rule", each.rule).label,
            parts=(
                Paragraph(_told_of_open(each.total, language)),
                _bins(each, words),
            ),
        )
        for each in report.rules
    )
    columns = (
        words.column("rule"),
        words.column("unit"),
        Column(code="bin", heading=_AGE.to(language)),
        *(words.column(code, Kind.COUNT) for code in OPEN),
    )
    rows = tuple(
        (
            words.coded("rule", each.rule),
            words.coded("unit", unit),
            bin_.code,
            *(aged.open_in_time, aged.open_late, aged.joined),
        )
        for each in report.rules
        for unit, ages in each.by_unit.items()
        for bin_, aged in zip(each.bins, ages, strict=True)
    )
    return _document(
        report.asked,
        words,
        name=f"ageing-{report.asked.as_of}",
        title=_AGEING,
        data=Table(title=_AGEING.to(language), columns=columns, rows=rows),
        sections=sections,
        definition=ageing.DEFINITION,
    )


def flow_document(report: FlowReport, language: Language) -> Document:
    """Return what came in and went out as a document."""
    words = _words(report.asked, language)
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
    return _document(
        report.asked,
        words,
        name=f"flow-{report.asked.as_of}",
        title=_FLOW,
        data=Table(title=_FLOW.to(language), columns=columns, rows=rows),
        sections=sections,
        definition=flow.DEFINITION,
    )


def run_chart_document(report: RunChartReport, language: Language) -> Document:
    """Return a run chart as a document."""
    words = _words(report.asked, language)
    rule = words.coded("rule", report.rule)
    signals = report.chart.signals()
    told = [run_chart_texts.told(each).to(language) for each in signals]
    drawn = _run(report, signals, words)
    table = drawn.twin
    return _document(
        report.asked,
        words,
        name=f"run-chart-{report.rule}-{report.asked.as_of}",
        title=_RUN,
        data=replace(table, title=_RUN.to(language)),
        sections=(
            Section(
                heading=rule.label,
                parts=(
                    Paragraph(_told_of_baseline(report, language)),
                    *map(Paragraph, told or [_NO_SIGNAL.to(language)]),
                    drawn,
                ),
            ),
        ),
        definition=run_chart_texts.DEFINITION,
    )


def _words(asked: Asked, language: Language) -> Vocabulary:
    return Vocabulary(language=language, law=asked.law, units=asked.units)


def _document(
    asked: Asked,
    words: Vocabulary,
    *,
    name: str,
    title: Text,
    data: Table,
    sections: tuple[Section, ...],
    definition: Text,
) -> Document:
    language = words.language
    return Document(
        name=name,
        title=title.to(language),
        subtitle=numbers.day(asked.as_of, language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=asked.known_at,
        facts=words.facts(asked.as_of, asked.known_at),
        data=data,
        sections=sections,
        definitions=(
            Definition(term=title.to(language), text=definition.to(language)),
        ),
    )


def _told_of_open(ages: Iterable[Aged], language: Language) -> str:
    ages = tuple(ages)
    late = sum(each.open_late for each in ages)
    told = {"all": sum(map(_count, ages)), "late": late}
    return _OPEN.to(language).format(
        **{name: numbers.count(number, language) for name, number in told.items()}
    )


def _count(aged: Aged) -> int:
    # Those that are joined are some of both.
    return aged.open_in_time + aged.open_late


def _bins(of: RuleAgeing, words: Vocabulary) -> Plot:
    language = words.language
    chart = Bins(
        code=f"ageing-{of.rule}",
        title=_AGEING.to(language),
        description=_told_of_open(of.total, language),
        axis=_MEASURES[ageing.measure(of.limit)].to(language),
        bins=tuple(
            Bin(label=bin_.code.replace("-", numbers.DASH), count=_count(aged))
            for bin_, aged in zip(of.bins, of.total, strict=True)
        ),
        within=sum(each.is_within_limit for each in of.bins),
        limit=_LIMIT.to(language),
    )
    twin = Table(
        title="",
        columns=(
            Column(code="bin", heading=_AGE.to(language)),
            *(words.column(code, Kind.COUNT) for code in OPEN),
        ),
        rows=tuple(
            (
                ageing.label(of.limit, bin_).to(language),
                *(aged.open_in_time, aged.open_late, aged.joined),
            )
            for bin_, aged in zip(of.bins, of.total, strict=True)
        ),
    )
    return Plot(chart=chart, twin=twin)


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


def _run(report: RunChartReport, signals: Sequence[Signal], words: Vocabulary) -> Plot:
    language = words.language
    chart = report.chart
    centre = None if chart.centre is None else float(chart.centre)
    told = _told_of_baseline(report, language)
    points = []
    for point in chart.points:
        limits = chart.limits(point)
        points.append(
            Point(
                label=in_numbers(point.month),
                count=point.due,
                value=chart.rate(point),
                low=None if limits is None else limits.low,
                high=None if limits is None else limits.high,
                signal=_signal(point.month, signals, language),
            )
        )
    months = [point.month for point in report.baseline]
    return plot(
        Run(
            code="run-chart",
            title=_RUN.to(language),
            description=told,
            points=tuple(points),
            centre=None if centre is None else _centre(centre, language),
            baseline=sum(point.month in months for point in chart.points),
        ),
        language,
    )


def _centre(rate: float, language: Language) -> Limit:
    told = numbers.share(rate, language)
    return Limit(value=rate, label=_CENTRE.to(language).format(rate=told))


def _signal(month: str, signals: Sequence[Signal], language: Language) -> str:
    return "; ".join(
        run_chart_texts.told_of_rule(each).to(language)
        for each in signals
        if month in each.months
    )


def _told_of_baseline(report: RunChartReport, language: Language) -> str:
    if not report.baseline:
        return _NO_BASELINE.to(language)
    fixed_on = None if report.fixed is None else report.fixed.fixed_on
    first, last = report.baseline[0].month, report.baseline[-1].month
    return run_chart_texts.told_of_baseline(first, last, fixed_on).to(language)
