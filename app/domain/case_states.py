"""What the events of a case amount to: its runs, and what is odd in it.

A *run* is one stretch of duty: it begins with a notification outside every run and
ends with a completed assessment, a decision that none is made, or an ending outcome.
The numbers in the docstrings are those of docs/clocks.md.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.domain.events import CaseEvent, EventKey, NotificationReceived


class End(StrEnum):
    """How a run ended."""

    COMPLETED = "assessment_completed"
    NO_ASSESSMENT = "no_assessment"
    ENDED = "ended"


class FindingCode(StrEnum):
    """Odd news in a case: kept, shown, never silently mended (6)."""

    ACT_BEFORE_NOTIFICATION = "act_before_notification"
    ACT_AFTER_END = "act_after_end"
    ANSWER_TO_UNKNOWN_NOTIFICATION = "answer_to_unknown_notification"
    ASSESSMENT_WITHOUT_DECISION = "assessment_without_decision"
    ASSESSMENT_AFTER_NO_ASSESSMENT = "assessment_after_no_assessment"
    ASSESSMENT_INTERRUPTED = "assessment_interrupted"
    CLOSED_WITH_OPEN_CLOCKS = "closed_with_open_clocks"
    AMENDMENT_WITHOUT_TARGET = "amendment_without_target"
    AMENDMENT_UNLIKE_TARGET = "amendment_unlike_target"
    SECOND_CLOCK_SUSPECTED = "second_clock_suspected"
    CLOSED_AND_REOPENED = "closed_and_reopened"
    EXPLANATION_WITHOUT_BREACH = "explanation_without_breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of odd news, the event that brought it, and the day of that."""

    code: FindingCode
    event: EventKey
    day: date

    @property
    def event_id(self) -> str:
        """Return the source's own id of the event."""
        return self.event.event_id


# Named tuples, because the fold makes many and they are three times as quick to copy.
class Notice(NamedTuple):
    """A notification in its run, and what became of its initiation clock.

    At most one of *met* and *ended* is set: the act that met the clock, or that ended
    it without meeting it. *under_assessment* tells that the last decision about the
    notification leaves an assessment going on.
    """

    event: CaseEvent
    received: NotificationReceived
    joined: bool
    met: CaseEvent | None = None
    ended: CaseEvent | None = None
    under_assessment: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether the notification still waits for its answer."""
        return self.met is None and self.ended is None


class Run(NamedTuple):
    """One stretch of duty; its assessment clock runs from the first notice.

    *ended* keeps the act that ended the assessment clock unmet even when a later
    completed assessment *met* it after all. *transfers* are (day, unit), one a day.
    """

    notices: tuple[Notice, ...]
    transfers: tuple[tuple[date, str], ...] = ()
    end: End | None = None
    met: CaseEvent | None = None
    ended: CaseEvent | None = None

    @property
    def moves(self) -> tuple[tuple[date, str], ...]:
        """Return (day, unit) in order: who has had the work, and since when (8).

        The first notification that names a unit sets it, unless a transfer has done
        so by the end of that day.
        """
        for notice in self.notices:
            if notice.received.unit is not None:
                named_on = notice.event.occurred_on
                if self.transfers and self.transfers[0][0] <= named_on:
                    break
                return ((named_on, notice.received.unit), *self.transfers)
        return self.transfers

    @property
    def started_on(self) -> date:
        """Return the day from which the assessment clock runs."""
        return self.notices[0].event.occurred_on

    @property
    def over_on(self) -> date | None:
        """Return the day of the act that ended the run; None while it goes on."""
        act = self.met or self.ended
        return act.occurred_on if act else None

    @property
    def is_assessing(self) -> bool:
        """Tell whether a decision has set an assessment going."""
        return any(notice.under_assessment for notice in self.notices)


class CaseState(NamedTuple):
    """What a case's events amount to; without runs it is incomplete.

    *explanations* tell of delays; whose they are depends on the due dates.
    """

    runs: tuple[Run, ...] = ()
    worker: str | None = None
    findings: tuple[Finding, ...] = ()
    explanations: tuple[CaseEvent, ...] = ()

    @property
    def name(self) -> str:
        """Return the state in one word, for people."""
        if not self.runs:
            return "incomplete"
        run = self.runs[-1]
        if run.end is not None:
            return run.end.value
        return "under_assessment" if run.is_assessing else "pending"
