"""The ageing of open clocks as a document: bins and a table for each rule."""

from collections.abc import Iterable

from app.domain import ageing
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Bin, Bins
from app.exports.document import (
    Column,
    Document,
    Kind,
    Paragraph,
    Plot,
    Section,
    Table,
)
from app.services.ageing import Aged, AgeingReport, RuleAgeing
from app.services.documents import clocks
from app.services.documents.vocabulary import Vocabulary, words_of

_AGEING = Text(
    fi="Avoimien määräaikojen ikä", sv="De öppna tidsfristernas ålder", en="Ageing"
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
# And what those of the ageing show of a bin.
OPEN = (ageing.Number.OPEN_IN_TIME, ageing.Number.OPEN_LATE, ageing.Number.JOINED)


def document(report: AgeingReport, language: Language) -> Document:
    """Return how long open clocks have run as a document."""
    words = words_of(report.asked, language)
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
    return clocks.document(
        report.asked,
        words,
        name=f"ageing-{report.asked.as_of}",
        title=_AGEING,
        data=Table(title=_AGEING.to(language), columns=columns, rows=rows),
        sections=sections,
        definition=ageing.DEFINITION,
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
