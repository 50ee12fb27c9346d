"""What somebody may see of findings, of the few and of the many."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from app.db import activations, breaches, findings_in_cases, known_deadlines
from app.db import findings as finding_table
from app.db import units as unit_table
from app.db.database import Knowledge
from app.db.findings_in_cases import InCases, Some, State
from app.db.scopes import NOTHING
from app.domain.access import Actor
from app.domain.events import CaseKey
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import PRESSING_FIRST, Closure, Finding, FindingKind, Place
from app.services.finders import IN_CASES, OF_NO_UNIT, Question, look
from app.services.scopes import allowed_units
from app.services.unexplained import Unexplained, explained_before

OF_BREACHES = CATALOGUE[FindingKind.BREACH_UNEXPLAINED].severity
# Findings in cases whose cause has gone are shown this long.
SHOWN_AFTER_THEIR_END = timedelta(days=90)


class Status(StrEnum):
    """Which findings are asked for."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


# How findings in cases stand that have a status.
_STATES = {
    Status.OPEN: frozenset({State.OPEN}),
    Status.CLOSED: frozenset({State.CLOSED, State.GONE}),
    Status.ALL: frozenset(State),
}


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
class Found:
    """What somebody may see: the *few* of most kinds, and which others are meant.

    Of those *in_cases*, and of breaches, there may be thousands. *own* is the source
    of whoever asks, if they may know of no other.
    """

    few: list[Finding]
    in_cases: InCases
    breaches: Unexplained | None
    own: str | None


def found_by(
    asked: Knowledge,
    actor: Actor,
    query: Query,
    kinds: frozenset[FindingKind],
    *,
    now: datetime | None = None,
) -> Found:
    """Return the findings of *kinds* that *actor* may see and asks for."""
    connection, known_at = asked.connection, asked.known_at
    calendar = activations.in_use(connection, known_at=known_at).calendar
    units = unit_table.known(connection, known_at)
    in_scope = allowed_units(units, actor, query.unit)
    question = Question(connection, known_at, now or known_at, calendar)
    looked_for = kinds if in_scope is None else kinds - OF_NO_UNIT
    # What is odd between cases concerns each of them, whosever the others are.
    with asked.as_service():
        closures = finding_table.closures_elsewhere(connection, known_at=known_at)
        found = look(question, looked_for, closures)
    visible = _seen(asked, _visible(found, actor, in_scope, query.source))
    sources = _sources(actor, query)
    return Found(
        few=[each for each in visible if query.wants(each)],
        in_cases=replace(
            in_cases(query.status, known_at=known_at),
            kinds=IN_CASES & kinds,
            units=in_scope,
            sources=sources,
        ),
        breaches=(
            _unexplained(question, in_scope, sources, closures, found)
            if FindingKind.BREACH_UNEXPLAINED in kinds
            else None
        ),
        own=actor.source,
    )


def _unexplained(
    question: Question,
    units: frozenset[str] | None,
    sources: Collection[str] | None,
    closures: Mapping[str, Closure],
    found: Iterable[Finding],
) -> Unexplained:
    """Return the breaches of *units* and *sources* of which no cause is told."""
    # What is *found* is of no breach: to tell by their ids which *closures* are, those
    # of all breaches are put together.
    elsewhere = {each.id for each in found}
    return Unexplained(
        connection=question.connection,
        asked=breaches.Question(
            known_at=question.known_at,
            today=question.today,
            due_by=explained_before(question.calendar, question.today),
            units=units,
            sources=sources,
        ),
        calendar=question.calendar,
        closures={
            each: closure for each, closure in closures.items() if each not in elsewhere
        },
    )


def in_cases(status: Status, *, known_at: datetime) -> InCases:
    """Return the question for all findings in cases that have *status*."""
    return InCases(
        kinds=IN_CASES,
        states=_STATES[status],
        known_at=known_at,
        gone_since=known_at - SHOWN_AFTER_THEIR_END,
    )


def first_in_cases(
    asked: Knowledge, found: Found, *, after: Place | None, limit: int
) -> Some:
    """Count the findings in cases, and return the first *limit* behind *after*.

    Only those of one's units and one's source are counted. That the database would
    show them, too, is asked of the few that are returned.
    """
    if not found.in_cases.kinds or asked.scope == NOTHING:
        return Some(Counter(), [])
    with asked.as_service():
        some = findings_in_cases.first(
            asked.connection, found.in_cases, after=after, limit=limit
        )
    items = [_as_seen(each, None, found.own) for each in some.items]
    return some._replace(items=_seen(asked, items))


def _sources(actor: Actor, query: Query) -> Collection[str] | None:
    """Return the sources that *actor* may see and asks for; None if that is all."""
    asked_of = {each for each in (actor.source, query.source) if each is not None}
    # Who may see one source and asks for another, finds nothing.
    return None if not asked_of else asked_of if len(asked_of) == 1 else ()


def breaches_behind(
    many: Unexplained | None, query: Query, after: Place | None, limit: int
) -> list[Finding]:
    """Return at least the first *limit* of *many* behind *after*, in no order."""
    pressing = PRESSING_FIRST.index(OF_BREACHES)
    if many is None or (after is not None and after[0] > pressing):
        return []

    def wanted(finding: Finding) -> bool:
        return query.wants(finding) and (after is None or finding.place > after)

    if query.status is Status.CLOSED:
        return list(filter(wanted, many.closed))
    until = None
    if after is not None and after[0] == pressing:
        until = datetime.fromtimestamp(-after[1], UTC)
    return many.newest(wanted, until=until, limit=limit)


def count_breaches(many: Unexplained | None, status: Status) -> int:
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


def with_units(asked: Knowledge, found: Collection[Finding]) -> list[Finding]:
    """Return *found*, each in a case with the unit that has the case."""
    lacking = [each for each in found if each.kind in IN_CASES and each.unit is None]
    if not lacking:
        return list(found)
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
    seen = known_deadlines.seen_cases(
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
