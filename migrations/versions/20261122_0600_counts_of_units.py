"""counts of units

A question of some units is held to a policy that asks who had the work before, which no
index knows: to count the open clocks of a region meant to read each of them. A view
shows what is counted of the clocks that a unit has now, and only the index is read.

An older version of the service does not know the view; it may run meanwhile.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "a41f6c9be2d7"
down_revision: str | None = "3fa8c61e07d4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

HELD = """
    unit = ANY (
        (SELECT nullif(current_setting('maaraaika.units', true), '')::text[])::text[])
"""


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY held ON deadline FOR SELECT TO CURRENT_USER USING ({HELD})"
    )
    op.execute(
        f"""
        CREATE VIEW held_deadline WITH (security_barrier) AS
        SELECT source, rule, recorded_at, recorded_until, started_on, due_on, safe_on,
               closed_on, joined, unit, entry, worker, language_group,
               nationality_group
        FROM deadline WHERE {HELD}
        """  # noqa: S608 (names of our own)
    )
    op.execute("GRANT SELECT ON held_deadline TO maaraaika_reader")


def downgrade() -> None:
    op.execute("DROP VIEW held_deadline")
    op.execute("DROP POLICY held ON deadline")
