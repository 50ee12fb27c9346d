"""The access log as a document: who has been shown the cases of a client, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from app.db.look_questions import Logged
from app.domain.access_log import Look, Result
from app.domain.events import HELSINKI
from app.domain.labels import COLUMNS
from app.domain.look_texts import REASONS, RESULTS, ROLES, way_of
from app.domain.texts import Language, Text
from app.exports.document import (
    Coded,
    Column,
    Document,
    Fact,
    Kind,
    Paragraph,
    Section,
    Table,
    Value,
)
from app.exports.files import FileFormat
from app.exports.numbers import count, span
from app.services import access_log as service
from app.services.access_log import Answer, Query
from app.services.documents.worklist import MOST_ROWS
from app.services.viewing import TooManyRowsError, Viewer

_TITLE = Text(fi="Käyttöloki", sv="Användningslogg", en="Access log")
_ABOUT_CLIENT = Text(
    fi="Kenelle asiakkaan tietoja on näytetty",
    sv="För vem klientens uppgifter har visats",
    en="Who has been shown the client's data",
)
_ABOUT_LOOKS = Text(fi="Katselut", sv="Visningar", en="Looks")
_ABOUT_ELSEWHERE = Text(
    fi="Omien yksiköiden ulkopuoliset katselut",
    sv="Visningar utanför de egna enheterna",
    en="Looks outside one's own units",
)
_AUDIENCE = Text(
    fi="Salassa pidettävä: annetaan vain sille, jonka tietoja lokin rivit koskevat, ja "
    "valvojalle.",
    sv="Sekretessbelagd: lämnas ut endast till den som uppgifterna gäller och till "
    "tillsynsmyndigheten.",
    en="Secret: for whom its lines are about, and for the supervisor.",
)
_SUMMARY = Text(
    fi="Ajalla {period} tietoja on näytetty {shown} kertaa, viimeisin ensin. "
    "Lisäksi {missed} kertaa niitä on haettu, mutta niitä ei näytetty.",
    sv="Under tiden {period} har uppgifterna visats {shown} gånger, den senaste "
    "först. Därtill har de sökts {missed} gånger utan att visas.",
    en="In {period} the data were shown {shown} times, the last first. "
    "Besides, they were asked for {missed} times and not shown.",
)
_SERVICE = Text(
    fi="Luettelossa on tämä palvelu, joka seuraa määräaikoja. Asiakastietojärjestelmän "
    "oma loki on erikseen.",
    sv="Förteckningen gäller denna tjänst, som följer tidsfrister. "
    "Klientdatasystemet har en egen logg.",
    en="The list is of this service, which watches deadlines. The client system has a "
    "log of its own.",
)
_HEADINGS = {
    "at": Text(fi="Aika", sv="Tid", en="Time"),
    "person": Text(fi="Katsoja", sv="Vem", en="Who"),
    "name": Text(fi="Nimi", sv="Namn", en="Name"),
    "role": Text(fi="Rooli", sv="Roll", en="Role"),
    "units": Text(fi="Yksiköt", sv="Enheter", en="Units"),
    "way": Text(fi="Mitä kautta", sv="Var", en="Where"),
    "reason": Text(fi="Peruste", sv="Grund", en="Reason"),
    "cases": Text(fi="Asiat", sv="Ärenden", en="Cases"),
    "result": Text(fi="Tulos", sv="Resultat", en="Result"),
    "watermark": COLUMNS["watermark"],
}
# On paper the code stands in the foot of each page.
_PRINTED = tuple(code for code in _HEADINGS if code != "watermark")
_ALL_UNITS = Text(fi="kaikki", sv="alla", en="all")
_WORK = Text(fi="yksikön työ", sv="enhetens arbete", en="work of the unit")
_ASKED = {
    "child": Text(fi="Lapsi", sv="Barn", en="Child"),
    "case": COLUMNS["case_ref"],
    "source": COLUMNS["source"],
    "person": _HEADINGS["person"],
    "watermark": _HEADINGS["watermark"],
}
_FIRST = Text(fi="Alkaen", sv="Från och med", en="From")
_LAST = Text(fi="Asti", sv="Till och med", en="To")


def export(
    viewer: Viewer,
    query: Query,
    file: FileFormat,
    language: Language,
    *,
    most: int | None,
) -> Document:
    """Give all looks that *query* asks for, with a watermark.

    It is one of *most* files that the viewer may take today, or of any number if that
    is None.

    Raises:
        TooManyRowsError: there is more than such a *file* holds; the message says so.
        ExportQuotaError: the viewer has taken as many today.
        ReasonRequiredError: some looks would be more than two years old.
        LookNotWrittenError: this look cannot be written down.
    """
    with _saying_how_many(file) as limit:
        found, watermark = service.looks_to_take_away(
            viewer, query, limit=limit, most=most
        )
    heading = _ABOUT_LOOKS if found.cases is None else _ABOUT_CLIENT
    return _document(found, heading, _asked(query, language), language, watermark)


def export_elsewhere(
    viewer: Viewer,
    monday: date,
    file: FileFormat,
    language: Language,
    *,
    most: int | None,
) -> Document:
    """Give the looks of a week outside of the units of who looked, in the same way.

    Raises:
        TooManyRowsError: as from ``export``, as are the others.
        ExportQuotaError: as there.
        ReasonRequiredError: as there.
        LookNotWrittenError: as there.
    """
    with _saying_how_many(file) as limit:
        found, watermark = service.looks_elsewhere_to_take_away(
            viewer, monday, limit=limit, most=most
        )
    return _document(found, _ABOUT_ELSEWHERE, (), language, watermark)


@contextmanager
def _saying_how_many(file: FileFormat) -> Iterator[int]:
    """Give how many rows a *file* has at most, and say it where there are more."""
    limit = MOST_ROWS[file]
    try:
        yield limit
    except TooManyRowsError:
        raise TooManyRowsError(
            f"The access log as {file.upper()} has at most {limit:,} rows. Ask for a "
            "shorter time or one person, or choose CSV or XLSX."
        ) from None


def _document(
    found: Answer,
    heading: Text,
    asked: tuple[Fact, ...],
    language: Language,
    watermark: str,
) -> Document:
    columns = {
        code: Column(
            code=code,
            heading=heading.to(language),
            kind=Kind.INSTANT if code == "at" else Kind.TEXT,
        )
        for code, heading in _HEADINGS.items()
    }
    rows = tuple((*_row(each, found, language), watermark) for each in found.looks)
    name = "looks-elsewhere" if heading is _ABOUT_ELSEWHERE else "access-log"
    return Document(
        name=f"{name}-{found.first}-{found.last}",
        title=_TITLE.to(language),
        subtitle=heading.to(language),
        audience=_AUDIENCE.to(language),
        language=language,
        made_at=found.asked_at,
        watermark=watermark,
        facts=(
            *asked,
            Fact(name=_FIRST.to(language), value=found.first, kind=Kind.DAY),
            Fact(name=_LAST.to(language), value=found.last, kind=Kind.DAY),
        ),
        data=Table(title="", columns=tuple(columns.values()), rows=rows),
        sections=(
            Section(
                heading=heading.to(language),
                parts=(
                    Paragraph(_summary(found, language)),
                    Paragraph(_SERVICE.to(language)),
                    Table(
                        title="",
                        columns=tuple(columns[code] for code in _PRINTED),
                        rows=tuple(row[: len(_PRINTED)] for row in rows),
                    ),
                ),
            ),
        ),
        definitions=(),
    )


def _row(logged: Logged, found: Answer, language: Language) -> tuple[Value, ...]:
    look = logged.look
    named = found.named(logged) if found.cases is not None else look.cases
    return (
        logged.place.recorded_at.astimezone(HELSINKI),
        look.person,
        found.names.get(look.person),
        Coded(look.role, ROLES[look.role].to(language)),
        ", ".join(look.units) or _ALL_UNITS.to(language),
        Coded(look.route, way_of(look.route).to(language)),
        _reason(look, language),
        ", ".join(f"{case.source} {case.case_ref}" for case in sorted(named)),
        Coded(look.result, RESULTS[look.result].to(language)),
    )


def _reason(look: Look, language: Language) -> Coded:
    if look.reason is None:
        return Coded("", _WORK.to(language))
    return Coded(look.reason, REASONS[look.reason].to(language))


def _summary(found: Answer, language: Language) -> str:
    results = [each.look.result for each in found.looks]
    return _SUMMARY.to(language).format(
        period=span(found.first, found.last, language),
        shown=count(results.count(Result.SHOWN), language),
        missed=count(results.count(Result.NOT_FOUND), language),
    )


def _asked(query: Query, language: Language) -> tuple[Fact, ...]:
    """Return what was asked for, but for the days."""
    return tuple(
        Fact(name=name.to(language), value=getattr(query, member))
        for member, name in _ASKED.items()
        if getattr(query, member) is not None
    )
