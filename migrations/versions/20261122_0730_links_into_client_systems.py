"""links into client systems

Where a case is in its client system, said of a source; and who said what is said of a
source or a unit, unknown of what was said before. An older version of the service meets
nothing that it would have to know.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3fa8c61e07d4"
down_revision: str | None = "6d27b4f9e0a3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("source_setting", sa.Column("link_template", sa.Text()))
    op.add_column("source_setting", sa.Column("recorded_by", sa.Text()))
    op.add_column("unit", sa.Column("recorded_by", sa.Text()))


def downgrade() -> None:
    op.drop_column("unit", "recorded_by")
    op.drop_column("source_setting", "recorded_by")
    op.drop_column("source_setting", "link_template")
