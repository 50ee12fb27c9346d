"""What was published of the compliance report, as a document."""

from app.domain.compliance import Basis, Dimension
from app.domain.definitions import PUBLISHED
from app.domain.public_grid import Measure
from app.domain.public_tables import PublicRow
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.document import (
    Coded,
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Section,
    Table,
    Value,
    Withheld,
)
from app.services.documents import audience
from app.services.documents.vocabulary import Vocabulary
from app.services.publications import Publication, PublicReport

_TITLE = Text(
    fi="Määräaikojen toteutuminen, julkaistu",
    sv="Iakttagandet av tidsfristerna, publicerat",
    en="Compliance with the deadlines, as published",
)
_NUMBER = Text(
    fi="Julkaisun numero", sv="Publikationens nummer", en="Publication number"
)
_DIGEST = Text(
    fi="Julkaistun tiiviste",
    sv="Kondensat av det publicerade",
    en="Digest of what was published",
)
_PUBLISHED = Text(fi="Julkaistu", sv="Publicerat", en="Published")
_THRESHOLD = Text(
    fi="Lukumäärät on peitetty, jos ne ovat alle",
    sv="Antal döljs om de är mindre än",
    en="Counts are hidden if they are less than",
)
_MISSED = Text(fi="Määräaika ylittynyt", sv="Tidsfristen överskriden", en="Missed")
_TERM = Text(fi="Julkaistu luku", sv="Publicerat tal", en="Published figure")
_RATES = ("rate", "interval_low", "interval_high")


def document(report: PublicReport, language: Language) -> Document:
    """Return the public *report* as a document."""
    words = Vocabulary(language=language, law=report.law, units=report.units)
    publication, period, table = report.publication, report.period, report.table
    kinds = {"cell": table.rows, "subtotal": table.subtotals, "total": table.totals}
    return Document(
        name=f"compliance-public-{period.code}",
        title=_TITLE.to(language),
        subtitle=numbers.span(period.first, period.last, language),
        audience=audience.PUBLIC.to(language),
        language=language,
        made_at=publication.known_at,
        facts=(
            words.period(period),
            *facts(publication, words),
        ),
        data=Table(
            title=_TITLE.to(language),
            columns=(
                *(words.column(code) for code in ("row", "period", "basis")),
                words.column("as_of", Kind.DAY),
                *(words.column(code) for code in ("rule", *report.by)),
                *columns(words),
            ),
            rows=tuple(
                (
                    words.coded("row", kind),
                    period.code,
                    words.coded("basis", Basis.DUE.value),
                    publication.as_of,
                    words.coded("rule", row.rule),
                    *(_group(row, name, words) for name in report.by),
                    *values(row),
                )
                for kind, rows in kinds.items()
                for row in rows
            ),
            totals=len(table.totals),
        ),
        sections=tuple(_section(report, total, words) for total in table.totals),
        definitions=(definition(language),),
    )


def facts(publication: Publication, words: Vocabulary) -> tuple[Fact, ...]:
    """Return what is to be known of *publication*."""
    language = words.language
    return (
        *words.facts(publication.as_of, publication.known_at),
        Fact(name=_NUMBER.to(language), value=publication.number, kind=Kind.COUNT),
        Fact(name=_DIGEST.to(language), value=publication.digest.hex()),
        Fact(
            name=_PUBLISHED.to(language),
            value=publication.published_at,
            kind=Kind.INSTANT,
        ),
        Fact(
            name=_THRESHOLD.to(language), value=publication.threshold, kind=Kind.COUNT
        ),
    )


def definition(language: Language) -> Definition:
    """Return what a published figure is."""
    return Definition(term=_TERM.to(language), text=PUBLISHED.to(language))


def _section(report: PublicReport, total: PublicRow, words: Vocabulary) -> Section:
    """Return the rows of one rule as a table for people."""
    table = report.table
    rows = [row for row in (*table.rows, *table.subtotals) if row.rule == total.rule]
    headings = [words.column(name).heading for name in report.by]
    heading = ", ".join(headings) or words.column("row").heading
    return Section(
        heading=words.coded("rule", total.rule).label,
        parts=(
            Table(
                title="",
                columns=(Column(code="group", heading=heading), *columns(words)),
                rows=tuple(
                    (words.named(row.groups.items()), *values(row))
                    for row in (*rows, total)
                ),
                totals=1,
            ),
        ),
    )


def columns(words: Vocabulary) -> tuple[Column, ...]:
    """Return the columns of published figures."""
    missed = _MISSED.to(words.language)
    return (
        words.column(Measure.DUE.value, Kind.COUNT),
        words.column(Measure.IN_TIME.value, Kind.COUNT),
        Column(code=Measure.MISSED.value, heading=missed, kind=Kind.COUNT),
        *(words.column(code, Kind.SHARE) for code in _RATES),
    )


def values(row: PublicRow) -> tuple[Value, ...]:
    """Return the figures of *row* as ``columns`` has them; what is hidden withheld."""
    counts = (Withheld.FEW if n is None else n for n in row.counts.values())
    if row.hidden:
        return *counts, *(Withheld.FEW for _ in _RATES)
    return *counts, row.rate, *(row.interval or (None, None))


def _group(row: PublicRow, name: Dimension, words: Vocabulary) -> Coded | None:
    """Return the group of *row* under its name; None where it is of all groups."""
    return words.coded(name, row.groups[name]) if name in row.groups else None
