"""Finnish working days, and the name and legal ground of every day off."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, cached_property
from itertools import accumulate, chain

from holidays import PUBLIC, country_holidays

from app.domain.errors import UnverifiedYearError
from app.domain.texts import Text

FIRST_YEAR = 2008
LAST_YEAR = 2100

_FIRST_ORDINAL = date(FIRST_YEAR, 1, 1).toordinal()
_LAST_ORDINAL = date(LAST_YEAR, 12, 31).toordinal()


class Ground(StrEnum):
    """Why a day is not a working day (*arkipäivä*)."""

    HOLY_DAY = "holy_day"
    INDEPENDENCE_DAY = "independence_day"
    MAY_DAY = "may_day"
    EVE = "eve"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A day that is not a working day."""

    day: date
    name: Text
    ground: Ground
    citation: Text

    @property
    def is_eve(self) -> bool:
        """Whether it is off only as an eve; an eve on a weekend is a weekend."""
        return self.ground is Ground.EVE


@dataclass(frozen=True, slots=True)
class ExtraDay:
    """A day off that a statute has added to the public holidays."""

    day: date
    name: Text
    citation: str


@dataclass(frozen=True, slots=True)
class RemovedDay:
    """A public holiday that a statute has made an ordinary day."""

    day: date
    citation: str


@dataclass(frozen=True)
class Calendar:
    """The working days of the verified years, every question answered from tables.

    Every method raises UnverifiedYearError where a day that it was given, or the
    answer, lies outside FIRST_YEAR-LAST_YEAR.

    Raises:
        ValueError: a removed day is not a public holiday.
    """

    extra: tuple[ExtraDay, ...] = ()
    removed: tuple[RemovedDay, ...] = ()

    def __post_init__(self) -> None:
        for added in self.extra:
            self.verify(added.day)
        for removed in self.removed:
            self.verify(removed.day)
            if removed.day not in _public_days():
                raise ValueError(f"{removed.day} is not a public holiday")

    def verify(self, day: date) -> None:
        """Return if the holidays of *day*'s year have been verified.

        Raises:
            UnverifiedYearError: they have not.
        """
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UnverifiedYearError(f"{day} is outside {FIRST_YEAR}-{LAST_YEAR}")

    def is_working_day(self, day: date) -> bool:
        """Whether *day* is neither a weekend, a holiday nor an eve."""
        return self.day_off(day) is None

    def day_off(self, day: date) -> DayOff | None:
        """Return why *day* is not a working day; None if it is one."""
        self.verify(day)
        return self._named.get(day) or _weekend(day)

    def next_working_day(self, day: date) -> date:
        """Return the first working day on or after *day*."""
        off_today = 0 if self.is_working_day(day) else 1
        return self._working_day(self._working_days_until(day) - 1 + off_today)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day on or before *day*."""
        return self._working_day(self._working_days_until(day) - 1)

    def working_day_after(self, day: date, count: int) -> date:
        """Return the *count*-th working day after *day*; *day* itself for none."""
        until = self._working_days_until(day)
        return self._working_day(until - 1 + count) if count else day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days there are after *start*, *end* included.

        Negative where *end* is before *start*: the working days after *end*, up to
        and including *start*.
        """
        return self._working_days_until(end) - self._working_days_until(start)

    def days_off(self, year: int) -> tuple[DayOff, ...]:
        """Return the named days off of *year* in order: all but plain weekends."""
        self.verify(date(year, 1, 1))
        return tuple(off for day, off in self._named.items() if day.year == year)

    @cached_property
    def _named(self) -> dict[date, DayOff]:
        named = dict(_public_days())
        for removed in self.removed:
            named.pop(removed.day, None)
        for added in self.extra:
            named[added.day] = DayOff(
                day=added.day,
                name=added.name,
                ground=Ground.EXTRA,
                citation=Text(added.citation, added.citation, added.citation),
            )
        return dict(sorted(named.items()))

    @cached_property
    def _working_days(self) -> tuple[date, ...]:
        return tuple(filter(self.is_working_day, _verified_days()))

    @cached_property
    def _counts(self) -> tuple[int, ...]:
        return tuple(accumulate(map(self.is_working_day, _verified_days())))

    def _working_days_until(self, day: date) -> int:
        self.verify(day)
        return self._counts[day.toordinal() - _FIRST_ORDINAL]

    def _working_day(self, index: int) -> date:
        if not 0 <= index < len(self._working_days):
            raise UnverifiedYearError(
                f"the working day lies outside {FIRST_YEAR}-{LAST_YEAR}"
            )
        return self._working_days[index]


FINLAND = Calendar()

# Every ground is in the list of 5 §; the second act says which days have the name.
_CITATIONS = {
    Ground.HOLY_DAY: Text(
        fi="laki 150/1930 5 §; kirkkolaki 652/2023, aiemmin 1054/1993",
        sv="5 § i lag 150/1930; kyrkolagen 652/2023, tidigare 1054/1993",
        en="Act 150/1930 s. 5; Church Act 652/2023, earlier 1054/1993",
    ),
    Ground.INDEPENDENCE_DAY: Text(
        fi="laki 150/1930 5 §; laki itsenäisyyspäivän viettämisestä 388/1937",
        sv="5 § i lag 150/1930; lagen om självständighetsdagens firande 388/1937",
        en="Act 150/1930 s. 5; Independence Day Act 388/1937",
    ),
    Ground.MAY_DAY: Text(
        fi="laki 150/1930 5 §; laki vapunpäivän järjestämisestä vapaapäiväksi 272/1944",
        sv="5 § i lag 150/1930; lagen om första maj som fridag 272/1944",
        en="Act 150/1930 s. 5; May Day Act 272/1944",
    ),
    Ground.EVE: Text(
        fi="laki 150/1930 5 §, joulu- tai juhannusaatto",
        sv="5 § i lag 150/1930, jul- eller midsommarafton",
        en="Act 150/1930 s. 5, Christmas or Midsummer Eve",
    ),
    Ground.SATURDAY: Text(
        fi="laki 150/1930 5 §, arkilauantai",
        sv="5 § i lag 150/1930, helgfri lördag",
        en="Act 150/1930 s. 5, Saturday",
    ),
    Ground.SUNDAY: Text(
        fi="laki 150/1930 5 §, pyhäpäivä",
        sv="5 § i lag 150/1930, helgdag",
        en="Act 150/1930 s. 5, holy day",
    ),
}


_INDEPENDENCE_DAY = Text(
    "itsenäisyyspäivä", "självständighetsdagen", "Independence Day"
)

_BY_DATE = (
    (1, 1, Ground.HOLY_DAY, Text("uudenvuodenpäivä", "nyårsdagen", "New Year's Day")),
    (1, 6, Ground.HOLY_DAY, Text("loppiainen", "trettondagen", "Epiphany")),
    (5, 1, Ground.MAY_DAY, Text("vapunpäivä", "första maj", "May Day")),
    (12, 6, Ground.INDEPENDENCE_DAY, _INDEPENDENCE_DAY),
    (12, 24, Ground.EVE, Text("jouluaatto", "julafton", "Christmas Eve")),
    (12, 25, Ground.HOLY_DAY, Text("joulupäivä", "juldagen", "Christmas Day")),
    (12, 26, Ground.HOLY_DAY, Text("toinen joulupäivä", "annandag jul", "Boxing Day")),
)

_DAYS_AFTER_EASTER = (
    (-2, Text("pitkäperjantai", "långfredagen", "Good Friday")),
    (0, Text("pääsiäispäivä", "påskdagen", "Easter Sunday")),
    (1, Text("toinen pääsiäispäivä", "annandag påsk", "Easter Monday")),
    (39, Text("helatorstai", "kristi himmelsfärdsdag", "Ascension Day")),
    (49, Text("helluntaipäivä", "pingstdagen", "Pentecost")),
)

_MIDSUMMER_EVE = Text("juhannusaatto", "midsommarafton", "Midsummer Eve")
_MIDSUMMER_DAY = Text("juhannuspäivä", "midsommardagen", "Midsummer Day")
_ALL_SAINTS_DAY = Text("pyhäinpäivä", "alla helgons dag", "All Saints' Day")
_SATURDAY = Text("lauantai", "lördag", "Saturday")
_SUNDAY = Text("sunnuntai", "söndag", "Sunday")


@cache
def _public_days() -> dict[date, DayOff]:
    """Return the public holidays and the two eves, by day.

    The days are those of the `holidays` package, which gives its names in the locale
    of the process; names and grounds are ours. Where the two lists differ, the package
    has changed its mind and someone must look, so no day is answered at all.

    Raises:
        UnverifiedYearError: the package has another list of days than the statutes.
    """
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    named: dict[date, DayOff] = {}
    for off in chain.from_iterable(map(_statutory_days, years)):
        named[off.day] = _joined(named[off.day], off) if off.day in named else off
    package = country_holidays("FI", years=years, categories=PUBLIC).keys()
    if disputed := package ^ named.keys():
        raise UnverifiedYearError(f"holidays differ from the law on {min(disputed)}")
    return named


def _verified_days() -> Iterator[date]:
    return map(date.fromordinal, range(_FIRST_ORDINAL, _LAST_ORDINAL + 1))


def _statutory_days(year: int) -> Iterator[DayOff]:
    for month, day, ground, name in _BY_DATE:
        yield _named_off(date(year, month, day), ground, name)
    easter = _easter(year)
    for days, name in _DAYS_AFTER_EASTER:
        yield _named_off(easter + timedelta(days), Ground.HOLY_DAY, name)
    midsummer = _saturday_from(date(year, 6, 20))
    yield _named_off(midsummer - timedelta(1), Ground.EVE, _MIDSUMMER_EVE)
    yield _named_off(midsummer, Ground.HOLY_DAY, _MIDSUMMER_DAY)
    all_saints = _saturday_from(date(year, 10, 31))
    yield _named_off(all_saints, Ground.HOLY_DAY, _ALL_SAINTS_DAY)


def _named_off(day: date, ground: Ground, name: Text) -> DayOff:
    """Return the day off; for an eve on a weekend the weekend is the ground."""
    off = _off(day, ground, name)
    weekend = _weekend(day)
    return _joined(weekend, off) if weekend and off.is_eve else off


def _weekend(day: date) -> DayOff | None:
    match day.weekday():
        case 5:
            return _off(day, Ground.SATURDAY, _SATURDAY)
        case 6:
            return _off(day, Ground.SUNDAY, _SUNDAY)
        case _:
            return None


def _off(day: date, ground: Ground, name: Text) -> DayOff:
    return DayOff(day=day, name=name, ground=ground, citation=_CITATIONS[ground])


def _joined(first: DayOff, second: DayOff) -> DayOff:
    """Return the one day that both name, on the ground of *first*."""
    one, other = first.name, second.name
    name = Text(
        fi=f"{one.fi} ja {other.fi}",
        sv=f"{one.sv} och {other.sv}",
        en=f"{one.en} and {other.en}",
    )
    return replace(first, name=name)


def _saturday_from(day: date) -> date:
    return day + timedelta((5 - day.weekday()) % 7)


def _easter(year: int) -> date:
    """Return Easter Sunday, by Oudin's algorithm for the Gregorian calendar."""
    century = year // 100
    golden = year % 19
    moon = century - century // 4 - (century - (century - 17) // 25) // 3
    epact = (moon + 19 * golden + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(epact - weekday)
