"""What was told of a child is destroyed: on a legal ground, confirmed by two people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db import accounts, erasure
from app.db.database import Connection, Database
from app.domain.access import Actor, Permission
from app.domain.amendments import meaning
from app.domain.erasure import ErasureGround
from app.domain.events import (
    CaseEvent,
    CaseKey,
    DataErased,
    EventCorrected,
    EventData,
    NotificationReceived,
)
from app.services import keys, replay
from app.services.eraser import Component, begin, destroy


class TwoPeopleNeededError(Exception):
    """Erasure needs the valid keys of two auditors or administrators."""


class NothingToEraseError(Exception):
    """No case of the source names the child."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased; *kept* are cases that name the child and are another's."""

    data: DataErased
    kept: tuple[CaseKey, ...]


def erase_child(
    database: Database,
    *,
    source: str,
    child_ref: str,
    ground: ErasureGround,
    by: tuple[Actor, Actor],
) -> Erasure:
    """Destroy what *source* has told of a child, whatever hangs together with it.

    Raises:
        NothingToEraseError: no case names the child, or each is another child's.
        RebuildUnderWayError: see ``begin``.
        TwoPeopleNeededError: the two keys are one, or do not permit it.
    """
    require_two_people(by)
    named = _named(database, source, child_ref)
    with database.write() as connection:
        return _erase_child(connection, named, ground, by)


def preview_of_child(
    database: Database, *, source: str, child_ref: str, ground: ErasureGround
) -> Erasure:
    """Return what ``erase_child`` would destroy, and destroy nothing.

    Raises:
        NothingToEraseError: as there.
        RebuildUnderWayError: as there.
    """
    named = _named(database, source, child_ref)
    with database.rehearse() as connection:
        return _erase_child(connection, named, ground, ())


def two_people(database: Database, first: str, second: str) -> tuple[Actor, Actor]:
    """Return the two whose keys are *first* and *second*.

    Raises:
        TwoPeopleNeededError: a key is not valid, they are one, or one does not permit
            it.
    """
    by = keys.look_up(database, first), keys.look_up(database, second)
    if by[0] is None or by[1] is None:
        raise TwoPeopleNeededError("One of the keys is not valid.")
    require_two_people((by[0], by[1]))
    with database.write() as connection:
        found = [accounts.find(connection, actor.key_id) for actor in by if actor]
    # Somebody may have two keys, while one takes the place of the other.
    if len({key.holder for key in found if key is not None}) < len(by):
        raise TwoPeopleNeededError("Both keys were made for one person.")
    return by[0], by[1]


def require_two_people(by: tuple[Actor, Actor]) -> None:
    """Make sure that *by* are two, and that each may confirm an erasure.

    Raises:
        TwoPeopleNeededError: they are not.
    """
    if len({actor.key_id for actor in by}) < len(by):
        raise TwoPeopleNeededError("The two keys are one; a second person is needed.")
    if not all(actor.may(Permission.CONFIRM_ERASURE) for actor in by):
        raise TwoPeopleNeededError("Both keys must be of auditors or administrators.")


@dataclass(frozen=True, slots=True)
class _Named:
    """A child, and the cases of which an event that was *known_at* then names it."""

    source: str
    child_ref: str
    cases: set[CaseKey]
    known_at: datetime


def _named(database: Database, source: str, child_ref: str) -> _Named:
    # Every event of the source is read for it, and the intake is not to wait for that.
    with database.read() as question:
        cases = erasure.cases_naming(question.connection, source, child_ref)
        return _Named(source, child_ref, cases, question.known_at)


def _erase_child(
    connection: Connection, named: _Named, ground: ErasureGround, by: Sequence[Actor]
) -> Erasure:
    eraser = begin(connection)
    naming = named.cases | erasure.cases_naming(
        connection, named.source, named.child_ref, since=named.known_at
    )
    components = [
        Component(events=events, doomed=_of_child(events, named.child_ref, naming))
        for events in replay.together(connection, naming, eraser.circumstances.ever)
    ]
    gone = {case for component in components for case in component.doomed}
    if not gone:
        raise NothingToEraseError("There is no case that is this child's alone.")
    data = destroy(eraser, components, ground, by=tuple(a.key_id for a in by))
    return Erasure(data=data, kept=tuple(sorted(naming - gone)))


def _of_child(
    events: Sequence[CaseEvent], child_ref: str, naming: set[CaseKey]
) -> frozenset[CaseKey]:
    """Return the cases of *events* that are the child's and no other's.

    Whose a case is, what it means tells; what was corrected or taken back counts only
    where nothing else names a child. What names none goes with what it is linked to.
    """
    meant = {event.case: set[str]() for event in events}
    for case in meant:
        own = [event for event in events if event.case == case]
        meant[case] = {ref for each in meaning(own).events for ref in _children(each)}
    of_child = {case for case in naming & meant.keys() if meant[case] <= {child_ref}}
    if not of_child:
        return frozenset()
    # With a case of another child among them, what names nobody may be that one's.
    others = {case for case, refs in meant.items() if refs - {child_ref}}
    nameless = {case for case, refs in meant.items() if not refs}
    return frozenset(of_child | (set() if others else nameless))


def _children(event: CaseEvent) -> Iterable[str]:
    data: EventData = event.data
    if isinstance(data, EventCorrected):
        data = data.data
    if isinstance(data, NotificationReceived) and data.child.ref is not None:
        yield data.child.ref
