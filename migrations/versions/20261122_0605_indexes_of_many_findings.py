"""indexes of many findings

At a million deadlines the page of findings took seconds: it read everything that was
due in a year to find what was late, every open clock to find a child with two, and
every run there ever was to find two of one day.

An older version of the service does not notice.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c70e52d81fb6"
down_revision: str | None = "c83d5e70a1f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_OPEN = sa.text("recorded_until = 'infinity'::timestamptz AND closed_on IS NULL")
IS_CURRENT = sa.text("recorded_until = 'infinity'::timestamptz")
IS_UNEXPLAINED = sa.text(
    "recorded_until = 'infinity'::timestamptz AND COALESCE(met_on, ended_on) > due_on "
    "AND delays IS NULL AND NOT joined AND entry <> 'anticipatory'"
)
IS_TOLD = sa.text(
    "recorded_until = 'infinity'::timestamptz AND closed_on IS NULL "
    "AND delays IS NOT NULL"
)
IS_RUN_OF_CHILD = sa.text(
    "recorded_until = 'infinity'::timestamptz AND rule = 'assessment' "
    "AND child_ref IS NOT NULL"
)
KEY = ("due_on", "source", "case_ref", "rule", "started_by")
COUNTED = ("safe_on", "started_on", "recorded_at", "unit")


def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    _index_open((*COUNTED, "child_ref"))
    op.create_index(
        "ix_deadline_run",
        "deadline",
        ["started_on", "source", "child_ref", "case_ref"],
        postgresql_where=IS_RUN_OF_CHILD,
    )
    op.create_index(
        "ix_deadline_late",
        "deadline",
        ["due_on"],
        postgresql_where=IS_UNEXPLAINED,
        postgresql_include=["recorded_at", "source"],
    )
    op.create_index(
        "ix_deadline_told", "deadline", ["due_on"], postgresql_where=IS_TOLD
    )
    _index_due(("due_on", "rule"))


def downgrade() -> None:
    _index_due(("due_on",))
    op.drop_index("ix_deadline_told", table_name="deadline")
    op.drop_index("ix_deadline_late", table_name="deadline")
    op.drop_index("ix_deadline_run", table_name="deadline")
    _index_open(COUNTED)


def _index_due(columns: Sequence[str]) -> None:
    op.drop_index("ix_deadline_due_on", table_name="deadline")
    op.create_index(
        "ix_deadline_due_on", "deadline", list(columns), postgresql_where=IS_CURRENT
    )


def _index_open(included: Sequence[str]) -> None:
    op.drop_index("ix_deadline_open", table_name="deadline")
    op.create_index(
        "ix_deadline_open",
        "deadline",
        list(KEY),
        postgresql_where=IS_OPEN,
        postgresql_include=list(included),
    )
