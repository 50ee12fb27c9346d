"""What stands in a cell: texts, whole numbers, days and instants."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import TypeAlias

from app.domain.events import HELSINKI
from app.imports.errors import CellError


class Unreadable(StrEnum):
    """A cell whose content nobody knows; the value is how the result shows it."""

    ERROR = "#N/A"
    UNCALCULATED = "#VALUE!"


Cell: TypeAlias = (
    str | int | float | bool | datetime | date | time | timedelta | Unreadable | None
)

_FINNISH_DAY = r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})"
_ISO_DAY = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_CLOCK = (
    r"(?:(?:klo|kello)\.?\s*)?"
    r"(?P<hour>[0-9]{1,2})[.:](?P<minute>[0-9]{2})"
    r"(?:[.:](?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,6})[0-9]*)?)?"
)
_OFFSET = r"(?:\s*(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2}))?"
_MOMENTS = tuple(
    re.compile(rf"{day}(?:(?:T|,?\s+){_CLOCK}{_OFFSET})?", re.IGNORECASE)
    for day in (_FINNISH_DAY, _ISO_DAY)
)
_TIME = re.compile(_CLOCK, re.IGNORECASE)
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_DAY = timedelta(days=1)
_ANY_DAY = date(2000, 1, 1)

_DATE_REMEDY = "Write it as in 5.10.2026, 5.10.2026 14:20 or 2026-10-05T14:20."
_TIME_REMEDY = "Write it as in 14:20 or klo 14.20."


def is_blank(cells: Sequence[Cell]) -> bool:
    """Say whether a row holds nothing but spaces."""
    return not any(map(text, cells))


def text(cell: Cell) -> str:
    """Return what is written in *cell*, "" if nothing is.

    Spaces around it do not count, and a number is written without a needless `.0`.

    >>> text(1042.0), text(" leppävaara "), text(None)
    ('1042', 'leppävaara', '')
    """
    match cell:
        case None:
            return ""
        case str():
            return cell.strip()
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return str(cell.date())
        case _:
            return str(cell)


def whole(cell: Cell) -> int:
    """Return the whole number in *cell*, which is not empty.

    Raises:
        CellError: there is none.
    """
    written = text(cell)
    if isinstance(cell, bool) or _WHOLE.fullmatch(written) is None:
        raise CellError("this is no whole number", "Write digits only, as in 7.")
    return int(written)


def moment(cell: Cell, clock: Cell = None) -> date | datetime:
    """Return the day in *cell*, or the instant if it or *clock* tells the time.

    A time without an offset is Finnish local time. Midnight sharp is how spreadsheets
    write a day of which no time is known, so it counts as the day. Of the hour that
    comes twice when summer time ends, the first is meant.

    Raises:
        CellError: there is no such day or time, or it is written in another form.
    """
    day, known = _day_and_time(cell)
    if known == time():
        known = None
    if text(clock):
        if known is not None:
            raise CellError(
                "the time stands in both columns", "Leave it out of one of them."
            )
        known = _time(clock)
    if known is None:
        return day
    if known.tzinfo is not None:
        return datetime.combine(day, known)
    return _in_helsinki(datetime.combine(day, known))


def instant(cell: Cell) -> datetime:
    """Return the instant in *cell*; of a day its first moment, so that the day is kept.

    Raises:
        CellError: as from ``moment``.
    """
    found = moment(cell)
    if isinstance(found, datetime):
        return found
    return datetime.combine(found, time(), tzinfo=HELSINKI)


def _day_and_time(cell: Cell) -> tuple[date, time | None]:
    match cell:
        case datetime():
            return cell.date(), cell.time()
        case date():
            return cell, None
        case str():
            return _written_day_and_time(cell.strip())
        case _:
            raise CellError("this is no date", "Format the cell as a date.")


def _written_day_and_time(written: str) -> tuple[date, time | None]:
    for form in _MOMENTS:
        if found := form.fullmatch(written):
            with suppress(ValueError):
                day = date(*(int(found[part]) for part in ("year", "month", "day")))
                return day, None if found["hour"] is None else _time_of(found)
            raise CellError("there is no such day or time", _DATE_REMEDY)
    raise CellError("this is no date in a form that is known", _DATE_REMEDY)


def _time(cell: Cell) -> time:
    match cell:
        case timedelta() if timedelta() <= cell < _DAY:
            return (datetime.combine(_ANY_DAY, time()) + cell).time()
        case datetime():
            return cell.time()
        case time():
            return cell
        case str() if found := _TIME.fullmatch(cell.strip()):
            with suppress(ValueError):
                return _time_of(found)
    raise CellError("this is no time of day", _TIME_REMEDY)


def _time_of(found: re.Match[str]) -> time:
    groups = found.groupdict()
    return time(
        int(groups["hour"]),
        int(groups["minute"]),
        int(groups["second"] or 0),
        int((groups["fraction"] or "").ljust(6, "0")),
        tzinfo=_zone(groups.get("offset")),
    )


def _zone(offset: str | None) -> tzinfo | None:
    if offset is None:
        return None
    if offset in {"Z", "z"}:
        return UTC
    ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-ahead if offset.startswith("-") else ahead)


def _in_helsinki(local: datetime) -> datetime:
    told = local.replace(tzinfo=HELSINKI).astimezone(UTC)
    if told.astimezone(HELSINKI).replace(tzinfo=None) != local:
        raise CellError(
            "that day the clocks were moved past this time",
            "Mend the time: from 3.00 they went to 4.00.",
        )
    return told
