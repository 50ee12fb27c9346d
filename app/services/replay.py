"""Every deadline again from the events, as it was known at every instant."""

import bisect
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db import activations, links, sources
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db import findings as finding_table
from app.db.database import Connection
from app.db.deadlines import ClockKey
from app.db.read_model import Key, Values, Version
from app.domain.case_files import CaseFile, case_file
from app.domain.events import CaseEvent, CaseKey
from app.domain.law import Law
from app.domain.linked_cases import histories

CASES_PER_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What besides the events decides the deadlines: laws, and successions of sources.

    *successions* are (since, until, source, successor).
    """

    laws: list[tuple[datetime, Law]]
    successions: list[tuple[datetime, datetime | None, str, str]]

    def law(self, instant: datetime) -> Law:
        """Return the law in use at *instant*."""
        index = bisect.bisect(self.laws, instant, key=lambda each: each[0])
        return self.laws[index - 1][1] if index else Law()

    def successors(self, instant: datetime) -> dict[str, str]:
        """Return which source continued each source at *instant*."""
        return {
            source: successor
            for since, until, source, successor in self.successions
            if since <= instant and (until is None or until > instant)
        }

    @property
    def ever(self) -> dict[str, str]:
        """Return the successor of each source that has ever had one."""
        return {source: successor for _, _, source, successor in self.successions}

    def changes_after(self, instant: datetime) -> set[datetime]:
        """Return the instants behind *instant* at which anything of this changed."""
        changes = {since for since, _ in self.laws}
        for since, until, _, _ in self.successions:
            changes |= {since, *([until] if until else [])}
        return {change for change in changes if change > instant}


def circumstances(connection: Connection) -> Circumstances:
    """Return the circumstances as they are recorded."""
    return Circumstances(
        activations.all_in_order(connection), sources.successions(connection)
    )


def components(
    connection: Connection, cases: Sequence[CaseKey], ever: Mapping[str, str]
) -> Iterator[list[CaseEvent]]:
    """Give the events of *cases*, together where they may hang together.

    What hangs together is given once: with its smallest case. *ever* names the
    successor of each source that has had one.
    """
    batch = frozenset(cases)
    for events in together(connection, cases, ever):
        if min(event.case for event in events) in batch:
            yield events


def together(
    connection: Connection, cases: Collection[CaseKey], ever: Mapping[str, str]
) -> Iterator[list[CaseEvent]]:
    """Give the events of *cases* and of all that may hang together with them."""
    linked = links.ask_linked(connection, cases)() | links.continued(cases, ever)
    yield from ledger.histories(connection, {*cases} - linked).values()
    while linked:
        case = min(linked)
        events = links.connected(connection, [case], dict(ever))
        linked -= {event.case for event in events} | {case}
        if events:
            yield events


def versions(
    events: Sequence[CaseEvent], circumstances: Circumstances
) -> Iterator[Version]:
    """Give every row that *events*, of cases that hang together, have led to."""
    known: dict[Key, tuple[datetime, Values]] = {}
    for instant, wanted in _states(events, circumstances):
        for key in [key for key, (_, v) in known.items() if wanted.get(key) != v]:
            since, values = known.pop(key)
            yield Version(key, since, instant, values)
        for key, values in wanted.items():
            known.setdefault(key, (instant, values))
    for key, (since, values) in known.items():
        yield Version(key, since, None, values)


def rows(
    events: Sequence[CaseEvent], law: Law, successors: Mapping[str, str]
) -> dict[Key, Values]:
    """Return the rows of *events*, of cases that hang together, under *law*."""
    return {
        key: values
        for case, history in histories(events, successors).items()
        for key, values in _rows(case, case_file(history, law))
    }


def replace(
    connection: Connection,
    events: Sequence[CaseEvent],
    law: Law,
    successors: Mapping[str, str],
    recorded_at: datetime,
) -> int:
    """Make the rows of *events* those under *law*, since *recorded_at*; count them."""
    files = {
        case: case_file(history, law)
        for case, history in histories(events, successors).items()
    }
    return deadline_table.replace(
        connection,
        {case: file.deadlines for case, file in files.items()},
        recorded_at,
    ) + finding_table.replace(
        connection,
        {case: file.findings for case, file in files.items()},
        recorded_at,
    )


def replace_all(
    connection: Connection,
    cases: Sequence[CaseKey],
    law: Law,
    successors: Mapping[str, str],
    recorded_at: datetime,
) -> int:
    """Do as ``replace`` for *cases* and all that may hang together with them."""
    changed = 0
    # A few at a time: the smallest that is left is looked for again and again.
    for start in range(0, len(cases), CASES_PER_BATCH):
        batch = cases[start : start + CASES_PER_BATCH]
        for events in together(connection, batch, successors):
            changed += replace(connection, events, law, successors, recorded_at)
    return changed


def _rows(case: CaseKey, file: CaseFile) -> Iterator[tuple[Key, Values]]:
    for clock in file.deadlines:
        key = ClockKey(*case, clock.rule, clock.started_by)
        yield key, deadline_table.values(clock)
    yield from finding_table.rows(case, file.findings).items()


def _states(
    events: Sequence[CaseEvent], circumstances: Circumstances
) -> Iterator[tuple[datetime, dict[Key, Values]]]:
    """Give the rows at each instant at which they may have changed."""
    arrived: dict[datetime, list[CaseEvent]] = defaultdict(list)
    for event in events:
        assert event.recorded_at is not None, "read from the ledger"  # noqa: S101
        arrived[event.recorded_at].append(event)
    instants = arrived.keys() | circumstances.changes_after(min(arrived))
    so_far: list[CaseEvent] = []
    for instant in sorted(instants):
        so_far.extend(arrived.get(instant, ()))
        yield (
            instant,
            rows(so_far, circumstances.law(instant), circumstances.successors(instant)),
        )
