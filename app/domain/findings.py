"""Findings: what is odd in a case, or missing between a source and us."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeAlias

from app.domain.events import CaseKey, EventKey

_ID_BYTES = 12

# How much a finding presses, how new it is, and its id.
Place: TypeAlias = tuple[int, float, str]
Fact: TypeAlias = "int | float | str | list[Fact] | dict[str, Fact] | None"


class FindingKind(StrEnum):
    """What can be found; what it means and what to do stands in the catalogue."""

    # Found by the fold, in one case; the values are those of FindingCode.
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
    # Found whenever they are asked for, over cases or in what a source sends.
    CONTROL_COUNT_MISMATCH = "control_count_mismatch"
    SEQUENCE_GAP = "sequence_gap"
    SOURCE_SILENT = "source_silent"
    CONFLICTING_RESEND = "conflicting_resend"
    MASS_BACKDATING = "mass_backdating"
    UNKNOWN_GROUP_SHARE_RISING = "unknown_group_share_rising"
    UNREGISTERED_UNIT = "unregistered_unit"
    CASE_WITHOUT_UNIT = "case_without_unit"
    TWO_OPEN_CASES_OF_ONE_CHILD = "two_open_cases_of_one_child"
    DUPLICATE_MATTER_ON_ONE_DAY = "duplicate_matter_on_one_day"
    DONE_ON_DUE_DATE_HEAP = "done_on_due_date_heap"
    BREACH_UNEXPLAINED = "breach_unexplained"
    FOLLOW_UP_OVERDUE = "follow_up_overdue"


class Severity(StrEnum):
    """How much a finding presses.

    *alarm*: events are missing, or a breach may be hidden; someone must look today.
    *warning*: a figure or a worklist is wrong until it is mended. *notice*: it may be
    as it should be, and is worth a look.
    """

    NOTICE = "notice"
    WARNING = "warning"
    ALARM = "alarm"


PRESSING_FIRST = (Severity.ALARM, Severity.WARNING, Severity.NOTICE)


class ClosedBecause(StrEnum):
    """Why a finding is closed; the first is never given by people."""

    CAUSE_GONE = "cause_gone"
    KNOWN_AND_ACCEPTED = "known_and_accepted"
    CORRECTED_AT_SOURCE = "corrected_at_source"
    NOT_APPLICABLE = "not_applicable"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """That a finding is closed; *closed_by* is a lead's key, None if the cause went."""

    closed_at: datetime
    reason: ClosedBecause
    closed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding, as it is shown.

    *since* is the instant at which it was first so; of what is found over a stretch of
    days, the beginning of that. *event* is the one that brought it. *others* are
    (case_ref, unit) of further cases that it is about. *facts* are what was measured.
    """

    kind: FindingKind
    severity: Severity
    id: str
    since: datetime
    source: str | None = None
    case_ref: str | None = None
    unit: str | None = None
    day: date | None = None
    event: EventKey | None = None
    others: tuple[tuple[str, str | None], ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    closure: Closure | None = None

    @property
    def cases(self) -> frozenset[CaseKey]:
        """Return the cases that it names."""
        if self.source is None or self.case_ref is None:
            return frozenset()
        refs = (self.case_ref, *(case_ref for case_ref, _ in self.others))
        return frozenset(CaseKey(self.source, case_ref) for case_ref in refs)

    @property
    def place(self) -> Place:
        """Return where it stands in a list: what presses first, then the newest."""
        return (
            PRESSING_FIRST.index(self.severity),
            -self.since.timestamp(),
            self.id,
        )

    @property
    def is_open(self) -> bool:
        """Tell whether someone should still look."""
        return self.closure is None

    def closed(self, closure: Closure | None) -> "Finding":
        """Return it as it is after *closure*: open, if it came back since."""
        if closure is None or closure.closed_at < self.since:
            return self
        return replace(self, closure=closure)


def identity(kind: FindingKind, *parts: str) -> str:
    """Return the id of the finding of *kind* about *parts*, for ever the same."""
    text = json.dumps([kind.value, *parts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[: 2 * _ID_BYTES]
