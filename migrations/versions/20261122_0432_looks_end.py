"""looks end

What a look was can be destroyed when the period of the access log is over, as the data
of a ledger are: only what the last line of the service's own ledger says is erased.

An older version of the service meets looks without an entry, and verifies them.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "b70e52d4c6a1"
down_revision: str | None = "a4f0c6e28d17"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PERMIT_ERASURE_OF_LOOKS = """
    CREATE FUNCTION permit_erasure_of_looks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (TABLE after) OR EXISTS (
            SELECT FROM before
            FULL JOIN after USING (chain, position)
            LEFT JOIN erased_lines('data') AS named
              ON named.source = chr(31) || 'access log ' || chain
             AND named.sequence = position
            WHERE named.source IS NULL
               OR before.salt IS NULL
               OR after.salt IS NOT NULL
               OR after.entry::text IS DISTINCT FROM 'null'
               OR (before.recorded_at, before.commitment, before.hash)
                  IS DISTINCT FROM (after.recorded_at, after.commitment, after.hash)
        ) THEN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NULL;
    END $$
"""
APPEND_ONLY = """
    CREATE TRIGGER append_only BEFORE {events} ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.execute(PERMIT_ERASURE_OF_LOOKS)
    op.execute("DROP TRIGGER append_only ON access_log")
    op.execute(APPEND_ONLY.format(events="DELETE OR TRUNCATE"))
    op.execute(
        """
        CREATE TRIGGER permit_erasure AFTER UPDATE ON access_log
        REFERENCING OLD TABLE AS before NEW TABLE AS after
        FOR EACH STATEMENT EXECUTE FUNCTION permit_erasure_of_looks()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER permit_erasure ON access_log")
    op.execute("DROP TRIGGER append_only ON access_log")
    op.execute(APPEND_ONLY.format(events="UPDATE OR DELETE OR TRUNCATE"))
    op.execute("DROP FUNCTION permit_erasure_of_looks()")
