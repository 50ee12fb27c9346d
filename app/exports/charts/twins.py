"""The table that says the same as a chart, for those who hear or count it."""

from typing import TypeAlias, assert_never

from app.domain.labels import heading
from app.domain.texts import Language, Text
from app.exports.charts.model import Bins, Chart, Intervals, Lines, Run, Unit
from app.exports.document import Column, Kind, Plot, Table, Value

_CHANCE_LOW = Text(fi="Alaraja", sv="Nedre gräns", en="Lower limit")
_CHANCE_HIGH = Text(fi="Yläraja", sv="Övre gräns", en="Upper limit")
_SIGNAL = Text(fi="Poikkeama", sv="Signal", en="Signal")
_Cells: TypeAlias = tuple[tuple[Column, ...], tuple[tuple[Value, ...], ...]]
_KIND = {Unit.COUNT: Kind.COUNT, Unit.SHARE: Kind.SHARE, Unit.POINTS: Kind.NUMBER}


def plot(chart: Chart, language: Language) -> Plot:
    """Return *chart* with its table."""
    columns, rows = _columns_and_rows(chart, language)
    return Plot(chart=chart, twin=Table(title=chart.title, columns=columns, rows=rows))


def _columns_and_rows(chart: Chart, language: Language) -> _Cells:
    match chart:
        case Intervals():
            return _intervals(chart, language)
        case Run():
            return _run(chart, language)
        case Bins():
            return _bins(chart, language)
        case Lines():
            return _lines(chart, language)
        case _:
            assert_never(chart)


def _intervals(chart: Intervals, language: Language) -> _Cells:
    kind = _KIND[chart.unit]
    columns = (
        Column(code="group", heading=heading("group", language)),
        Column(code="count", heading=heading("count", language), kind=Kind.COUNT),
        Column(code="value", heading=heading(chart.unit, language), kind=kind),
        Column(code="low", heading=heading("interval_low", language), kind=kind),
        Column(code="high", heading=heading("interval_high", language), kind=kind),
    )
    rows = tuple(
        (
            each.label,
            each.count,
            *(
                _scaled(value, chart.unit)
                for value in (each.value, each.low, each.high)
            ),
        )
        for each in chart.estimates
    )
    return columns, rows


def _run(chart: Run, language: Language) -> _Cells:
    columns = (
        Column(code="period", heading=heading("period", language)),
        Column(code="count", heading=heading("count", language), kind=Kind.COUNT),
        Column(code="value", heading=heading("share", language), kind=Kind.SHARE),
        Column(code="low", heading=_CHANCE_LOW.to(language), kind=Kind.SHARE),
        Column(code="high", heading=_CHANCE_HIGH.to(language), kind=Kind.SHARE),
        Column(code="signal", heading=_SIGNAL.to(language)),
    )
    rows = tuple(
        (each.label, each.count, each.value, each.low, each.high, each.signal or None)
        for each in chart.points
    )
    return columns, rows


def _bins(chart: Bins, language: Language) -> _Cells:
    columns = (
        Column(code="bin", heading=chart.axis),
        Column(code="count", heading=heading("count", language), kind=Kind.COUNT),
    )
    return columns, tuple((each.label, each.count) for each in chart.bins)


def _lines(chart: Lines, language: Language) -> _Cells:
    columns = (
        Column(code="period", heading=heading("period", language)),
        *(
            Column(code=f"series_{index}", heading=each.name, kind=_KIND[chart.unit])
            for index, each in enumerate(chart.series, start=1)
        ),
    )
    rows = tuple(
        (label, *(_scaled(each.values[index], chart.unit) for each in chart.series))
        for index, label in enumerate(chart.labels)
    )
    return columns, rows


def _scaled(value: float | None, unit: Unit) -> float | None:
    """Return *value* as its column has it: points are a hundred times a share."""
    if value is None or unit is not Unit.POINTS:
        return value
    return round(value * 100, 6)
