"""The event that a row tells, written as a client system would write it."""

from collections import defaultdict
from datetime import datetime
from functools import partial

from pydantic import JsonValue

from app.domain.events import legal_day
from app.imports.cells import instant, moment, whole
from app.imports.errors import CellError
from app.imports.filled_row import FilledRow, said
from app.imports.mapping import (
    Assignment,
    Column,
    Constant,
    EventMap,
    Origin,
    Template,
    columns_of,
)
from app.imports.members import Form


def wire_event(event: EventMap, row: FilledRow, source: str) -> dict[str, JsonValue]:
    """Return the event in the wire format; *row* complains of cells that are wrong."""
    value: dict[str, JsonValue] = {
        "id": row.key(event.id, event.kind),
        "source": source,
        "kind": event.kind.value,
        "case_ref": _case_ref(row, event),
        **_occurred(row, event),
        "data": _data(row, event),
    }
    if event.registered_at is not None and row.text(event.registered_at):
        told = row.cell(event.registered_at)
        entered = row.attempt(event.registered_at, partial(instant, told))
        value["registered_at"] = None if entered is None else entered.isoformat()
    if event.sequence is not None and row.text(event.sequence):
        told = row.cell(event.sequence)
        value["sequence"] = row.attempt(event.sequence, partial(whole, told))
    return value


def place_of(origin: Origin, event: EventMap) -> str:
    """Return the columns that *origin* reads, or the kind of event if it reads none."""
    return ", ".join(columns_of(origin)) or event.kind.value


def missed(because: str) -> CellError:
    """Return what is wrong with an empty cell that *because* wants filled."""
    return CellError(
        f"nothing is said here, though {because} is filled",
        f"Fill it in, or empty {because}.",
    )


def _case_ref(row: FilledRow, event: EventMap) -> str | None:
    place = place_of(event.case_ref, event)
    value = row.attempt(place, partial(_text, row, event, event.case_ref))
    if value == "":
        row.complain(place, missed(event.when))
    return value


def _occurred(row: FilledRow, event: EventMap) -> dict[str, JsonValue]:
    clock = None if event.time is None else row.cell(event.time)
    found = row.attempt(event.when, partial(moment, row.cell(event.when), clock))
    name = "occurred_at" if isinstance(found, datetime) else "occurred_on"
    return {name: None if found is None else found.isoformat()}


def _data(row: FilledRow, event: EventMap) -> dict[str, JsonValue]:
    data: dict[str, JsonValue] = {}
    inner: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    told: set[str] = set()
    for given in event.data:
        outer, name = given.member.path[0], given.member.path[-1]
        value = _member(row, event, given)
        if value in ("", None, []):
            continue
        (inner[outer] if given.member.path[1:] else data)[name] = value
        if not isinstance(given.origin, Constant):
            told.add(outer)
    # What constants alone say, of a copy for example, is said of no row.
    return data | {outer: inner[outer] for outer in inner if outer in told}


def _member(row: FilledRow, event: EventMap, given: Assignment) -> JsonValue:
    """Return the value of a member, an empty one if nothing is said of it.

    The row complains if every event of the kind has the member.
    """
    member, origin = given
    if isinstance(origin, Constant):
        fixed = origin.value
        return list(fixed) if isinstance(fixed, tuple) else fixed
    place = place_of(origin, event)
    match member.form:
        case Form.LIST:
            return row.attempt(place, partial(_list, row, event, origin))
        case Form.WHOLE:
            return row.attempt(place, partial(_whole, row, event, origin))
        case Form.DAY:
            return row.attempt(place, partial(_day, row, event, origin))
        case Form.TEXT:
            value = row.attempt(place, partial(_text, row, event, origin))
            if value == "" and member.is_required:
                row.complain(place, missed(event.when))
            return value


def _text(row: FilledRow, event: EventMap, origin: Origin) -> str:
    match origin:
        case Column():
            return row.said(origin)
        case Template():
            return row.rendered(origin, event.kind)
        case Constant(value=value):
            return str(value)


def _whole(row: FilledRow, event: EventMap, origin: Origin) -> int | None:
    written = _text(row, event, origin)
    return whole(written) if written else None


def _day(row: FilledRow, event: EventMap, origin: Origin) -> str | None:
    written = _text(row, event, origin)
    if not written:
        return None
    found = moment(written)
    return (legal_day(found) if isinstance(found, datetime) else found).isoformat()


def _list(row: FilledRow, event: EventMap, origin: Origin) -> list[JsonValue]:
    if not isinstance(origin, Column) or origin.separator is None:
        written = _text(row, event, origin)
        return [written] if written else []
    parts = row.text(origin.name).split(origin.separator)
    meanings = (said(origin, part.strip()) for part in parts)
    return [meaning for meaning in meanings if meaning]
