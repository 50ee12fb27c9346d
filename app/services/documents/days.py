"""After how many days the duties were done: a distribution for each rule."""

from dataclasses import replace

from app.domain.cells import Span
from app.domain.compliance import Column, counts_working_days
from app.domain.definitions import bands_of
from app.domain.figures import BANDS, Figures
from app.domain.rules import DeadlineRule
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Bin, Bins
from app.exports.charts.twins import plot
from app.exports.document import Column as TableColumn
from app.exports.document import Document, Kind, Paragraph, Part, Plot, Section, Table
from app.services.compliance import Report, spanning
from app.services.documents.vocabulary import Vocabulary

_DAYS_OF_A_WEEK = 7
_WORKING_DAYS_SHOWN = 15
_WEEKS_SHOWN = 23
# Three months are 89 to 92 days, and up to five more where the last ones are days off.
_WEEKS_OF_A_MONTH = 13 / 3
_TITLE = Text(
    fi="Päiviä tekemiseen", sv="Dagar tills det gjordes", en="Days until done"
)
_WORKING_DAYS = Text(
    fi="Arkipäiviä ratkaisuun", sv="Vardagar till beslut", en="Working days until done"
)
_WEEKS = Text(
    fi="Viikkoja arvioinnin valmistumiseen",
    sv="Veckor tills bedömningen slutfördes",
    en="Weeks until completed",
)
_LIMIT = Text(
    fi="määräaika {n} arkipäivää",
    sv="tidsfrist {n} vardagar",
    en="limit: {n} working days",
)
_ABOUT = Text(
    fi="määräaika {n} kuukautta, noin {weeks} viikkoa",
    sv="tidsfrist {n} månader, cirka {weeks} veckor",
    en="limit: {n} months, about {weeks} weeks",
)
_MODE = Text(
    fi="{done} tehtyä, joista {within} määräajassa.",
    sv="{done} gjorda, av vilka {within} inom fristen.",
    en="{done} done, of which {within} within the limit.",
)
_BANDS = Text(
    fi="Ajoissa ja yli, täsmälleen",
    sv="I tid och över, exakt",
    en="In time and over, exactly",
)
_BAND = Text(fi="Kesto", sv="Tid", en="Time")
_NUMBER = Text(fi="Määrä", sv="Antal", en="Count")
_SHARE = Text(fi="Osuus", sv="Andel", en="Share")


def document(report: Report, of: Document, language: Language) -> Document:
    """Return *of*, the document of *report*, with the days alone for people."""
    return replace(of, title=_TITLE.to(language), sections=_sections(report, language))


def _sections(report: Report, language: Language) -> tuple[Section, ...]:
    words = Vocabulary(
        language=language, law=report.asked.law, units=report.asked.units
    )
    return tuple(
        Section(
            heading=words.coded("rule", total.rule).label,
            parts=tuple(
                _parts(report.asked.law.rule(total.rule), total.figures, words)
            ),
        )
        for total in spanning(report.cells, Span.TOTAL)
        if total.figures.days_taken
    )


def distribution(of: Figures, rule: DeadlineRule, language: Language) -> Plot:
    """Return the chart of how many were done after how many days, or weeks."""
    limit = rule.versions[-1].period.number
    if counts_working_days(rule):
        axis, size, shown = _WORKING_DAYS, 1, _WORKING_DAYS_SHOWN
        within, named = limit + 1, _LIMIT.to(language).format(n=limit)
    else:
        weeks = round(limit * _WEEKS_OF_A_MONTH)
        axis, size, shown = _WEEKS, _DAYS_OF_A_WEEK, _WEEKS_SHOWN
        within, named = weeks, _ABOUT.to(language).format(n=limit, weeks=weeks)
    return plot(
        Bins(
            code=f"days-taken-{rule.code}",
            title=axis.to(language),
            description=_told(of, language),
            axis=axis.to(language),
            bins=_bins(of, size, shown),
            within=within,
            limit=named,
        ),
        language,
    )


def _parts(rule: DeadlineRule, of: Figures, words: Vocabulary) -> tuple[Part, ...]:
    chart = distribution(of, rule, words.language)
    return Paragraph(_told(of, words.language)), chart, _bands(rule, of, words)


def _bins(of: Figures, size: int, shown: int) -> tuple[Bin, ...]:
    """Return the days by *size*; of weeks the first has the day of pendency too."""
    first = 0 if size == 1 else 1
    counts = dict.fromkeys(range(first, shown + 1), 0)
    for days, times in of.days_taken.items():
        counts[min(max(-(-days // size), first), shown)] += times
    *ordinary, (last, rest) = counts.items()
    return (
        *(Bin(label=str(number), count=count) for number, count in ordinary),
        Bin(label=f"{last}{numbers.DASH}", count=rest),
    )


def _told(of: Figures, language: Language) -> str:
    in_time = of.counts[Column.IN_TIME] + of.counts[Column.MET_NOT_YET_DUE]
    told = {"done": sum(of.days_taken.values()), "within": in_time}
    return _MODE.to(language).format(
        **{name: numbers.count(n, language) for name, n in told.items()}
    )


def _bands(rule: DeadlineRule, of: Figures, words: Vocabulary) -> Table:
    """Return how many were in time, over, and far over: by the days themselves."""
    language = words.language
    names = bands_of(rule.versions[-1])
    total = sum(of.numbers[band] for band in BANDS)
    return Table(
        title=_BANDS.to(language),
        columns=(
            TableColumn(code="band", heading=_BAND.to(language)),
            TableColumn(code="count", heading=_NUMBER.to(language), kind=Kind.COUNT),
            TableColumn(code="share", heading=_SHARE.to(language), kind=Kind.SHARE),
        ),
        rows=tuple(
            (
                f"{words.column(band.value).heading} ({names[band].to(language)})",
                of.numbers[band],
                of.numbers[band] / total if total >= max(of.minimum_n, 1) else None,
            )
            for band in BANDS
        ),
    )
