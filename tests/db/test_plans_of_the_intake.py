"""The plans of the intake are kept, so each must go by a whole key from the start."""

import re
from datetime import date

from app.db.database import Database, begin_recording, driver
from app.services import intake
from tests.factories import decision, notification, submissions

DAY = date(2026, 3, 2)
# Enough that the driver has every statement prepared.
GROUPS = 12


def record(database: Database, number: int) -> None:
    told = [
        notification(DAY, f"n-{number}", case_ref=f"A-{number}"),
        decision(DAY, event_id=f"d-{number}", case_ref=f"A-{number}"),
    ]
    # Apart, so that the second finds what the first has left.
    for event in told:
        intake.record(database, submissions([event]))


def kept_plans(database: Database) -> dict[str, str]:
    """Return the plan that is kept of each statement of the intake's connection."""
    with database.record() as connection:
        begin_recording(connection)
        asked = driver(connection).execute(
            """
            SELECT name, statement, cardinality(parameter_types)
            FROM pg_prepared_statements
            WHERE generic_plans > 0 AND statement ~* '^\\s*(SELECT|UPDATE|WITH)'
            """
        )
        plans = {}
        for name, statement, count in asked.fetchall():
            nothing = f"({', '.join(['NULL'] * count)})" if count else ""
            lines = driver(connection).execute(
                f'EXPLAIN EXECUTE "{name}"{nothing}'.encode()
            )
            plans[statement] = "\n".join(line for (line,) in lines.fetchall())
        return plans


def test_no_plan_that_is_kept_reads_all_of_a_source(database: Database) -> None:
    for number in range(GROUPS):
        record(database, number)

    plans = kept_plans(database)

    # Made while the ledger is small, and still used when it has grown a thousandfold.
    looked_up = {
        table
        for plan in plans.values()
        for table in re.findall(r"Scan using \w+ on (case_\w+|deadline)", plan)
    }
    assert looked_up >= {"case_event", "deadline", "case_finding", "case_link"}, plans
    for statement, plan in plans.items():
        assert "Seq Scan" not in plan, statement
        for condition in re.findall(r"Index Cond: (.*)", plan):
            assert not re.fullmatch(r"\(\w*source = [\w.]+\)", condition), plan
