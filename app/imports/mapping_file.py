"""Reading a mapping: TOML, checked in every detail before a row is looked at."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.domain.events import Kind
from app.imports.errors import MappingError
from app.imports.mapping import (
    Assignment,
    Column,
    EventMap,
    FileMap,
    Layout,
    Template,
)
from app.imports.members import KINDS, Form, Member, members
from app.imports.origins import Origins, template, vocabulary
from app.imports.toml_table import Table

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16")

# Members of the envelope that events may have in common, so [row] may give them.
_SHARED = ("id", "case_ref", "registered_at")
_CASE_REF = Member(path=("case_ref",), form=Form.TEXT, choices=(), is_required=True)
_KIND = Member(path=("kind",), form=Form.TEXT, choices=tuple(KINDS), is_required=True)


def read_mapping(path: Path) -> FileMap:
    """Return the mapping in the TOML file *path*.

    Raises:
        MappingError: it cannot be read, or says something that cannot be meant.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{path} is not TOML: {error}.") from error
    return _file_map(Table(path, "", content))


def _file_map(table: Table) -> FileMap:
    layout = _layout(table.table("file"))
    named = vocabulary(table.table("values"))
    row = table.table("row")
    contents: Any = table.take("event", list)
    table.close()

    read = Origins(named)
    given = row.take_any("kind")
    shared = {name: row.take_any(name) for name in _SHARED}
    row.close()
    events = tuple(
        _event_map(table, number, content, shared, read)
        for number, content in enumerate(contents, start=1)
    )
    kind = None if given is None else _kind_column(row, read, given, events)
    if kind is None:
        _refuse_equal_ids(table, events)
    if unused := named.keys() - read.used:
        raise table.wrong(f"[values.{min(unused)}] is not used by any column")
    return FileMap(layout=layout, kind=kind, events=events)


def _layout(table: Table) -> Layout:
    header_row = table.get("header_row", int)
    delimiter = table.get("delimiter", str)
    encoding = table.get("encoding", str)
    sheet = table.get("sheet", str)
    table.close()
    if header_row is not None and header_row < 1:
        raise table.wrong("`header_row` is the number of a row, from 1")
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        raise table.wrong(r'`delimiter` is one character, as in ";" or "\t"')
    if encoding is not None and encoding not in ENCODINGS:
        raise table.wrong(f"`encoding` is one of {', '.join(ENCODINGS)}")
    standard = Layout()
    return Layout(
        sheet=sheet,
        header_row=header_row or standard.header_row,
        delimiter=delimiter or standard.delimiter,
        encoding=encoding or standard.encoding,
    )


def _event_map(
    table: Table,
    number: int,
    content: object,
    shared: Mapping[str, object],
    read: Origins,
) -> EventMap:
    place = f"[[event]] {number}"
    if not isinstance(content, dict):
        raise table.wrong(f"{place} is a table")
    own = {name: given for name, given in shared.items() if given is not None}
    event = table.within(place, own | content)
    kind = _kind(event)
    event.place = place = f"{place} ({kind})"
    when, time = _when(event)
    if "case_ref" not in event:
        raise event.wrong("`case_ref` is missing, here and in [row]; it names a column")
    found = EventMap(
        place=place,
        kind=kind,
        when=when,
        time=time,
        id=_id(event),
        case_ref=read.origin(event, event.take_any("case_ref"), _CASE_REF),
        registered_at=event.column_or_none("registered_at"),
        sequence=event.column_or_none("sequence"),
        data=_data(event.table("data"), kind, read),
    )
    event.close()
    return found


def _kind(table: Table) -> Kind:
    kind = table.take("kind", str)
    if kind not in frozenset(KINDS):
        raise table.wrong(f"`kind` is one of {', '.join(KINDS)}")
    return Kind(kind)


def _when(table: Table) -> tuple[str, str | None]:
    """Return the columns of the day, in which the time may stand too, and the time."""
    given = table.take_any("when")
    match given:
        case str() if given:
            return given, None
        case dict():
            inner = table.within(f"{table.place}, when", given)
            columns = inner.column("column"), inner.column_or_none("time")
            inner.close()
            return columns
        case _:
            raise table.wrong("`when` is the name of the column with the date")


def _id(table: Table) -> Template:
    made = template(table, "id")
    if not made.columns:
        raise table.wrong('`id` has no column in it, as in "{kind}-{Asianumero}"')
    return made


def _data(data: Table, kind: Kind, read: Origins) -> tuple[Assignment, ...]:
    known = members(kind)
    inner = {
        name: data.table(name)
        for name in dict.fromkeys(member.path[0] for member in known if member.path[1:])
    }
    found: list[Assignment] = []
    for member in known:
        home = inner[member.path[0]] if member.path[1:] else data
        given = home.take_any(member.path[-1])
        if given is not None:
            found.append(Assignment(member, read.origin(home, given, member)))
        elif member.is_required:
            raise data.wrong(f"`{member.name}` is missing; it names a column")
    for each in (data, *inner.values()):
        each.close()
    return tuple(found)


def _kind_column(
    row: Table, read: Origins, given: object, events: Sequence[EventMap]
) -> Column:
    """Return the column of kinds, each of whose meanings is the kind of one event."""
    kind = read.origin(row, given, _KIND)
    if not isinstance(kind, Column):
        raise row.wrong(
            "`kind` names a column; a kind that is fixed stands in [[event]]"
        )
    counted = Counter(event.kind.value for event in events)
    for name, count in counted.items():
        if count > 1:
            raise row.wrong(
                f"with a column for `kind` there is one [[event]] of kind {name}"
            )
    meanings = kind.values.meanings.values() if kind.values else ()
    for meaning in meanings:
        if meaning and meaning not in counted:
            raise row.wrong(
                f"`kind` may mean {meaning}, but there is no [[event]] of it"
            )
    return kind


def _refuse_equal_ids(table: Table, events: Iterable[EventMap]) -> None:
    seen: dict[str, str] = {}
    for event in events:
        pattern = event.id.rendered(event.kind, "{{{}}}".format)
        if pattern in seen:
            raise table.wrong(
                f"{seen[pattern]} and {event.place} have the same `id`; "
                "give each one of its own"
            )
        seen[pattern] = event.place
