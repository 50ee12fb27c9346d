"""Findings: asked for, and closed by leads."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from app.db import (
    activations,
    case_findings,
    conflicts,
    control_counts,
    source_findings,
)
from app.db import deadlines as deadline_table
from app.db import findings as finding_table
from app.db import units as unit_table
from app.db.database import (
    Connection,
    Database,
    Knowledge,
    begin_recording,
    instant,
)
from app.db.units import Unit
from app.domain.access import Actor
from app.domain.cases import FindingCode
from app.domain.events import CaseKey, legal_day
from app.domain.findings import (
    ClosedBecause,
    Closure,
    Finding,
    FindingKind,
    Severity,
)
from app.domain.working_days import Calendar
from app.services.deadlines import scope
from app.services.silence import silences
from app.services.unexplained import not_followed_up, unexplained
from app.services.viewing import Viewer

# Findings whose cause has gone are shown this long.
SHOWN_AFTER_THEIR_END = timedelta(days=90)
IN_CASES = frozenset(FindingKind(code.value) for code in FindingCode)
# About a unit, whatever sources told of its work.
OF_UNITS = frozenset({FindingKind.DONE_ON_DUE_DATE_HEAP})
# About the work in a case, and not about what its source has sent.
OF_WORK = frozenset({FindingKind.BREACH_UNEXPLAINED, FindingKind.FOLLOW_UP_OVERDUE})
# What is found anew of a source, or of cases that it speaks of.
OF_SOURCES = frozenset(FindingKind) - IN_CASES - OF_WORK - OF_UNITS
_PRESSING_FIRST = (Severity.ALARM, Severity.WARNING, Severity.NOTICE)


Place: TypeAlias = tuple[int, float, str]


class FindingNotFoundError(Exception):
    """There is no such finding, or none that the caller may know of."""


class FindingClosedError(Exception):
    """The finding is closed already."""


class Status(StrEnum):
    """Which findings are asked for."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of the findings; None means any."""

    kind: FindingKind | None = None
    source: str | None = None
    unit: str | None = None
    status: Status = Status.OPEN


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
    FindingKind.MASS_BACKDATING: lambda asked: source_findings.mass_backdating(
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
        case_findings.duplicate_matters(asked.connection, known_at=asked.known_at)
    ),
    FindingKind.BREACH_UNEXPLAINED: lambda asked: unexplained(
        asked.connection, asked.calendar, known_at=asked.known_at, today=asked.today
    ),
    FindingKind.FOLLOW_UP_OVERDUE: lambda asked: not_followed_up(
        asked.connection, known_at=asked.known_at, today=asked.today
    ),
    FindingKind.DONE_ON_DUE_DATE_HEAP: lambda asked: case_findings.heaps(
        asked.connection, known_at=asked.known_at, today=asked.today
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some findings; *counts* are of all pages, *following* is the place behind."""

    counts: Mapping[Severity, int]
    items: list[Finding]
    following: Place | None


def findings(
    viewer: Viewer,
    query: Query,
    *,
    after: Place | None,
    limit: int,
    now: datetime | None = None,
) -> Page:
    """Show the next *limit* findings behind *after*, most pressing and newest first.

    *now* is the instant until which sources have been silent (default: the present).

    Raises:
        LookNotWrittenError: the look cannot be written down.
    """
    found = _found(viewer.database, viewer.actor, query, now)
    rest = [each for each in found if after is None or place(each) > after]
    items = rest[:limit]
    cases = {case for each in items for case in each.cases}
    viewer.show(cases, rows=len(items))
    return Page(
        counts={
            severity: sum(each.severity is severity for each in found)
            for severity in Severity
        },
        items=items,
        following=place(items[-1]) if len(rest) > limit else None,
    )


def place(finding: Finding) -> Place:
    """Return where *finding* stands in a list: what presses first, then the newest."""
    return (
        _PRESSING_FIRST.index(finding.severity),
        -finding.since.timestamp(),
        finding.id,
    )


def open_finding(viewer: Viewer, finding: str) -> Finding:
    """Show the finding of that id, which is open.

    Raises:
        FindingNotFoundError: there is none, or none that the viewer may see.
        FindingClosedError: it is closed already.
        LookNotWrittenError: the look cannot be written down.
    """
    every = _found(viewer.database, viewer.actor, Query(status=Status.ALL))
    found = next((each for each in every if each.id == finding), None)
    if found is None:
        raise FindingNotFoundError
    if not found.is_open:
        raise FindingClosedError
    viewer.show(found.cases, rows=1)
    return found


def close(viewer: Viewer, finding: str, reason: ClosedBecause) -> Finding:
    """Close the finding of that id and show it; found anew, it is open again.

    Raises:
        FindingNotFoundError: there is none, or none that the viewer may see.
        FindingClosedError: it is closed already.
        LookNotWrittenError: the look cannot be written down; it is not closed.
    """
    found = open_finding(viewer, finding)
    with viewer.database.write() as connection:
        begin_recording(connection)
        closure = Closure(
            closed_at=instant(connection), reason=reason, closed_by=viewer.actor.key_id
        )
        finding_table.add_closure(connection, finding, closure)
    return replace(found, closure=closure)


def open_by_source(
    connection: Connection, calendar: Calendar, *, known_at: datetime, now: datetime
) -> dict[str, int]:
    """Return how many open findings each source has in what it sends."""
    counts = finding_table.open_by_source(connection, known_at=known_at)
    asked = Question(connection, known_at, now, calendar)
    for each in _look(asked, OF_SOURCES):
        if each.is_open and each.source is not None:
            counts[each.source] = counts.get(each.source, 0) + 1
    return counts


def open_of_units(database: Database, actor: Actor) -> Counter[str]:
    """Return how many findings in what it sends each source has, as *actor* sees it."""
    return Counter(
        each.source
        for each in _found(database, actor, Query())
        if each.source is not None and each.kind in IN_CASES | OF_SOURCES
    )


def _found(
    database: Database, actor: Actor, query: Query, now: datetime | None = None
) -> list[Finding]:
    """Return the findings that *actor* may see, in their order."""
    kinds = frozenset(FindingKind) if query.kind is None else {query.kind}
    with database.read() as asked:
        law = activations.in_use(asked.connection, known_at=asked.known_at)
        question = Question(
            asked.connection, asked.known_at, now or asked.known_at, law.calendar
        )
        # What is odd between cases concerns each of them, whosever the others are.
        with asked.as_service():
            found = _look(question, kinds)
        units = unit_table.known(asked.connection, asked.known_at)
        visible = _seen(asked, _visible(found, actor, units, query))
    if query.status is not Status.ALL:
        wants_open = query.status is Status.OPEN
        visible = [each for each in visible if each.is_open == wants_open]
    return sorted(visible, key=place)


def _look(asked: Question, kinds: Collection[FindingKind]) -> list[Finding]:
    """Return all findings of *kinds*, closed where a lead has closed them."""
    found: list[Finding] = []
    in_cases = IN_CASES.intersection(kinds)
    if in_cases:
        found += finding_table.of_cases(
            asked.connection,
            in_cases,
            known_at=asked.known_at,
            gone_since=asked.known_at - SHOWN_AFTER_THEIR_END,
        )
    for kind, find in FINDERS.items():
        if kind in kinds:
            found += find(asked)
    closures = finding_table.closures(asked.connection, known_at=asked.known_at)
    return [_closed(each, closures.get(each.id)) for each in found]


def _closed(finding: Finding, closure: Closure | None) -> Finding:
    # What a lead closed and what came back since is another story.
    if closure is None or closure.closed_at < finding.since:
        return finding
    return replace(finding, closure=closure)


def _visible(
    found: Iterable[Finding], actor: Actor, units: dict[str, Unit], query: Query
) -> list[Finding]:
    in_scope = scope(units, actor, query.unit)
    own = actor.source
    return [
        _as_seen(each, in_scope, own)
        for each in found
        if (in_scope is None or each.unit in in_scope)
        and (own is None or each.source == own)
        and (query.source is None or each.source == query.source)
    ]


def _seen(asked: Knowledge, found: list[Finding]) -> list[Finding]:
    """Return *found* without the cases that the database hides from who asks."""
    if asked.sees_all:
        return found
    cases = {case for each in found for case in each.cases}
    seen = deadline_table.seen_cases(
        asked.connection, sorted(cases), known_at=asked.known_at
    )
    return [
        replace(
            each,
            others=tuple(
                other
                for other in each.others
                if CaseKey(each.source or "", other[0]) in seen
            ),
        )
        for each in found
        if each.case_ref is None or CaseKey(each.source or "", each.case_ref) in seen
    ]


def _as_seen(
    finding: Finding, in_scope: frozenset[str] | None, own: str | None
) -> Finding:
    """Return *finding* without what the caller may not know of."""
    if own is None and (in_scope is None or not finding.others):
        return finding
    event = finding.event
    return replace(
        finding,
        event=event if own is None or (event and event.source == own) else None,
        others=tuple(
            (case_ref, unit)
            for case_ref, unit in finding.others
            if in_scope is None or unit in in_scope
        ),
    )
