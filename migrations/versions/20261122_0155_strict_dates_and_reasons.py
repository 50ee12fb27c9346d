"""strict dates and reasons

A report tells how many verdicts hang on the reading: for that each clock keeps its
earliest legal due date under any reading, beside the safe date, which is a working day
to plan for. And it keeps the reasons of the notification that started it, for the
counts by reason. Both are filled from what is there; reasons that an amendment changed,
or that came from another source, come with `maaraaika rebuild`.

An older version of the service cannot write beside this schema: stop it first.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3f6f0c7be2d1"
down_revision: str | None = "8962c0a08324"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    # What an interrupted rebuild has left lacks the columns; it begins again.
    op.execute("DROP SCHEMA IF EXISTS rebuilding CASCADE")
    op.add_column("deadline", sa.Column("strict_on", sa.Date(), nullable=True))
    op.add_column("deadline", sa.Column("reasons", sa.Text(), nullable=True))
    op.execute(
        """
        UPDATE deadline d
        SET strict_on = CASE rule
                WHEN 'assessment' THEN (started_on + interval '3 months')::date
                ELSE safe_on END,
            reasons = (
                SELECT string_agg(reason, ' ' ORDER BY place)
                FROM case_event e,
                     json_array_elements_text(e.data -> 'reasons')
                         WITH ORDINALITY AS named (reason, place)
                WHERE e.source = d.source AND e.event_id = d.started_by)
        """
    )
    op.alter_column("deadline", "strict_on", nullable=False)


def downgrade() -> None:
    op.execute("DROP SCHEMA IF EXISTS rebuilding CASCADE")
    op.drop_column("deadline", "reasons")
    op.drop_column("deadline", "strict_on")
