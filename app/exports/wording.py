"""The fixed words of documents, and values as a reader sees them."""

from datetime import date, datetime
from typing import assert_never

from app.domain.labels import heading
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.document import Coded, Document, Fact, Kind, Table, Value, Withheld

FACTS = Text(fi="Tietoja raportista", sv="Om rapporten", en="About this report")
DEFINITIONS = Text(fi="Käsitteet", sv="Begrepp", en="Definitions")
TERM = Text(fi="Käsite", sv="Begrepp", en="Term")
MEANING = Text(fi="Merkitys", sv="Betydelse", en="Meaning")
FACT = Text(fi="Tieto", sv="Uppgift", en="Fact")
AUDIENCE = Text(fi="Julkisuus", sv="Offentlighet", en="Audience")
VALUE = Text(fi="Arvo", sv="Värde", en="Value")
YES = Text(fi="kyllä", sv="ja", en="yes")
NO = Text(fi="ei", sv="nej", en="no")
PAGE = Text(fi="sivu", sv="sida", en="page")
OF = Text(fi="/", sv="av", en="of")
WITHHELD = Text(
    fi="..  Lukua ei näytetä, jotta ketään ei voida tunnistaa.",
    sv="..  Talet visas inte, för att ingen ska kunna kännas igen.",
    en="..  The figure is not shown, so that nobody can be recognised.",
)


def written(  # noqa: PLR0911 (one for each kind of value)
    value: Value, kind: Kind, language: Language
) -> str:
    """Return *value*, which is of *kind*, as a reader of *language* sees it."""
    match value:
        case None:
            return numbers.NOTHING
        case str():
            return str(value)
        case Coded(label=label):
            return label
        case bool():
            return (YES if value else NO).to(language)
        case datetime():
            return numbers.instant(value, language)
        case date():
            return numbers.day(value, language)
        case _:
            return _number(value, kind, language)


def facts(document: Document) -> tuple[Fact, ...]:
    """Return what is to be known of *document*, first whom it is for."""
    name = AUDIENCE.to(document.language)
    name_of_mark = heading("watermark", document.language)
    mark = Fact(name=name_of_mark, value=document.watermark)
    return (
        Fact(name=name, value=document.audience),
        *document.facts,
        *((mark,) if document.watermark else ()),
    )


def withholds(table: Table) -> bool:
    """Tell whether a figure of *table* is withheld."""
    return any(value is Withheld.FEW for row in table.rows for value in row)


def _number(value: float, kind: Kind, language: Language) -> str:
    match kind:
        case Kind.SHARE:
            return numbers.share(value, language)
        case Kind.NUMBER:
            return numbers.decimal(value, language)
        case Kind.COUNT | Kind.TEXT | Kind.DAY | Kind.INSTANT | Kind.YES_OR_NO:
            return numbers.count(int(value), language)
        case _:
            assert_never(kind)
