"""views of people

What somebody asks of the worklist again and again, under a name of their own: an
address and nothing more. An older version of the service does not know the table.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c83d5e70a1f4"
down_revision: str | None = "5d0c97b2e6a1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_saved_view")),
    )
    op.execute(
        "GRANT SELECT, INSERT, UPDATE (asked, saved_at), DELETE ON saved_view "
        "TO maaraaika_service"
    )


def downgrade() -> None:
    op.drop_table("saved_view")
