"""looks in vain

An index of the looks that found no case to show. Who asks whether somebody has tried to
look at a case has every one of these compared, since only a hash is kept of what was
asked for; without it every look of two years was read for that.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "5d0c97b2e6a1"
down_revision: str | None = "a41f6c9be2d7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(
        "ix_access_log_in_vain",
        "access_log",
        ["recorded_at"],
        postgresql_where=sa.text("entry ->> 'result' = 'not_found'"),
    )


def downgrade() -> None:
    op.drop_index("ix_access_log_in_vain", table_name="access_log")
