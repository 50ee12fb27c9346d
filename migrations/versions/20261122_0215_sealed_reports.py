"""sealed reports

What was reported is kept to the letter, numbered and chained, and nobody may change
it: the trigger speaks to every role, the revoked rights to every role but superusers.
An older version of the service neither reads nor writes the table. To go down is to
lose the seals.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5e41ed0c7b12"
down_revision: str | None = "b1d0e3a94c57"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sealed_report",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *(
            sa.Column(
                name,
                sa.Text(),
                sa.Computed(f"content ->> '{name}'", persisted=True),
                nullable=True,
            )
            for name in ("kind", "period", "sealed_by", "request_key")
        ),
        sa.CheckConstraint(
            "number > 0", name=op.f("ck_sealed_report_number_is_positive")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealed_report")),
    )
    op.create_index(
        "uq_sealed_report_request",
        "sealed_report",
        ["sealed_by", "request_key"],
        unique=True,
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_report
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON sealed_report FROM PUBLIC, CURRENT_USER"
    )


def downgrade() -> None:
    op.drop_index(
        "uq_sealed_report_request",
        table_name="sealed_report",
        postgresql_where=sa.text("request_key IS NOT NULL"),
    )
    op.drop_table("sealed_report")
