"""How long open clocks have run, in bins around the limit that the law sets."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import assert_never

from app.domain.periods import LegalReading, Months, Period, Roll, WorkingDays
from app.domain.texts import Text
from app.domain.working_days import Calendar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The clocks that have run from *first* to *last* whole units; None is no end."""

    first: int
    last: int | None
    is_within_limit: bool

    @property
    def code(self) -> str:
        """Return the bin in short: ``7``, ``8-14``, ``15-``.

        >>> Bin(first=15, last=None, is_within_limit=False).code
        '15-'
        """
        if self.last is None:
            return f"{self.first}-"
        return (
            str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        )

    def __contains__(self, age: int) -> bool:
        """Tell whether a clock of *age* is in the bin."""
        return self.first <= age and (self.last is None or age <= self.last)


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
