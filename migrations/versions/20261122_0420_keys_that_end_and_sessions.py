"""keys that end, and sessions

A key ends after a year, tells who made it, for whom, and when it was last used. Keys
made before stay without an end: nobody said that they would have one, and no client
system must be cut off by an upgrade. People who sign in have sessions. An older version
of the service reads the keys that are there, and cannot make any.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "8a51c0e7d3f4"
down_revision: str | None = "3f0a6c81d2e7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

IS_ROLE = "role IN ('integrator', 'lead', 'analyst', 'auditor', 'admin')"
INSTANT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.add_column("api_key", sa.Column("holder", sa.Text(), nullable=True))
    op.execute("UPDATE api_key SET holder = coalesce(source, key_id)")
    op.alter_column("api_key", "holder", nullable=False)
    op.add_column("api_key", sa.Column("created_by", sa.Text(), nullable=True))
    op.add_column("api_key", sa.Column("expires_at", INSTANT, nullable=True))
    op.add_column("api_key", sa.Column("last_used_on", sa.Date(), nullable=True))
    op.add_column("api_key", sa.Column("revoked_by", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_api_key_known_role"), "api_key", IS_ROLE)
    op.create_table(
        "person",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_seen_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_person_issuer_subject")),
    )
    op.create_table(
        "session",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("roles", TEXTS, nullable=False),
        sa.Column("units", TEXTS, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_session")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("units", TEXTS, server_default="{}", nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_sign_in_link")),
        sa.CheckConstraint(
            "role <> 'integrator'", name=op.f("ck_sign_in_link_of_a_person")
        ),
        sa.CheckConstraint(IS_ROLE, name=op.f("ck_sign_in_link_known_role")),
    )


def downgrade() -> None:
    op.drop_table("sign_in_link")
    op.drop_table("session")
    op.drop_table("person")
    op.drop_constraint(op.f("ck_api_key_known_role"), "api_key")
    # The older version knows no end of a key: one that has ended must not come back.
    op.execute(
        "UPDATE api_key SET revoked_at = expires_at "
        "WHERE revoked_at IS NULL AND expires_at <= now()"
    )
    for column in ("revoked_by", "last_used_on", "expires_at", "created_by", "holder"):
        op.drop_column("api_key", column)
