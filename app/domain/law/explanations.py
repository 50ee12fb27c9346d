"""How a due date came about, step by step, in three languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from app.domain.law import wording
from app.domain.periods import (
    Count,
    CountedDay,
    LegalReading,
    Months,
    Period,
    WorkingDays,
)
from app.domain.rules import Citation, DeadlineRule, RuleVersion
from app.domain.texts import Text
from app.domain.working_days import Calendar, DayOff


class StepCode(StrEnum):
    """What a step of an explanation tells."""

    RECEIVED = "received"
    COUNTED = "counted"
    SKIPPED = "skipped"
    REMOVED = "removed"
    ENDS = "ends"
    CLAMPED = "clamped"
    ROLLED = "rolled"
    NOT_ROLLED = "not_rolled"
    DUE = "due"
    SAFE = "safe"
    VERDICT = "verdict"
    ALTERNATIVE = "alternative"
    OTHER_VERDICT = "other_verdict"
    VERSION = "version"
    CITATION = "citation"


@dataclass(frozen=True, slots=True)
class Step:
    """One step; *day* is the day it is about, if it is about one."""

    code: StepCode
    text: Text
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What another reading would give.

    Attributes:
        missed: whether the deadline would be missed; None if that was not asked.
        changes_verdict: whether *missed* differs from that of the reading in use.
    """

    reading: LegalReading
    due_on: date
    missed: bool | None
    changes_verdict: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A due date with every step that led to it; all values are plain.

    Attributes:
        unrolled_on: the last day before 5 § of Act 150/1930 is applied.
        missed: done after the due date, or open after it; None if that was not asked.
        summary: the dates in one sentence.
    """

    rule_code: str
    title: Text
    version_id: str
    reading: LegalReading
    started_on: date
    unrolled_on: date
    due_on: date
    safe_on: date
    missed: bool | None
    alternatives: tuple[Alternative, ...]
    citations: tuple[Citation, ...]
    steps: tuple[Step, ...]
    summary: Text


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether a deadline is kept, by what was done and when that is asked."""

    done_on: date | None
    as_of: date | None

    @property
    def act_on(self) -> date | None:
        """The day of the act; one after *as_of* has not happened."""
        if self.done_on and self.as_of and self.done_on > self.as_of:
            return None
        return self.done_on

    def missed(self, due_on: date) -> bool | None:
        """Whether *due_on* is missed; None if nothing was asked."""
        decisive_on = self.act_on or self.as_of
        return None if decisive_on is None else decisive_on > due_on


def explain(
    rule: DeadlineRule,
    started_on: date,
    *,
    calendar: Calendar,
    reading: LegalReading,
    done_on: date | None = None,
    as_of: date | None = None,
) -> Explanation:
    """Return how *rule* gives its due date to a clock that started on *started_on*."""
    version = rule.version_on(started_on)
    period = version.period
    question = _Question(done_on, as_of)
    count = period.count(started_on, calendar, reading)
    safe_on = period.safe_on(started_on, calendar)
    other = _alternative(period, count, calendar, reading, question)
    steps = (
        *_counting(period, count, calendar),
        Step(StepCode.DUE, wording.due(count.due_on), count.due_on),
        Step(StepCode.SAFE, wording.safe(safe_on), safe_on),
        *_verdict(count.due_on, question),
        *_other_reading(period, count, other),
        *_sources(version),
    )
    return Explanation(
        rule_code=rule.code,
        title=rule.title,
        version_id=version.version_id,
        reading=reading,
        started_on=started_on,
        unrolled_on=count.unrolled_on,
        due_on=count.due_on,
        safe_on=safe_on,
        missed=question.missed(count.due_on),
        alternatives=(other,),
        citations=version.citations,
        steps=steps,
        summary=wording.summary(rule, started_on, count.due_on, safe_on),
    )


def _alternative(
    period: Period,
    count: Count,
    calendar: Calendar,
    reading: LegalReading,
    question: _Question,
) -> Alternative:
    other = period.other_reading(reading)
    due_on = period.count(count.started_on, calendar, other).due_on
    missed = question.missed(due_on)
    return Alternative(
        reading=other,
        due_on=due_on,
        missed=missed,
        changes_verdict=missed is not question.missed(count.due_on),
    )


def _counting(period: Period, count: Count, calendar: Calendar) -> Iterator[Step]:
    started_on, last = count.started_on, count.unrolled_on
    yield Step(StepCode.RECEIVED, wording.received(started_on), started_on)
    match period:
        case WorkingDays(number):
            text = wording.start_not_counted(started_on)
            yield Step(StepCode.SKIPPED, text, started_on)
            for day in count.steps:
                yield _day_step(day, number)
            first = started_on + timedelta(1)
        case Months(number):
            yield Step(StepCode.ENDS, wording.months_end(number, last), last)
            if count.clamped:
                yield Step(StepCode.CLAMPED, wording.clamped(started_on), last)
            first = last
        case _:
            assert_never(period)
    for removed in calendar.removed:
        if first <= removed.day <= count.due_on:
            yield Step(StepCode.REMOVED, wording.no_longer_off(removed), removed.day)
    yield from _last_day(count, calendar)


def _day_step(day: CountedDay | DayOff, number: int) -> Step:
    match day:
        case CountedDay():
            return Step(StepCode.COUNTED, wording.counted(day, number), day.day)
        case DayOff():
            return Step(StepCode.SKIPPED, wording.skipped(day), day.day)
        case _:
            assert_never(day)


def _last_day(count: Count, calendar: Calendar) -> Iterator[Step]:
    for off in count.rolled:
        yield Step(StepCode.ROLLED, wording.rolled(off), off.day)
    if kept := calendar.day_off(count.due_on):
        yield Step(StepCode.NOT_ROLLED, wording.not_rolled(kept), kept.day)


def _verdict(due_on: date, question: _Question) -> Iterator[Step]:
    if act_on := question.act_on:
        text = wording.done(act_on, missed=act_on > due_on)
        yield Step(StepCode.VERDICT, text, act_on)
    elif as_of := question.as_of:
        text = wording.still_open(as_of, missed=as_of > due_on)
        yield Step(StepCode.VERDICT, text, as_of)


def _other_reading(period: Period, count: Count, other: Alternative) -> Iterator[Step]:
    same = other.due_on == count.due_on
    text = wording.alternative(period, other.reading, other.due_on, same=same)
    yield Step(StepCode.ALTERNATIVE, text, other.due_on)
    if other.changes_verdict and other.missed is not None:
        text = wording.changed_verdict(missed=other.missed)
        yield Step(StepCode.OTHER_VERDICT, text)


def _sources(version: RuleVersion) -> Iterator[Step]:
    yield Step(StepCode.VERSION, wording.version(version), version.in_force_from)
    for citation in version.citations:
        yield Step(StepCode.CITATION, wording.citation(citation))
