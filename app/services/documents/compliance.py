"""The compliance report as a document: a summary, a chart and a table for each rule."""

from app.domain.cells import Cell, Span
from app.domain.compliance import Basis
from app.domain.figures import Figures, Number
from app.domain.report_settings import describe_inclusion
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.charts.model import Intervals, Limit, Unit
from app.exports.document import (
    Column,
    Document,
    Fact,
    Kind,
    Paragraph,
    Part,
    Plot,
    Section,
    Table,
    Value,
)
from app.services.compliance import Report, spanning
from app.services.documents import audience, days, figures
from app.services.documents.vocabulary import Vocabulary, words_of

# A chart of more is no picture any more.
_MOST_MARKS = 40
_TITLE = Text(
    fi="Määräaikojen toteutuminen",
    sv="Iakttagandet av tidsfristerna",
    en="Compliance with the deadlines",
)
_RATES = Text(
    fi="Ajoissa, osuus ja 95 prosentin väli",
    sv="I tid, andel och 95 procents intervall",
    en="In time: share and 95% interval",
)
_BESIDE = Text(
    fi="Osuuden vierellä, ei mukana siinä",
    sv="Vid sidan av andelen, inte i den",
    en="Beside the share, not in it",
)
_WHAT = Text(fi="Mitä", sv="Vad", en="What")
_ALL = Text(fi="kaikki {rate}", sv="alla {rate}", en="all {rate}")
_COMPARED = Text(fi="Vertailujakso", sv="Jämförelseperiod", en="Compared with")
_EARLIER = Text(fi="Ajoissa, vertailu", sv="I tid, jämförelse", en="In time, earlier")
_CHANGE = Text(
    fi="Muutos, %-yks.",
    sv="Förändring, %-enh.",
    en="Change, points",
)
_MINIMUM = Text(
    fi="Osuutta ei näytetä, jos määräaikoja on alle",
    sv="Andelen visas inte om tidsfristerna är färre än",
    en="No share is shown of fewer deadlines than",
)
_INCLUSION = Text(
    fi="THL:n luvuista rajattu pois",
    sv="Exkluderade ur THL:s tal",
    en="Left out of THL's figures",
)
_UNCONFIRMED = Text(fi="vahvistamatta", sv="obekräftat", en="unconfirmed")
_CONFIRMED = Text(fi="vahvistettu", sv="bekräftat", en="confirmed")
_FINDINGS = Text(fi="Avoimia poikkeamia", sv="Öppna avvikelser", en="Open findings")
STANDS_BESIDE = (
    *(Number.OPEN_IN_TIME, Number.MET_NOT_YET_DUE, Number.JOINED),
    *(Number.ANTICIPATORY, Number.VOID, Number.EXCLUDED),
    *(Number.RECORDED_LATE, Number.ENTRY_UNKNOWN, Number.CORRECTED),
    *(Number.HINGING, Number.IN_TIME_BY_READING),
)


def document(report: Report, language: Language) -> Document:
    """Return *report* as a document."""
    words = words_of(report.asked, language)
    return Document(
        name=f"compliance-{report.period.code.replace('..', '-')}",
        title=_TITLE.to(language),
        subtitle=numbers.span(report.period.first, report.period.last, language),
        audience=audience.INTERNAL_NOT_PUBLIC.to(language),
        language=language,
        made_at=report.asked.known_at,
        facts=_facts(report, words),
        data=_data(report, words),
        sections=tuple(
            _section(report, total, words, place)
            for place, total in enumerate(spanning(report.cells, Span.TOTAL))
        ),
        definitions=words.definitions(report.bases, report.inclusion),
    )


def _data(report: Report, words: Vocabulary) -> Table:
    cells = [cell for span in Span for cell in spanning(report.cells, span)]
    rows = tuple(
        (
            words.coded("row", cell.place.span.value),
            report.period.code,
            words.basis(each.basis, report.inclusion),
            report.asked.as_of,
            words.coded("rule", cell.rule),
            *figures.groups(cell, report.asked.layout.by, words),
            *figures.data_values(each),
        )
        for cell in cells
        for each in (cell.figures, cell.beside)
        if each is not None
    )
    return Table(
        title=_TITLE.to(words.language),
        columns=figures.data_columns(words, report.asked.layout.by),
        rows=rows,
        totals=len(spanning(report.cells, Span.TOTAL)) * len(report.bases),
    )


def _section(report: Report, total: Cell, words: Vocabulary, place: int) -> Section:
    cells = [cell for cell in report.cells if cell.rule == total.rule]
    parts: list[Part] = [Paragraph(figures.summary(total.figures, words.language))]
    if 1 < len(cells) <= _MOST_MARKS:
        parts.append(_chart(report, cells, total, words, place))
    else:
        parts.append(_table(report, cells, words))
    if total.beside is not None:
        basis = words.basis(Basis.THL, report.inclusion).label
        told = figures.summary(total.beside, words.language)
        parts.append(Paragraph(f"{basis}: {told}"))
    if total.figures.days_taken and total.rule == "initiation":
        rule = report.asked.law.rule(total.rule)
        parts.append(days.distribution(total.figures, rule, words.language))
    parts.append(_beside(total.figures, words))
    heading = words.coded("rule", total.rule).label
    return Section(heading=heading, parts=tuple(parts))


def _chart(
    report: Report, cells: list[Cell], total: Cell, words: Vocabulary, place: int
) -> Plot:
    language = words.language
    estimates = tuple(
        figures.estimate(
            figures.name_of(cell, report.asked.layout.by, words), cell.figures
        )
        for cell in cells
        if cell is not total and cell.figures.due
    )
    overall = total.figures.rate
    limit = None
    if overall is not None:
        told = numbers.share(overall, language)
        limit = Limit(value=overall, label=_ALL.to(language).format(rate=told))
    chart = Intervals(
        code=f"rates-{place}",
        title=_RATES.to(language),
        description=figures.described(estimates, language),
        unit=Unit.SHARE,
        estimates=estimates,
        limit=limit,
    )
    return Plot(chart=chart, twin=_table(report, cells, words))


def _table(report: Report, cells: list[Cell], words: Vocabulary) -> Table:
    language = words.language
    more: list[Column] = [
        words.column("days_over_median", Kind.NUMBER),
        words.column("days_over_maximum", Kind.COUNT),
    ]
    if report.earlier is not None:
        more += [
            Column(code="rate_earlier", heading=_EARLIER.to(language), kind=Kind.SHARE),
            Column(code="change", heading=_CHANGE.to(language), kind=Kind.NUMBER),
        ]
    group = Column(code="group", heading=_heading(report, words))
    return Table(
        title="",
        columns=figures.printed_columns(words, [group], more),
        rows=tuple(
            (
                figures.name_of(cell, report.asked.layout.by, words),
                *figures.printed_values(cell.figures, language),
                *_more(report, cell),
            )
            for cell in cells
        ),
        totals=1,
    )


def _heading(report: Report, words: Vocabulary) -> str:
    headings = [words.column(name).heading for name in report.asked.layout.by]
    return ", ".join(headings) or _WHAT.to(words.language)


def _more(report: Report, cell: Cell) -> tuple[Value, ...]:
    over = cell.figures.days_over
    late = (over.median, over.maximum) if over else (None, None)
    if report.earlier is None:
        return late
    before = cell.earlier.figures.rate if cell.earlier is not None else None
    now = cell.figures.rate
    change = None if now is None or before is None else 100 * (now - before)
    return *late, before, change


def _beside(of: Figures, words: Vocabulary) -> Table:
    language = words.language
    return Table(
        title=_BESIDE.to(language),
        columns=(
            Column(code="what", heading=_WHAT.to(language)),
            words.column("count", Kind.COUNT),
        ),
        rows=tuple(
            (words.column(number.value).heading, of.numbers[number])
            for number in STANDS_BESIDE
        ),
    )


def _facts(report: Report, words: Vocabulary) -> tuple[Fact, ...]:
    language = words.language
    earlier = report.earlier
    bases = ", ".join(
        words.basis(each, report.inclusion).label for each in report.bases
    )
    facts = [
        words.period(report.period),
        Fact(name=words.column("basis").heading, value=bases),
        *words.facts(report.asked.as_of, report.asked.known_at),
        Fact(
            name=_MINIMUM.to(language),
            value=report.asked.settings.minimum_n,
            kind=Kind.COUNT,
        ),
        Fact(
            name=_FINDINGS.to(language),
            value=sum(report.findings.values()),
            kind=Kind.COUNT,
        ),
    ]
    if earlier is not None:
        span = numbers.span(earlier.first, earlier.last, language)
        facts.insert(1, Fact(name=_COMPARED.to(language), value=span))
    if Basis.THL in report.bases:
        facts.append(Fact(name=_INCLUSION.to(language), value=left_out(report, words)))
    return tuple(facts)


def left_out(report: Report, words: Vocabulary) -> str:
    """Return what THL's figures leave out, and whether the county has confirmed it."""
    described = describe_inclusion(report.inclusion)
    codes = [
        words.coded(column, code).label
        for column, member in (
            ("outcome", "excluded_outcomes"),
            ("entry", "excluded_entries"),
        )
        for code in described[member]
    ]
    confirmed = _CONFIRMED if report.inclusion.confirmed else _UNCONFIRMED
    return f"{', '.join(codes)} ({confirmed.to(words.language)})"
