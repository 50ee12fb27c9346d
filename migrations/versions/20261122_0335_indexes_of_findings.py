"""indexes of findings

So that findings and sources are answered without reading every deadline: decisions by
their day, rows by their unit, runs of a child with their day and case. An older version
of the service meets nothing that it would have to know.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c1d84e7a5b26"
down_revision: str | None = "7c2e51d09a3f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_RUN_OF_CHILD = sa.text(
    "recorded_until = 'infinity'::timestamptz AND rule = 'assessment' "
    "AND child_ref IS NOT NULL"
)
IS_DECISION = sa.text(
    "recorded_until = 'infinity'::timestamptz AND rule = 'initiation' "
    "AND met_on IS NOT NULL"
)
IS_OF_UNIT = sa.text("recorded_until = 'infinity'::timestamptz AND unit IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_deadline_child", table_name="deadline")
    op.create_index(
        "ix_deadline_child",
        "deadline",
        ["source", "child_ref", "started_on", "case_ref"],
        postgresql_where=IS_RUN_OF_CHILD,
    )
    op.create_index(
        "ix_deadline_met_on", "deadline", ["met_on"], postgresql_where=IS_DECISION
    )
    op.create_index(
        "ix_deadline_unit", "deadline", ["unit"], postgresql_where=IS_OF_UNIT
    )


def downgrade() -> None:
    op.drop_index("ix_deadline_unit", table_name="deadline")
    op.drop_index("ix_deadline_met_on", table_name="deadline")
    op.drop_index("ix_deadline_child", table_name="deadline")
    op.create_index(
        "ix_deadline_child",
        "deadline",
        ["source", "child_ref"],
        postgresql_where=IS_RUN_OF_CHILD,
    )
