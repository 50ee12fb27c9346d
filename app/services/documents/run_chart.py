"""A run chart as a document, with what its signals tell."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain import run_chart_texts
from app.domain.reporting_periods import in_numbers
from app.domain.run_chart import Signal
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Limit, Point, Run
from app.exports.charts.twins import plot
from app.exports.document import (
    Document,
    Paragraph,
    Plot,
    Section,
)
from app.services.documents import clocks
from app.services.documents.vocabulary import Vocabulary, words_of
from app.services.run_chart import RunChartReport

_RUN = Text(
    fi="Ajoissa kuukausittain", sv="I tid månad för månad", en="In time, by month"
)
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


def document(report: RunChartReport, language: Language) -> Document:
    """Return a run chart as a document."""
    words = words_of(report.asked, language)
    rule = words.coded("rule", report.rule)
    signals = report.chart.signals()
    told = [run_chart_texts.told(each).to(language) for each in signals]
    drawn = _run(report, signals, words)
    table = drawn.twin
    return clocks.document(
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
