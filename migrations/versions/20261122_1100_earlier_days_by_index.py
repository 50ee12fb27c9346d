"""earlier days by index

What was open on an earlier day is what is open still, and what closed after that day;
what was known earlier has perhaps been superseded since. Neither of the latter had an
index that finds them: at a million deadlines all that had closed was read, and all that
had been superseded.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7f04d92c3e1"
down_revision: str | None = "8a51c2e07d94"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_CLOSED = sa.text(
    "recorded_until = 'infinity'::timestamptz AND closed_on IS NOT NULL"
)
IS_SUPERSEDED = sa.text("recorded_until < 'infinity'::timestamptz")


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.create_index(
        "ix_deadline_closed",
        "deadline",
        ["closed_on", "started_on"],
        postgresql_where=IS_CLOSED,
    )
    _index_superseded("recorded_until", "recorded_at")


def downgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_closed", table_name="deadline")
    _index_superseded("recorded_until")


def _index_superseded(*columns: str) -> None:
    op.drop_index("ix_deadline_superseded", table_name="deadline")
    op.create_index(
        "ix_deadline_superseded",
        "deadline",
        list(columns),
        postgresql_where=IS_SUPERSEDED,
    )
