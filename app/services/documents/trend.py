"""The rates of years that follow each other as a chart, beside the county's target."""

from collections.abc import Mapping, Sequence

from app.domain.texts import Language
from app.exports.charts.model import Limit, Lines, Series, Unit
from app.exports.charts.twins import plot
from app.exports.document import Kind, Plot
from app.exports.wording import written
from app.services.documents import yearly_texts as texts
from app.services.documents.vocabulary import Vocabulary
from app.services.yearly import TARGET


def trend(
    years: Sequence[int],
    rates: Mapping[str, Sequence[float | None]],
    words: Vocabulary,
) -> Plot:
    """Return the chart of the *rates* of each rule, one for each of *years*."""
    language = words.language
    series = tuple(
        Series(name=words.coded("rule", rule).label, values=tuple(values))
        for rule, values in rates.items()
    )
    told = "; ".join(
        f"{each.name}: "
        + ", ".join(
            f"{year} {written(rate, Kind.SHARE, language)}"
            for year, rate in zip(years, each.values, strict=True)
        )
        for each in series
    )
    chart = Lines(
        code="trend",
        title=texts.TREND.to(language),
        description=told,
        unit=Unit.SHARE,
        labels=tuple(map(str, years)),
        series=series,
        limit=target(language),
    )
    return plot(chart, language)


def target(language: Language) -> Limit:
    """Return the line of the share that is aimed at."""
    return Limit(value=TARGET, label=texts.TARGET_LINE.to(language))
