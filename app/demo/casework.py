"""How a case is worked on: decisions, assessments, moves and closures, drawn by lot.

The acts obey the fold: a decision answers what was received by its day, a completed
assessment ends the run, and what comes after it begins another.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.demo import county, timing
from app.demo.county import ESPOON_KESKUS, ESPOONLAHTI, LEPPAVAARA, MATINKYLA, pick
from app.demo.wire import Act, in_entry_order
from app.domain.cases import ASSESSMENT_GOES_ON, COMPLETED_ASSESSMENTS, ENDING_DECISIONS
from app.domain.events import (
    AssessmentOutcome,
    ClosureReason,
    InitiationOutcome,
    Kind,
    legal_day,
)
from app.domain.working_days import FINLAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How well a unit keeps its time.

    The first two are shares in time. Of the others *forgotten* is the share that
    nobody ever acts on, and *days_over* is how late the rest are, on average.
    """

    initiation_in_time: float
    assessment_in_time: float
    days_over: float
    forgotten: float = 0.02


# Assumptions of the demo, within what THL has published of counties; the last unit is
# the one that a team lead should find in a minute.
PACES = {
    LEPPAVAARA: Pace(initiation_in_time=0.955, assessment_in_time=0.90, days_over=14),
    MATINKYLA: Pace(initiation_in_time=0.975, assessment_in_time=0.93, days_over=12),
    ESPOONLAHTI: Pace(initiation_in_time=0.945, assessment_in_time=0.87, days_over=16),
    ESPOON_KESKUS: Pace(
        initiation_in_time=0.84,
        assessment_in_time=0.70,
        days_over=30,
        forgotten=0.10,
    ),
}

_DECISIONS = {
    InitiationOutcome.ASSESSMENT_STARTED: 50,
    InitiationOutcome.OBVIOUSLY_UNNECESSARY: 24,
    InitiationOutcome.EXISTING_CLIENT: 17,
    InitiationOutcome.URGENT_MEASURES: 4,
    InitiationOutcome.OTHER: 3,
    InitiationOutcome.TRANSFERRED_TO_OTHER_COUNTY: 1,
    InitiationOutcome.WRONG_OR_DUPLICATE: 1,
}
_CONCLUSIONS = {
    AssessmentOutcome.NO_CLIENT: 47,
    AssessmentOutcome.CHILD_PROTECTION_CLIENT: 27,
    AssessmentOutcome.SOCIAL_WELFARE_CLIENT: 23,
    AssessmentOutcome.MOVED_AWAY: 2,
    AssessmentOutcome.INTERRUPTED: 1,
}
# Working days from the notification to a decision in time.
_DECISION_DAYS = {1: 8, 2: 12, 3: 15, 4: 16, 5: 17, 6: 17, 7: 15}
# Days from the notification to a completion in time: the shape of a triangle.
_FASTEST, _SLOWEST, _USUAL = 21, 92, 84

_LONGEST_DELAY = 150
_LATEST_DECISION = 30  # working days over
_DECISION_DAYS_OVER = 4.0
_NAMES_WHAT_IT_ANSWERS = 0.2
_JOINED_IS_ANSWERED = 0.9
_CLOSED = 0.95
_MOVED_BETWEEN_REGIONS = 0.06
_MOVED_TO_TEAM = 0.45
_ONLY_THE_DATE = {Kind.NOTIFICATION: 0.06, Kind.ASSESSMENT: 0.5}
_ONLY_THE_DATE_ELSE = 0.1
# Days until an act is entered in the client system; 0 is the same hour or two.
_ENTRY_LAG_DAYS = {0: 90, 1: 4, 2: 2, 3: 1, 6: 1, 9: 1, 14: 1}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as it arrived."""

    event_id: str
    at: datetime
    data: Mapping[str, object]

    @property
    def received_on(self) -> date:
        """Return the legal day."""
        return legal_day(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case before anyone has worked on it: all its notifications, in order."""

    source: str
    case_ref: str
    unit: str
    worker: str
    pace: Pace
    notices: tuple[Notice, ...]


def history(rng: random.Random, opening: Opening) -> tuple[Act, ...]:
    """Return what happens in the case, from its first notification to its end."""
    case_file = _CaseFile(rng, opening)
    waiting: Sequence[Notice] = opening.notices
    while waiting:
        waiting = _run(rng, opening, case_file, waiting)
    return tuple(in_entry_order(case_file.acts))


def _run(
    rng: random.Random,
    opening: Opening,
    case_file: "_CaseFile",
    waiting: Sequence[Notice],
) -> Sequence[Notice]:
    """Enter one run and return the notifications that come after it."""
    first = waiting[0]
    outcome = pick(rng, _DECISIONS)
    decided_at = _decided_at(rng, first, outcome, opening.pace)
    if decided_at is None:
        case_file.receive(waiting)
        return ()

    decided_on = legal_day(decided_at)
    undecided = [n for n in waiting if n.received_on <= decided_on]
    later = waiting[len(undecided) :]
    case_file.receive(undecided)
    case_file.decide(decided_at, outcome, _named(rng, undecided, decided_on))
    if outcome in ENDING_DECISIONS:
        return ()
    if outcome in ASSESSMENT_GOES_ON:
        return _assess(
            rng, opening, case_file, first=first, decided_on=decided_on, later=later
        )
    if not later and rng.random() < _CLOSED:
        case_file.close(decided_on)
    return later


def _assess(
    rng: random.Random,
    opening: Opening,
    case_file: "_CaseFile",
    *,
    first: Notice,
    decided_on: date,
    later: Sequence[Notice],
) -> Sequence[Notice]:
    """Enter the assessment and return the notifications that come after it."""
    case_file.move(decided_on)
    completed_on = _completed_on(rng, first.received_on, decided_on, opening.pace)
    joined = [n for n in later if completed_on is None or n.received_on < completed_on]
    case_file.receive(joined)
    for notice in joined:
        answered_on = _answered_on(rng, notice)
        if answered_on and (completed_on is None or answered_on < completed_on):
            case_file.decide(
                timing.in_office(rng, answered_on),
                InitiationOutcome.JOINED_RUNNING_ASSESSMENT,
                (notice.event_id,),
            )
    if completed_on is None:
        return ()

    conclusion = pick(rng, _CONCLUSIONS)
    case_file.conclude(completed_on, conclusion)
    if conclusion not in COMPLETED_ASSESSMENTS:
        return ()
    later = later[len(joined) :]
    if conclusion is not AssessmentOutcome.CHILD_PROTECTION_CLIENT and not later:
        case_file.close(completed_on)
    return later


def _decided_at(
    rng: random.Random, first: Notice, outcome: InitiationOutcome, pace: Pace
) -> datetime | None:
    """Return when the first notification of a run is decided on; None: forgotten."""
    if outcome is InitiationOutcome.URGENT_MEASURES:
        return first.at + timedelta(minutes=rng.randrange(20, 150))
    working_days = pick(rng, _DECISION_DAYS)
    if rng.random() >= pace.initiation_in_time:
        if rng.random() < pace.forgotten:
            return None
        working_days = max(_DECISION_DAYS) + timing.some_days(
            rng, mean=_DECISION_DAYS_OVER, most=_LATEST_DECISION
        )
    day = FINLAND.working_day_after(first.received_on, working_days)
    return timing.in_office(rng, day)


def _completed_on(
    rng: random.Random, received_on: date, decided_on: date, pace: Pace
) -> date | None:
    """Return when the assessment is completed; None: nobody ever completes it."""
    earliest = FINLAND.working_day_after(decided_on, 1)
    if rng.random() >= pace.assessment_in_time:
        if rng.random() < pace.forgotten:
            return None
        over = timing.some_days(rng, mean=pace.days_over, most=_LONGEST_DELAY)
        due_on = timing.assessment_due_on(received_on)
        return max(earliest, FINLAND.next_working_day(due_on + timedelta(over)))
    days = int(rng.triangular(_FASTEST, _SLOWEST, _USUAL))
    ready_on = FINLAND.next_working_day(received_on + timedelta(days))
    return max(earliest, min(ready_on, timing.assessment_safe_on(received_on)))


def _answered_on(rng: random.Random, joined: Notice) -> date | None:
    """Return when a joined notification is read; None: the completion answers it."""
    if rng.random() >= _JOINED_IS_ANSWERED:
        return None
    return FINLAND.working_day_after(joined.received_on, pick(rng, _DECISION_DAYS))


def _named(
    rng: random.Random, undecided: Sequence[Notice], decided_on: date
) -> tuple[str, ...]:
    """Return the event ids that the decision names; most name none, which means all.

    A decision cannot name what arrives later on its own day.
    """
    if rng.random() >= _NAMES_WHAT_IT_ANSWERS:
        return ()
    if any(notice.received_on == decided_on for notice in undecided):
        return ()
    return tuple(notice.event_id for notice in undecided)


class _CaseFile:
    """The file of one case while its acts are being drawn, in any order."""

    def __init__(self, rng: random.Random, opening: Opening) -> None:
        self.acts: list[Act] = []
        self._rng = rng
        self._opening = opening

    def receive(self, notices: Sequence[Notice]) -> None:
        """Enter *notices*."""
        for notice in notices:
            self._enter(Kind.NOTIFICATION, notice.at, notice.data, notice.event_id)

    def decide(
        self, at: datetime, outcome: InitiationOutcome, answers: tuple[str, ...]
    ) -> None:
        """Enter a decision; without *answers* it is about everything undecided."""
        named = {"answers": list(answers)} if answers else {}
        self._enter(
            Kind.INITIATION,
            at,
            {"outcome": outcome.value, **named, "worker": self._opening.worker},
        )

    def move(self, decided_on: date) -> None:
        """Enter, now and then, that another unit makes the assessment."""
        rng, home = self._rng, self._opening.unit
        units: Sequence[str] = ()
        if home == LEPPAVAARA and rng.random() < _MOVED_TO_TEAM:
            units = county.LEPPAVAARA_TEAMS
        elif rng.random() < _MOVED_BETWEEN_REGIONS:
            units = [unit for unit in county.REGIONS if unit != home]
        if units:
            at = timing.in_office(rng, FINLAND.working_day_after(decided_on, 1))
            self._enter(Kind.TRANSFER, at, {"unit": rng.choice(units)})

    def conclude(self, day: date, outcome: AssessmentOutcome) -> None:
        """Enter the end of the assessment."""
        at = timing.in_office(self._rng, day)
        self._enter(Kind.ASSESSMENT, at, {"outcome": outcome.value})

    def close(self, ended_on: date) -> None:
        """Enter the closure of the case, some days after its work ended."""
        wait = timing.some_days(self._rng, mean=8, most=40)
        at = timing.in_office(self._rng, FINLAND.working_day_after(ended_on, wait))
        self._enter(Kind.CLOSURE, at, {"reason": ClosureReason.DONE.value})

    def _enter(
        self,
        kind: Kind,
        at: datetime,
        data: Mapping[str, object],
        event_id: str | None = None,
    ) -> None:
        lag = timedelta(
            days=pick(self._rng, _ENTRY_LAG_DAYS), minutes=self._rng.randrange(2, 120)
        )
        only_the_date = _ONLY_THE_DATE.get(kind, _ONLY_THE_DATE_ELSE)
        self.acts.append(
            Act(
                event_id=event_id or f"{self._opening.case_ref}-{len(self.acts) + 1}",
                source=self._opening.source,
                kind=kind,
                case_ref=self._opening.case_ref,
                happened_at=at,
                registered_at=at + lag,
                data=data,
                to_the_day=self._rng.random() < only_the_date,
            )
        )
