"""moved clocks by what is asked for

As of an earlier day, a list of what is met or late asked each clock that was ever moved
which unit had it then, and who had it, and for that read its row: ten thousand of a
million, scattered over all years, of which the first who asked waited for each. Their
index tells now what a list is narrowed by, as that of what is closed, so that the rows
of others are passed over. One clock in a hundred has an entry.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c46b1f93e0a8"
down_revision: str | None = "8e15c7a20d94"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_MOVED = sa.text("recorded_until = 'infinity'::timestamptz AND moves IS NOT NULL")


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_moved", table_name="deadline")
    op.create_index(
        "ix_deadline_moved",
        "deadline",
        [
            *("due_on", "started_on", "worker", "rule", "joined"),
            *("language_group", "nationality_group", "entry", "source"),
        ],
        postgresql_where=IS_MOVED,
    )


def downgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_moved", table_name="deadline")
    op.create_index(
        "ix_deadline_moved", "deadline", ["due_on"], postgresql_where=IS_MOVED
    )
