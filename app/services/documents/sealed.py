"""A sealed report as a document: what was reported, by its own words and numbers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.domain.compliance import Basis
from app.domain.law import Law
from app.domain.reporting_periods import Period, parse_period
from app.domain.sealed_reports import ReportKind
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.document import (
    Definition,
    Document,
    Fact,
    Kind,
    Part,
    Passage,
    Section,
    Table,
    Value,
)
from app.services.documents import audience, figures
from app.services.documents.thl import FOUR, HONEST, IN_LANGUAGE
from app.services.documents.vocabulary import Vocabulary
from app.services.plain_reports import SPANS, cells_of, number_of
from app.services.sealed_reports import Sealed, Words

KINDS = {
    ReportKind.MONTHLY: Text(
        fi="Kuukausiraportti", sv="Månadsrapport", en="Monthly report"
    ),
    ReportKind.THL: Text(
        fi="Raportti THL:lle", sv="Rapport till THL", en="Report to THL"
    ),
    ReportKind.YEARLY: Text(fi="Vuosiraportti", sv="Årsrapport", en="Yearly report"),
}
_TITLE = Text(
    fi="Sinetöity raportti {number}",
    sv="Förseglad rapport {number}",
    en="Sealed report {number}",
)
_KIND = Text(fi="Raportti", sv="Rapport", en="Report")
_SEALED_AT = Text(fi="Sinetöity", sv="Förseglad", en="Sealed")
_SEALED_BY = Text(fi="Sinetöijä", sv="Förseglad av", en="Sealed by")
_UNITS = Text(fi="Yksiköt", sv="Enheter", en="Units")
_ALL_UNITS = Text(fi="kaikki", sv="alla", en="all")
_SOFTWARE = Text(fi="Ohjelman versio", sv="Programversion", en="Software version")
_DIGEST = Text(fi="Tiiviste", sv="Kondensat", en="Digest")
_HASH = Text(fi="Sinetti", sv="Sigill", en="Seal")
_PREVIOUS = Text(
    fi="Edellisen raportin sinetti",
    sv="Den föregående rapportens sigill",
    en="Seal of the report before",
)
_COMMENT = Text(fi="Kommentti", sv="Kommentar", en="Comment")


def document(sealed: Sealed, known: Words, language: Language) -> Document:
    """Return *sealed* as a document; *known* are the names of then."""
    content = sealed.content
    words = Vocabulary(language=language, law=known.law, units=known.units)
    period = parse_period(content["period"])
    title = _TITLE.to(language).format(number=sealed.seal.number)
    return Document(
        name=f"sealed-{sealed.seal.number}-{period.code.replace(':', '-')}",
        title=title,
        subtitle=numbers.span(period.first, period.last, language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=datetime.fromisoformat(content["sealed_at"]),
        facts=tuple(_facts(sealed, period, words)),
        data=_data(content, title, words),
        sections=(
            *_sections(content, known.law, words),
            *_comment(content["comment"], language),
        ),
        definitions=tuple(
            Definition(
                term=words.coded("basis", basis).label, text=texts[language.value]
            )
            for basis, texts in content["definitions"].items()
        ),
    )


def named(cell: Mapping[str, Any], by: Iterable[str], words: Vocabulary) -> str:
    """Return what the groups of *cell* are called; all, where it has none."""
    return words.named((name, cell[name]) for name in by if name in cell)


def _facts(sealed: Sealed, period: Period, words: Vocabulary) -> Iterator[Fact]:
    language, content, seal = words.language, sealed.content, sealed.seal
    units = [
        words.coded("unit", code).label for code in content["scope"]["roots"] or ()
    ]
    sealed_at = datetime.fromisoformat(content["sealed_at"])
    known_at = datetime.fromisoformat(content["known_at"])
    yield Fact(name=_KIND.to(language), value=KINDS[content["kind"]].to(language))
    yield words.period(period)
    yield from words.facts(date.fromisoformat(content["as_of"]), known_at)
    yield Fact(
        name=_UNITS.to(language), value=", ".join(units) or _ALL_UNITS.to(language)
    )
    yield Fact(name=_SEALED_AT.to(language), value=sealed_at, kind=Kind.INSTANT)
    yield Fact(name=_SEALED_BY.to(language), value=content["sealed_by"])
    yield Fact(name=_SOFTWARE.to(language), value=content["software"])
    yield Fact(name=_DIGEST.to(language), value=seal.digest.hex())
    yield Fact(name=_HASH.to(language), value=seal.hash.hex())
    yield Fact(name=_PREVIOUS.to(language), value=sealed.previous.hex())


def _sections(
    content: Mapping[str, Any], law: Law, words: Vocabulary
) -> Iterator[Section]:
    told = content["figures"]
    if content["kind"] == ReportKind.THL:
        yield from _of_thl(told["figures"], words)
        return
    by = content["by"]
    for rule in (rule.code for rule in law.rules):
        cells = [cell for name in SPANS for cell in told[name] if cell["rule"] == rule]
        if cells:
            yield Section(
                heading=words.coded("rule", rule).label,
                parts=tuple(_tables(cells, by, content["basis"], words)),
            )


def _tables(
    cells: list[dict[str, Any]], by: list[str], basis: str, words: Vocabulary
) -> Iterator[Part]:
    """Give the table of each basis; the second one's figures stand in the first's."""
    first = Basis.DUE if basis == "both" else Basis(basis)
    yield _table(words.coded("basis", first).label, cells, cells, by, words)
    if basis == "both":
        beside = [cell["thl"] for cell in cells]
        yield _table(words.coded("basis", Basis.THL).label, cells, beside, by, words)


def _table(
    title: str,
    cells: list[dict[str, Any]],
    told: list[dict[str, Any]],
    by: list[str],
    words: Vocabulary,
) -> Table:
    headings = [words.column(name).heading for name in by]
    group = words.column("group")
    if headings:
        group = replace(group, heading=", ".join(headings))
    return Table(
        title=title,
        columns=figures.printed_columns(words, [group]),
        rows=tuple(
            (named(cell, by, words), *_printed(each, words.language))
            for cell, each in zip(cells, told, strict=True)
        ),
        totals=1,
    )


def _of_thl(told: list[dict[str, Any]], words: Vocabulary) -> Iterator[Section]:
    language = words.language
    four = Table(
        title="",
        columns=(
            words.column("rule"),
            words.column("in_time", Kind.COUNT),
            words.column("late", Kind.COUNT),
            words.column("sum", Kind.COUNT),
            words.column("rate", Kind.SHARE),
        ),
        rows=tuple(
            (
                words.coded("rule", each["rule"]),
                *(each["in_time"], each["late"], each["check_sum"]),
                each["thl"]["rate"],
            )
            for each in told
        ),
    )
    fell_due = Table(
        title="",
        columns=figures.printed_columns(words, [words.column("rule")]),
        rows=tuple(
            (words.coded("rule", each["rule"]), *_printed(each["due"], language))
            for each in told
        ),
    )
    yield Section(heading=FOUR.to(language), parts=(four,))
    yield Section(heading=HONEST.to(language), parts=(fell_due,))


def _printed(told: Mapping[str, Any], language: Language) -> tuple[Value, ...]:
    """Return sealed figures as ``figures.printed_columns`` has them."""
    interval = None
    if told["interval"] is not None:
        low, high = told["interval"]
        interval = numbers.interval(low, high, language)
    return (
        *(told[name] for name in ("due", "in_time", "late", "open_late")),
        *(told["rate"], interval),
    )


def _comment(
    comment: Mapping[str, str] | None, language: Language
) -> tuple[Section, ...]:
    if comment is None:
        return ()
    return (
        Section(
            heading=_COMMENT.to(language),
            parts=tuple(
                Passage(
                    heading=text.to(language),
                    paragraphs=tuple(comment[each.value].splitlines()),
                    language=each,
                )
                for each, text in IN_LANGUAGE.items()
            ),
        ),
    )


def _data(content: Mapping[str, Any], title: str, words: Vocabulary) -> Table:
    by = () if content["kind"] == ReportKind.THL else content["by"]
    return Table(
        title=title,
        columns=figures.data_columns(words, by),
        rows=tuple(
            (
                words.coded("row", span),
                content["period"],
                words.coded("basis", basis),
                date.fromisoformat(content["as_of"]),
                words.coded("rule", cell["rule"]),
                *(words.coded(name, cell.get(name)) for name in by),
                *_values(told),
            )
            for span, basis, cell, told in cells_of(content)
        ),
    )


def _values(told: Mapping[str, Any]) -> tuple[Value, ...]:
    """Return sealed figures as ``figures.data_columns`` has them."""
    over = told["days_over"] or {}
    return (
        *(number_of(told, number) for number in figures.NUMBERS),
        told["rate"],
        *(told["interval"] or (None, None)),
        *(over.get(name) for name in ("median", "p90", "mean", "maximum")),
        *(number_of(told, number) for number in figures.APPENDED),
    )
