"""rows by scope

A forgotten condition in a statement of ours must show nothing instead of everything:
the tables with case data have policies, which hold for their owner as well. A
transaction sees what it says that it may see, and nothing if it says nothing.

The policy reads a column that no index has, so that open clocks of a unit are no longer
counted in an index alone: one leads to them by their unit.

An older version of the service says nothing: stop it first.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "94e1f5ac27d0"
down_revision: str | None = "b7e25d0c9a41"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_OF_UNIT = sa.text("recorded_until = 'infinity'::timestamptz AND unit IS NOT NULL")
SEES_ALL = "(SELECT current_setting('maaraaika.scope', true) = '*')"
UNITS = "(SELECT nullif(current_setting('maaraaika.units', true), '')::text[])::text[]"
OF_SOURCE = "source = (SELECT nullif(current_setting('maaraaika.source', true), ''))"
SEEN = {
    "case_event": f"""
        {OF_SOURCE} OR EXISTS (
            SELECT FROM deadline d
            WHERE d.source = case_event.source AND d.case_ref = case_event.case_ref
              AND case_event.recorded_at < d.recorded_until
              AND (d.unit = ANY ({UNITS})
                   OR case_event.occurred_on < left_on(d.moves, {UNITS})))
    """,
    "case_finding": OF_SOURCE,
    "case_link": None,
    "conflict": None,
    "control_count": None,
    "deadline": f"""
        unit = ANY ({UNITS})
        OR moves IS NOT NULL AND left_on(moves, {UNITS}) IS NOT NULL
        OR {OF_SOURCE}
    """,
    "finding_closure": None,
}


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_unit", table_name="deadline")
    op.create_index(
        "ix_deadline_unit",
        "deadline",
        ["unit", "closed_on"],
        postgresql_where=IS_OF_UNIT,
    )
    op.execute(
        """
        CREATE FUNCTION left_on(moves jsonb, units text[]) RETURNS date
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (
            SELECT max(coalesce(until, 'infinity'))
            FROM (SELECT move ->> 1 AS unit,
                         lead((move ->> 0)::date) OVER (ORDER BY place) AS until
                  FROM jsonb_array_elements(moves)
                           WITH ORDINALITY AS each (move, place)) AS stretch
            WHERE unit = ANY (units))
        """
    )
    for table, seen in SEEN.items():
        op.execute(
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
        )
        op.execute(
            f"""
            CREATE POLICY everything ON {table} TO maaraaika_service, CURRENT_USER
            USING ({SEES_ALL}) WITH CHECK ({SEES_ALL})
            """
        )
        if seen is not None:
            op.execute(
                f"CREATE POLICY scope ON {table} FOR SELECT TO maaraaika_reader "
                f"USING ({seen})"
            )


def downgrade() -> None:
    for table, seen in SEEN.items():
        if seen is not None:
            op.execute(f"DROP POLICY scope ON {table}")
        op.execute(f"DROP POLICY everything ON {table}")
        op.execute(
            f"ALTER TABLE {table} "
            "DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
        )
    op.execute("DROP FUNCTION left_on(jsonb, text[])")
    op.drop_index("ix_deadline_unit", table_name="deadline")
    op.create_index(
        "ix_deadline_unit", "deadline", ["unit"], postgresql_where=IS_OF_UNIT
    )
