"""cursors that only we read

The way to the next page names a case. It is encrypted from now on, under a key that
every process of the service finds here; cursors that were given before are refused. An
older version of the service meets nothing that it would have to know.
"""

import os
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3f0a6c81d2e7"
down_revision: str | None = "c1d84e7a5b26"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY_BYTES = 64


def upgrade() -> None:
    table = op.create_table(
        "service_secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_secret")),
    )
    op.bulk_insert(table, [{"name": "cursors", "secret": os.urandom(KEY_BYTES)}])


def downgrade() -> None:
    op.drop_table("service_secret")
