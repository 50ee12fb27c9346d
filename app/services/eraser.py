"""What was said is destroyed, and that it was is recorded; nothing else goes on."""

import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from app.db import activations, erasure, read_model, rebuilding, roles
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db.database import Connection, begin_recording
from app.db.deadlines import ClockKey
from app.db.erasure import Doomed
from app.db.events import Ledgers
from app.db.findings import FindingKey
from app.db.read_model import Version
from app.domain.canonical import canonical
from app.domain.case_files import case_file
from app.domain.deadlines import AMENDED, Deadline
from app.domain.erasure import ErasedLines, ErasedPart, ErasureGround
from app.domain.events import (
    OWN_SOURCE,
    CaseEvent,
    CaseKey,
    DataErased,
    legal_day,
)
from app.domain.findings import FindingKind, identity
from app.domain.law import Law
from app.domain.ledger import SALT_BYTES, digest_of, microseconds
from app.domain.linked_cases import histories
from app.services import replay
from app.services.intake import Submission, next_line
from app.services.replay import Circumstances

# The case of the service's own source in which it tells what it has erased.
_CASE = "erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """The events of cases that may hang together, and the cases that are to go."""

    events: Sequence[CaseEvent]
    doomed: frozenset[CaseKey]

    @property
    def staying(self) -> list[CaseEvent]:
        """Return the events of the cases that stay."""
        return [event for event in self.events if event.case not in self.doomed]


@dataclass(frozen=True, slots=True)
class Eraser:
    """A transaction in which something is erased: nothing is recorded meanwhile.

    Questions go on, and are answered from before or from after.
    """

    connection: Connection
    ledgers: Ledgers
    circumstances: Circumstances
    law: Law

    @property
    def today(self) -> date:
        """Return the legal day of the erasure."""
        return legal_day(self.ledgers.recorded_at)

    @property
    def successors(self) -> dict[str, str]:
        """Return which source continues each source now."""
        return self.circumstances.successors(self.ledgers.recorded_at)


def begin(connection: Connection) -> Eraser:
    """Hold every ledger until the transaction of *connection* ends.

    Raises:
        NotOwnerError: whoever is connected may change no line.
        RebuildUnderWayError: a rebuild would bring the erased rows back.
    """
    roles.require_owner(connection)
    begin_recording(connection)
    if rebuilding.is_under_way(connection):
        raise rebuilding.RebuildUnderWayError(
            "A rebuild of the read model goes on, or was interrupted. Finish it first: "
            "maaraaika rebuild"
        )
    sources = {*ledger.sources(connection), OWN_SOURCE}
    return Eraser(
        connection,
        ledger.lock_ledgers(connection, sources),
        replay.circumstances(connection),
        activations.in_use(connection),
    )


def destroy(
    eraser: Eraser,
    components: Sequence[Component],
    ground: ErasureGround,
    *,
    by: tuple[str, ...] = (),
) -> DataErased:
    """Destroy data and salts of the doomed cases, and record that in our own ledger.

    What was computed from them goes too; what hangs together with them and stays is
    computed anew, as it was known at every instant.
    """
    connection = eraser.connection
    doomed_cases = {case for each in components for case in each.doomed}
    closed: set[str] = set()
    clocks: list[Deadline] = []
    for component in components:
        clocks.extend(_clocks_that_go(eraser, component))
        closed |= _compute_anew(eraser, component)
    doomed = erasure.doomed_lines(connection, sorted(doomed_cases))
    data = DataErased(
        ground=ground,
        part=ErasedPart.DATA,
        lines=erasure.lines_of(doomed),
        by=by,
        cases=len(doomed_cases),
        clocks=len(clocks),
        late=sum(clock.is_late(eraser.today) for clock in clocks),
        open=sum(clock.closed_on is None for clock in clocks),
    )
    record(eraser, data)
    erasure.destroy_data(connection, data.lines)
    erasure.destroy_beside(connection, doomed, closed | _ids_of_events(doomed))
    return data


def record(eraser: Eraser, data: DataErased) -> None:
    """Append to the service's own ledger that *data* tells what is erased."""
    now = eraser.ledgers.recorded_at
    event = CaseEvent(
        source=OWN_SOURCE,
        event_id=f"{_CASE}/{uuid.uuid4().hex}",
        case_ref=_CASE,
        occurred_on=legal_day(now),
        occurred_at=now,
        data=data,
    )
    text = canonical(asdict(data))
    submission = Submission(event=event, data=text, digest=digest_of(event, text))
    entry = next_line(
        submission, eraser.ledgers, os.urandom(SALT_BYTES), microseconds(now)
    )
    ledger.append(eraser.connection, [entry])


def forget(eraser: Eraser, lines: tuple[ErasedLines, ...]) -> DataErased:
    """Destroy what is left of *lines*, whose data are gone, but the chain's links."""
    data = DataErased(
        ground=ErasureGround.RETENTION_PERIOD, part=ErasedPart.LINE, lines=lines
    )
    record(eraser, data)
    erasure.forget(eraser.connection, lines)
    return data


def destroy_looks(eraser: Eraser, lines: tuple[ErasedLines, ...]) -> int:
    """Destroy what the looks at *lines* of the access log were; count them."""
    data = DataErased(
        ground=ErasureGround.RETENTION_PERIOD, part=ErasedPart.DATA, lines=lines
    )
    record(eraser, data)
    return erasure.destroy_looks(eraser.connection, lines)


def _compute_anew(eraser: Eraser, component: Component) -> set[str]:
    """Take the doomed out of the read model; return the findings that could be theirs.

    Where something else stays, nothing is said of its findings: their ids are hashes.
    """
    connection, circumstances = eraser.connection, eraser.circumstances
    before = list(replay.versions(component.events, circumstances))
    cases = {version.case for version in before}
    cases |= {event.case for event in component.events}
    read_model.forget(connection, sorted(cases))
    if not component.staying:
        return _finding_ids(cases, before)
    read_model.put(connection, replay.versions(component.staying, circumstances))
    return set()


def _clocks_that_go(eraser: Eraser, component: Component) -> list[Deadline]:
    before, after = (
        _clocks(events, eraser.law, eraser.successors)
        for events in (component.events, component.staying)
    )
    return [clock for key, clock in before.items() if key not in after]


def _clocks(
    events: Sequence[CaseEvent], law: Law, successors: Mapping[str, str]
) -> dict[ClockKey, Deadline]:
    return {
        ClockKey(*case, clock.rule, clock.started_by): clock
        for case, history in histories(events, successors).items()
        for clock in case_file(history, law).deadlines
        if clock.outcome != AMENDED
    }


def _finding_ids(cases: Iterable[CaseKey], versions: Iterable[Version]) -> set[str]:
    """Return the id of every finding that there can be of *cases*."""
    ids: set[str] = set()
    days: dict[CaseKey, set[str]] = {case: set() for case in cases}
    for key, _, _, values in versions:
        if isinstance(key, FindingKey):
            ids.add(key.id)
            continue
        started_on = values[deadline_table.STORED.index("started_on")]
        days[CaseKey(key.source, key.case_ref)].add(str(started_on))
        ids |= {identity(kind, *key) for kind in FindingKind}
    for case, begun in days.items():
        for kind in FindingKind:
            of_case = identity(kind, *case)
            ids |= {of_case, *(identity(kind, of_case, day) for day in begun)}
    return ids


def _ids_of_events(doomed: Iterable[Doomed]) -> set[str]:
    kind = FindingKind.CONFLICTING_RESEND
    return {identity(kind, *each.event) for each in doomed}
