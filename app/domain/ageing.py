"""How long open clocks have run, in bins around the limit that the law sets."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count
from typing import assert_never

from app.domain.errors import UnknownBinError
from app.domain.periods import LegalReading, Months, Period, Roll, WorkingDays
from app.domain.ranges import Range
from app.domain.texts import Text
from app.domain.working_days import FIRST_YEAR, Calendar

DASH = "\N{EN DASH}"
DEFINITION = Text(
    fi="Tarkastelupäivänä avoinna olevat määräajat sen mukaan, kuinka kauan ne ovat "
    "kuluneet vireilletulosta. Mukana ovat myös käynnissä olevaan arviointiin liitetyt "
    "ja ennakolliset ilmoitukset. Yksikkö on se, jolla asia on tarkastelupäivänä, "
    "kuten työlistalla. Myöhässä on määräaika, jonka määräpäivä on ohitettu: "
    "viikonloppu tai pyhä rajan kohdalla voi siirtää määräpäivää rajan yli.",
    sv="Tidsfrister som är öppna på granskningsdagen enligt hur länge de har löpt "
    "sedan ärendet inleddes. Även anmälningar som anslutits till en pågående bedömning "
    "och föregripande anmälningar ingår. Enheten är den som har ärendet på "
    "granskningsdagen, som på arbetslistan. Försenad är en tidsfrist vars sista dag "
    "har passerats: en helg vid gränsen kan flytta den sista dagen över gränsen.",
    en="Deadlines that are open on the day asked about, by how long they have run "
    "since pendency. Notifications joined to a running assessment and anticipatory "
    "ones are included. The unit is the one that has the work on that day, as in the "
    "worklist. Late is what is open after its due date: a weekend or holiday at the "
    "limit can carry the due date across it.",
)


class Number(StrEnum):
    """Every number of a bin: how many of its clocks are so; joined ones are both."""

    OPEN = "open"
    OPEN_IN_TIME = "open_in_time"
    OPEN_LATE = "open_late"
    JOINED = "joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin(Range):
    """The clocks that have run so many whole units."""

    is_within_limit: bool


def bins(period: Period) -> tuple[Bin, ...]:
    """Return the bins of a limit: each unit up to it, as long again, and the rest.

    Working days are counted from day 0, the day of receipt; months by the month in
    which a clock runs, the first being 1.
    """
    limit = period.number
    match period:
        case WorkingDays():
            edges = [(day, day) for day in range(limit + 1)]
            edges.append((limit + 1, 2 * limit))
        case Months():
            edges = [(month, month) for month in range(1, limit + 2)]
            edges.append((limit + 2, 2 * limit))
        case _:
            assert_never(period)
    return (
        *(Bin(first=a, last=b, is_within_limit=b <= limit) for a, b in edges),
        Bin(first=2 * limit + 1, last=None, is_within_limit=False),
    )


def bin_of(period: Period, code: str) -> Bin:
    """Return the bin of the limit *period* that is called *code*.

    Raises:
        UnknownBinError: there is none.
    """
    for each in bins(period):
        if each.code == code:
            return each
    raise UnknownBinError(f"no bin is called {code!r}")


def measure(period: Period) -> str:
    """Return in what the ages of clocks with the limit *period* are counted."""
    return "working_days" if isinstance(period, WorkingDays) else "months"


def label(period: Period, bin_: Bin) -> Text:
    """Return what a bin of the limit *period* is called."""
    span = bin_.code.replace("-", DASH)
    match period:
        case WorkingDays():
            if bin_.last is None:
                most = bin_.first - 1
                return Text(
                    fi=f"yli {most} arkipäivää",
                    sv=f"mer än {most} vardagar",
                    en=f"over {most} working days",
                )
            return Text(
                fi=f"{span} {'arkipäivä' if span == '1' else 'arkipäivää'}",
                sv=f"{span} {'vardag' if span == '1' else 'vardagar'}",
                en=f"{span} {'working day' if span == '1' else 'working days'}",
            )
        case Months():
            if bin_.last is None:
                return Text(
                    fi=f"{bin_.first}. kuukausi tai myöhempi",
                    sv=f"månad {bin_.first} eller senare",
                    en=f"month {bin_.first} or later",
                )
            fi_span = (
                f"{bin_.first}."
                if bin_.first == bin_.last
                else f"{bin_.first}.{DASH}{bin_.last}."
            )
            return Text(
                fi=f"{fi_span} kuukausi", sv=f"månad {span}", en=f"month {span}"
            )
        case _:
            assert_never(period)


def first_days(period: Period, as_of: date, calendar: Calendar) -> tuple[date, ...]:
    """Return the first day of each bin, in order: clocks that start on it are in it.

    The oldest bin has none, so that the second is the first of them. What has started
    before another is as old or older, so a clock is in the bin of the last of these
    days that is not behind its start.

    Raises:
        UnverifiedYearError: *as_of* lies outside the verified years.
    """
    days = range(date(FIRST_YEAR, 1, 1).toordinal(), as_of.toordinal() + 1)

    def first_day(last: int) -> date:
        place = bisect_left(
            days,
            True,  # noqa: FBT003 (what the key becomes)
            key=lambda day: age(period, date.fromordinal(day), as_of, calendar) <= last,
        )
        return date.fromordinal(days[place])

    ends = (each.last for each in reversed(bins(period)))
    return tuple(first_day(last) for last in ends if last is not None)


def age(period: Period, started_on: date, as_of: date, calendar: Calendar) -> int:
    """Return how long a clock has run on *as_of*, not before its start.

    In working days: those after *started_on*. In months: in which month it runs; a
    month ends on the same-numbered day, before 5 § of Act 150/1930 moves anything.

    Raises:
        UnverifiedYearError: one of the days lies outside the verified years.
    """
    match period:
        case WorkingDays():
            return calendar.working_days_between(started_on, as_of)
        case Months():
            # No month ends before the calendar month that its number leads to.
            between = 12 * (as_of.year - started_on.year)
            between += as_of.month - started_on.month
            return next(
                month
                for month in count(max(between, 1))
                if as_of <= _month_end(started_on, month, calendar)
            )
        case _:
            assert_never(period)


def _month_end(started_on: date, month: int, calendar: Calendar) -> date:
    unrolled = LegalReading(roll=Roll.OFF)
    return Months(month).count(started_on, calendar, unrolled).due_on
