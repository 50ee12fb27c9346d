"""After how many days the duties were done: a distribution for each rule."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.domain.cells import Cell, Span
from app.domain.compliance import Column, counts_working_days
from app.domain.definitions import bands_of
from app.domain.figures import BANDS, Figures
from app.domain.ranges import Range
from app.domain.rules import DeadlineRule
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Bin, Bins
from app.exports.charts.twins import plot
from app.exports.document import Column as TableColumn
from app.exports.document import Document, Kind, Paragraph, Part, Plot, Section, Table
from app.services.compliance import Report, spanning
from app.services.documents.vocabulary import Vocabulary, words_of

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
_DONE = Text(
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


def document(report: Report, of: Document, language: Language) -> Document:
    """Return *of*, the document of *report*, with the days alone for people."""
    return replace(of, title=_TITLE.to(language), sections=_sections(report, language))


def _sections(report: Report, language: Language) -> tuple[Section, ...]:
    words = words_of(report.asked, language)
    return tuple(
        Section(
            heading=words.coded("rule", total.rule).label,
            parts=tuple(
                _parts(report.asked.law.rule(total.rule), total.figures, words)
            ),
        )
        for total in shown(report)
    )


def shown(report: Report) -> list[Cell]:
    """Return the totals that have a section: of what anything was done."""
    totals = spanning(report.cells, Span.TOTAL)
    return [total for total in totals if total.figures.days_taken]


def distribution(of: Figures, rule: DeadlineRule, language: Language) -> Plot:
    """Return the chart of how many were done after how many days, or weeks."""
    limit = rule.versions[-1].period.number
    if counts_working_days(rule):
        axis, names = _WORKING_DAYS, range(_WORKING_DAYS_SHOWN + 1)
        within, named = limit + 1, _LIMIT.to(language).format(n=limit)
    else:
        weeks = round(limit * _WEEKS_OF_A_MONTH)
        axis, names = _WEEKS, range(1, _WEEKS_SHOWN + 1)
        within, named = weeks, _ABOUT.to(language).format(n=limit, weeks=weeks)
    return plot(
        Bins(
            code=f"days-taken-{rule.code}",
            title=axis.to(language),
            description=_told(of, language),
            axis=axis.to(language),
            bins=tuple(_bins(of, rule, names)),
            within=within,
            limit=named,
        ),
        language,
    )


def _parts(rule: DeadlineRule, of: Figures, words: Vocabulary) -> tuple[Part, ...]:
    chart = distribution(of, rule, words.language)
    return Paragraph(_told(of, words.language)), chart, _bands(rule, of, words)


def ranges(rule: DeadlineRule) -> tuple[Range, ...]:
    """Return which days are a bar: each, or those of a week; the last has no end.

    Of weeks the first has the day of pendency too.
    """
    if counts_working_days(rule):
        edges = [(day, day) for day in range(_WORKING_DAYS_SHOWN)]
    else:
        week = _DAYS_OF_A_WEEK
        edges = [(n * week + 1, (n + 1) * week) for n in range(_WEEKS_SHOWN - 1)]
        edges[0] = (0, week)
    rest = Range(first=edges[-1][1] + 1, last=None)
    return *(Range(first=first, last=last) for first, last in edges), rest


def _bins(of: Figures, rule: DeadlineRule, names: Iterable[int]) -> Iterator[Bin]:
    for name, days in zip(names, ranges(rule), strict=True):
        dash = numbers.DASH if days.last is None else ""
        count = sum(times for each, times in of.days_taken.items() if each in days)
        yield Bin(label=f"{name}{dash}", count=count)


def _told(of: Figures, language: Language) -> str:
    in_time = of.counts[Column.IN_TIME] + of.counts[Column.MET_NOT_YET_DUE]
    told = {"done": sum(of.days_taken.values()), "within": in_time}
    return _DONE.to(language).format(
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
            words.column("count", Kind.COUNT),
            words.column("share", Kind.SHARE),
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
