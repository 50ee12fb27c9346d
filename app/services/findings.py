"""Findings: asked for, and closed by leads."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.db import activations, findings_in_cases
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
from app.domain.events import CaseKey
from app.domain.findings import (
    ClosedBecause,
    Closure,
    Finding,
    FindingKind,
    Place,
    Severity,
)
from app.domain.law import Law
from app.domain.working_days import Calendar
from app.services.finders import IN_CASES, OF_SOURCES, Question, look
from app.services.found import (
    OF_BREACHES,
    Query,
    Status,
    breaches_behind,
    count_breaches,
    first_in_cases,
    found_by,
    in_cases,
    with_units,
)
from app.services.viewing import TooManyRowsError, Viewer

__all__ = [
    "FindingClosedError",
    "FindingNotFoundError",
    "Page",
    "Query",
    "Status",
    "TakenAway",
    "close",
    "findings",
    "findings_to_take_away",
    "open_by_source",
    "open_finding",
    "open_of_units",
]

# The id of a finding does not tell its kind.
_SOON_FOUND_FIRST = (
    IN_CASES,
    frozenset({FindingKind.BREACH_UNEXPLAINED}),
    frozenset(FindingKind) - IN_CASES - {FindingKind.BREACH_UNEXPLAINED},
)


class FindingNotFoundError(Exception):
    """There is no such finding, or none that the caller may know of."""


class FindingClosedError(Exception):
    """The finding is closed already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some findings; *counts* are of all pages, *following* is the place behind."""

    counts: Mapping[Severity, int]
    items: list[Finding]
    following: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAway:
    """All findings of a question, with what a file says of them besides."""

    known_at: datetime
    law: Law
    units: Mapping[str, Unit]
    items: list[Finding]
    watermark: str


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
        shown = _page(asked, viewer.actor, query, after=after, limit=limit, now=now)
    viewer.show(_cases(shown), rows=len(shown.items))
    return shown


def findings_to_take_away(
    viewer: Viewer, query: Query, *, limit: int, most: int | None
) -> TakenAway:
    """Give all that *query* asks for, for a file.

    It is one of *most* files that the viewer may take today, if that is not None.

    Raises:
        TooManyRowsError: it is over *limit*; nothing is given.
        ExportQuotaError: the viewer has taken *most* files today.
        LookNotWrittenError: the look cannot be written down.
    """
    with viewer.database.read() as asked:
        found = _page(asked, viewer.actor, query, after=None, limit=limit)
        law = activations.in_use(asked.connection, known_at=asked.known_at)
        units = unit_table.known(asked.connection, asked.known_at)
    if found.following:
        raise TooManyRowsError
    return TakenAway(
        known_at=asked.known_at,
        law=law,
        units=units,
        items=found.items,
        watermark=viewer.take_away(_cases(found), rows=len(found.items), most=most),
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
) -> Counter[str]:
    """Return how many open findings each source has in what it sends."""
    asked = Question(connection, known_at, now, calendar)
    closures = finding_table.closures_elsewhere(connection, known_at=known_at)
    found = look(asked, OF_SOURCES, closures)
    counts = findings_in_cases.by_source(
        connection, in_cases(Status.OPEN, known_at=known_at)
    )
    return counts + Counter(
        each.source for each in found if each.is_open and each.source is not None
    )


def open_of_units(database: Database, actor: Actor) -> Counter[str]:
    """Return how many findings in what it sends each source has, as *actor* sees it."""
    with database.read() as asked:
        found = found_by(asked, actor, Query(), IN_CASES | OF_SOURCES)
        with asked.as_service():
            counts = findings_in_cases.by_source(asked.connection, found.in_cases)
    return counts + Counter(
        each.source for each in found.few if each.source is not None
    )


def _find(database: Database, actor: Actor, finding: str) -> Finding:
    """Return the finding of that id, if *actor* may see it.

    Raises:
        FindingNotFoundError: there is none, or none that *actor* may see.
    """
    everything = Query(status=Status.ALL)
    with database.read() as asked:
        for kinds in _SOON_FOUND_FIRST:
            found = found_by(asked, actor, everything, kinds)
            only = replace(found, in_cases=replace(found.in_cases, only=finding))
            every = [
                *found.few,
                *first_in_cases(asked, only, after=None, limit=1).items,
                *(found.breaches.of_id(finding) if found.breaches else ()),
            ]
            for each in every:
                if each.id == finding:
                    return with_units(asked, [each])[0]
    raise FindingNotFoundError


def _page(
    asked: Knowledge,
    actor: Actor,
    query: Query,
    *,
    after: Place | None,
    limit: int,
    now: datetime | None = None,
) -> Page:
    found = found_by(asked, actor, query, query.kinds, now=now)
    many = first_in_cases(asked, found, after=after, limit=limit + 1)
    rest = [each for each in found.few if after is None or each.place > after]
    rest += many.items
    rest += breaches_behind(found.breaches, query, after, limit + 1)
    of_breaches = count_breaches(found.breaches, query.status)
    rest.sort(key=lambda each: each.place)
    items = with_units(asked, rest[:limit])
    counts = Counter(each.severity for each in found.few) + many.counts
    counts[OF_BREACHES] += of_breaches
    return Page(
        counts={severity: counts[severity] for severity in Severity},
        items=items,
        following=items[-1].place if len(rest) > limit else None,
    )


def _cases(page: Page) -> set[CaseKey]:
    return {case for each in page.items for case in each.cases}
