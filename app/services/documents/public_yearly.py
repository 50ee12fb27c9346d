"""The yearly report of published figures as a document for everybody."""

from collections.abc import Iterator

from app.domain.compliance import Dimension
from app.domain.public_grid import Measure
from app.domain.public_tables import PublicRow
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Estimate, Intervals, Unit
from app.exports.charts.twins import plot
from app.exports.document import (
    Coded,
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Paragraph,
    Part,
    Plot,
    Section,
    Table,
    Value,
    Withheld,
)
from app.exports.wording import written
from app.services.documents import audience, figures, publication
from app.services.documents import yearly_texts as texts
from app.services.documents.trend import target, trend
from app.services.documents.vocabulary import Vocabulary
from app.services.public_yearly import BREAKDOWNS, Indicator, Line, PublicYearly
from app.services.yearly import FIRST_YEAR_OF_THE_SERIES

_SUMMARY = Text(
    fi="{rule}: {rate} ajoissa vuonna {year}. Määräaika päättyi {due} kertaa, ja "
    "{missed} kertaa se ylittyi.",
    sv="{rule}: {rate} i tid år {year}. Tidsfristen löpte ut {due} gånger och "
    "överskreds {missed} gånger.",
    en="{rule}: {rate} in time in {year}. The deadline fell due {due} times and was "
    "missed {missed} times.",
)
_HIDDEN = Text(
    fi="{rule}: vuoden {year} luvut on peitetty, jotta ketään ei voida tunnistaa.",
    sv="{rule}: talen för år {year} är dolda, för att ingen ska kunna kännas igen.",
    en="{rule}: the figures of {year} are hidden, so that nobody can be recognised.",
)
_NO_COMPARISONS = Text(
    fi="Ryhmien ja yksiköiden eroja ei arvioida tässä: vertailut ovat sisäisessä "
    "raportissa, koska niihin tarvitaan myös peitettyjä lukuja.",
    sv="Skillnader mellan grupper och enheter bedöms inte här: jämförelserna finns i "
    "den interna rapporten, eftersom de kräver också dolda tal.",
    en="Groups and units are not compared here: comparisons are in the internal "
    "report, because they take hidden figures too.",
)
_RATES = Text(
    fi="Ajoissa {year}: ne, joiden luvut näytetään",
    sv="I tid {year}: de vars tal visas",
    en="In time {year}: those whose figures are shown",
)
_FIGURES = Text(fi="Vuoden {year} luvut", sv="Talen för {year}", en="Figures of {year}")
_BRANCH = Text(
    fi="Yksikkö alayksiköineen",
    sv="Enhet med underenheter",
    en="Unit with those below it",
)
_BRANCHES = "unit_with_those_below"


def document(report: PublicYearly, language: Language) -> Document:
    """Return the public *report* as a document."""
    words = Vocabulary(language=language, law=report.law, units=report.units)
    return Document(
        name=f"yearly-public-{report.year}",
        title=texts.TITLE.to(language),
        subtitle=str(report.year),
        audience=audience.PUBLIC.to(language),
        language=language,
        made_at=report.publication.known_at,
        facts=(
            Fact(name=texts.YEAR.to(language), value=str(report.year)),
            *publication.facts(report.publication, words),
        ),
        data=_data(report, words),
        sections=(
            _in_short(report, words),
            *(
                _section(report, indicator, words, place)
                for place, indicator in enumerate(report.indicators)
            ),
        ),
        definitions=(
            publication.definition(language),
            Definition(
                term=words.column("interval").heading,
                text=texts.INTERVAL_IS.to(language),
            ),
        ),
    )


def sentence(report: PublicYearly, indicator: Indicator, words: Vocabulary) -> str:
    """Return in a few words how *indicator* stands, as far as that is shown."""
    language = words.language
    row = indicator.total.years.get(report.year)
    told = {
        "rule": words.coded("rule", indicator.rule).label,
        "year": str(report.year),
    }
    if row is not None and row.hidden:
        return _HIDDEN.to(language).format(**told)
    counts = {
        measure.value: numbers.count((row and row.counts[measure]) or 0, language)
        for measure in Measure
    }
    if row is None or row.rate is None:
        return texts.TOO_FEW.to(language).format(**told, **counts)
    rate = numbers.share(row.rate, language)
    return _SUMMARY.to(language).format(rate=rate, **told, **counts)


def _in_short(report: PublicYearly, words: Vocabulary) -> Section:
    language = words.language
    note = texts.SERIES.to(language).format(year=FIRST_YEAR_OF_THE_SERIES)
    told = [sentence(report, each, words) for each in report.indicators]
    rates = {
        each.rule: [
            row.rate if (row := each.total.years.get(year)) else None
            for year in report.years
        ]
        for each in report.indicators
    }
    if report.years[0] == FIRST_YEAR_OF_THE_SERIES:
        told.append(note)
    return Section(
        heading=texts.IN_SHORT.to(language),
        parts=(
            Paragraph(texts.INTRODUCTION.to(language)),
            *map(Paragraph, told),
            Paragraph(_NO_COMPARISONS.to(language)),
            trend(report.years, rates, words),
        ),
    )


def _section(
    report: PublicYearly, indicator: Indicator, words: Vocabulary, place: int
) -> Section:
    lines = list(_lines(indicator, words))
    parts: list[Part] = []
    if rates := _rates(report, lines, words, place):
        parts.append(rates)
    parts.append(_of_the_year(report, lines, words))
    if len(report.years) > 1:
        parts.append(_by_year(report, lines, words))
    return Section(
        heading=words.coded("rule", indicator.rule).label, parts=tuple(parts)
    )


def _lines(
    indicator: Indicator, words: Vocabulary
) -> Iterator[tuple[Coded | None, Coded, Line]]:
    """Give every line with its breakdown and its name, everything first."""
    yield None, Coded("", texts.EVERYONE.to(words.language)), indicator.total
    for by in BREAKDOWNS:
        breakdown = Coded(by.value, words.column(by).heading)
        for line in indicator.breakdowns[by]:
            yield breakdown, _named(by, line, words), line
    breakdown = Coded(_BRANCHES, _BRANCH.to(words.language))
    for line in indicator.branches:
        yield breakdown, _named(Dimension.UNIT, line, words), line


def _named(by: Dimension, line: Line, words: Vocabulary) -> Coded:
    return Coded(line.group or "", words.people(by, line.group))


def _rates(
    report: PublicYearly,
    lines: list[tuple[Coded | None, Coded, Line]],
    words: Vocabulary,
    place: int,
) -> Plot | None:
    """Return a picture of the shares that are shown, if there are any."""
    estimates = tuple(
        Estimate(
            label=name.label,
            count=row.counts[Measure.DUE],
            value=row.rate,
            low=row.interval[0],
            high=row.interval[1],
        )
        for breakdown, name, line in lines
        if (breakdown is None or breakdown.code != _BRANCHES)
        and (row := line.years.get(report.year))
        and row.interval is not None
    )
    if not estimates:
        return None
    chart = Intervals(
        code=f"groups-{place}",
        title=_RATES.to(words.language).format(year=report.year),
        description=figures.described(estimates, words.language),
        unit=Unit.SHARE,
        estimates=estimates,
        limit=target(words.language),
    )
    return plot(chart, words.language)


def _of_the_year(
    report: PublicYearly,
    lines: list[tuple[Coded | None, Coded, Line]],
    words: Vocabulary,
) -> Table:
    language = words.language
    return Table(
        title=_FIGURES.to(language).format(year=report.year),
        columns=(*_names(words), *publication.columns(words)),
        rows=tuple(
            (breakdown, name, *publication.values(row))
            for breakdown, name, line in lines
            if (row := line.years.get(report.year))
        ),
    )


def _by_year(
    report: PublicYearly,
    lines: list[tuple[Coded | None, Coded, Line]],
    words: Vocabulary,
) -> Table:
    language = words.language
    return Table(
        title=texts.BY_YEAR.to(language),
        columns=(
            *_names(words),
            *(Column(code=f"year_{year}", heading=str(year)) for year in report.years),
        ),
        rows=tuple(
            (
                breakdown,
                name,
                *(_told(line.years.get(year), language) for year in report.years),
            )
            for breakdown, name, line in lines
        ),
    )


def _told(row: PublicRow | None, language: Language) -> Value:
    if row is None:
        return None
    if row.hidden:
        return Withheld.FEW
    rate = written(row.rate, Kind.SHARE, language)
    return f"{rate} ({written(row.counts[Measure.MISSED], Kind.COUNT, language)})"


def _names(words: Vocabulary) -> tuple[Column, ...]:
    return (
        Column(code="breakdown", heading=texts.DIMENSION.to(words.language)),
        words.column("group"),
    )


def _data(report: PublicYearly, words: Vocabulary) -> Table:
    """Return everything that is shown of every year, for programs and spreadsheets."""
    language = words.language
    columns = (
        Column(code="year", heading=texts.YEAR.to(language)),
        words.column("rule"),
        *_names(words),
        *publication.columns(words),
    )
    rows = tuple(
        (
            str(year),
            words.coded("rule", indicator.rule),
            breakdown,
            name if breakdown else None,
            *publication.values(row),
        )
        for year in reversed(report.years)
        for indicator in report.indicators
        for breakdown, name, line in _lines(indicator, words)
        if (row := line.years.get(year))
    )
    return Table(title=texts.TITLE.to(language), columns=columns, rows=rows)
