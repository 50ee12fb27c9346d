"""where keys come from

The networks from which a key is good; without any it is good from everywhere, as all
keys were until now. An older version of the service does not look where it comes from.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision: str = "e4b91d7a52c8"
down_revision: str | None = "c70e52d81fb6"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column(
        "api_key",
        sa.Column("networks", ARRAY(sa.Text()), server_default="{}", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("api_key", "networks")
