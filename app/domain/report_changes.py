"""Why a report would say something else today: each deadline that moved, by one cause.

Everything that a report counts of a deadline is a set of (basis, place, number). What
has become known since is added to what was known then, step by step, by the rules of
then.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.domain.amendments import is_amendment
from app.domain.cells import Layout, Place, Span
from app.domain.compliance import Basis, Column, Frame, group_of, judged
from app.domain.deadlines import Deadline
from app.domain.events import CaseEvent, EventCorrected, EventKey, EventRetracted
from app.domain.figures import Number, numbers_of

# One figure of a report, and all of them in which a deadline is counted.
Figure: TypeAlias = tuple[Basis, Place, Number]
Counted: TypeAlias = frozenset[Figure]


class Cause(StrEnum):
    """Why a deadline is counted elsewhere than when the report was sealed.

    *arrived_late* is an event that had happened by the day of the report, *later_event*
    one that happened after it and yet tells of what was before: what language the child
    speaks, or that two cases are one. *corrected* and *retracted* are of events that
    the report was made from. A *rule_change* is of the law in use, the report settings,
    the units, or what is said of sources.
    """

    ARRIVED_LATE = "arrived_late"
    LATER_EVENT = "later_event"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    RULE_CHANGE = "rule_change"


# The order in which what has become known is added.
STEPS = (
    Cause.LATER_EVENT,
    Cause.ARRIVED_LATE,
    Cause.CORRECTED,
    Cause.RETRACTED,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a report counts a deadline: in which figures, and in which columns."""

    counted: Counted = frozenset()
    columns: Mapping[Basis, Column] = field(default_factory=dict)
    unit: str | None = None


NOWHERE = Standing()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What decides how a report counts a deadline, as it was known at an instant.

    *units* limits it to deadlines for which one of them is accountable; *live_since*
    tells since when each source is live.
    """

    frames: tuple[Frame, ...]
    layout: Layout
    units: frozenset[str] | None
    live_since: Mapping[str, date | None]

    def standing(self, deadline: Deadline | None, source: str) -> Standing:
        """Return how *deadline* of *source* is counted, if there is one."""
        if deadline is None:
            return NOWHERE
        as_of = self.frames[0].as_of
        unit = deadline.accountable_unit(as_of)
        if self.units is not None and unit not in self.units:
            return NOWHERE
        groups = tuple(
            group_of(deadline, dimension, source=source, as_of=as_of)
            for dimension in self.layout.by
        )
        places = tuple(self.layout.counted_in(Place(Span.CELL, deadline.rule, groups)))
        counted: set[Figure] = set()
        columns: dict[Basis, Column] = {}
        for frame in self.frames:
            each = judged(deadline, frame, self.live_since.get(source))
            if each is None:
                continue
            columns[frame.basis] = each.fact.column
            for number in numbers_of(each.fact, frame.basis):
                counted.update((frame.basis, place, number) for place in places)
        return Standing(frozenset(counted), columns, unit if columns else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A deadline that is counted otherwise than it was, and the one cause of that."""

    source: str
    case_ref: str
    rule: str
    started_by: str
    cause: Cause
    before: Standing
    after: Standing


def known_step_by_step(
    events: Sequence[CaseEvent], *, known_at: datetime, as_of: date
) -> list[tuple[Cause, list[CaseEvent]]]:
    """Return what was known at *known_at*, with what each of ``STEPS`` has added.

    An amendment of what had not been known either belongs to the arrival of that.
    """
    step_of = _steps(events, known_at, as_of)
    added: set[Cause | None] = {None}
    found = []
    for cause in STEPS:
        added.add(cause)
        found.append((cause, [each for each in events if step_of[each.key] in added]))
    return found


def cause_of(before: Counted, steps: Iterable[tuple[Cause, Counted]]) -> Cause:
    """Return why a deadline that was counted as *before* has moved.

    *steps* tell how it is counted after each of ``STEPS``, under the rules of then. If
    all that has become known leaves it where it was, a rule has changed. Else it was
    the last step that moved it: that put it where it stands.
    """
    cause, last = Cause.RULE_CHANGE, before
    for step, counted in steps:
        if counted != last:
            cause, last = step, counted
    return Cause.RULE_CHANGE if last == before else cause


def accounts(moves: Iterable[Move]) -> dict[Figure, Counter[Cause]]:
    """Return by how much each cause has changed each figure that *moves* change."""
    found: dict[Figure, Counter[Cause]] = {}
    for move in moves:
        for figures, change in (
            (move.before.counted - move.after.counted, -1),
            (move.after.counted - move.before.counted, 1),
        ):
            for figure in figures:
                found.setdefault(figure, Counter())[move.cause] += change
    return found


def _steps(
    events: Sequence[CaseEvent], known_at: datetime, as_of: date
) -> dict[EventKey, Cause | None]:
    """Return with which step each of *events* becomes known; None if it was."""
    steps: dict[EventKey, Cause | None] = {}
    earliest: dict[EventKey, date] = {}
    for event in events:
        # The day on which it was, by whichever telling is earliest.
        key = _target(event) or event.key
        day = event.occurred_on
        if isinstance(event.data, EventCorrected):
            day = event.data.occurred_on
        if not isinstance(event.data, EventRetracted):
            earliest[key] = min(day, earliest.get(key, day))
    said = {event.key: event for event in events if not is_amendment(event)}
    for event in (*said.values(), *filter(is_amendment, events)):
        target = _target(event)
        if event.recorded_at is not None and event.recorded_at <= known_at:
            steps[event.key] = None
        elif target is None:
            happened = earliest[event.key] <= as_of
            steps[event.key] = Cause.ARRIVED_LATE if happened else Cause.LATER_EVENT
        elif target not in said:
            steps[event.key] = Cause.ARRIVED_LATE
        elif steps[target] is not None:
            steps[event.key] = steps[target]
        elif isinstance(event.data, EventCorrected):
            steps[event.key] = Cause.CORRECTED
        else:
            steps[event.key] = Cause.RETRACTED
    return steps


def _target(event: CaseEvent) -> EventKey | None:
    if isinstance(event.data, EventCorrected | EventRetracted):
        return EventKey(event.source, event.data.target)
    return None
