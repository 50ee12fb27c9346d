"""moved clocks by index

Which unit had the work on an earlier day stands in no index, so that a list of what is
met or late as of then was read through in the order of its due dates until enough of it
was found: of a unit with few, every row of a million. Only those that were moved have
to be asked; the others are found by the unit that they have.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "4e9b17c6d058"
down_revision: str | None = "d3a90c5e71b8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_MOVED = sa.text("recorded_until = 'infinity'::timestamptz AND moves IS NOT NULL")


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.create_index(
        "ix_deadline_moved", "deadline", ["due_on"], postgresql_where=IS_MOVED
    )


def downgrade() -> None:
    op.drop_index("ix_deadline_moved", table_name="deadline")
