"""what is closed by what is asked for

A list of what is met or late, or of all, was read in the order of its due dates until
enough of it was found. Of a worker who has none, of a language that few speak, or of a
unit that was founded last year that was nearly every row of a million. An index of what
is closed tells now what a list is narrowed by, so that others are passed over in it,
and those that had not begun on an earlier day.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5b2f08e4a1c7"
down_revision: str | None = "4e9b17c6d058"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_CLOSED = sa.text(
    "recorded_until = 'infinity'::timestamptz AND closed_on IS NOT NULL"
)


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.create_index(
        "ix_deadline_listed",
        "deadline",
        [
            *("due_on", "started_on", "unit", "worker", "rule", "joined"),
            *("language_group", "nationality_group", "entry", "source"),
        ],
        postgresql_where=IS_CLOSED,
    )


def downgrade() -> None:
    op.drop_index("ix_deadline_listed", table_name="deadline")
