"""What a question of figures sees: what was known at one instant, and no news."""

from datetime import date

import psycopg
import pytest

from app.db import read_model
from app.db.database import Database, driver
from app.domain.access import Actor, Role
from app.domain.compliance import Basis
from app.domain.reporting_periods import parse_period
from app.services import intake
from app.services.reports import Query, inquiry
from tests.factories import decision, notification, submissions

LEAD = Actor(role=Role.LEAD, key_id="lead")
MARCH = parse_period("2026-03")


def test_what_is_recorded_meanwhile_is_not_in_the_answers(database: Database) -> None:
    intake.record(database, submissions([notification(date(2026, 3, 2))]))

    with inquiry(database, LEAD, Query()) as asking:
        before = asking.tallies(MARCH, Basis.DUE)
        # It closes a row that the question has counted.
        intake.record(database, submissions([decision(date(2026, 3, 3))]))
        meanwhile = asking.tallies(MARCH, Basis.DUE)
    with inquiry(database, LEAD, Query(known_at=asking.asked.known_at)) as asking:
        again = asking.tallies(MARCH, Basis.DUE)
    with inquiry(database, LEAD, Query()) as asking:
        after = asking.tallies(MARCH, Basis.DUE)

    assert before
    assert meanwhile == again == before != after


def test_a_question_cannot_write(database: Database) -> None:
    with (
        database.read() as knowledge,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        driver(knowledge.connection).execute("DELETE FROM saved_view")


def test_no_table_is_swapped_behind_the_snapshot_of_a_question(
    database: Database,
) -> None:
    with database.read() as knowledge:
        held = driver(knowledge.connection).execute(
            """
            SELECT relation::regclass::text FROM pg_locks
            WHERE pid = pg_backend_pid() AND mode = 'AccessShareLock' AND granted
            """
        )
        names = {name for (name,) in held if name is not None}

    assert names >= {table.name for table in read_model.TABLES}
