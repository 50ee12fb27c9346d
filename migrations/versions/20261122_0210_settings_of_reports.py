"""settings of reports

Which matters a figure counts is the county's decision and not the program's, and an
earlier answer must be given again under the settings of then: each row is a whole
snapshot, known from its instant on. Without a row the defaults hold, so an older
version of the service meets nothing new.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "b1d0e3a94c57"
down_revision: str | None = "b1d4c92e7a50"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "report_setting",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("recorded_at", name=op.f("pk_report_setting")),
    )


def downgrade() -> None:
    op.drop_table("report_setting")
