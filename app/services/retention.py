"""What has been kept for its period is destroyed, a few cases at a time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date

from app.db import erasure, leavers, links
from app.db.database import Connection, Database, instant
from app.domain.access_log import chain_number
from app.domain.case_files import case_file
from app.domain.chains import chains
from app.domain.deadlines import AMENDED, Deadline
from app.domain.erasure import ErasedPart, ErasureGround, positions_in
from app.domain.events import CaseEvent, CaseKey, DataErased, EventCorrected, legal_day
from app.domain.linked_cases import histories
from app.domain.retention import Period, Retention
from app.services.eraser import (
    Component,
    Eraser,
    begin,
    destroy,
    destroy_looks,
    forget,
)
from app.services.sessions import REMEMBERED

# Of one transaction: the intake waits for it.
CASES_PER_BATCH = 25
LOOKS_PER_BATCH = 10_000
OnProgress = Callable[[int], None]
_Transaction = Callable[[], AbstractContextManager[Connection]]


class UndecidedError(Exception):
    """The controller has not decided how long something is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destroyed:
    """What a run of the job came to.

    Of *cases* with *events* the data are gone, of *lines* of earlier runs the rest, and
    of the access log so many *looks*. Of accounts that are over, so many *sign_ins*,
    *people* and *keys*.
    """

    cases: int = 0
    events: int = 0
    lines: int = 0
    looks: int = 0
    sign_ins: int = 0
    people: int = 0
    keys: int = 0


@dataclass(frozen=True, slots=True)
class _Group:
    """Cases that are judged together: linked ones, and chains of one child."""

    cases: frozenset[CaseKey]
    events: tuple[CaseEvent, ...]
    clocks: tuple[Deadline, ...]

    def is_over(self, period: Period, today: date) -> bool:
        """Tell whether *period* has passed since the last day, and nothing runs."""
        return all(clock.closed_on is not None for clock in self.clocks) and all(
            period.is_over(day, today) for day in _days(self.events)
        )


def run(
    database: Database,
    retention: Retention,
    *,
    on_progress: OnProgress = lambda _: None,
) -> Destroyed:
    """Destroy what has been kept for its period.

    *on_progress* is told how many cases have been looked at.

    Raises:
        RebuildUnderWayError: nothing is erased during a rebuild.
        UndecidedError: a period is not decided.
    """
    return _run(database.write, retention, on_progress)


def preview(
    database: Database,
    retention: Retention,
    *,
    on_progress: OnProgress = lambda _: None,
) -> Destroyed:
    """Return what ``run`` would destroy, and destroy nothing.

    Raises:
        RebuildUnderWayError: as there.
        UndecidedError: as there.
    """
    return _run(database.rehearse, retention, on_progress)


def _run(
    transaction: _Transaction, retention: Retention, on_progress: OnProgress
) -> Destroyed:
    payloads, skeletons = retention.payloads, retention.skeletons
    if payloads is None or skeletons is None or retention.access_log is None:
        raise UndecidedError(
            "How long is kept is not decided for: " + ", ".join(retention.undecided)
        )
    # First, so that nothing is forgotten by the run that has just destroyed its data.
    lines = _forget(transaction, skeletons)
    looks = _destroy_looks(transaction, retention.access_log)
    # Then, since it is looks that name them.
    accounts = _forget_leavers(transaction)
    cases = events = done = 0
    after: CaseKey | None = None
    judged: set[CaseKey] = set()
    while True:
        with transaction() as connection:
            eraser = begin(connection)
            batch = erasure.ended_cases(
                connection, payloads, eraser.today, after=after, limit=CASES_PER_BATCH
            )
            components = list(_over(eraser, batch, payloads, judged))
            if components:
                destroy(eraser, components, ErasureGround.RETENTION_PERIOD)
        if not batch:
            return replace(
                accounts, cases=cases, events=events, lines=lines, looks=looks
            )
        after = batch[-1]
        cases += sum(len(each.doomed) for each in components)
        events += sum(len(each.events) for each in components)
        done += len(batch)
        on_progress(done)


def _over(
    eraser: Eraser, cases: list[CaseKey], period: Period, judged: set[CaseKey]
) -> Iterator[Component]:
    """Give what is to go, each once; *judged* are the cases that were looked at."""
    for case in cases:
        if case in judged:
            continue
        group = _group(eraser, case)
        judged |= group.cases
        if group.is_over(period, eraser.today):
            yield Component(events=group.events, doomed=group.cases)


def _group(eraser: Eraser, case: CaseKey) -> _Group:
    """Return all that is judged together with *case*."""
    known: frozenset[CaseKey] = frozenset({case})
    while True:
        events = links.connected(eraser.connection, known, eraser.circumstances.ever)
        files = {
            head: case_file(history, eraser.law)
            for head, history in histories(events, eraser.successors).items()
        }
        clocks = tuple(
            clock
            for file in files.values()
            for clock in file.deadlines
            if clock.outcome != AMENDED
        )
        found = known.union(event.case for event in events)
        for head, file in files.items():
            for child in filter(None, {clock.child_ref for clock in file.deadlines}):
                found |= _chained(eraser, head, child)
        if found == known:
            return _Group(found, tuple(events), clocks)
        known = found


def _chained(eraser: Eraser, case: CaseKey, child: str) -> frozenset[CaseKey]:
    """Return the cases of *child* whose runs follow those of *case*, or go before."""
    runs = erasure.runs_of_child(eraser.connection, case.source, child)
    return frozenset(
        CaseKey(case.source, run.case_ref)
        for chain in chains(runs, eraser.today)
        if any(run.case_ref == case.case_ref for run in chain)
        for run in chain
    )


def _days(events: tuple[CaseEvent, ...]) -> Iterator[date]:
    """Give the days of *events*, and those that corrections give others."""
    for event in events:
        yield event.occurred_on
        if isinstance(event.data, EventCorrected):
            yield event.data.occurred_on


def _forget(transaction: _Transaction, period: Period) -> int:
    """Destroy the skeletons of what was erased *period* ago; return how many."""
    count = 0
    with transaction() as connection:
        eraser = begin(connection)
        recorded = list(erasure.recorded(connection))
        forgotten = {
            line
            for each in recorded
            if each.data.part is ErasedPart.LINE
            for line in _lines(each.data)
        }
        for each in recorded:
            erased_on = legal_day(each.recorded_at)
            if each.data.part is ErasedPart.LINE or not period.is_over(
                erased_on, eraser.today
            ):
                continue
            lines = _lines(each.data)
            if not forgotten.issuperset(lines):
                forget(eraser, each.data.lines)
                count += len(lines)
    return count


def _destroy_looks(transaction: _Transaction, period: Period) -> int:
    """Destroy what looks were that are *period* ago; return how many."""
    count, after = 0, (0, 0)
    while True:
        with transaction() as connection:
            eraser = begin(connection)
            looks = erasure.ended_looks(
                connection, period, eraser.today, after=after, limit=LOOKS_PER_BATCH
            )
            if not looks:
                return count
            count += destroy_looks(eraser, erasure.lines_of_looks(looks))
        after = looks[-1]


def _forget_leavers(transaction: _Transaction) -> Destroyed:
    """Forget accounts that have been over for a while, and return how many."""
    with transaction() as connection:
        before = instant(connection) - REMEMBERED
        return Destroyed(
            sign_ins=leavers.forget_sign_ins(connection, before),
            keys=leavers.forget_keys(connection, before),
            people=leavers.forget_people(connection, before),
        )


def _lines(data: DataErased) -> set[tuple[str, int]]:
    """Return the lines of ledgers that *data* name; of looks the links stay."""
    return {
        (each.source, position)
        for each in data.lines
        if chain_number(each.source) is None
        for position in positions_in(each.positions)
    }
