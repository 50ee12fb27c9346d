"""The finders: for each kind of finding the way in which it is looked for."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db import backdating, case_findings, conflicts, control_counts, source_findings
from app.db.database import Connection
from app.domain.case_states import FindingCode
from app.domain.events import legal_day
from app.domain.findings import Closure, Finding, FindingKind
from app.domain.working_days import Calendar
from app.services.silence import silences
from app.services.unexplained import not_followed_up

IN_CASES = frozenset(FindingKind(code.value) for code in FindingCode)
# About a unit, whatever sources told of its work.
OF_UNITS = frozenset({FindingKind.DONE_ON_DUE_DATE_HEAP})
# About the work in a case, and not about what its source has sent.
OF_WORK = frozenset({FindingKind.BREACH_UNEXPLAINED, FindingKind.FOLLOW_UP_OVERDUE})
# Of a whole source, or of what no unit has: who may see some units sees none of these.
OF_NO_UNIT = frozenset(
    {
        FindingKind.CONTROL_COUNT_MISMATCH,
        FindingKind.SEQUENCE_GAP,
        FindingKind.SOURCE_SILENT,
        FindingKind.MASS_BACKDATING,
        FindingKind.UNKNOWN_GROUP_SHARE_RISING,
        FindingKind.CASE_WITHOUT_UNIT,
    }
)
# What is found anew of a source, or of cases that it speaks of.
OF_SOURCES = frozenset(FindingKind) - IN_CASES - OF_WORK - OF_UNITS


@dataclass(frozen=True, slots=True)
class Question:
    """Where, and for which instant, findings are looked for.

    *now* is the instant until which silence is measured.
    """

    connection: Connection
    known_at: datetime
    now: datetime
    calendar: Calendar

    @property
    def today(self) -> date:
        """Return the day that is asked about."""
        return legal_day(self.known_at)


Finder = Callable[[Question], Iterable[Finding]]

# Each of these finds anew whenever it is asked, so what it finds goes with its cause.
FINDERS: Mapping[FindingKind, Finder] = {
    FindingKind.CONTROL_COUNT_MISMATCH: lambda asked: control_counts.mismatches(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.SEQUENCE_GAP: lambda asked: source_findings.sequence_gaps(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.SOURCE_SILENT: lambda asked: silences(
        asked.connection,
        asked.calendar,
        known_at=asked.known_at,
        now=asked.now,
    ),
    FindingKind.CONFLICTING_RESEND: lambda asked: conflicts.unresolved(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.MASS_BACKDATING: lambda asked: backdating.mass_backdating(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.UNKNOWN_GROUP_SHARE_RISING: lambda asked: (
        source_findings.unknown_groups(
            asked.connection, known_at=asked.known_at, today=asked.today
        )
    ),
    FindingKind.UNREGISTERED_UNIT: lambda asked: case_findings.unregistered_units(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.CASE_WITHOUT_UNIT: lambda asked: case_findings.cases_without_unit(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.TWO_OPEN_CASES_OF_ONE_CHILD: lambda asked: case_findings.two_open_cases(
        asked.connection, known_at=asked.known_at
    ),
    FindingKind.DUPLICATE_MATTER_ON_ONE_DAY: lambda asked: (
        case_findings.duplicate_matters(
            asked.connection, known_at=asked.known_at, today=asked.today
        )
    ),
    FindingKind.FOLLOW_UP_OVERDUE: lambda asked: not_followed_up(
        asked.connection, known_at=asked.known_at, today=asked.today
    ),
    FindingKind.DONE_ON_DUE_DATE_HEAP: lambda asked: case_findings.heaps(
        asked.connection, known_at=asked.known_at, today=asked.today
    ),
}


def look(
    asked: Question, kinds: Collection[FindingKind], closures: Mapping[str, Closure]
) -> list[Finding]:
    """Return what is found anew of *kinds*, closed where a lead has closed it."""
    return [
        each.closed(closures.get(each.id))
        for kind, find in FINDERS.items()
        if kind in kinds
        for each in find(asked)
    ]
