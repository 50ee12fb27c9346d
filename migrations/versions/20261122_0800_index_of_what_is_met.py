"""index of what is met

The figures for THL count the assessments completed in a half-year. At a million
deadlines they read every deadline that there ever was to find them.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8a51c2e07d94"
down_revision: str | None = "e4b91d7a52c8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_MET = sa.text("recorded_until = 'infinity'::timestamptz AND met_on IS NOT NULL")
IS_DECISION = sa.text(
    "recorded_until = 'infinity'::timestamptz AND rule = 'initiation' "
    "AND met_on IS NOT NULL"
)


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_met_on", table_name="deadline")
    op.create_index(
        "ix_deadline_met_on", "deadline", ["rule", "met_on"], postgresql_where=IS_MET
    )


def downgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.drop_index("ix_deadline_met_on", table_name="deadline")
    op.create_index(
        "ix_deadline_met_on", "deadline", ["met_on"], postgresql_where=IS_DECISION
    )
