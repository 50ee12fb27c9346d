"""exports by the day

How many files with cases somebody has taken on a day, so that the measure of a day
holds for all processes together. An older version of the service gives files without
counting.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "6d27b4f9e0a3"
down_revision: str | None = "94e1f5ac27d0"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "export_count",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("exports", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("person", "day", name=op.f("pk_export_count")),
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (exports) ON export_count TO maaraaika_service"
    )


def downgrade() -> None:
    op.drop_table("export_count")
