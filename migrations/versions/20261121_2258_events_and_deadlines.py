"""events and deadlines

The first tables: the ledger of events, which nobody may change, and what is computed
from it. The trigger speaks to every role, the owner of the table and superusers
included; the revoked rights to every role but superusers.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "8962c0a08324"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "activation",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("law", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("recorded_at", name=op.f("pk_activation")),
    )
    op.create_table(
        "api_key",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("units", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'integrator') = (source IS NOT NULL)",
            name=op.f("ck_api_key_one_source"),
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "case_event",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source_sequence", sa.BigInteger(), nullable=True),
        sa.Column("data", postgresql.JSON(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "sequence > 0", name=op.f("ck_case_event_sequence_is_positive")
        ),
        sa.PrimaryKeyConstraint("source", "sequence", name=op.f("pk_case_event")),
        sa.UniqueConstraint(
            "source", "event_id", name=op.f("uq_case_event_source_event_id")
        ),
    )
    op.create_index(
        "ix_case_event_occurred_on",
        "case_event",
        ["occurred_on"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": True, "pages_per_range": 32},
    )
    op.create_index(
        op.f("ix_case_event_recorded_at"),
        "case_event",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_index(
        op.f("ix_case_event_source_case_ref"),
        "case_event",
        ["source", "case_ref"],
        unique=False,
    )
    op.create_index(
        "ix_case_event_source_sequence",
        "case_event",
        ["source", "source_sequence"],
        unique=False,
        postgresql_where=sa.text("source_sequence IS NOT NULL"),
    )
    op.create_table(
        "case_finding",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("'infinity'::timestamptz"),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("event_source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "case_ref", "id", "recorded_at", name=op.f("pk_case_finding")
        ),
    )
    op.create_index(
        "ix_case_finding_superseded",
        "case_finding",
        ["recorded_until"],
        unique=False,
        postgresql_where=sa.text("recorded_until < 'infinity'::timestamptz"),
    )
    op.create_table(
        "case_link",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("other_source", sa.Text(), nullable=False),
        sa.Column("other_case_ref", sa.Text(), nullable=True),
        sa.Column("other_event_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(other_case_ref IS NULL) <> (other_event_id IS NULL)",
            name=op.f("ck_case_link_one_target"),
        ),
        sa.PrimaryKeyConstraint("source", "event_id", name=op.f("pk_case_link")),
    )
    op.create_index(
        op.f("ix_case_link_other_source_other_case_ref"),
        "case_link",
        ["other_source", "other_case_ref"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_link_other_source_other_event_id"),
        "case_link",
        ["other_source", "other_event_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_case_link_source_case_ref"),
        "case_link",
        ["source", "case_ref"],
        unique=False,
    )
    op.create_table(
        "checkpoint_file",
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("last_line_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("public_key", name=op.f("pk_checkpoint_file")),
    )
    op.create_table(
        "conflict",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("first_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "event_id", "digest", name=op.f("pk_conflict")
        ),
    )
    op.create_table(
        "control_count",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "source", "day", "recorded_at", name=op.f("pk_control_count")
        ),
    )
    op.create_table(
        "deadline",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("'infinity'::timestamptz"),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("safe_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("met_registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column(
            "closed_on",
            sa.Date(),
            sa.Computed("LEAST(met_on, ended_on)", persisted=True),
            nullable=True,
        ),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.Column(
            "corrected", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("moves", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("child_ref", sa.Text(), nullable=True),
        sa.Column("language_group", sa.Text(), nullable=False),
        sa.Column("nationality_group", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "source",
            "case_ref",
            "rule",
            "started_by",
            "recorded_at",
            name=op.f("pk_deadline"),
        ),
    )
    op.create_index(
        "ix_deadline_child",
        "deadline",
        ["source", "child_ref"],
        unique=False,
        postgresql_where=sa.text(
            "recorded_until = 'infinity'::timestamptz"
            " AND rule = 'assessment' AND child_ref IS NOT NULL"
        ),
    )
    op.create_index(
        "ix_deadline_due_on",
        "deadline",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("recorded_until = 'infinity'::timestamptz"),
    )
    op.create_index(
        "ix_deadline_open",
        "deadline",
        ["due_on", "source", "case_ref", "rule", "started_by"],
        unique=False,
        postgresql_where=sa.text(
            "recorded_until = 'infinity'::timestamptz AND closed_on IS NULL"
        ),
        postgresql_include=["safe_on", "started_on", "recorded_at", "unit"],
    )
    op.create_index(
        "ix_deadline_superseded",
        "deadline",
        ["recorded_until"],
        unique=False,
        postgresql_where=sa.text("recorded_until < 'infinity'::timestamptz"),
    )
    op.create_table(
        "finding_closure",
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "finding", "recorded_at", name=op.f("pk_finding_closure")
        ),
    )
    op.create_table(
        "source",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_hash", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_source")),
    )
    op.create_table(
        "source_setting",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("'infinity'::timestamptz"),
            nullable=False,
        ),
        sa.Column("live_since", sa.Date(), nullable=True),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("expected_working_hours", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(
            "source", "recorded_at", name=op.f("pk_source_setting")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_until",
            sa.DateTime(timezone=True),
            server_default=sa.text("'infinity'::timestamptz"),
            nullable=False,
        ),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("name_fi", sa.Text(), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "recorded_at", name=op.f("pk_unit")),
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON case_event FROM PUBLIC, CURRENT_USER"
    )


def downgrade() -> None:
    op.drop_table("unit")
    op.drop_table("source_setting")
    op.drop_table("source")
    op.drop_table("finding_closure")
    op.drop_index(
        "ix_deadline_superseded",
        table_name="deadline",
        postgresql_where=sa.text("recorded_until < 'infinity'::timestamptz"),
    )
    op.drop_index(
        "ix_deadline_open",
        table_name="deadline",
        postgresql_where=sa.text(
            "recorded_until = 'infinity'::timestamptz AND closed_on IS NULL"
        ),
        postgresql_include=["safe_on", "started_on", "recorded_at", "unit"],
    )
    op.drop_index(
        "ix_deadline_due_on",
        table_name="deadline",
        postgresql_where=sa.text("recorded_until = 'infinity'::timestamptz"),
    )
    op.drop_index(
        "ix_deadline_child",
        table_name="deadline",
        postgresql_where=sa.text(
            "recorded_until = 'infinity'::timestamptz"
            " AND rule = 'assessment' AND child_ref IS NOT NULL"
        ),
    )
    op.drop_table("deadline")
    op.drop_table("control_count")
    op.drop_table("conflict")
    op.drop_table("checkpoint_file")
    op.drop_index(op.f("ix_case_link_source_case_ref"), table_name="case_link")
    op.drop_index(
        op.f("ix_case_link_other_source_other_event_id"), table_name="case_link"
    )
    op.drop_index(
        op.f("ix_case_link_other_source_other_case_ref"), table_name="case_link"
    )
    op.drop_table("case_link")
    op.drop_index(
        "ix_case_finding_superseded",
        table_name="case_finding",
        postgresql_where=sa.text("recorded_until < 'infinity'::timestamptz"),
    )
    op.drop_table("case_finding")
    op.drop_index(
        "ix_case_event_source_sequence",
        table_name="case_event",
        postgresql_where=sa.text("source_sequence IS NOT NULL"),
    )
    op.drop_index(op.f("ix_case_event_source_case_ref"), table_name="case_event")
    op.drop_index(
        op.f("ix_case_event_recorded_at"),
        table_name="case_event",
        postgresql_using="brin",
    )
    op.drop_index(
        "ix_case_event_occurred_on",
        table_name="case_event",
        postgresql_using="brin",
        postgresql_with={"autosummarize": True, "pages_per_range": 32},
    )
    op.drop_table("case_event")
    op.drop_table("api_key")
    op.drop_table("activation")
    op.execute("DROP FUNCTION refuse_change()")
