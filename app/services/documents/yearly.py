"""The yearly report as a document that a committee of the council can read."""

from collections.abc import Iterator, Sequence

from app.domain.compliance import Basis, Dimension
from app.domain.definitions import DUE
from app.domain.figures import Figures, Number
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import (
    Estimate,
    Intervals,
    Mark,
    Unit,
)
from app.exports.document import (
    Coded,
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Paragraph,
    Plot,
    Section,
    Table,
    Value,
)
from app.services.documents import audience, figures
from app.services.documents import yearly_texts as texts
from app.services.documents.gap_sentences import sentences
from app.services.documents.trend import target, trend
from app.services.documents.vocabulary import Vocabulary, words_of
from app.services.yearly import (
    BREAKDOWNS,
    FIRST_YEAR_OF_THE_SERIES,
    Indicator,
    Line,
    Yearly,
)

_SUMMARY = Text(
    fi="{rule}: {rate} ajoissa vuonna {year}. Määräaika päättyi {due} kertaa, ja "
    "{breaches} kertaa se ylittyi; näistä {open_late} on yhä avoinna.",
    sv="{rule}: {rate} i tid år {year}. Tidsfristen löpte ut {due} gånger och "
    "överskreds {breaches} gånger; av dessa är {open_late} fortfarande öppna.",
    en="{rule}: {rate} in time in {year}. The deadline fell due {due} times and was "
    "missed {breaches} times; {open_late} of these are still open.",
)
_LOWEST = Text(
    fi="Yksiköistä matalin osuus on yksiköllä {unit}: {rate} ajoissa, {breaches} "
    "ylitystä {due} määräajasta.",
    sv="Av enheterna har {unit} den lägsta andelen: {rate} i tid, {breaches} "
    "överskridningar av {due} tidsfrister.",
    en="Of the units {unit} has the lowest share: {rate} in time, {breaches} breaches "
    "of {due} deadlines.",
)
_BREACHES = Text(fi="Ylityksiä", sv="Överskridningar", en="Breaches")
_BREACH = Text(fi="Ylitys", sv="Överskridning", en="Breach")
_BREACH_IS = Text(
    fi="Määräaika, joka ylittyi: asia ratkaistiin tai päättyi määräpäivän jälkeen, tai "
    "se on yhä avoinna. Ylitys ei häviä, kun asia valmistuu.",
    sv="En tidsfrist som överskreds: ärendet avgjordes eller avslutades efter fristens "
    "sista dag, eller är fortfarande öppet. En överskridning försvinner inte när "
    "ärendet blir klart.",
    en="A deadline that was missed: met or ended after its due date, or still open. A "
    "breach does not vanish when the case is completed.",
)


def document(report: Yearly, language: Language) -> Document:
    """Return *report* as a document."""
    words = words_of(report.asked, language)
    basis = words.coded("basis", Basis.DUE.value).label
    return Document(
        name=f"yearly-{report.year}",
        title=texts.TITLE.to(language),
        subtitle=str(report.year),
        audience=audience.INTERNAL_NOT_PUBLIC.to(language),
        language=language,
        made_at=report.asked.known_at,
        facts=(
            Fact(name=texts.YEAR.to(language), value=str(report.year)),
            Fact(name=words.column("basis").heading, value=basis),
            *words.facts(report.asked.as_of, report.asked.known_at),
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
            Definition(term=basis, text=DUE.to(language)),
            Definition(term=_BREACH.to(language), text=_BREACH_IS.to(language)),
            Definition(
                term=words.column("interval").heading,
                text=texts.INTERVAL_IS.to(language),
            ),
        ),
    )


def breaches(of: Figures) -> int:
    """Return how many deadlines were missed, done since then or not."""
    return of.numbers[Number.LATE] + of.numbers[Number.OPEN_LATE]


def sentence(report: Yearly, indicator: Indicator, words: Vocabulary) -> str:
    """Return in a few words how *indicator* stands against its target."""
    language = words.language
    of = indicator.total.years.get(report.year)
    told = {
        "rule": words.coded("rule", indicator.rule).label,
        "year": str(report.year),
        "due": numbers.count(0 if of is None else of.due, language),
    }
    if of is None or of.rate is None:
        return texts.TOO_FEW.to(language).format(**told)
    text = _SUMMARY.to(language).format(
        rate=numbers.share(of.rate, language),
        breaches=numbers.count(breaches(of), language),
        open_late=numbers.count(of.numbers[Number.OPEN_LATE], language),
        **told,
    )
    before = indicator.total.years.get(report.year - 1)
    if before is not None and before.rate is not None:
        points = numbers.points(of.rate - before.rate, language)
        text += texts.CHANGE.to(language).format(year=report.year - 1, points=points)
    return text


def _in_short(report: Yearly, words: Vocabulary) -> Section:
    language = words.language
    note = texts.SERIES.to(language).format(year=FIRST_YEAR_OF_THE_SERIES)
    rates = {
        each.rule: [_rate(each.total, year) for year in report.years]
        for each in report.indicators
    }
    return Section(
        heading=texts.IN_SHORT.to(language),
        parts=(
            Paragraph(texts.INTRODUCTION.to(language)),
            *(Paragraph(sentence(report, each, words)) for each in report.indicators),
            trend(report.years, rates, words),
            *([Paragraph(note)] if report.years[0] == FIRST_YEAR_OF_THE_SERIES else []),
        ),
    )


def _section(
    report: Yearly, indicator: Indicator, words: Vocabulary, place: int
) -> Section:
    lines = list(_lines(indicator, words))
    return Section(
        heading=words.coded("rule", indicator.rule).label,
        parts=(
            *(Paragraph(each) for each in _told_apart(report, indicator, words)),
            _rates(report, lines, words, place),
            _by_year(report, lines, words),
        ),
    )


def _lines(indicator: Indicator, words: Vocabulary) -> Iterator[tuple[str, Line]]:
    """Give every line of *indicator* with its name, everything first."""
    yield texts.EVERYONE.to(words.language), indicator.total
    for by in BREAKDOWNS:
        for line in indicator.breakdowns[by]:
            yield words.people(by, line.group), line


def _told_apart(
    report: Yearly, indicator: Indicator, words: Vocabulary
) -> Iterator[str]:
    """Give what can be told of the groups, and the unit with the lowest share."""
    for gaps in indicator.gaps.values():
        yield sentences(gaps).to(words.language)
    found = [
        (of.rate, line, of)
        for line in indicator.breakdowns[Dimension.UNIT]
        if line.group is not None
        and (of := line.years.get(report.year))
        and of.rate is not None
    ]
    if len(found) > 1:
        rate, line, of = min(found, key=lambda each: each[0])
        yield _LOWEST.to(words.language).format(
            unit=words.people(Dimension.UNIT, line.group),
            rate=numbers.share(rate, words.language),
            breaches=numbers.count(breaches(of), words.language),
            due=numbers.count(of.due, words.language),
        )


def _rates(
    report: Yearly, lines: Sequence[tuple[str, Line]], words: Vocabulary, place: int
) -> Plot:
    language = words.language
    shown = [(name, of) for name, line in lines if (of := line.years.get(report.year))]
    estimates = tuple(
        figures.estimate(name, of, Mark.DOT if index else Mark.DIAMOND)
        for index, (name, of) in enumerate(shown)
    )
    chart = Intervals(
        code=f"groups-{place}",
        title=texts.RATES.to(language).format(year=report.year),
        description=figures.described(estimates, language),
        unit=Unit.SHARE,
        estimates=estimates,
        limit=target(language),
        legend=_legend(estimates, language),
    )
    group = words.column("group")
    twin = Table(
        title="",
        columns=figures.printed_columns(words, [group]),
        rows=tuple((name, *figures.printed_values(of, language)) for name, of in shown),
    )
    return Plot(chart=chart, twin=twin)


def _legend(
    estimates: Sequence[Estimate], language: Language
) -> tuple[tuple[Mark, str], ...]:
    if not estimates:
        return ()
    return (
        (Mark.DIAMOND, texts.EVERYONE.to(language)),
        (Mark.DOT, texts.ONE_GROUP.to(language)),
    )


def _by_year(
    report: Yearly, lines: Sequence[tuple[str, Line]], words: Vocabulary
) -> Table:
    """Return rates year by year, each with the breaches behind it."""
    language = words.language
    return Table(
        title=texts.BY_YEAR.to(language),
        columns=(
            words.column("group"),
            *(Column(code=f"year_{year}", heading=str(year)) for year in report.years),
        ),
        rows=tuple(
            (name, *(_told(line.years.get(year), language) for year in report.years))
            for name, line in lines
        ),
    )


def _told(of: Figures | None, language: Language) -> str | None:
    if of is None or not of.due:
        return None
    rate = figures.rate(of, language)
    return f"{rate} ({numbers.count(breaches(of), language)})"


def _rate(line: Line, year: int) -> float | None:
    of = line.years.get(year)
    return None if of is None else of.rate


def _data(report: Yearly, words: Vocabulary) -> Table:
    """Return every figure of every year, for programs and spreadsheets."""
    language = words.language
    columns = (
        Column(code="year", heading=texts.YEAR.to(language)),
        words.column("rule"),
        Column(code="breakdown", heading=texts.DIMENSION.to(language)),
        words.column("group"),
        *(
            words.column(code, Kind.COUNT)
            for code in ("due", "in_time", "late", "open_late")
        ),
        Column(code="breaches", heading=_BREACHES.to(language), kind=Kind.COUNT),
        *(
            words.column(code, Kind.SHARE)
            for code in ("rate", "interval_low", "interval_high")
        ),
    )
    return Table(
        title=texts.TITLE.to(language),
        columns=columns,
        rows=tuple(_rows(report, words)),
    )


def _rows(report: Yearly, words: Vocabulary) -> Iterator[tuple[Value, ...]]:
    for year in reversed(report.years):
        for indicator in report.indicators:
            rule = words.coded("rule", indicator.rule)
            if of := indicator.total.years.get(year):
                yield str(year), rule, None, None, *_values(of)
            for by in BREAKDOWNS:
                name = Coded(by.value, words.column(by).heading)
                for line in indicator.breakdowns[by]:
                    if of := line.years.get(year):
                        group = words.coded(by, line.group)
                        yield str(year), rule, name, group, *_values(of)


def _values(of: Figures) -> tuple[Value, ...]:
    return (
        of.due,
        of.numbers[Number.IN_TIME],
        of.numbers[Number.LATE],
        of.numbers[Number.OPEN_LATE],
        breaches(of),
        of.rate,
        *(of.interval or (None, None)),
    )
