"""Findings as a document: every one of the question, the most pressing first."""

import json
from collections.abc import Mapping

from app.domain.finding_texts import CATALOGUE
from app.domain.finding_texts.words import CLOSED, OPEN, REASONS, SEVERITIES
from app.domain.findings import Finding
from app.domain.texts import Language, Text
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
)
from app.exports.files import FileFormat
from app.services.documents import audience
from app.services.documents.vocabulary import Vocabulary
from app.services.documents.worklist import MOST_ROWS
from app.services.findings import (
    Query,
    Status,
    TakenAway,
    findings_to_take_away,
)
from app.services.viewing import TooManyRowsError, Viewer

_TITLE = Text(fi="Poikkeamat", sv="Avvikelser", en="Findings")
_STATUSES = {
    Status.OPEN: Text(fi="avoimet", sv="öppna", en="open"),
    Status.CLOSED: Text(fi="suljetut", sv="stängda", en="closed"),
    Status.ALL: Text(fi="kaikki", sv="alla", en="all"),
}
_SELECTION = Text(fi="Rajaus", sv="Urval", en="Selection")
_HEADINGS: Mapping[str, Text] = {
    "id": Text(fi="Tunniste", sv="Identifierare", en="Id"),
    "kind": Text(fi="Poikkeama", sv="Avvikelse", en="Finding"),
    "severity": Text(fi="Vakavuus", sv="Allvarlighet", en="Severity"),
    "day": Text(fi="Koskee päivää", sv="Gäller dagen", en="Day"),
    "since": Text(fi="Avoinna alkaen", sv="Öppen sedan", en="Since"),
    "status": Text(fi="Tila", sv="Läge", en="Status"),
    "event_id": Text(fi="Tapahtuma", sv="Händelse", en="Event"),
    "other_cases": Text(fi="Muut asiat", sv="Andra ärenden", en="Other cases"),
    "facts": Text(fi="Mitattu", sv="Uppmätt", en="Facts"),
    "closed_at": Text(fi="Suljettu", sv="Stängd", en="Closed"),
    "closed_by": Text(fi="Sulkija", sv="Stängd av", en="Closed by"),
    "closed_reason": Text(fi="Sulkemisen syy", sv="Orsak", en="Why closed"),
}
_KINDS = {"day": Kind.DAY, "since": Kind.INSTANT, "closed_at": Kind.INSTANT}
_COLUMNS = (
    *("id", "kind", "severity", "source", "case_ref", "unit", "day", "since"),
    *("status", "event_id", "other_cases", "facts"),
    *("closed_at", "closed_by", "closed_reason"),
    # In each row: a part of a list tells as well whose it was.
    "watermark",
)
_PRINTED = ("severity", "kind", "case_ref", "unit", "day", "since")


def export(
    viewer: Viewer,
    query: Query,
    file: FileFormat,
    language: Language,
    *,
    most: int | None,
) -> Document:
    """Give all findings that *query* asks for, with a watermark.

    It is one of *most* files that the viewer may take today, or of any number if that
    is None.

    Raises:
        ExportQuotaError: the viewer has taken as many today.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there is more than such a *file* holds; the message says so.
    """
    limit = MOST_ROWS[file]
    try:
        taken = findings_to_take_away(viewer, query, limit=limit, most=most)
    except TooManyRowsError:
        raise TooManyRowsError(
            f"A list of findings as {file.upper()} has at most {limit:,} rows. Narrow "
            "it by kind, unit or source, choose CSV or XLSX, or read it page by page "
            "as JSON."
        ) from None
    return _document(taken, query, language)


def _document(taken: TakenAway, query: Query, language: Language) -> Document:
    words = Vocabulary(language=language, law=taken.law, units=taken.units)
    title = _TITLE.to(language)
    columns = tuple(_column(code, words) for code in _COLUMNS)
    rows = tuple((*_row(each, words), taken.watermark) for each in taken.items)
    data = Table(title=title, columns=columns, rows=rows)
    kinds = dict.fromkeys(each.kind for each in taken.items)
    return Document(
        name=f"findings-{query.status.value}",
        title=title,
        subtitle=_STATUSES[query.status].to(language),
        audience=audience.INTERNAL.to(language),
        language=language,
        made_at=taken.known_at,
        watermark=taken.watermark,
        facts=(
            Fact(name=_SELECTION.to(language), value=_selection(query, words)),
            Fact(
                name=words.column("known_at").heading,
                value=taken.known_at,
                kind=Kind.INSTANT,
            ),
        ),
        data=data,
        sections=(Section(heading=title, parts=(_printed(data),)),),
        definitions=tuple(
            Definition(
                term=CATALOGUE[kind].explanation.to(language),
                text=CATALOGUE[kind].remedy.to(language),
            )
            for kind in kinds
        ),
    )


def _column(code: str, words: Vocabulary) -> Column:
    if code not in _HEADINGS:
        return words.column(code)
    heading = _HEADINGS[code].to(words.language)
    return Column(code=code, heading=heading, kind=_KINDS.get(code, Kind.TEXT))


def _row(finding: Finding, words: Vocabulary) -> tuple[Value, ...]:
    """Return *finding* as the columns have it, but for the watermark."""
    language = words.language
    closure = finding.closure
    status = Status.OPEN if finding.is_open else Status.CLOSED
    standing = OPEN if finding.is_open else CLOSED
    facts = json.dumps(finding.facts, ensure_ascii=False, sort_keys=True)
    return (
        finding.id,
        Coded(finding.kind, CATALOGUE[finding.kind].explanation.to(language)),
        Coded(finding.severity, SEVERITIES[finding.severity].to(language)),
        finding.source,
        finding.case_ref,
        words.coded("unit", finding.unit) if finding.unit else None,
        finding.day,
        finding.since,
        Coded(status, standing.to(language)),
        finding.event.event_id if finding.event else None,
        "; ".join(case_ref for case_ref, _ in finding.others) or None,
        facts if finding.facts else None,
        closure.closed_at if closure else None,
        closure.closed_by if closure else None,
        Coded(closure.reason, REASONS[closure.reason].to(language))
        if closure
        else None,
    )


def _printed(data: Table) -> Table:
    """Return what of *data* has room on paper."""
    codes = [column.code for column in data.columns]
    places = [codes.index(code) for code in _PRINTED]
    return Table(
        title="",
        columns=tuple(data.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in data.rows),
    )


def _selection(query: Query, words: Vocabulary) -> str:
    """Return in words which findings were asked for."""
    language = words.language
    asked = [_STATUSES[query.status].to(language)]
    if query.kind is not None:
        asked.append(CATALOGUE[query.kind].explanation.to(language))
    if query.unit is not None:
        unit = words.column("unit").heading
        asked.append(f"{unit}: {words.coded('unit', query.unit).label}")
    if query.source is not None:
        asked.append(f"{words.column('source').heading}: {query.source}")
    return "; ".join(asked)
