"""What a county writes to THL: the comment to its figures, and a notice of changes.

The sentences are drafts made of counts, to be read and edited before anything is sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.domain.law.wording import date_text
from app.domain.report_changes import Cause
from app.domain.reporting_periods import Period
from app.domain.texts import Text

MOST_KINDS = 3
INITIATION_TITLE = Text(
    fi="Arvioinnin aloittaminen, 7 arkipäivää",
    sv="Påbörjande av bedömningen, 7 vardagar",
    en="Initiation of the assessment, 7 working days",
)
ASSESSMENT_TITLE = Text(
    fi="Palvelutarpeen arviointi, 3 kuukautta",
    sv="Bedömning av servicebehovet, 3 månader",
    en="Service-needs assessment, 3 months",
)
INCLUSION_UNCONFIRMED = Text(
    fi="Vahvistamatta: mitkä asiat THL:n lomakkeella lasketaan. Tarkista rajaus "
    "THL:ltä ennen lähettämistä.",
    sv="Obekräftat: vilka ärenden som räknas i THL:s blankett. Kontrollera "
    "avgränsningen med THL innan uppgifterna lämnas.",
    en="Unconfirmed: which matters THL's form counts. Ask THL before you send.",
)
_IN_TIME = Text(fi="ajoissa", sv="i tid", en="in time")
_LATE = Text(fi="myöhässä", sv="försenade", en="late")
CAUSES = {
    Cause.ARRIVED_LATE: Text(
        fi="myöhässä saapuneet tiedot",
        sv="uppgifter som inkommit i efterhand",
        en="news that arrived late",
    ),
    Cause.LATER_EVENT: Text(
        fi="myöhemmän tapahtuman tuoma lisätieto",
        sv="tilläggsuppgifter från en senare händelse",
        en="what a later event told",
    ),
    Cause.CORRECTED: Text(
        fi="korjatut kirjaukset", sv="rättade anteckningar", en="corrected entries"
    ),
    Cause.RETRACTED: Text(
        fi="perutut kirjaukset", sv="återkallade anteckningar", en="retracted entries"
    ),
    Cause.RULE_CHANGE: Text(
        fi="muuttunut laskentasääntö, asetus tai yksikköjako",
        sv="ändrad beräkningsregel, inställning eller enhetsindelning",
        en="a changed rule, setting or division into units",
    ),
}


class InTimeAndLate(NamedTuple):
    """Two of the four figures: what was done in time, and late."""

    in_time: int
    late: int


class FourFigures(NamedTuple):
    """What THL asks of a county."""

    initiation: InTimeAndLate
    assessment: InTimeAndLate


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the comment is drafted from.

    *open_late* are clocks, by rule, that are open after their due date and in none of
    the *figures*. *reasons* say why deadlines that fell due in the window were missed,
    *without_reason* of how many nobody has said; *findings* are those that are open.
    All are counts.
    """

    as_of: date
    figures: FourFigures
    open_late: tuple[int, int]
    reasons: Sequence[tuple[Text, int]]
    without_reason: int
    findings: Sequence[tuple[Text, int]]


def comment(facts: Facts) -> Text:
    """Return the draft of the comment to the figures."""
    return _paragraph(_comment(facts))


def notice(
    window: Period,
    *,
    number: int,
    sealed_on: date,
    before: FourFigures,
    after: FourFigures,
    causes: Mapping[Cause, int],
) -> Text | None:
    """Return the draft of a notice that asks THL to correct what it was sent.

    *number* and *sealed_on* are those of the report; *causes* count the deadlines that
    moved into, out of or between the figures. None if these are as they were.
    """
    if before == after:
        return None
    first, last, made_on = map(date_text, (window.first, window.last, sealed_on))
    to = "\N{EN DASH}"
    asking = Text(
        fi=f"Pyydämme korjaamaan lähettämämme tiedot lastensuojelun käsittelyajoista "
        f"ajalta {first.fi}{to}{last.fi} (raporttimme nro {number}, laadittu "
        f"{made_on.fi}).",
        sv=f"Vi ber er rätta de uppgifter om handläggningstiderna inom barnskyddet som "
        f"vi har lämnat för tiden {first.sv}{to}{last.sv} (vår rapport nr {number}, "
        f"upprättad {made_on.sv}).",
        en=f"Please correct the figures on handling times in child protection that we "
        f"have sent for {first.en} {to} {last.en} (our report no. {number} of "
        f"{made_on.en}).",
    )
    return _paragraph([asking, *_changed_figures(before, after), _explained(causes)])


def _comment(facts: Facts) -> Iterator[Text]:
    day = date_text(facts.as_of)
    yield Text(
        fi=f"Luvut ovat tilanteesta {day.fi}.",
        sv=f"Talen avser läget {day.sv}.",
        en=f"The figures are as of {day.en}.",
    )
    for title, (in_time, late) in zip(_TITLES, facts.figures, strict=True):
        yield _joined(
            title,
            Text(
                fi=f": ajoissa {_number(in_time)}, myöhässä {_number(late)}.",
                sv=f": i tid {_number(in_time)}, försenade {_number(late)}.",
                en=f": in time {_number(in_time)}, late {_number(late)}.",
            ),
        )
    if any(facts.open_late):
        initiation, assessment = map(_number, facts.open_late)
        yield Text(
            fi=f"Lisäksi määräaika oli ylittynyt asioissa, jotka ovat vielä kesken: "
            f"arvioinnin aloittaminen {initiation}, palvelutarpeen arviointi "
            f"{assessment}. Ne eivät sisälly edellä oleviin lukuihin.",
            sv=f"Dessutom hade tidsfristen överskridits i ärenden som ännu pågår: "
            f"påbörjande av bedömningen {initiation}, bedömning av servicebehovet "
            f"{assessment}. De ingår inte i talen ovan.",
            en=f"Beside these, matters still open were past their deadline: initiation "
            f"{initiation}, assessment {assessment}. They are in none of the figures "
            "above.",
        )
    yield from _reasons(facts)
    yield from _findings(facts.findings)


def _reasons(facts: Facts) -> Iterator[Text]:
    if facts.reasons:
        named = _listed(facts.reasons)
        yield Text(
            fi=f"Jaksolla päättyneiden määräaikojen ylittymisen syyt: {named.fi}.",
            sv=f"Orsaker till att tidsfrister som löpte ut under perioden har "
            f"överskridits: {named.sv}.",
            en=f"Why deadlines that fell due in the window were missed: {named.en}.",
        )
    if facts.without_reason:
        count = _number(facts.without_reason)
        yield Text(
            fi=f"Ylityksiä, joiden syytä ei ole vielä kirjattu: {count}.",
            sv=f"Överskridningar vars orsak ännu inte antecknats: {count}.",
            en=f"Missed deadlines whose reason is not recorded yet: {count}.",
        )


def _findings(findings: Sequence[tuple[Text, int]]) -> Iterator[Text]:
    if not findings:
        return
    total = _number(sum(count for _, count in findings))
    yield Text(
        fi=f"Kirjaamisen avoimia poikkeamia, jotka voivat vaikuttaa lukuihin: {total}.",
        sv=f"Öppna avvikelser i antecknandet som kan påverka talen: {total}.",
        en=f"Open oddities in the records that may affect the figures: {total}.",
    )
    most = sorted(findings, key=lambda each: -each[1])[:MOST_KINDS]
    for text, count in most:
        first = _first_sentence(text)
        yield Text(
            fi=f"{_number(count)} kpl: {first.fi}",
            sv=f"{_number(count)} st.: {first.sv}",
            en=f"{_number(count)}: {first.en}",
        )


def _changed_figures(before: FourFigures, after: FourFigures) -> Iterator[Text]:
    for title, old, new in zip(_TITLES, before, after, strict=True):
        for name, was, is_now in zip((_IN_TIME, _LATE), old, new, strict=True):
            change = f"{_number(was)} → {_number(is_now)}"
            unchanged = Text(
                fi=f"{_number(was)} (ei muutu)",
                sv=f"{_number(was)} (oförändrat)",
                en=f"{_number(was)} (unchanged)",
            )
            shown = unchanged if was == is_now else Text(change, change, change)
            yield Text(
                fi=f"{title.fi}, {name.fi}: {shown.fi}.",
                sv=f"{title.sv}, {name.sv}: {shown.sv}.",
                en=f"{title.en}, {name.en}: {shown.en}.",
            )


def _explained(causes: Mapping[Cause, int]) -> Text:
    named = _listed([(CAUSES[each], causes[each]) for each in Cause if each in causes])
    return Text(
        fi=f"Muutoksen syyt asioittain: {named.fi}.",
        sv=f"Orsaker till ändringen, antal ärenden: {named.sv}.",
        en=f"Why, by number of matters: {named.en}.",
    )


_TITLES = (INITIATION_TITLE, ASSESSMENT_TITLE)


def _listed(counts: Sequence[tuple[Text, int]]) -> Text:
    """Return names with their counts, the greatest first, with commas between."""
    ordered = sorted(counts, key=lambda each: -each[1])
    return Text(
        fi=", ".join(f"{_lower(text.fi)} {_number(count)}" for text, count in ordered),
        sv=", ".join(f"{_lower(text.sv)} {_number(count)}" for text, count in ordered),
        en=", ".join(f"{_lower(text.en)} {_number(count)}" for text, count in ordered),
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _first_sentence(text: Text) -> Text:
    fi, sv, en = (
        each.partition(". ")[0].removesuffix(".") + "."
        for each in (text.fi, text.sv, text.en)
    )
    return Text(fi=fi, sv=sv, en=en)


def _joined(first: Text, second: Text) -> Text:
    return Text(
        fi=first.fi + second.fi, sv=first.sv + second.sv, en=first.en + second.en
    )


def _paragraph(sentences: Sequence[Text] | Iterator[Text]) -> Text:
    said = list(sentences)
    return Text(
        fi="\n".join(each.fi for each in said),
        sv="\n".join(each.sv for each in said),
        en="\n".join(each.en for each in said),
    )


def _number(count: int) -> str:
    """Return *count* with a no-break space between thousands."""
    return f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")
