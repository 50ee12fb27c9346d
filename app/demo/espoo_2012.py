"""Espoo's child protection in 2012, rebuilt from the published totals.

Source: the six-city report (*Kuusikko*) for 2012. Each total is met exactly: 4,984
matters pending on 2,789 children, of them 4,741 reports (1.7 per child); 1,858
assessments, of them 1,505 (81 %) complete in three months and 884 (47.6 %) without a
client relationship; both age tables to the decimal as printed.

Where the source leaves room, this is chosen:

* **2,789 or 2,798 children.** The text has the one, the table the other. The text is
  followed; the reports per child are 1.7 either way.
* **Rounding.** A count is its percentage of the total, rounded by largest remainder,
  so that bands sum to the total and give the printed percentages again.
* **A closed year.** Every matter becomes pending, every decision falls due and is
  made, and every assessment begins, falls due and is completed within 2012. So the
  figures are the same by pendency, by completion and by due date, under any reading.
  The price is that nobody's assessment begins after September and that nothing comes
  in after 17 December.
* **One matter, one clock.** A child is one case with at most one assessment. What is
  heard of a child again is heard before the decision or after the completion, so no
  notification joins a running assessment and all 4,984 stand in the rate.
* **Not published**, and so borrowed from the synthetic county: units, languages,
  citizenships, reasons, the division of the 243 other matters into applications and
  requests, and the share of decisions within seven working days.

The year lies under the law before 1.4.2015: the *lastensuojelutarpeen selvitys*.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from app.demo import county, timing
from app.demo.county import pick
from app.demo.wire import Act, Event, in_entry_order
from app.domain.events import AssessmentOutcome, Entry, InitiationOutcome, Kind
from app.domain.working_days import FINLAND

Key = TypeVar("Key")

SOURCE = "client-a"
YEAR = 2012
MATTERS = 4_984
CHILDREN = 2_789
REPORTS = 4_741
APPLICATIONS = 162
ASSESSMENTS = 1_858
IN_TIME = 1_505
NO_CLIENT = 884

# Per cent of the children notified, and of the assessments.
NOTIFIED_BY_AGE = county.AGE_SHARES
ASSESSED_BY_AGE = {
    range(3): 13.9,
    range(3, 7): 19.9,
    range(7, 13): 27.6,
    range(13, 16): 21.2,
    range(16, 18): 17.4,
}

_FIRST_DAY = date(YEAR, 1, 2)
# The last days whose limits end within the year, whichever way the law is read.
_LAST_ASSESSED = date(YEAR, 9, 28)
_LAST_DAY = date(YEAR, 12, 17)
_LAST_LATE_DECISION = date(YEAR, 11, 30)
_LAST_LATE_START = date(YEAR, 8, 15)
_LAST_COMPLETION = date(YEAR, 12, 28)
_AUTUMN = date(YEAR, 10, 1)
_OF_AUTUMN = 0.30  # of the unassessed children: the assessed ones come earlier
_LATE_WEIGHTS = {
    county.LEPPAVAARA: 0.8,
    county.MATINKYLA: 0.7,
    county.ESPOONLAHTI: 1.0,
    county.ESPOON_KESKUS: 1.9,
}
_EARLY_NOTIFICATIONS = 0.3
_DECIDED_IN_TIME = 0.93
_DECISION_DAYS = {1: 6, 2: 12, 3: 16, 4: 18, 5: 18, 6: 16, 7: 14}
_LATE_DECISION_DAYS = {8: 40, 9: 25, 10: 15, 12: 12, 15: 8}
_NO_ASSESSMENT = {
    InitiationOutcome.OBVIOUSLY_UNNECESSARY: 65,
    InitiationOutcome.EXISTING_CLIENT: 30,
    InitiationOutcome.OTHER: 5,
}
_FASTEST, _SLOWEST, _USUAL = 25, 95, 85
_DAYS_OVER, _LONGEST_DELAY = 28.0, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the published totals ask of one child's assessment."""

    is_late: bool
    outcome: AssessmentOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One invented child, and how its year goes; unassessed without *assessment*."""

    ref: str
    case_ref: str
    unit: str
    age: int
    mother_tongue: str
    citizenship: str
    entries: tuple[Entry, ...]
    assessment: Assessment | None


def espoo_2012(*, seed: int) -> list[Event]:
    """Return the events of the published year, in the order they were entered."""
    # The year must be repeatable; nothing here is secret.
    rng = random.Random(seed)  # noqa: S311
    acts = [
        act
        for child in _children(rng)
        for act in in_entry_order(_Year(rng, child).acts())
    ]
    acts.sort(key=lambda act: (act.registered_at, act.event_id))
    return [act.as_event() for act in acts]


def by_largest_remainder(total: int, shares: Mapping[Key, float]) -> dict[Key, int]:
    """Return *total* divided as *shares* say, in whole numbers that sum to it."""
    whole = sum(shares.values())
    exact = {key: total * share / whole for key, share in shares.items()}
    counts = {key: int(value) for key, value in exact.items()}
    missing = total - sum(counts.values())
    by_remainder = sorted(exact, key=lambda key: counts[key] - exact[key])
    for key in by_remainder[:missing]:
        counts[key] += 1
    return counts


def _children(rng: random.Random) -> Iterator[Child]:
    """Yield the 2,789 children, with what each contributes to the totals."""
    notified = by_largest_remainder(CHILDREN, NOTIFIED_BY_AGE)
    assessed = by_largest_remainder(ASSESSMENTS, ASSESSED_BY_AGE)
    bands = [
        (band, place < assessed[band])
        for band, count in notified.items()
        for place in range(count)
    ]
    rng.shuffle(bands)
    units = [pick(rng, county.REGION_SHARES) for _ in bands]
    has_assessment = [is_assessed for _, is_assessed in bands]
    assessments = _assessments(
        rng,
        [unit for unit, assess in zip(units, has_assessment, strict=True) if assess],
    )
    entries = _entries(rng)
    for number, (band, is_assessed) in enumerate(bands):
        mother_tongue = pick(rng, county.MOTHER_TONGUE_SHARES)
        yield Child(
            # Eight digits are too few to hold a personal identity code by chance.
            ref=f"p-{rng.getrandbits(32):08x}",
            case_ref=f"A-{YEAR}-{number + 1:05}",
            unit=units[number],
            age=rng.choice(band),
            mother_tongue=mother_tongue,
            citizenship=county.citizenship(rng, mother_tongue),
            entries=entries[number],
            assessment=next(assessments) if is_assessed else None,
        )


def _entries(rng: random.Random) -> list[tuple[Entry, ...]]:
    """Return, for each child, how its matters came in: at least one, 4,984 in all."""
    counts = [1] * CHILDREN
    for child in rng.choices(range(CHILDREN), k=MATTERS - CHILDREN):
        counts[child] += 1
    requests = MATTERS - REPORTS - APPLICATIONS
    deck = [
        *[Entry.REPORT] * REPORTS,
        *[Entry.APPLICATION] * APPLICATIONS,
        *[Entry.REQUEST] * requests,
    ]
    rng.shuffle(deck)
    return [tuple(deck.pop() for _ in range(count)) for count in counts]


def _assessments(rng: random.Random, units: Sequence[str]) -> Iterator[Assessment]:
    """Yield an assessment for each of *units*: 353 late, the worst unit most often."""
    weights = {
        unit: units.count(unit) * weight for unit, weight in _LATE_WEIGHTS.items()
    }
    late = by_largest_remainder(ASSESSMENTS - IN_TIME, weights)
    is_late = {
        place
        for unit, count in late.items()
        for place in rng.sample([n for n, u in enumerate(units) if u == unit], count)
    }
    no_client = set(rng.sample(range(len(units)), NO_CLIENT))
    for place in range(len(units)):
        yield Assessment(
            is_late=place in is_late,
            outcome=AssessmentOutcome.NO_CLIENT
            if place in no_client
            else AssessmentOutcome.CHILD_PROTECTION_CLIENT,
        )


class _Year:
    """One child's year while its acts are being drawn."""

    def __init__(self, rng: random.Random, child: Child) -> None:
        self._rng = rng
        self._child = child
        self._acts: list[Act] = []

    def acts(self) -> list[Act]:
        """Return all that happens, in any order."""
        notified = list(self._child.entries)
        if self._child.assessment is None:
            first = self._first_day()
            more = [timing.busy_day(self._rng, first, _LAST_DAY) for _ in notified[1:]]
            self._decline([first, *sorted(more)])
        else:
            self._assess(self._child.assessment, len(notified))
        return self._acts

    def _first_day(self) -> date:
        if self._rng.random() < _OF_AUTUMN:
            return timing.busy_day(self._rng, _AUTUMN, _LAST_DAY)
        return timing.busy_day(self._rng, _FIRST_DAY, _AUTUMN - timedelta(1))

    def _assess(self, assessment: Assessment, notifications: int) -> None:
        """Enter the assessment, and what is heard before its decision and after it."""
        rng = self._rng
        last = _LAST_LATE_START if assessment.is_late else _LAST_ASSESSED
        first = timing.busy_day(rng, _FIRST_DAY, last)
        decided_on = self._decided_on(first)
        completed_on = self._completed_on(first, decided_on, assessment)
        received, later = [first], []
        for _ in range(notifications - 1):
            if completed_on >= _LAST_DAY or rng.random() < _EARLY_NOTIFICATIONS:
                received.append(timing.busy_day(rng, first, decided_on))
            else:
                after = completed_on + timedelta(1)
                later.append(timing.busy_day(rng, after, _LAST_DAY))
        self._receive(sorted(received))
        self._decide(decided_on, InitiationOutcome.ASSESSMENT_STARTED)
        self._enter(
            Kind.ASSESSMENT, completed_on, {"outcome": assessment.outcome.value}
        )
        self._decline(sorted(later))

    def _decline(self, received: list[date]) -> None:
        """Enter notifications that lead to no assessment, and the decisions on them."""
        while received:
            decided_on = self._decided_on(received[0])
            answered = [day for day in received if day <= decided_on]
            received = received[len(answered) :]
            self._receive(answered)
            self._decide(decided_on, pick(self._rng, _NO_ASSESSMENT))

    def _decided_on(self, received_on: date) -> date:
        days = _DECISION_DAYS
        may_be_late = received_on <= _LAST_LATE_DECISION
        if may_be_late and self._rng.random() >= _DECIDED_IN_TIME:
            days = _LATE_DECISION_DAYS
        return FINLAND.working_day_after(received_on, pick(self._rng, days))

    def _completed_on(
        self, received_on: date, decided_on: date, assessment: Assessment
    ) -> date:
        if assessment.is_late:
            due_on = timing.assessment_due_on(received_on)
            most = min(_LONGEST_DELAY, (_LAST_COMPLETION - due_on).days)
            over = timing.some_days(self._rng, mean=_DAYS_OVER, most=most)
            late_on = FINLAND.next_working_day(due_on + timedelta(over))
            return min(late_on, _LAST_COMPLETION)
        days = int(self._rng.triangular(_FASTEST, _SLOWEST, _USUAL))
        ready_on = FINLAND.next_working_day(received_on + timedelta(days))
        earliest = FINLAND.working_day_after(decided_on, 1)
        return max(earliest, min(ready_on, timing.assessment_safe_on(received_on)))

    def _receive(self, days: Sequence[date]) -> None:
        child = self._child
        for day in days:
            received = sum(act.kind is Kind.NOTIFICATION for act in self._acts)
            self._enter(
                Kind.NOTIFICATION,
                day,
                {
                    "unit": child.unit,
                    "entry": child.entries[received].value,
                    "child": {
                        "ref": child.ref,
                        "age_years": child.age,
                        "mother_tongue": child.mother_tongue,
                        "citizenship": child.citizenship,
                    },
                    "reasons": list(county.reasons(self._rng, child.age)),
                },
            )

    def _decide(self, day: date, outcome: InitiationOutcome) -> None:
        self._enter(Kind.INITIATION, day, {"outcome": outcome.value})

    def _enter(self, kind: Kind, day: date, data: Mapping[str, object]) -> None:
        at = timing.in_office(self._rng, day)
        case_ref = self._child.case_ref
        self._acts.append(
            Act(
                event_id=f"{case_ref}-{len(self._acts) + 1}",
                source=SOURCE,
                kind=kind,
                case_ref=case_ref,
                happened_at=at,
                registered_at=at + timedelta(minutes=self._rng.randrange(2, 90)),
                data=data,
            )
        )
