"""delays explained

Why a clock was late and what is done about it stands with the clock, so that every
list and report of deadlines has it. Nothing is filled in: no event has told it yet.

An older version of the service cannot write beside this schema: stop it first.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "b1d4c92e7a50"
down_revision: str | None = "3f6f0c7be2d1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # What an interrupted rebuild has left lacks the column; it begins again.
    op.execute("DROP SCHEMA IF EXISTS rebuilding CASCADE")
    op.add_column("deadline", sa.Column("delays", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    op.execute("DROP SCHEMA IF EXISTS rebuilding CASCADE")
    op.drop_column("deadline", "delays")
