"""The read model always says what the events say, at every instant it was known."""

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, zip_longest
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db.database import Connection, Database, driver
from app.db.deadlines import STORED
from app.db.rebuilding import RebuildUnderWayError
from app.domain.events import CaseEvent, ClosureReason, InitiationOutcome
from app.domain.law import Law
from app.domain.periods import LegalReading, Roll
from app.services import law as law_service
from app.services import processes
from app.services import rebuild as rebuild_service
from app.services import sources as source_service
from app.services.intake import Status, record
from app.services.rebuild import CircumstancesChangedError
from app.services.sources import SuccessionError
from tests.amended_histories import amended_cases, told_by
from tests.conftest import fresh_database
from tests.factories import assessment, closure, decision, notification, submissions

# `make test` looks at a few histories, `.ci/run` at many.
HISTORIES, ORDERS = (200, 10) if settings().max_examples >= 100 else (20, 2)
NO_ROLL = Law(reading=LegalReading(roll=Roll.OFF))
RECEIVED = date(2026, 2, 2)  # three months end on Sat 2.5., rolled to Mon 4.5.
TIMELESS = [name for name in STORED if name != "met_recorded_at"]


@pytest.fixture(scope="module")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """Give one database for many examples, each of them a source of its own."""
    with fresh_database(server_url, template) as database:
        yield database


def arrive(database: Database, events: Sequence[CaseEvent], seed: int) -> None:
    """Record *events* in an order drawn by *seed*, in a few transactions."""
    for batch in arrivals(events, seed):
        record(database, submissions(batch))


def arrivals(events: Sequence[CaseEvent], seed: int) -> Iterator[list[CaseEvent]]:
    """Give *events* in an order drawn by *seed*, in a few batches."""
    order = random.Random(seed)  # noqa: S311 (an order of arrival, no secret)
    shuffled = list(events)
    order.shuffle(shuffled)
    while shuffled:
        size = order.randint(1, len(shuffled))
        yield shuffled[:size]
        del shuffled[:size]


def rows(database: Database, source: str, *, current: bool = True) -> list[Any]:
    """Return the rows of *source*; current ones without what tells when they came."""
    names = ", ".join(f'"{name}"' for name in TIMELESS)
    kept = "recorded_until = 'infinity'" if current else "true"
    more = "" if current else ", recorded_at, nullif(recorded_until, 'infinity')"
    query = f"SELECT case_ref, {names}{more} FROM deadline WHERE source = %s AND {kept}"  # noqa: S608 (names of our own)
    with database.write() as connection:
        found = driver(connection).execute(query.encode(), [source]).fetchall()
    return sorted(repr(row).replace(source, "its source") for row in found)


@settings(max_examples=HISTORIES)
@given(events=amended_cases(), seed=st.integers())
def test_the_order_of_arrival_never_matters(
    shared: Database, events: list[CaseEvent], seed: int
) -> None:
    """Two orders of a few histories here, ten of two hundred in the full profile.

    Each order is that of a source. They arrive side by side, as in a group commit.
    """
    sources = [uuid.uuid4().hex for _ in range(ORDERS)]
    orders = [
        arrivals(told_by(events, source), seed + number)
        for number, source in enumerate(sources)
    ]
    for batches in zip_longest(*orders, fillvalue=()):
        record(shared, submissions([*chain.from_iterable(batches)]))

    found = [rows(shared, source) for source in sources]

    assert all(each == found[0] for each in found)


def test_what_was_kept_and_what_is_replayed_are_equal(shared: Database) -> None:
    """Current and superseded rows of everything the examples above have left."""
    assert list(rebuild_service.check(shared)) == []


def test_a_rebuild_leaves_every_row_as_it_was(
    database: Database, owned: Database
) -> None:
    arrive(database, a_year_of_cases(), seed=1)
    law_service.activate(database, NO_ROLL)
    arrive(database, told_by(a_year_of_cases(), "client-b"), seed=2)
    before = rows(database, "client-a", current=False)

    rebuild_service.rebuild(owned)

    assert rows(database, "client-a", current=False) == before
    assert list(rebuild_service.check(database)) == []


def test_the_planner_knows_what_a_rebuild_has_made(
    database: Database, owned: Database
) -> None:
    arrive(database, a_year_of_cases(), seed=1)

    rebuild_service.rebuild(owned)

    with owned.engine.connect() as connection:
        known, stored = connection.execute(
            text(
                "SELECT reltuples, (SELECT count(*) FROM deadline)"
                " FROM pg_class WHERE oid = 'deadline'::regclass"
            )
        ).one()
    assert known == stored > 0


def test_an_interrupted_rebuild_is_taken_up_and_sees_what_came_meanwhile(
    database: Database, owned: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_service, "CASES_PER_BATCH", 3)
    arrive(database, a_year_of_cases(), seed=1)
    interrupt_rebuild(owned)
    late = assessment(RECEIVED + timedelta(50), case_ref="A-0", event_id="late")
    record(database, submissions([late]))

    done = rebuild_service.rebuild(owned)

    assert done < len({event.case for event in a_year_of_cases()})
    assert list(rebuild_service.check(database)) == []


def test_an_interrupted_rebuild_begins_anew_under_another_law(
    database: Database, owned: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_service, "CASES_PER_BATCH", 3)
    arrive(database, a_year_of_cases(), seed=1)
    interrupt_rebuild(owned)
    law_service.activate(database, NO_ROLL)

    rebuild_service.rebuild(owned)

    assert list(rebuild_service.check(database)) == []


def test_two_rebuilds_do_not_get_in_each_others_way(
    database: Database, owned: Database
) -> None:
    arrive(database, a_year_of_cases(), seed=1)
    refused: list[bool] = []

    def begin_another(_done: int, _all: int) -> None:
        with pytest.raises(RebuildUnderWayError, match="Wait for it"):
            rebuild_service.rebuild(owned)
        refused.append(True)

    assert rebuild_service.rebuild(owned, on_progress=begin_another) == 10
    assert rebuild_service.rebuild(owned) == 10

    assert refused
    assert list(rebuild_service.check(database)) == []


def test_what_an_earlier_version_left_unfinished_is_cleared_away(
    database: Database, owned: Database
) -> None:
    arrive(database, a_year_of_cases(), seed=1)
    with owned.write() as connection:
        for name in ("progress", "deadline"):
            driver(connection).execute(
                f"""
                CREATE SCHEMA IF NOT EXISTS rebuilding;
                CREATE TABLE rebuilding.{name} AS SELECT now() AS started_at
                """.encode()
            )

    assert rebuild_service.rebuild(owned) == 10

    assert list(rebuild_service.check(database)) == []


def test_several_processes_find_and_rebuild_what_one_does(
    database: Database, owned: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(database, a_year_of_cases(), seed=1)
    with owned.write() as connection:
        driver(connection).execute("DELETE FROM deadline WHERE case_ref < 'A-5'")
        driver(connection).execute("UPDATE deadline SET due_on = due_on + 1")

    def found() -> tuple[object, ...]:
        return (
            sorted(rebuild_service.check(database), key=repr),
            sorted(law_service.preview(database, NO_ROLL), key=repr),
        )

    by_one = found()
    for service in (rebuild_service, law_service):
        monkeypatch.setattr(service, "CASES_PER_BATCH", 1)
    monkeypatch.setattr(processes, "_cores", lambda: 2)
    by_several = found()
    assert rebuild_service.rebuild(owned) == 10
    monkeypatch.undo()

    assert by_one == by_several
    assert all(by_one)
    assert list(rebuild_service.check(database)) == []


def test_a_law_that_changes_meanwhile_stops_the_rebuild(
    database: Database, owned: Database
) -> None:
    arrive(database, a_year_of_cases(), seed=1)

    with pytest.raises(CircumstancesChangedError):
        rebuild_service.rebuild(
            owned,
            on_progress=lambda *_: (law_service.activate(database, NO_ROLL), None)[1],
        )

    rebuild_service.rebuild(owned)
    assert list(rebuild_service.check(database)) == []


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("SET due_on = due_on + 1", id="a date"),
        pytest.param("SET case_ref = 'A-stray'", id="a case that nobody spoke of"),
        pytest.param("SET recorded_until = recorded_at + '1 s'", id="a row closed"),
    ],
)
def test_a_changed_row_is_found_and_mended(
    database: Database, owned: Database, tampering: str
) -> None:
    record(database, submissions([notification(RECEIVED, "n1")]))
    with owned.write() as connection:
        driver(connection).execute(
            f"UPDATE deadline {tampering} WHERE rule = 'assessment'".encode()
        )

    assert list(rebuild_service.check(database))
    rebuild_service.rebuild(owned)
    assert list(rebuild_service.check(database)) == []


def test_a_new_law_is_looked_at_before_it_is_used(database: Database) -> None:
    arrive(database, a_year_of_cases(), seed=1)

    changes = list(law_service.preview(database, NO_ROLL))

    assert {change.before.rule for change in changes} == {"assessment"}
    assert all(change.after.due_on < change.before.due_on for change in changes)
    assert list(law_service.preview(database, Law())) == []


def test_a_new_law_never_changes_an_earlier_answer(database: Database) -> None:
    record(database, submissions([notification(RECEIVED, "n1")]))
    with database.read() as question:
        before = question.known_at

    changed = law_service.activate(database, NO_ROLL)

    assert changed == 2  # the assessment's row is closed, and followed by another
    assert due(database) == date(2026, 5, 2)
    assert due(database, known_at=before) == date(2026, 5, 4)
    assert list(rebuild_service.check(database)) == []


def test_a_succession_makes_one_case_of_two(database: Database) -> None:
    record(
        database,
        submissions([notification(RECEIVED, "n1", source="old", case_ref="A-1")]),
    )
    source_service.succeed(database, "old", "new", RECEIVED + timedelta(5))
    (answered,) = record(
        database,
        submissions([decision(RECEIVED + timedelta(7), source="new", case_ref="A-1")]),
    )

    assert answered.status is Status.CREATED
    assert rows(database, "old") == []
    (met,) = [clock for clock in answered.clocks if clock.rule == "initiation"]
    assert met.met_on == RECEIVED + timedelta(7)
    assert list(rebuild_service.check(database)) == []


def test_a_source_is_continued_once_and_not_in_a_circle(database: Database) -> None:
    source_service.succeed(database, "old", "new", RECEIVED)

    with pytest.raises(SuccessionError, match="continued by new already"):
        source_service.succeed(database, "old", "other", RECEIVED)
    with pytest.raises(SuccessionError, match="each other"):
        source_service.succeed(database, "new", "old", RECEIVED)


def test_a_link_across_sources_takes_the_locks_of_both(database: Database) -> None:
    source_service.succeed(database, "old", "new", RECEIVED)
    record(
        database,
        submissions(
            [
                notification(RECEIVED, "n1", source="old", case_ref="A-1"),
                notification(RECEIVED, "n2", source="new", case_ref="A-2"),
            ]
        ),
    )

    (again,) = record(
        database,
        submissions([decision(RECEIVED, source="new", case_ref="A-1")]),
    )

    assert {clock.rule for clock in again.clocks} == {"initiation", "assessment"}


def interrupt_rebuild(owned: Database) -> None:
    """Begin a rebuild, and end it when a first part is done."""

    def interrupt(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild_service.rebuild(owned, on_progress=interrupt)


def due(database: Database, known_at: datetime | None = None) -> date:
    with database.read(known_at) as asked:
        return _due(asked.connection, asked.known_at)


def _due(connection: Connection, known_at: datetime) -> date:
    row = (
        driver(connection)
        .execute(
            """
        SELECT due_on FROM deadline
        WHERE rule = 'assessment' AND recorded_at <= %s AND recorded_until > %s
        """,
            [known_at, known_at],
        )
        .fetchone()
    )
    assert row is not None
    found: date = row[0]
    return found


def a_year_of_cases() -> list[CaseEvent]:
    """Return ten cases that begin on ten days, half of them done, one merged."""
    events: list[CaseEvent] = []
    for number in range(10):
        ref, day = f"A-{number}", RECEIVED + timedelta(number)
        events.append(notification(day, f"n-{number}", case_ref=ref))
        if number % 2:
            events.append(
                decision(
                    day + timedelta(8),
                    InitiationOutcome.ASSESSMENT_STARTED,
                    case_ref=ref,
                    event_id=f"d-{number}",
                )
            )
    merged = closure(
        RECEIVED + timedelta(60), ClosureReason.MERGED, case_ref="A-3", into="A-4"
    )
    return [*events, merged]


def test_two_sources_may_use_one_event_id_in_one_case(database: Database) -> None:
    source_service.succeed(database, "old", "new", RECEIVED)
    sent = [
        notification(RECEIVED, "n1", source="old", case_ref="A-1"),
        notification(RECEIVED + timedelta(1), "n1", source="new", case_ref="A-1"),
    ]

    answered = record(database, submissions(sent))

    names = {c.started_by for c in answered[-1].clocks if c.rule == "initiation"}
    assert names == {"n1", "old/n1"}
    assert list(rebuild_service.check(database)) == []
