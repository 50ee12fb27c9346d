"""Charts as SVG, drawn once for page and paper; each has a table that says the same."""

from typing import assert_never

from app.domain.texts import Language
from app.exports.charts import bins, intervals, lines, run
from app.exports.charts.model import Bins, Chart, Intervals, Lines, Run


def svg(chart: Chart, language: Language) -> str:
    """Return *chart* as an SVG of the same bytes each time."""
    match chart:
        case Intervals():
            return intervals.draw(chart, language)
        case Run():
            return run.draw(chart, language)
        case Bins():
            return bins.draw(chart, language)
        case Lines():
            return lines.draw(chart, language)
        case _:
            assert_never(chart)
