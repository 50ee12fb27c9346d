"""The rows of the read model: clocks as they are stored, replaced and read."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Connection, RowMapping

from app.db import bulk
from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import deadline
from app.domain.deadlines import Deadline
from app.domain.delay_codes import DelayAction, DelayCause
from app.domain.delays import Delay
from app.domain.events import CaseKey, Entry, EventKey, Matter
from app.domain.groups import AgeBand, LanguageGroup, NationalityGroup

# Where a deadline's moves and reasons stand, which are stored otherwise.
_MOVES = Deadline._fields.index("moves")
_REASONS = Deadline._fields.index("reasons")
# All that a deadline is, by the same names; before the moves the unit that has it now.
STORED = (*Deadline._fields[:_MOVES], "unit", *Deadline._fields[_MOVES:])
# Those whose values are lists, and are stored as JSON.
LISTS = frozenset({"moves", "delays"})
# The driver has no value for infinity, so the end of what holds is not read.
READ = tuple(column for column in deadline.c if column.name != "recorded_until")
# The order of a worklist: what is due first, stands first; the key makes it total.
ORDER = ("due_on", "source", "case_ref", "rule", "started_by")
Values: TypeAlias = tuple[object, ...]
Place: TypeAlias = tuple[date, str, str, str, str]


class ClockKey(NamedTuple):
    """A clock: its case, its rule and the notification that started it."""

    source: str
    case_ref: str
    rule: str
    started_by: str

    @property
    def subject(self) -> str:
        """Return what in its case it is, in words."""
        return f"{self.rule} of {self.started_by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A deadline and the case it belongs to."""

    source: str
    case_ref: str
    deadline: Deadline

    @property
    def case(self) -> CaseKey:
        """Return the case."""
        return CaseKey(self.source, self.case_ref)


def replace(
    connection: Connection,
    cases: dict[CaseKey, tuple[Deadline, ...]],
    recorded_at: datetime,
) -> int:
    """Make *cases* the deadlines we know since *recorded_at*; return rows written.

    A row that changed is closed and its successor inserted; one that did not change
    stays as it is, so that its *recorded_at* tells since when we know it.
    """
    before = ask_current(connection, cases.keys())()
    return replace_known(connection, before, cases, recorded_at)


def replace_known(
    connection: Connection,
    before: Mapping[CaseKey, Iterable[Values]],
    cases: Mapping[CaseKey, tuple[Deadline, ...]],
    recorded_at: datetime,
) -> int:
    """Do as ``replace``, where the rows of the cases *before* are known already."""
    obsolete: list[ClockKey] = []
    fresh: list[tuple[CaseKey, Values]] = []
    for case_key, clocks in cases.items():
        # A clock is known by its rule and the notification that started it.
        known = {row[:2]: row for row in before.get(case_key, ())}
        for clock in clocks:
            row = values(clock)
            was = known.pop(row[:2], None)
            if row == was:
                continue
            fresh.append((case_key, row))
            if was is not None:
                obsolete.append(ClockKey(*case_key, clock.rule, clock.started_by))
        obsolete.extend(ClockKey(*case_key, *map(str, clock)) for clock in known)
    _close(connection, obsolete, recorded_at)
    _insert(connection, fresh, recorded_at)
    return len(obsolete) + len(fresh)


def ask_current(
    connection: Connection, cases: Collection[CaseKey]
) -> Asked[dict[CaseKey, list[Values]]]:
    """Ask for the rows of *cases* that hold now."""
    # Not "=", which would let the planner take an index of all that is current: while
    # the table is new it has no figures of it, believes there are few such rows, and
    # would compare each of them with each case (a batch took three times as long).
    asked = driver(connection).execute(
        f"""
        SELECT source, case_ref, {", ".join(f'd."{name}"' for name in STORED)}
        FROM unnest(%s::text[], %s::text[]) AS asked (source, case_ref)
        JOIN deadline d USING (source, case_ref)
        WHERE d.recorded_until >= 'infinity'
        """,  # noqa: S608 (the names are our own constants)
        bulk.columns(cases, 2),
    )

    def answer() -> dict[CaseKey, list[Values]]:
        found: dict[CaseKey, list[Values]] = defaultdict(list)
        for row in asked.fetchall():
            found[CaseKey(row[0], row[1])].append(row[2:])
        return found

    return answer


def _close(
    connection: Connection, obsolete: list[ClockKey], recorded_at: datetime
) -> None:
    if not obsolete:
        return
    driver(connection).execute(
        """
        UPDATE deadline d SET recorded_until = %s
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])
             AS gone (source, case_ref, rule, started_by)
        WHERE d.source = gone.source AND d.case_ref = gone.case_ref
          AND d.rule = gone.rule AND d.started_by = gone.started_by
          AND d.recorded_until >= 'infinity'
        """,
        [recorded_at, *bulk.columns(obsolete, 4)],
    )


def _insert(
    connection: Connection,
    fresh: Iterable[tuple[CaseKey, Values]],
    recorded_at: datetime,
) -> None:
    bulk.insert(
        connection,
        deadline,
        ("source", "case_ref", "recorded_at", *STORED),
        [(*key, recorded_at, *row) for key, row in fresh],
    )


def values(clock: Deadline) -> Values:
    """Return *clock* as it is stored, in the order of ``STORED``."""
    moves = clock.moves
    moved = bool(moves) and moves[-1][0] > clock.started_on
    # What is stored as it is, is taken as a whole: the intake does this very often.
    return (
        *clock[:_MOVES],
        moves[-1][1] if moves else None,
        [[day.isoformat(), unit] for day, unit in moves] if moved else None,
        *clock[_MOVES + 1 : _REASONS],
        " ".join(clock.reasons) or None,
        [_told(each) for each in clock.delays] or None,
    )


def _told(delay: Delay) -> list[str | None]:
    follow_up_on = delay.follow_up_on
    return [
        delay.explained_on.isoformat(),
        delay.cause.value,
        delay.action.value,
        None if follow_up_on is None else follow_up_on.isoformat(),
        *delay.told_by,
    ]


def _delay(told: list[str]) -> Delay:
    day, cause, action, follow_up_on, source, event_id = told
    return Delay(
        explained_on=date.fromisoformat(day),
        cause=DelayCause(cause),
        action=DelayAction(action),
        follow_up_on=date.fromisoformat(follow_up_on) if follow_up_on else None,
        told_by=EventKey(source, event_id),
    )


def row_of(stored: RowMapping | Mapping[str, Any]) -> Row:
    """Return the row that is *stored*, by the names of its columns."""
    moves: tuple[tuple[date, str], ...] = ()
    if stored["moves"] is not None:
        moves = tuple((date.fromisoformat(day), to) for day, to in stored["moves"])
    elif stored["unit"] is not None:
        moves = ((stored["started_on"], stored["unit"]),)
    return Row(
        source=stored["source"],
        case_ref=stored["case_ref"],
        deadline=Deadline(
            rule=stored["rule"],
            started_by=stored["started_by"],
            started_on=stored["started_on"],
            due_on=stored["due_on"],
            safe_on=stored["safe_on"],
            strict_on=stored["strict_on"],
            version=stored["version"],
            met_on=stored["met_on"],
            met_registered_at=stored["met_registered_at"],
            met_recorded_at=stored["met_recorded_at"],
            ended_on=stored["ended_on"],
            outcome=stored["outcome"],
            joined=stored["joined"],
            first=stored["first"],
            corrected=stored["corrected"],
            moves=moves,
            entry=Entry(stored["entry"]),
            matter=Matter(stored["matter"]),
            child_ref=stored["child_ref"],
            language_group=LanguageGroup(stored["language_group"]),
            nationality_group=NationalityGroup(stored["nationality_group"]),
            age_band=AgeBand(stored["age_band"]),
            worker=stored["worker"],
            reasons=tuple((stored["reasons"] or "").split()),
            delays=tuple(map(_delay, stored["delays"] or ())),
        ),
    )
