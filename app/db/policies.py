"""Which rows of cases a transaction sees; the migrations must agree with it.

The service sees and adds rows only while it says that it sees everything; a question
sees those of its units or of its source. Whoever says nothing sees nothing.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from app.db.roles import READER, SERVICE
from app.db.tables import held_deadline

# As sub-queries these are evaluated once for a statement, and not for every row. A
# setting that is over is empty and no longer null.
SEES_ALL = "(SELECT current_setting('maaraaika.scope', true) = '*')"
UNITS = "(SELECT nullif(current_setting('maaraaika.units', true), '')::text[])::text[]"
OF_SOURCE = "source = (SELECT nullif(current_setting('maaraaika.source', true), ''))"
HELD = f"unit = ANY ({UNITS})"
# The units that have the work of a clock, and those that had it before.
OF_UNITS = f"{HELD} OR moves IS NOT NULL AND left_on(moves, {UNITS}) IS NOT NULL"
# Of a case a unit sees what was known while it was known to be theirs; one that has
# lost it, what happened until then.
IN_CASE_OF_UNITS = f"""
    EXISTS (
        SELECT FROM deadline d
        WHERE d.source = case_event.source AND d.case_ref = case_event.case_ref
          AND case_event.recorded_at < d.recorded_until
          AND (d.unit = ANY ({UNITS})
               OR case_event.occurred_on < left_on(d.moves, {UNITS})))
"""
# What a question sees of each table with case data. Of those that have none here it
# sees nothing: the service looks there by itself, and shows what concerns the caller.
SEEN: Mapping[str, str | None] = {
    "case_event": f"{OF_SOURCE} OR {IN_CASE_OF_UNITS}",
    # It may be all that there is of a case which goes on in this source.
    "case_finding": OF_SOURCE,
    "case_link": None,
    "conflict": None,
    "control_count": None,
    "deadline": f"{OF_UNITS} OR {OF_SOURCE}",
    "finding_closure": None,
}


def protect(connection: Connection, table: str) -> None:
    """Let the policies of *table* hold, which has perhaps been made anew."""
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS everything ON {table}",
        f"DROP POLICY IF EXISTS scope ON {table}",
        f"""
        CREATE POLICY everything ON {table} TO {SERVICE}, CURRENT_USER
        USING ({SEES_ALL}) WITH CHECK ({SEES_ALL})
        """,
    ):
        connection.execute(text(statement))
    if (seen := SEEN[table]) is not None:
        statement = f"CREATE POLICY scope ON {table} FOR SELECT TO {READER} "
        connection.exec_driver_sql(f"{statement} USING ({seen})")


def count_held(connection: Connection) -> None:
    """Let a question count the clocks that its units have, of deadlines made anew.

    Who had the work before stands in no index, so that a question which is held to the
    whole policy reads each of its rows. This is the narrower part of it, seen by way of
    the owner.
    """
    columns = ", ".join(held_deadline.c.keys())
    for statement in (
        f"CREATE POLICY held ON deadline FOR SELECT TO CURRENT_USER USING ({HELD})",
        # The owner may be above the policies, so the view has the condition as well.
        f"""
        CREATE VIEW held_deadline WITH (security_barrier)
        AS SELECT {columns} FROM deadline WHERE {HELD}
        """,  # noqa: S608 (names of our own)
        f"GRANT SELECT ON held_deadline TO {READER}",
    ):
        connection.exec_driver_sql(statement)
