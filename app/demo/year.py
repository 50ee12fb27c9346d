"""A synthetic year of the county: cases as their client systems would tell them."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.demo import casework, county, delays, timing
from app.demo.casework import Notice, Opening
from app.demo.county import pick
from app.demo.wire import Act, Event
from app.domain import groups
from app.domain.events import Entry, Matter, legal_day
from app.domain.working_days import FINLAND

CASE_MANAGEMENT = "client-a"
OUT_OF_HOURS = "client-b"
SOURCES = (CASE_MANAGEMENT, OUT_OF_HOURS)
CASES = 2_780
# A code that was closed in a reorganisation, but not in the client system.
RETIRED_UNIT = "vanha-tapiola"

_DAYS = 365
_CASE_LETTERS = {CASE_MANAGEMENT: "A", OUT_OF_HOURS: "B"}
_OUT_OF_HOURS_ON_DAYS_OFF = 0.55
_OUT_OF_HOURS_ON_WORKING_DAYS = 0.02
_FAMILY_SIZES = {1: 78, 2: 15, 3: 7}
_RETURNING_CHILD = 0.08
_FURTHER_NOTIFICATIONS = {0: 46, 1: 24, 2: 13, 3: 9, 4: 5, 5: 3}
# Days to the next notification: before the decision, during an assessment, after it.
_GAPS = {range(1, 6): 30, range(6, 80): 35, range(80, 280): 35}
_UNKNOWN = 0.015
_UNKNOWN_CHILD = 0.002
_UNBORN = 0.15  # of those who would be under one
_SWEDISH_SERVICE = 0.85
_SPECIAL_SUPPORT = 0.3
_WORKERS_PER_UNIT = 9
_ENTRIES = {
    Entry.REPORT: 87,
    Entry.SOCIAL_WELFARE_CONTACT: 5,
    Entry.APPLICATION: 3,
    Entry.REQUEST: 3,
    Entry.OWN_OBSERVATION: 2,
}
# Most events arrive within minutes of being entered, a few after a broken connection.
_MINUTES_UNDER_WAY = 4.0
_HELD_UP = 0.03
_MINUTES_HELD_UP = 1_500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Child:
    """One invented child; None is what the client system does not know."""

    ref: str | None
    unit: str
    age: int | None
    mother_tongue: str | None
    citizenship: str | None

    def as_data(self, source: str) -> Event:
        """Return the part of a notification that describes the child.

        The out-of-hours system may not send codes, so it sends the groups.
        """
        codes = {"mother_tongue": self.mother_tongue, "citizenship": self.citizenship}
        by_group = source == OUT_OF_HOURS
        child = {"ref": self.ref, "age_years": self.age, **({} if by_group else codes)}
        data: Event = {"child": {k: v for k, v in child.items() if v is not None}}
        if by_group and self.mother_tongue:
            data["language_group"] = groups.language_group(self.mother_tongue).value
        if by_group and self.citizenship:
            data["nationality_group"] = groups.nationality_group(self.citizenship).value
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """A child and the instants at which the county heard of it."""

    source: str
    child: _Child
    received: tuple[datetime, ...]


def synthetic_year(
    last_day: date, *, seed: int, now: datetime, cases: int = CASES
) -> list[Event]:
    """Return the events of the year that ends on *last_day*, in order of delivery.

    They are what the county's client systems have entered by *now*, so what happened
    lately may be missing. The same arguments give the same events, and a later *now*
    only adds some.
    """
    # A synthetic year must be repeatable; nothing here is secret.
    rng = random.Random(seed)  # noqa: S311
    deliveries: list[tuple[datetime, str, Act]] = []
    for opening in _openings(rng, last_day, cases):
        acts = casework.history(rng, opening)
        deliveries += _deliveries(rng, acts)
        # Drawn apart, so that what is told of delays changes nothing else of the year.
        apart = random.Random(f"{seed} {opening.case_ref}")  # noqa: S311
        deliveries += _deliveries(apart, delays.explanations(apart, acts))
    return [
        act.as_event()
        for _, _, act in sorted(deliveries, key=lambda delivery: delivery[:2])
        if act.registered_at <= now and legal_day(act.happened_at) <= last_day
    ]


def _deliveries(
    rng: random.Random, acts: Iterable[Act]
) -> Iterator[tuple[datetime, str, Act]]:
    return ((_delivered_at(rng, act), act.event_id, act) for act in acts)


def _delivered_at(rng: random.Random, act: Act) -> datetime:
    held_up = rng.random() < _HELD_UP
    mean = _MINUTES_HELD_UP if held_up else _MINUTES_UNDER_WAY
    return act.registered_at + timedelta(minutes=rng.expovariate(1 / mean))


def _openings(rng: random.Random, last_day: date, cases: int) -> Iterator[Opening]:
    """Yield *cases* cases as they begin, numbered year by year in each system."""
    matters = sorted(_matters(rng, last_day, cases), key=lambda m: m.received[0])
    numbers: Counter[tuple[str, int]] = Counter()
    for place, matter in enumerate(matters):
        series = (matter.source, legal_day(matter.received[0]).year)
        numbers[series] += 1
        letter, year = _CASE_LETTERS[matter.source], series[1]
        case_ref = f"{letter}-{year}-{numbers[series]:05}"
        unit = matter.child.unit
        worker = f"w-{county.REGIONS.index(unit) + 1}{rng.randrange(_WORKERS_PER_UNIT)}"
        named_unit = RETIRED_UNIT if place in {cases // 3, cases * 2 // 3} else unit
        yield Opening(
            source=matter.source,
            case_ref=case_ref,
            unit=unit,
            worker=worker,
            pace=casework.PACES[unit],
            notices=tuple(_notices(rng, matter, case_ref, named_unit)),
        )


def _notices(
    rng: random.Random, matter: _Matter, case_ref: str, unit: str
) -> Iterator[Notice]:
    child = matter.child
    for number, at in enumerate(matter.received, start=1):
        entry = Entry.ANTICIPATORY if child.age is None else pick(rng, _ENTRIES)
        data: Event = {"unit": unit, "entry": entry.value}
        data |= child.as_data(matter.source)
        data["reasons"] = list(county.reasons(rng, child.age or 0))
        if child.mother_tongue == groups.SWEDISH and rng.random() < _SWEDISH_SERVICE:
            data["service_language"] = groups.SWEDISH
        of_support = entry is Entry.SOCIAL_WELFARE_CONTACT
        if of_support and rng.random() < _SPECIAL_SUPPORT:
            data["matter"] = Matter.SPECIAL_SUPPORT_CHILD.value
        yield Notice(f"{case_ref}-n{number}", at, data)


def _matters(rng: random.Random, last_day: date, cases: int) -> list[_Matter]:
    """Return *cases* matters: siblings have one each, begun by one notification."""
    first_day = last_day - timedelta(_DAYS - 1)
    known: list[_Child] = []
    matters: list[_Matter] = []
    while len(matters) < cases:
        day = timing.busy_day(rng, first_day, last_day)
        source = _source(rng, day)
        first_at = (
            timing.on_call(rng, day)
            if source == OUT_OF_HOURS
            else timing.in_office(rng, day)
        )
        if known and rng.random() < _RETURNING_CHILD:
            family: Sequence[_Child] = [rng.choice(known)]
        else:
            family = _family(rng)
            known.extend(family)
        matters.extend(
            _Matter(
                source=source,
                child=child,
                received=(first_at, *_further(rng, day, source)),
            )
            for child in family
        )
    return matters[:cases]


def _source(rng: random.Random, day: date) -> str:
    """Return the system that hears of a matter on *day*: on a day off often B."""
    share = (
        _OUT_OF_HOURS_ON_WORKING_DAYS
        if FINLAND.is_working_day(day)
        else _OUT_OF_HOURS_ON_DAYS_OFF
    )
    return OUT_OF_HOURS if rng.random() < share else CASE_MANAGEMENT


def _further(rng: random.Random, day: date, source: str) -> Iterator[datetime]:
    """Yield when more is heard of the same child; the out-of-hours system hears once.

    A day off is passed over more often than not.
    """
    if source == OUT_OF_HOURS:
        return
    for _ in range(pick(rng, _FURTHER_NOTIFICATIONS)):
        gap = pick(rng, _GAPS)
        day += timedelta(rng.choice(gap))
        if rng.random() >= timing.DAY_OFF_WEIGHT:
            day = FINLAND.next_working_day(day)
        yield timing.in_office(rng, day)


def _family(rng: random.Random) -> list[_Child]:
    """Return siblings, who share home and language, and mostly citizenship."""
    unit = pick(rng, county.REGION_SHARES)
    mother_tongue = pick(rng, county.MOTHER_TONGUE_SHARES)
    citizenship = county.citizenship(rng, mother_tongue)
    size = pick(rng, _FAMILY_SIZES)
    return [_child(rng, unit, mother_tongue, citizenship) for _ in range(size)]


def _child(
    rng: random.Random, unit: str, mother_tongue: str, citizenship: str
) -> _Child:
    age = county.age_years(rng)
    is_unborn = age == 0 and rng.random() < _UNBORN
    # Eight hexadecimal digits are too few to hold a personal identity code by chance.
    ref = f"p-{rng.getrandbits(32):08x}"
    return _Child(
        ref=None if rng.random() < _UNKNOWN_CHILD else ref,
        unit=unit,
        age=None if is_unborn else age,
        mother_tongue=None if rng.random() < _UNKNOWN else mother_tongue,
        citizenship=None if rng.random() < _UNKNOWN else citizenship,
    )
