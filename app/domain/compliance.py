"""What "in time" is: in which column of a report a deadline is counted, and how."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import product
from typing import NamedTuple

from app.domain.deadlines import ASSESSMENT, Deadline, Verdict
from app.domain.events import Entry
from app.domain.law import Law
from app.domain.periods import WorkingDays
from app.domain.report_settings import ASSUMED, Inclusion
from app.domain.reporting_periods import Period
from app.domain.rules import DeadlineRule


class Basis(StrEnum):
    """Which deadlines a figure counts."""

    DUE = "due"
    THL = "thl"


class Column(StrEnum):
    """The one column of a report in which a deadline is counted."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN_LATE = "open_late"
    OPEN_IN_TIME = "open_in_time"
    MET_NOT_YET_DUE = "met_not_yet_due"
    JOINED = "joined"
    ANTICIPATORY = "anticipatory"
    VOID = "void"
    EXCLUDED = "excluded"


class Dimension(StrEnum):
    """By what the rows of a report are told apart, beside the rule."""

    UNIT = "unit"
    LANGUAGE_GROUP = "language_group"
    NATIONALITY_GROUP = "nationality_group"
    AGE_BAND = "age_band"
    ENTRY = "entry"
    OUTCOME = "outcome"
    SOURCE = "source"


DEFAULT_LAW = Law()
DENOMINATOR = {
    Basis.DUE: (Column.IN_TIME, Column.LATE, Column.OPEN_LATE),
    Basis.THL: (Column.IN_TIME, Column.LATE),
}
MISSED = (Column.LATE, Column.OPEN_LATE)
# In these the verdict is told, and not late; under a stricter reading it may be.
NOT_LATE = (
    Column.IN_TIME,
    Column.OPEN_IN_TIME,
    Column.MET_NOT_YET_DUE,
    Column.VOID,
)
DONE = (Column.IN_TIME, Column.LATE, Column.MET_NOT_YET_DUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Which deadlines a report counts, as they stand on which day, and by what law."""

    period: Period
    as_of: date
    basis: Basis
    inclusion: Inclusion = ASSUMED
    law: Law = DEFAULT_LAW


class Fact(NamedTuple):
    """What a report counts of one deadline.

    *recorded_late* is told of what was in time, None if nothing tells. *corrected*
    marks what an amendment made look better, *hinging* what is not late only under
    the reading in use, *far_over* what was missed by more than the second band.
    """

    column: Column
    recorded_late: bool | None
    corrected: bool
    hinging: bool
    far_over: bool


# Every fact that can be, in the order in which the database numbers them.
FACTS = tuple(
    Fact(*each)
    for each in product(
        Column, (False, True, None), (False, True), (False, True), (False, True)
    )
)


class Judged(NamedTuple):
    """A deadline as a report counts it.

    *days_over* are calendar days after the due date, of a missed one. *days_taken* are
    the days from the start until it was done, of one that was: working days where the
    limit is of working days, else calendar days.
    """

    fact: Fact
    days_over: int | None
    days_taken: int | None


def judged(
    deadline: Deadline, frame: Frame, live_since: date | None = None
) -> Judged | None:
    """Return how *frame* counts *deadline*; None if it does not.

    *live_since* is that of its source.
    """
    column = column_of(deadline, frame)
    if column is None:
        return None
    missed = column in MISSED
    fact = Fact(
        column=column,
        recorded_late=(
            deadline.recorded_late(live_since) if column is Column.IN_TIME else False
        ),
        corrected=deadline.corrected,
        hinging=column in NOT_LATE and deadline.hinges_on_reading(frame.as_of),
        far_over=missed and _is_far_over(deadline, frame),
    )
    return Judged(
        fact,
        days_over(deadline, frame.as_of) if missed else None,
        days_taken(deadline, frame) if column in DONE else None,
    )


def column_of(deadline: Deadline, frame: Frame) -> Column | None:
    """Return the column that counts *deadline*; None if the period does not."""
    if deadline.started_on > frame.as_of:
        return None
    if frame.basis is Basis.DUE:
        return _due_column(deadline, frame)
    if deadline.rule == ASSESSMENT:
        return _thl_assessment_column(deadline, frame)
    return _thl_initiation_column(deadline, frame)


def group_of(
    deadline: Deadline, dimension: Dimension, *, source: str, as_of: date
) -> str | None:
    """Return in which group of *dimension* a deadline of *source* is on *as_of*."""
    match dimension:
        case Dimension.UNIT:
            return deadline.accountable_unit(as_of)
        case Dimension.OUTCOME:
            return deadline.outcome_by(as_of)
        case Dimension.SOURCE:
            return source
        case _:
            return str(getattr(deadline, dimension))


def days_over(deadline: Deadline, as_of: date) -> int:
    """Return by how many calendar days *deadline*, which is late, was missed."""
    return ((deadline.closed_by(as_of) or as_of) - deadline.due_on).days


def days_taken(deadline: Deadline, frame: Frame) -> int | None:
    """Return after how many days *deadline* was done, in days of the kind of its limit.

    None if it was not, but fell away after its due date.
    """
    met_on = deadline.met_on
    if met_on is None or met_on > frame.as_of:
        return None
    if counts_working_days(frame.law.rule(deadline.rule)):
        return frame.law.calendar.working_days_between(deadline.started_on, met_on)
    return (met_on - deadline.started_on).days


def counts_working_days(rule: DeadlineRule) -> bool:
    """Tell whether the limit of *rule* is a number of working days."""
    return isinstance(rule.versions[-1].period, WorkingDays)


def _is_far_over(deadline: Deadline, frame: Frame) -> bool:
    day = deadline.closed_by(frame.as_of) or frame.as_of
    return day > frame.law.far_on(deadline.rule, deadline.started_on)


def _due_column(deadline: Deadline, frame: Frame) -> Column | None:
    if deadline.due_on not in frame.period:
        return None
    verdict = deadline.verdict(frame.as_of)
    if aside := _aside(deadline, verdict):
        return aside
    if deadline.due_on >= frame.as_of and verdict is Verdict.IN_TIME:
        return Column.MET_NOT_YET_DUE
    return Column(verdict.value)


def _thl_initiation_column(deadline: Deadline, frame: Frame) -> Column | None:
    if deadline.started_on not in frame.period:
        return None
    return _thl_column(deadline, frame)


def _thl_assessment_column(deadline: Deadline, frame: Frame) -> Column | None:
    """Count what was completed in the period, and beside it what is open.

    An assessment that ended without being completed is no assessment of THL's.
    """
    met_on = deadline.met_on
    if met_on is not None and met_on <= frame.as_of:
        return _thl_column(deadline, frame) if met_on in frame.period else None
    is_open = deadline.closed_by(frame.as_of) is None
    if is_open and deadline.started_on <= frame.period.last:
        return _thl_column(deadline, frame)
    return None


def _thl_column(deadline: Deadline, frame: Frame) -> Column:
    verdict = deadline.verdict(frame.as_of)
    if aside := _aside(deadline, verdict):
        return aside
    if frame.inclusion.excludes(deadline, frame.as_of):
        return Column.EXCLUDED
    return Column(verdict.value)


def _aside(deadline: Deadline, verdict: Verdict) -> Column | None:
    """Return the column of a deadline that stands outside every rate."""
    if deadline.joined:
        return Column.JOINED
    if deadline.entry is Entry.ANTICIPATORY:
        return Column.ANTICIPATORY
    return Column.VOID if verdict is Verdict.VOID else None
