"""What the database answers is what the domain says of the same histories."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.db import events as ledger
from app.db import known_deadlines
from app.db import worklist as worklist_table
from app.db.database import Database
from app.db.scopes import UnitsBelow
from app.db.selections import Selection
from app.db.worklist import Counts
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict, deadlines
from app.domain.events import CaseEvent, Entry
from app.domain.groups import LanguageGroup, NationalityGroup
from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll
from app.services import intake
from app.services.intake import Outcome, Status
from app.services.law import activate
from app.services.rebuild import check
from tests import histories
from tests.factories import submissions

LAW = Law()
OTHER_LAW = Law(LegalReading(Eves.WORKING, Roll.OFF))
STATUSES = ("overdue", "due_soon", "open", "met", "late", "all")
END_OF_TIME = date(2100, 1, 1)
UNHEARD_OF = "unheard-of"

# Each example tells its events as a source of its own: what was recorded stays.
_sources = (f"source-{number}" for number in count())

events_of_a_source = histories.several_cases().map(
    lambda events: histories.of_source(events, "not-yet-named")
)
days = st.dates(histories.FIRST_DAY, date(2026, 3, 1)) | st.just(clock.today())
scopes = st.none() | st.frozensets(
    st.sampled_from((*histories.UNITS, UNHEARD_OF)), min_size=1
)


@dataclass(frozen=True)
class Clock:
    """A clock and its case."""

    source: str
    case_ref: str
    deadline: Deadline

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Return what tells the clock from all others."""
        each = self.deadline
        return self.source, self.case_ref, each.rule, each.started_by


# Arrival


@histories.on_one_database
@given(events=events_of_a_source, data=st.data())
def test_any_order_of_arrival_in_any_batches_gives_the_deadlines_of_the_domain(
    database: Database, events: list[CaseEvent], data: st.DataObject
) -> None:
    events = histories.of_source(events, next(_sources))
    arriving = data.draw(st.permutations(events))

    known: list[tuple[datetime, list[CaseEvent]]] = []
    arrived: list[CaseEvent] = []
    for batch in _batches(data, arriving):
        assert {o.status for o in _record(database, batch)} == {Status.CREATED}
        arrived.extend(batch)
        known.append((_now(database), list(arrived)))

    assert _stored(database, events) == _clocks(events)
    for known_at, by_then in known:
        assert _stored(database, events, known_at=known_at) == _clocks(by_then)


@histories.on_one_database
@given(events=events_of_a_source, data=st.data())
def test_an_outcome_carries_the_clocks_of_its_case(
    database: Database, events: list[CaseEvent], data: st.DataObject
) -> None:
    events = histories.of_source(events, next(_sources))
    first, *more = _batches(data, events)

    outcomes = _record(database, first)
    for batch in more:
        _record(database, batch)

    by_case = histories.by_case(first)
    for outcome in outcomes:
        case_ref = outcome.submission.event.case_ref
        expected = deadlines(by_case[case_ref], LAW)
        assert list(map(_timeless, outcome.clocks)) == list(map(_timeless, expected))


@histories.on_one_database
@given(events=events_of_a_source, data=st.data())
def test_what_is_sent_again_changes_nothing(
    database: Database, events: list[CaseEvent], data: st.DataObject
) -> None:
    events = histories.of_source(events, next(_sources))
    first = _record(database, events)
    before = _stored(database, events)

    again = _record(database, data.draw(st.permutations(events)))

    assert {outcome.status for outcome in again} == {Status.DUPLICATE}
    assert {o.submission.event.event_id: o.place for o in again} == {
        o.submission.event.event_id: o.place for o in first
    }
    assert _stored(database, events) == before


@histories.on_one_database
@given(events=events_of_a_source)
def test_the_ledger_reads_back_what_was_said(
    database: Database, events: list[CaseEvent]
) -> None:
    events = histories.of_source(events, next(_sources))
    _record(database, events)

    with database.read() as question:
        found = ledger.histories(question.connection, {e.case for e in events})

    said = [each._replace(recorded_at=None) for case in found.values() for each in case]
    assert sorted(said, key=_event_id) == sorted(events, key=_event_id)


# Law


@settings(histories.on_one_database, max_examples=10)
@given(events=events_of_a_source, data=st.data())
def test_computing_anew_changes_nothing_and_another_law_nothing_known_before(
    database: Database, events: list[CaseEvent], data: st.DataObject
) -> None:
    events = histories.of_source(events, next(_sources))
    activate(database, LAW)
    for batch in _batches(data, events):
        _record(database, batch)
    expected, expected_of_other = _clocks(events), _clocks(events, OTHER_LAW)
    at_first = _now(database)

    assert activate(database, LAW) == 0
    activate(database, OTHER_LAW)
    in_between = _now(database)
    activate(database, LAW)

    assert _stored(database, events) == expected
    assert _stored(database, events, known_at=in_between) == expected_of_other
    assert _stored(database, events, known_at=at_first) == expected
    assert list(check(database)) == []


# Worklist

selections = st.builds(
    Selection,
    as_of=days,
    units=scopes,
    rule=st.sampled_from((None, None, INITIATION, ASSESSMENT)),
    language_group=st.sampled_from((None, None, LanguageGroup.FOREIGN)),
    nationality_group=st.sampled_from((None, None, NationalityGroup.UNKNOWN)),
    entry=st.sampled_from((None, None, Entry.REPORT)),
    worker=st.sampled_from((None, None, "w-1")),
    source=st.sampled_from((None, None, None, UNHEARD_OF)),
    joined=st.sampled_from((None, None, True, False)),
)


@histories.on_one_database
@given(
    events=events_of_a_source,
    selection=selections,
    ahead=st.integers(0, 30),
    limit=st.integers(1, 7),
    data=st.data(),
)
def test_the_worklist_is_that_of_the_domain_and_its_pages_give_each_row_once(
    database: Database,
    owned: Database,
    *,
    events: list[CaseEvent],
    selection: Selection,
    ahead: int,
    limit: int,
    data: st.DataObject,
) -> None:
    known_at, clocks = _known_alone(database, owned, events, data)
    selected = [each for each in clocks if _is_selected(each, selection)]
    soon = date.fromordinal(selection.as_of.toordinal() + ahead)

    seen = _seen(database, selection)

    for status in STATUSES:
        rows = _pages(
            seen, selection, known_at=known_at, status=status, soon=soon, limit=limit
        )

        expected = [c for c in selected if _has_status(c, selection, status, soon)]
        keys = [(c.rule, c.started_by) for c in rows]
        assert len(set(keys)) == len(keys)
        assert [c.due_on for c in rows] == sorted(c.due_on for c in rows)
        assert dict(zip(keys, rows, strict=True)) == {
            (c.rule, c.started_by): _as_stored(c) for c in expected
        }


@histories.on_one_database
@given(
    events=events_of_a_source,
    selection=selections,
    ahead=st.integers(0, 30),
    data=st.data(),
)
def test_the_counts_of_the_worklist_are_those_of_the_domain(
    database: Database,
    owned: Database,
    *,
    events: list[CaseEvent],
    selection: Selection,
    ahead: int,
    data: st.DataObject,
) -> None:
    known_at, clocks = _known_alone(database, owned, events, data)
    selected = [each for each in clocks if _is_selected(each, selection)]
    soon = date.fromordinal(selection.as_of.toordinal() + ahead)

    with _seen(database, selection).read(known_at) as question:
        counts = worklist_table.counts(question, selection, soon=soon)

    assert counts == Counts(
        **{
            status: sum(_has_status(c, selection, status, soon) for c in selected)
            for status in ("open", "overdue", "due_soon")
        }
    )


def test_the_generated_cases_lie_in_the_past() -> None:
    """Else a question as of today might still have acts ahead of it."""
    longest = max(histories.GAPS) * (histories.LONGEST - 1) + 120

    assert (clock.today() - histories.FIRST_DAY).days > longest


# What the domain says


def _clocks(
    events: Iterable[CaseEvent], law: Law = LAW
) -> dict[tuple[str, str, str, str], Deadline]:
    found = [
        Clock(history[0].source, case_ref, each)
        for case_ref, history in histories.by_case(events).items()
        for each in deadlines(history, law)
    ]
    return {each.key: _as_stored(each.deadline) for each in found}


def _is_selected(each: Deadline, selection: Selection) -> bool:
    as_of = selection.as_of
    wanted = (
        (selection.rule, each.rule),
        (selection.language_group, each.language_group),
        (selection.nationality_group, each.nationality_group),
        (selection.entry, each.entry),
        (selection.worker, each.worker_of(each.responsible_unit(as_of))),
        (selection.joined, each.joined),
    )
    return (
        each.started_on <= as_of
        # Nothing else of a clock tells where it comes from, and all are of one source.
        and selection.source != UNHEARD_OF
        and (selection.units is None or each.responsible_unit(as_of) in selection.units)
        and all(asked is None or asked == said for asked, said in wanted)
    )


def _has_status(each: Deadline, selection: Selection, status: str, soon: date) -> bool:
    as_of = selection.as_of
    verdict = each.verdict(as_of)
    is_open = verdict in (Verdict.OPEN_IN_TIME, Verdict.OPEN_LATE)
    return {
        "overdue": verdict is Verdict.OPEN_LATE,
        "due_soon": verdict is Verdict.OPEN_IN_TIME and each.safe_on <= soon,
        "open": is_open,
        "met": each.met_on is not None and each.met_on <= as_of,
        "late": verdict is Verdict.LATE,
        "all": True,
    }[status]


def _as_stored(each: Deadline) -> Deadline:
    """Return *each* as a row gives it back: who had it before it started is lost."""
    since_start = tuple(move for move in each.moves if move[0] > each.started_on)
    moves = each.moves
    if moves and not since_start:
        moves = ((each.started_on, moves[-1][1]),)
    return _timeless(each._replace(moves=moves))


def _timeless(each: Deadline) -> Deadline:
    """Return *each* without when we recorded it, which no history tells."""
    return each._replace(met_recorded_at=None)


# What the database says


def _record(database: Database, events: Sequence[CaseEvent]) -> tuple[Outcome, ...]:
    return intake.record(database, submissions(events))


def _known_alone(
    database: Database, owned: Database, events: list[CaseEvent], data: st.DataObject
) -> tuple[datetime, list[Deadline]]:
    """Record *events*, let all other deadlines be forgotten, and return theirs.

    They are those that were known at the instant beside them.
    """
    with owned.write() as connection:
        connection.execute(text("TRUNCATE deadline"))
    arriving = histories.of_source(data.draw(st.permutations(events)), next(_sources))
    by_then = data.draw(st.integers(1, len(arriving)))
    _record(database, arriving[:by_then])
    known_at = _now(database)
    if arriving[by_then:]:
        _record(database, arriving[by_then:])
    return known_at, [
        each
        for history in histories.by_case(arriving[:by_then]).values()
        for each in deadlines(history, LAW)
    ]


def _seen(database: Database, selection: Selection) -> Database:
    """Return *database* as a lead of the units of *selection* sees it."""
    if selection.units is None:
        return database
    return database.seen_by(UnitsBelow(selection.units))


def _stored(
    database: Database,
    events: Iterable[CaseEvent],
    *,
    known_at: datetime | None = None,
) -> dict[tuple[str, str, str, str], Deadline]:
    """Return the deadlines of the cases of *events* as they were known."""
    found = []
    with database.read(known_at) as question:
        for case in {each.case for each in events}:
            rows = known_deadlines.of_case(
                question.connection, case, known_at=question.known_at
            )
            found += [Clock(row.source, row.case_ref, row.deadline) for row in rows]
    stored = {each.key: _timeless(each.deadline) for each in found}
    assert len(stored) == len(found)
    return stored


def _pages(
    database: Database,
    selection: Selection,
    *,
    known_at: datetime,
    status: str,
    soon: date,
    limit: int,
) -> list[Deadline]:
    """Return all rows of *status*, asked for page by page."""
    found: list[Deadline] = []
    after = None
    with database.read(known_at) as question:
        while rows := worklist_table.page(
            question.connection,
            selection,
            status,
            known_at=question.known_at,
            soon=soon,
            after=after,
            limit=limit,
        ):
            assert len(rows) <= limit
            found += [_timeless(row.deadline) for row in rows]
            last = rows[-1]
            after = (
                last.deadline.due_on,
                last.source,
                last.case_ref,
                last.deadline.rule,
                last.deadline.started_by,
            )
    return found


def _now(database: Database) -> datetime:
    """Return an instant behind which nothing will be recorded any more."""
    with database.read() as question:
        return question.known_at


def _batches(
    data: st.DataObject, events: Sequence[CaseEvent]
) -> list[Sequence[CaseEvent]]:
    """Return *events* cut into batches, in their order."""
    places = st.lists(st.integers(0, len(events)), unique=True, max_size=4)
    cuts = [0, *sorted(data.draw(places)), len(events)]
    batches = [events[a:b] for a, b in pairwise(cuts)]
    return [batch for batch in batches if batch]


def _event_id(each: CaseEvent) -> str:
    return each.event_id
