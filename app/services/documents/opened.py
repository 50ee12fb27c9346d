"""The deadlines behind a number as a document: all, as the worklist has them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.deadlines import Deadline
from app.domain.texts import Language, Text
from app.exports.document import Document, Fact, Section, Table
from app.exports.files import FileFormat
from app.services.documents import audience
from app.services.documents.flow import MOVED
from app.services.documents.vocabulary import Vocabulary
from app.services.documents.worklist import (
    MOST_ROWS,
    SELECTION,
    columns_of,
    printed,
    row_of,
)
from app.services.opened import Cases, Part, Whole
from app.services.viewing import TooManyRowsError

_TITLE = Text(
    fi="Luvun takana olevat määräajat",
    sv="Tidsfristerna bakom ett tal",
    en="The deadlines behind a number",
)
# What the questions have, and no column of any table.
_ASKED = {
    "column": Text(fi="Luku", sv="Tal", en="Number"),
    "bin": Text(fi="Auki päiviä", sv="Öppen i dagar", en="Days open"),
    "days_taken": Text(fi="Kesto päivinä", sv="Tid i dagar", en="Days taken"),
    "level": Text(fi="Yksikköpuun taso", sv="Nivå i enhetsträdet", en="Level of units"),
}
# Numbers that are the columns of no table.
_NUMBERS = {
    **{each.value: text for each, text in MOVED.items()},
    "open": Text(fi="avoinna", sv="öppna", en="open"),
    "backlog_before": Text(
        fi="avoinna alussa", sv="öppna i början", en="backlog before"
    ),
    "done_after_ending": Text(
        fi="täytetty päättymisen jälkeen",
        sv="uppfyllda efter avslutandet",
        en="done after ending",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """A list behind a number: of which report, what was asked, and how it is found.

    *unit_of* tells whose a deadline is on a day.
    """

    report: str
    asked: Mapping[str, str]
    cases: Callable[[Part], Cases]
    unit_of: Callable[[Deadline, date], str | None]


def export(
    of: List, file: FileFormat, language: Language, *, most: int | None
) -> Document:
    """Give the whole list, with a watermark.

    It is one of *most* files that the viewer may take today, or of any number if that
    is None.

    Raises:
        ExportQuotaError: the viewer has taken as many today.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there is more than such a *file* holds; the message says so.
    """
    limit = MOST_ROWS[file]
    try:
        found = of.cases(Whole(limit=limit, most=most))
    except TooManyRowsError:
        raise TooManyRowsError(
            f"A list of deadlines as {file.upper()} has at most {limit:,} rows. Open "
            "a number of fewer, choose CSV or XLSX, or read it page by page as JSON."
        ) from None
    return _document(of, found, language)


def _document(of: List, found: Cases, language: Language) -> Document:
    words = Vocabulary(language=language, law=found.law, units=found.units)
    rows = tuple(
        (
            *row_of(row, of.unit_of(row.deadline, found.as_of), found, words),
            found.watermark,
        )
        for row in found.rows
    )
    title = _TITLE.to(language)
    data = Table(title=title, columns=columns_of(words), rows=rows)
    selection = "; ".join(
        f"{_heading(name, words)}: {_value(name, value, words)}"
        for name, value in of.asked.items()
    )
    return Document(
        name=f"{of.report}-cases-{found.as_of}",
        title=title,
        subtitle=words.coded("rule", of.asked["rule"]).label,
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=found.known_at,
        watermark=found.watermark,
        facts=(
            Fact(name=SELECTION.to(language), value=selection),
            *words.facts(found.as_of, found.known_at),
        ),
        data=data,
        sections=(Section(heading=title, parts=(printed(data, language),)),),
        definitions=(),
    )


def _heading(name: str, words: Vocabulary) -> str:
    if name in _ASKED:
        return _ASKED[name].to(words.language)
    # A row of a report by unit is of that unit alone.
    return words.column("unit" if name == "row" else name).heading


def _value(name: str, value: str, words: Vocabulary) -> str:
    if name == "column":
        text = _NUMBERS.get(value)
        return text.to(words.language) if text else words.column(value).heading
    return words.coded("unit" if name == "row" else name, value or None).label
