"""access log

Every look at case data is written down before it is answered, in chains that a change
would break. An older version of the service meets nothing that it would have to know:
it writes no looks.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "a4f0c6e28d17"
down_revision: str | None = "e4a1d0b7c953"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

CHAINS = 8


def upgrade() -> None:
    op.create_table(
        "access_chain",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("last_position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_chain")),
    )
    op.execute(f"INSERT INTO access_chain (number) SELECT generate_series(1, {CHAINS})")
    op.execute(
        """
        GRANT SELECT, UPDATE (last_position, last_hash) ON access_chain
        TO maaraaika_service
        """
    )
    op.create_table(
        "access_log",
        sa.Column("chain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        *(
            sa.Column(
                name,
                sa.Text(),
                sa.Computed(f"entry ->> '{name}'", persisted=True),
                nullable=True,
            )
            for name in ("person", "watermark")
        ),
        sa.Column(
            "elsewhere",
            sa.Boolean(),
            sa.Computed("(entry ->> 'elsewhere')::boolean", persisted=True),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("chain", "position", name=op.f("pk_access_log")),
    )
    op.create_index(op.f("ix_access_log_recorded_at"), "access_log", ["recorded_at"])
    op.create_index(
        op.f("ix_access_log_person_recorded_at"),
        "access_log",
        ["person", "recorded_at"],
    )
    op.create_index(
        "ix_access_log_watermark",
        "access_log",
        ["watermark"],
        postgresql_where=sa.text("watermark IS NOT NULL"),
    )
    op.create_index(
        "ix_access_log_elsewhere",
        "access_log",
        ["recorded_at"],
        postgresql_where=sa.text("elsewhere"),
    )
    op.create_index(
        "ix_access_log_cases",
        "access_log",
        [sa.literal_column("((entry -> 'cases')::jsonb)").label("cases")],
        postgresql_using="gin",
        postgresql_ops={"cases": "jsonb_path_ops"},
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON access_log FROM PUBLIC, CURRENT_USER"
    )
    op.execute("GRANT SELECT, INSERT ON access_log TO maaraaika_service")


def downgrade() -> None:
    op.drop_table("access_log")
    op.drop_table("access_chain")
