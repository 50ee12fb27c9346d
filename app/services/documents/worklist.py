"""The worklist as a document: every row of the question, in the order asked for."""

from dataclasses import replace

from app.db.deadlines import Row
from app.domain.delays import ACTIONS, CAUSES, Delay
from app.domain.texts import Language, Text
from app.exports.document import (
    Coded,
    Column,
    Definition,
    Document,
    Fact,
    Kind,
    Paragraph,
    Section,
    Table,
    Value,
)
from app.exports.files import FileFormat
from app.exports.numbers import count
from app.services.deadlines import (
    Query,
    Status,
    Worklist,
    days_left,
    worklist_to_take_away,
)
from app.services.documents import audience
from app.services.documents.vocabulary import Vocabulary
from app.services.opened import Cases
from app.services.viewing import TooManyRowsError, Viewer

# A workbook of more is slow to open, and nobody reads so many pages.
MOST_ROWS = {
    FileFormat.CSV: 100_000,
    FileFormat.XLSX: 100_000,
    FileFormat.PDF: 2_000,
}
_TITLE = Text(
    fi="Määräaikojen työlista", sv="Arbetslista över tidsfrister", en="Worklist"
)
_STATUSES = {
    Status.OVERDUE: Text(
        fi="määräaika ylittynyt", sv="tidsfristen överskriden", en="overdue"
    ),
    Status.DUE_SOON: Text(
        fi="määräaika lähellä", sv="tidsfristen löper snart ut", en="due soon"
    ),
    Status.OPEN: Text(fi="avoinna", sv="öppna", en="open"),
    Status.MET: Text(fi="täytetty", sv="uppfyllda", en="met"),
    Status.LATE: Text(
        fi="päättynyt myöhässä", sv="avslutade för sent", en="done or ended late"
    ),
    Status.ALL: Text(fi="kaikki", sv="alla", en="all"),
}
_DEADLINES = Text(fi="Määräajat", sv="Tidsfrister", en="Deadlines")
_SUMMARY = Text(
    fi="Listalla on {rows} määräaikaa. Koko rajauksessa avoinna on {open}, joista "
    "{overdue} on ylittänyt määräpäivänsä.",
    sv="Listan har {rows} tidsfrister. I hela urvalet är {open} öppna, av vilka "
    "{overdue} har överskridit sin sista dag.",
    en="The list has {rows} deadlines. In the whole selection {open} are open, of "
    "which {overdue} are past their due date.",
)
SELECTION = Text(fi="Rajaus", sv="Urval", en="Selection")
_NEGATIVE = Text(
    fi="Jäljellä olevat päivät ovat negatiivisia, kun määräpäivä on ohitettu.",
    sv="Dagarna kvar är negativa när den sista dagen har passerats.",
    en="Days left are negative when the due date has passed.",
)
_TERMS = (
    (
        "due_on",
        Text(
            fi="Viimeinen päivä, jona velvollisuus on täytetty ajoissa. Määräpäivänä "
            "tehty ei ole myöhässä.",
            sv="Den sista dagen då skyldigheten uppfylls i tid. Det som görs den sista "
            "dagen är inte försenat.",
            en="The last day on which the duty is met in time; what is done on it is "
            "not late.",
        ),
    ),
    (
        "safe_on",
        Text(
            fi="Viimeinen arkipäivä, joka on ajoissa kaikkien laintulkintojen mukaan: "
            "työ suunnitellaan sen mukaan.",
            sv="Den sista vardagen som är i tid enligt varje lagtolkning: planera "
            "arbetet efter den.",
            en="The last working day that is in time under every legal reading: plan "
            "for it.",
        ),
    ),
)
_FILTERS = ("rule", "unit", "language_group", "nationality_group", "entry")
_PRINTED = ("case_ref", "rule", "unit", "started_on", "due_on", "status")


def export(
    viewer: Viewer,
    query: Query,
    file: FileFormat,
    language: Language,
    *,
    most: int | None,
) -> Document:
    """Give everything that *query* asks for, whatever its limit and cursor.

    It bears a watermark, by which the access log tells who has taken it, and is one of
    *most* files that the viewer may take today, or of any number if that is None.

    Raises:
        ExportQuotaError: the viewer has taken as many today.
        TooManyRowsError: there is more than such a *file* holds; the message says so.
        LookNotWrittenError: the look cannot be written down.
        FutureKnowledgeError: ``known_at`` lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: ``as_of`` lies outside the verified years.
    """
    limit = MOST_ROWS[file]
    try:
        found, watermark = worklist_to_take_away(
            viewer, replace(query, limit=limit), most=most
        )
    except TooManyRowsError:
        raise TooManyRowsError(
            f"A worklist as {file.upper()} has at most {limit:,} rows. Narrow it by "
            "unit, rule or status, choose CSV or XLSX, or read it page by page as JSON."
        ) from None
    return document(found, query, language, watermark)


def document(
    found: Worklist, query: Query, language: Language, watermark: str
) -> Document:
    """Return *found*, the whole answer to *query*, as a document that bears a mark."""
    words = Vocabulary(language=language, law=found.law, units=found.units)
    columns = columns_of(words)
    rows = tuple(
        (
            *row_of(row, row.deadline.responsible_unit(found.as_of), found, words),
            watermark,
        )
        for row in found.rows
    )
    status = _STATUSES[query.status].to(language)
    title = _TITLE.to(language)
    data = Table(title=title, columns=columns, rows=rows)
    return Document(
        name=f"deadlines-{query.status.value}-{found.as_of}",
        title=title,
        subtitle=status,
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=found.known_at,
        watermark=watermark,
        facts=(
            Fact(name=SELECTION.to(language), value=_selection(query, status, words)),
            *words.facts(found.as_of, found.known_at),
        ),
        data=data,
        sections=(
            Section(
                heading=_DEADLINES.to(language),
                parts=(
                    Paragraph(_summary(found, language)),
                    printed(data, language),
                ),
            ),
        ),
        definitions=tuple(
            Definition(term=words.column(code).heading, text=text.to(language))
            for code, text in _TERMS
        ),
    )


def columns_of(words: Vocabulary) -> tuple[Column, ...]:
    """Return the columns of every list of deadlines as a file."""
    kinds = {
        **dict.fromkeys(("started_on", "due_on", "safe_on", "met_on"), Kind.DAY),
        "follow_up_on": Kind.DAY,
        **dict.fromkeys(("working_days_left", "calendar_days_left"), Kind.COUNT),
        **dict.fromkeys(
            ("unit_is_registered", "joined", "recorded_late", "corrected"),
            Kind.YES_OR_NO,
        ),
    }
    codes = (
        *("source", "case_ref", "child_ref", "rule", "unit", "unit_is_registered"),
        *("started_on", "due_on", "safe_on", "met_on", "status"),
        *("working_days_left", "calendar_days_left"),
        *("joined", "recorded_late", "corrected"),
        *("language_group", "nationality_group", "age_band", "entry", "worker"),
        *("delay_cause", "delay_action", "follow_up_on"),
        # In each row: a part of a list tells as well whose it was.
        "watermark",
    )
    return tuple(words.column(code, kinds.get(code, Kind.TEXT)) for code in codes)


def row_of(
    row: Row, unit: str | None, found: Worklist | Cases, words: Vocabulary
) -> tuple[Value, ...]:
    """Return *row* as the columns have it, but for the last, which is the watermark."""
    clock = row.deadline
    as_of = found.as_of
    met = clock.met_on is not None and clock.met_on <= as_of
    late = clock.recorded_late(found.live_since.get(row.source)) if met else False
    return (
        *(row.source, row.case_ref, clock.child_ref),
        words.coded("rule", clock.rule),
        words.coded("unit", unit),
        unit in found.units,
        *(clock.started_on, clock.due_on, clock.safe_on),
        clock.met_on if met else None,
        words.coded("status", clock.verdict(as_of).value),
        *days_left(clock, as_of, found.law.calendar),
        *(clock.joined, late, clock.corrected),
        words.coded("language_group", clock.language_group),
        words.coded("nationality_group", clock.nationality_group),
        words.coded("age_band", clock.age_band),
        words.coded("entry", clock.entry),
        clock.worker_of(unit),
        *_delay(clock.delay(as_of), words.language),
    )


def _delay(delay: Delay | None, language: Language) -> tuple[Value, ...]:
    """Return why the deadline was missed and what is done, if anybody told."""
    if delay is None:
        return None, None, None
    return (
        Coded(delay.cause.value, CAUSES[delay.cause].to(language)),
        Coded(delay.action.value, ACTIONS[delay.action].to(language)),
        delay.follow_up_on,
    )


def printed(data: Table, language: Language) -> Table:
    """Return what of *data* has room on paper."""
    wanted = (*_PRINTED, "working_days_left")
    places = [[column.code for column in data.columns].index(code) for code in wanted]
    return Table(
        title="",
        columns=tuple(data.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in data.rows),
        note=_NEGATIVE.to(language),
    )


def _summary(found: Worklist, language: Language) -> str:
    numbers = {
        "rows": len(found.rows),
        "open": found.counts.open,
        "overdue": found.counts.overdue,
    }
    told = {name: count(number, language) for name, number in numbers.items()}
    return _SUMMARY.to(language).format(**told)


def _selection(query: Query, status: str, words: Vocabulary) -> str:
    """Return in words which deadlines were asked for."""
    asked = [status]
    for name in _FILTERS:
        code = getattr(query, name)
        if code is not None:
            heading = words.column(name).heading
            asked.append(f"{heading}: {words.coded(name, code).label}")
    for name in ("worker", "source"):
        text = getattr(query, name)
        if text is not None:
            asked.append(f"{words.column(name).heading}: {text}")
    return "; ".join(asked)
