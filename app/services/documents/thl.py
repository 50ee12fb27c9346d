"""THL's report as a document: four figures, what stands beside them, and a comment."""

from app.domain.texts import Language, Text
from app.domain.thl_texts import INCLUSION_UNCONFIRMED
from app.exports import numbers
from app.exports.document import (
    Column,
    Document,
    Fact,
    Kind,
    Paragraph,
    Passage,
    Section,
    Table,
    Value,
)
from app.services.documents import audience, figures
from app.services.documents.compliance import left_out
from app.services.documents.vocabulary import Vocabulary, words_of
from app.services.thl import RuleFigures, ThlFigures, ThlReport

_TITLE = Text(
    fi="Lastensuojelun käsittelyajat THL:lle",
    sv="Behandlingstiderna i barnskyddet till THL",
    en="Handling times in child protection, for THL",
)
FOUR = Text(fi="Neljä lukua", sv="Fyra tal", en="Four figures")
FOUR_OF = Text(
    fi="Jaksolla vireille tulleet asiat ja jaksolla valmistuneet arvioinnit. "
    "Yhteensä-sarake on luvuista laskettu tarkistussumma.",
    sv="Ärenden som inletts under perioden och bedömningar som slutförts under den. "
    "Kolumnen Totalt är en kontrollsumma.",
    en="Matters that became pending in the window and assessments completed in it. "
    "The totals are for checking.",
)
_ADD_UP = Text(
    fi="Yksiköiden summa täsmää", sv="Enheternas summa stämmer", en="Units add up"
)
HONEST = Text(
    fi="Jaksolla päättyneet määräajat",
    sv="Tidsfrister som löpt ut under perioden",
    en="Deadlines that fell due in the window",
)
HONEST_OF = Text(
    fi="Mukana ovat myös ne, jotka ovat yhä avoinna määräajan jälkeen: ne eivät ole "
    "THL:n prosenttiluvuissa.",
    sv="Även de som fortfarande är öppna efter fristen ingår: de finns inte i THL:s "
    "procenttal.",
    en="With those that are still open past their due date: these are in no percentage "
    "of THL's.",
)
_COMMENT = Text(
    fi="Luonnos kommentiksi", sv="Utkast till kommentar", en="Draft of the comment"
)
IN_LANGUAGE = {
    Language.FI: Text(fi="Suomeksi", sv="På finska", en="In Finnish"),
    Language.SV: Text(fi="Ruotsiksi", sv="På svenska", en="In Swedish"),
}
_EDIT = Text(
    fi="Muokkaa luonnosta ennen lähettämistä.",
    sv="Redigera utkastet innan det lämnas.",
    en="Edit the draft before it is sent.",
)
_WINDOW = Text(fi="Jakso", sv="Period", en="Window")
_OWED = Text(fi="Toimitettava THL:lle", sv="Lämnas till THL", en="Owed on")
_SEND_BY = Text(
    fi="Viimeinen arkipäivä sitä ennen", sv="Sista vardagen före det", en="Send by"
)
_LEFT = Text(fi="Päiviä jäljellä", sv="Dagar kvar", en="Days left")
_INCLUSION = Text(fi="Rajattu pois", sv="Exkluderade", en="Left out")


def document(found: ThlFigures, language: Language) -> Document:
    """Return *found* as a document."""
    report = found.report
    asked = report.asked
    words = words_of(asked, language)
    return Document(
        name=report.period.code.replace(":", "-"),
        title=_TITLE.to(language),
        subtitle=numbers.span(report.period.first, report.period.last, language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=asked.known_at,
        facts=_facts(found, words),
        data=_data(found, words),
        sections=(
            _four(found, words),
            _fell_due(found, words),
            *_comment(found, language),
        ),
        definitions=words.definitions(report.bases, report.inclusion),
    )


def _comment(found: ThlFigures, language: Language) -> tuple[Section, ...]:
    if not isinstance(found, ThlReport):
        return ()
    return (
        Section(
            heading=_COMMENT.to(language),
            parts=(
                Paragraph(_EDIT.to(language)),
                # Both languages of the authorities, whatever that of the document.
                *(
                    Passage(
                        heading=IN_LANGUAGE[each].to(language),
                        paragraphs=tuple(found.comment.to(each).splitlines()),
                        language=each,
                    )
                    for each in IN_LANGUAGE
                ),
            ),
        ),
    )


def _four(found: ThlFigures, words: Vocabulary) -> Section:
    language = words.language
    confirmed = found.report.inclusion.confirmed
    note = "" if confirmed else INCLUSION_UNCONFIRMED.to(language)
    table = Table(
        title="",
        columns=(
            words.column("rule"),
            words.column("in_time", Kind.COUNT),
            words.column("late", Kind.COUNT),
            words.column("sum", Kind.COUNT),
            words.column("rate", Kind.SHARE),
            Column(
                code="units_add_up", heading=_ADD_UP.to(language), kind=Kind.YES_OR_NO
            ),
        ),
        rows=tuple(_told(each, words) for each in found.rules),
        note=note,
    )
    return Section(
        heading=FOUR.to(language), parts=(Paragraph(FOUR_OF.to(language)), table)
    )


def _told(each: RuleFigures, words: Vocabulary) -> tuple[Value, ...]:
    in_time, late = each.pair
    rule = words.coded("rule", each.rule)
    return rule, in_time, late, in_time + late, each.told.rate, each.units_add_up


def _fell_due(found: ThlFigures, words: Vocabulary) -> Section:
    language = words.language
    table = Table(
        title="",
        columns=figures.printed_columns(words, [words.column("rule")]),
        rows=tuple(
            (
                words.coded("rule", each.rule),
                *figures.printed_values(each.fell_due, language),
            )
            for each in found.rules
        ),
    )
    return Section(
        heading=HONEST.to(language), parts=(Paragraph(HONEST_OF.to(language)), table)
    )


def _data(found: ThlFigures, words: Vocabulary) -> Table:
    report = found.report
    rows = tuple(
        (
            words.coded("row", "total"),
            report.period.code,
            words.basis(each.basis, report.inclusion),
            report.asked.as_of,
            words.coded("rule", of_rule.rule),
            *figures.data_values(each),
        )
        for of_rule in found.rules
        for each in (of_rule.told, of_rule.fell_due)
    )
    return Table(
        title=_TITLE.to(words.language),
        columns=figures.data_columns(words, ()),
        rows=rows,
    )


def _facts(found: ThlFigures, words: Vocabulary) -> tuple[Fact, ...]:
    language = words.language
    report, due = found.report, found.due
    span = numbers.span(report.period.first, report.period.last, language)
    return (
        Fact(name=_WINDOW.to(language), value=span),
        Fact(name=_OWED.to(language), value=due.due_on, kind=Kind.DAY),
        Fact(name=_SEND_BY.to(language), value=due.send_by, kind=Kind.DAY),
        Fact(name=_LEFT.to(language), value=due.days_left, kind=Kind.COUNT),
        Fact(name=_INCLUSION.to(language), value=left_out(report, words)),
        *words.facts(report.asked.as_of, report.asked.known_at),
    )
