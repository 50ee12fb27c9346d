"""hashes refused per source

A source can be told to send no references that may be the bare hash of an identity
code. An older version of the service meets nothing that it would have to know.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7e25d0c9a41"
down_revision: str | None = "b70e52d4c6a1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "source_setting",
        sa.Column(
            "refuses_hashes",
            sa.Boolean(),
            nullable=False,
            server_default=sa.text("false"),
        ),
    )


def downgrade() -> None:
    op.drop_column("source_setting", "refuses_hashes")
