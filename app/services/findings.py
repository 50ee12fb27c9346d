"""Findings: asked for, and closed by leads."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias, assert_never

from app.db import activations
from app.db import deadlines as deadline_table
from app.db import findings as finding_table
from app.db import units as unit_table
from app.db.breaches import Unexplained as Breaches
from app.db.database import (
    Connection,
    Database,
    Knowledge,
    begin_recording,
    instant,
)
from app.db.units import Unit
from app.domain.access import Actor
from app.domain.events import CaseKey
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import (
    ClosedBecause,
    Closure,
    Finding,
    FindingKind,
    Severity,
)
from app.domain.working_days import Calendar
from app.services.deadlines import scope
from app.services.finders import (
    IN_CASES,
    OF_NO_UNIT,
    OF_SOURCES,
    Question,
    look,
)
from app.services.unexplained import Unexplained, explained_before
from app.services.viewing import Viewer

_OF_BREACHES = CATALOGUE[FindingKind.BREACH_UNEXPLAINED].severity
# The id of a finding does not tell its kind.
_SOON_FOUND_FIRST = (
    IN_CASES,
    frozenset({FindingKind.BREACH_UNEXPLAINED}),
    frozenset(FindingKind) - IN_CASES - {FindingKind.BREACH_UNEXPLAINED},
)
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

    @property
    def kinds(self) -> frozenset[FindingKind]:
        """The kinds that are asked for."""
        return frozenset(FindingKind if self.kind is None else {self.kind})

    def wants(self, finding: Finding) -> bool:
        """Tell whether *finding* has the status that is asked for."""
        match self.status:
            case Status.OPEN:
                return finding.is_open
            case Status.CLOSED:
                return not finding.is_open
            case Status.ALL:
                return True
            case _:
                assert_never(self.status)


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
    with viewer.database.read() as asked:
        found = _found(asked, viewer.actor, query, query.kinds, now=now)
        rest = [each for each in found.few if after is None or place(each) > after]
        rest += _behind(found.many, query, after, limit + 1)
        of_breaches = _total(found.many, query.status)
        rest.sort(key=place)
        items = _with_units(asked, rest[:limit])
    cases = {case for each in items for case in each.cases}
    viewer.show(cases, rows=len(items))
    counts = Counter(each.severity for each in found.few)
    counts[_OF_BREACHES] += of_breaches
    return Page(
        counts={severity: counts[severity] for severity in Severity},
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
    found = _find(viewer.database, viewer.actor, finding)
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
    closures = finding_table.closures(connection, known_at=known_at)
    for each in look(asked, OF_SOURCES, closures):
        if each.is_open and each.source is not None:
            counts[each.source] = counts.get(each.source, 0) + 1
    return counts


def open_of_units(database: Database, actor: Actor) -> Counter[str]:
    """Return how many findings in what it sends each source has, as *actor* sees it."""
    with database.read() as asked:
        found = _found(asked, actor, Query(), IN_CASES | OF_SOURCES)
    return Counter(each.source for each in found.few if each.source is not None)


def _find(database: Database, actor: Actor, finding: str) -> Finding:
    """Return the finding of that id, if *actor* may see it.

    Raises:
        FindingNotFoundError: there is none, or none that *actor* may see.
    """
    everything = Query(status=Status.ALL)
    with database.read() as asked:
        for kinds in _SOON_FOUND_FIRST:
            found = _found(asked, actor, everything, kinds, only=finding)
            every = found.few + (found.many.of_id(finding) if found.many else [])
            for each in every:
                if each.id == finding:
                    return _with_units(asked, [each])[0]
    raise FindingNotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What somebody may see: the *few* of most kinds, and those that may be *many*."""

    few: list[Finding]
    many: Unexplained | None


def _found(
    asked: Knowledge,
    actor: Actor,
    query: Query,
    kinds: frozenset[FindingKind],
    *,
    now: datetime | None = None,
    only: str | None = None,
) -> _Found:
    """Return the findings of *kinds* that *actor* may see and asks for.

    Others than the one of the id *only* may be missing, if it is given.
    """
    connection, known_at = asked.connection, asked.known_at
    calendar = activations.in_use(connection, known_at=known_at).calendar
    units = unit_table.known(connection, known_at)
    in_scope = scope(units, actor, query.unit)
    question = Question(
        connection, known_at, now or known_at, calendar, units=in_scope, only=only
    )
    looked_for = kinds if in_scope is None else kinds - OF_NO_UNIT
    # What is odd between cases concerns each of them, whosever the others are.
    with asked.as_service():
        closures = finding_table.closures(connection, known_at=known_at)
        found = look(question, looked_for, closures)
        of_no_case = finding_table.not_of_cases(connection, closures)
    visible = _seen(asked, _visible(found, actor, in_scope, query.source))
    many = None
    if FindingKind.BREACH_UNEXPLAINED in kinds:
        many = Unexplained(
            connection=connection,
            asked=_breaches(question, actor, units, query),
            calendar=calendar,
            closures={each: closures[each] for each in of_no_case},
        )
    return _Found(few=[each for each in visible if query.wants(each)], many=many)


def _breaches(
    asked: Question, actor: Actor, units: dict[str, Unit], query: Query
) -> Breaches:
    """Return which breaches *actor* may see and asks for."""
    asked_of = (actor.source, query.source)
    sources = frozenset(each for each in asked_of if each is not None)
    return Breaches(
        known_at=asked.known_at,
        today=asked.today,
        due_by=explained_before(asked.calendar, asked.today),
        units=scope(units, actor, query.unit),
        # Who may see one source and asks for another, finds nothing.
        sources=None if not sources else sources if len(sources) == 1 else (),
    )


def _behind(
    many: Unexplained | None, query: Query, after: Place | None, limit: int
) -> list[Finding]:
    """Return at least the first *limit* of *many* behind *after*, in no order."""
    pressing = _PRESSING_FIRST.index(_OF_BREACHES)
    if many is None or (after is not None and after[0] > pressing):
        return []

    def wanted(finding: Finding) -> bool:
        return query.wants(finding) and (after is None or place(finding) > after)

    if query.status is Status.CLOSED:
        return list(filter(wanted, many.closed))
    until = None
    if after is not None and after[0] == pressing:
        until = datetime.fromtimestamp(-after[1], UTC)
    return many.newest(wanted, until=until, limit=limit)


def _total(many: Unexplained | None, status: Status) -> int:
    """Return how many of *many* have *status*."""
    if many is None:
        return 0
    match status:
        case Status.OPEN:
            return many.total - len(many.closed)
        case Status.CLOSED:
            return len(many.closed)
        case Status.ALL:
            return many.total
        case _:
            assert_never(status)


def _with_units(asked: Knowledge, found: Collection[Finding]) -> list[Finding]:
    """Return *found*, each in a case with the unit that has the case."""
    lacking = [each for each in found if each.kind in IN_CASES and each.unit is None]
    with asked.as_service():
        unit_of = finding_table.units_of(
            asked.connection,
            {case for each in lacking for case in each.cases},
            known_at=asked.known_at,
        )
    told = {each.id: unit_of[case] for each in lacking for case in each.cases}
    return [
        replace(each, unit=told[each.id]) if each.id in told else each for each in found
    ]


def _visible(
    found: Iterable[Finding],
    actor: Actor,
    in_scope: frozenset[str] | None,
    source: str | None,
) -> list[Finding]:
    own = actor.source
    return [
        _as_seen(each, in_scope, own)
        for each in found
        if (in_scope is None or each.unit in in_scope)
        and (own is None or each.source == own)
        and (source is None or each.source == source)
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
