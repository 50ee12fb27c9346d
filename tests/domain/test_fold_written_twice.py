"""The fold says what a second one says, written from the rules in words alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from hypothesis import given, settings

from app.domain.deadlines import deadlines
from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    InitiationDecided,
    NotificationReceived,
)
from app.domain.law import Law
from tests import histories

GOES_ON = ("assessment_started", "urgent_measures", "joined_running_assessment")
ENDS = (
    *("transferred_to_other_county", "wrong_or_duplicate", "wrong_person"),
    *("moved_away", "turned_18", "died", "interrupted"),
)
ORDER = (
    *(NotificationReceived, CaseTransferred, InitiationDecided),
    *(AssessmentFinalised, CaseClosed),
)
# Rule, notification, its day, the day the clock was met and ended, joined.
Clock: TypeAlias = tuple[str, str, date, date | None, date | None, bool]


@dataclass
class Notice:
    """A notification, and what became of it."""

    id: str
    day: date
    joined: bool
    met: date | None = None
    ended: date | None = None
    assessing: bool = False

    @property
    def waits(self) -> bool:
        return self.met is None and self.ended is None


@dataclass
class Run:
    """A run; *over* tells how it ended."""

    notices: list[Notice] = field(default_factory=list)
    over: str = ""
    met: date | None = None
    ended: date | None = None

    def decide(self, day: date, outcome: str, answers: tuple[str, ...]) -> None:
        """(2, 5) Answer what is named, or all; end when nothing is left to be done."""
        goes_on = outcome in GOES_ON
        for notice in self.notices:
            if answers and notice.id not in answers:
                continue
            if notice.waits and outcome in ENDS:
                notice.ended = day
            elif notice.waits:
                notice.met = day
            elif not answers and goes_on:
                continue  # it is about what was undecided
            notice.assessing = goes_on
        if not goes_on and not any(n.waits or n.assessing for n in self.notices):
            self.over, self.ended = "ended" if outcome in ENDS else "decided", day

    def end(self, day: date) -> None:
        """(5) End what is open, without meeting it."""
        for notice in self.notices:
            if notice.waits:
                notice.ended = day
        self.over, self.ended = "ended", day

    def complete(self, day: date) -> list[Notice]:
        """(1, 4, 6) Meet what is open; what came that day begins the next run."""
        late = [
            notice
            for notice in self.notices[1:]
            if notice.day == day and (notice.waits or notice.assessing)
        ]
        if self.over == "decided":
            late = []  # it covers those of its day (1)
        self.notices = [notice for notice in self.notices if notice not in late]
        for notice in self.notices:
            if notice.waits:
                notice.met = day
        self.over, self.met = "completed", day
        return late


def told(history: Iterable[CaseEvent]) -> set[Clock]:
    runs: list[Run] = []
    acts = [event for event in history if isinstance(event.data, ORDER)]
    for event in sorted(acts, key=_place):
        _tell(runs, event)
    return {
        clock
        for run in runs
        for clock in (
            ("assessment", *_start(run.notices[0]), run.met, run.ended, False),
            *(
                ("initiation", *_start(each), each.met, each.ended, each.joined)
                for each in run.notices
            ),
        )
    }


def _place(event: CaseEvent) -> tuple[date, int, float, int, str]:
    """(7) By day, kind, instant (those without first), sequence and id."""
    return (
        event.occurred_on,
        ORDER.index(type(event.data)),
        event.occurred_at.timestamp() if event.occurred_at else 0,
        -1 if event.sequence is None else event.sequence,
        event.event_id,
    )


def _tell(runs: list[Run], event: CaseEvent) -> None:
    day, data = event.occurred_on, event.data
    last = runs[-1] if runs else None
    is_open = last is not None and not last.over
    if isinstance(data, NotificationReceived):
        if last is None or not is_open:
            runs.append(last := Run())
        joined = any(notice.assessing for notice in last.notices)
        last.notices.append(Notice(event.event_id, day, joined))
        return
    if last is None:
        return
    match data:
        case InitiationDecided(outcome=outcome, answers=answers) if is_open:
            last.decide(day, outcome, answers)
        case AssessmentFinalised(outcome=outcome) if outcome not in ENDS and (
            is_open or last.over == "decided"
        ):
            if late := last.complete(day):
                runs.append(Run([replace(each, joined=False) for each in late]))
        case AssessmentFinalised() if is_open:
            last.end(day)
        case CaseClosed(reason=reason) if is_open and reason in ENDS:
            last.end(day)
        case _:
            pass


def _start(notice: Notice) -> tuple[str, date]:
    return notice.id, notice.day


@settings(max_examples=200)
@given(history=histories.cases())
def test_the_fold_is_what_the_rules_say_in_words(history: list[CaseEvent]) -> None:
    found = {
        (
            clock.rule,
            clock.started_by,
            clock.started_on,
            clock.met_on,
            clock.ended_on,
            clock.joined,
        )
        for clock in deadlines(history, Law())
    }

    assert found == told(history)
