"""erasure

What an event said can be destroyed, and later all of its line but the link of the
chain: when its period is over, or on a legal ground. The triggers permit that and
nothing else: only what the last line of the service's own ledger says is erased, so
that there is no erasure of which nothing is recorded.

An older version of the service could not read cases without data, so once something is
erased there is no way back.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "e4a1d0b7c953"
down_revision: str | None = "2d9b6f40c1e8"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The lines that the last line of our own ledger names, if it is an erasure of *part*.
ERASED_LINES = """
    CREATE FUNCTION erased_lines(part text)
    RETURNS TABLE (source text, sequence bigint) LANGUAGE sql STABLE AS $$
        SELECT line ->> 'source', named
        FROM source
        JOIN case_event e ON e.source = source.code AND e.sequence = last_sequence
        CROSS JOIN json_array_elements(
            CASE WHEN e.kind = 'erased' AND e.data ->> 'part' = part
                 THEN e.data -> 'lines' ELSE '[]' END) AS line
        CROSS JOIN regexp_split_to_table(line ->> 'positions', ',') AS stretch
        CROSS JOIN generate_series(
            split_part(stretch, '-', 1)::bigint,
            coalesce(nullif(split_part(stretch, '-', 2), ''), stretch)::bigint) AS named
        WHERE source.code = 'maaraaika'
    $$
"""
PERMIT_ERASURE = """
    CREATE FUNCTION permit_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (TABLE after) OR EXISTS (
            SELECT FROM before
            FULL JOIN after USING (source, sequence)
            LEFT JOIN erased_lines('data') AS named USING (source, sequence)
            WHERE named IS NULL
               OR before.salt IS NULL OR before.digest IS NULL
               OR after.data::text IS DISTINCT FROM 'null'
               OR num_nonnulls(after.salt, after.digest) > 0
               OR to_jsonb(before) - '{data,salt,digest}'::text[]
                  IS DISTINCT FROM to_jsonb(after) - '{data,salt,digest}'::text[]
        ) THEN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
"""
PERMIT_FORGETTING = """
    CREATE FUNCTION permit_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (TABLE before) OR EXISTS (
            SELECT FROM before
            LEFT JOIN erased_lines('line') AS named USING (source, sequence)
            LEFT JOIN forgotten_line AS link USING (source, sequence)
            WHERE named IS NULL
               OR num_nonnulls(before.salt, before.digest) > 0
               OR (link.hash, link.recorded_at)
                  IS DISTINCT FROM (before.hash, before.recorded_at)
        ) THEN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
"""
APPEND_ONLY = """
    CREATE TRIGGER append_only BEFORE {events} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "forgotten_line",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("source", "sequence", name=op.f("pk_forgotten_line")),
    )
    op.execute(
        APPEND_ONLY.format(
            table="forgotten_line", events="UPDATE OR DELETE OR TRUNCATE"
        )
    )
    op.execute(
        "REVOKE UPDATE, DELETE, TRUNCATE ON forgotten_line FROM PUBLIC, CURRENT_USER"
    )
    op.execute("GRANT SELECT ON forgotten_line TO maaraaika_service, maaraaika_reader")
    op.alter_column("case_event", "digest", nullable=True)
    op.execute(ERASED_LINES)
    op.execute(PERMIT_ERASURE)
    op.execute(PERMIT_FORGETTING)
    op.execute("DROP TRIGGER append_only ON case_event")
    op.execute(APPEND_ONLY.format(table="case_event", events="TRUNCATE"))
    op.execute(
        """
        CREATE TRIGGER permit_erasure AFTER UPDATE ON case_event
        REFERENCING OLD TABLE AS before NEW TABLE AS after
        FOR EACH STATEMENT EXECUTE FUNCTION permit_erasure()
        """
    )
    op.execute(
        """
        CREATE TRIGGER permit_forgetting AFTER DELETE ON case_event
        REFERENCING OLD TABLE AS before
        FOR EACH STATEMENT EXECUTE FUNCTION permit_forgetting()
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DO $$ BEGIN
            IF EXISTS (TABLE forgotten_line)
               OR EXISTS (SELECT FROM case_event WHERE digest IS NULL) THEN
                RAISE EXCEPTION 'what is erased cannot be brought back'
                    USING ERRCODE = 'restrict_violation';
            END IF;
        END $$
        """
    )
    op.execute("DROP TRIGGER permit_forgetting ON case_event")
    op.execute("DROP TRIGGER permit_erasure ON case_event")
    op.execute("DROP TRIGGER append_only ON case_event")
    op.alter_column("case_event", "digest", nullable=False)
    op.execute(
        APPEND_ONLY.format(table="case_event", events="UPDATE OR DELETE OR TRUNCATE")
    )
    op.execute("DROP FUNCTION permit_forgetting()")
    op.execute("DROP FUNCTION permit_erasure()")
    op.execute("DROP FUNCTION erased_lines(text)")
    op.drop_table("forgotten_line")
