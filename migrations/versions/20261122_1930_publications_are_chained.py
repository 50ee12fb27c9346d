"""publications are chained

That the last publication was taken away was noticed by nobody. Each has now a hash over
its number, its digest and the hash of the one before, as a sealed report has, and
checkpoints hold the last one. Those that are there are chained as they stand: the chain
shows what is done to them from now on, and not what was done before. The trigger that
refuses changes is away for this transaction.

The link is made by a trigger, so a service of the version before may publish beside the
newer schema while servers are changed one by one. A link of a restored dump stays.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "8e15c7a20d94"
down_revision: str | None = "5b2f08e4a1c7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As in app/domain/ledger.py: each field in order, its length in four bytes before it.
HASH = r"""
    CREATE FUNCTION publication_hash(number bigint, digest bytea, previous bytea)
    RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
        SELECT sha256(string_agg(
            int4send(octet_length(field)) || field, '\x'::bytea ORDER BY place))
        FROM unnest(ARRAY[
            'maaraaika publication 1'::bytea, number::text::bytea, digest,
            coalesce(previous, decode(repeat('00', 32), 'hex'))
        ]) WITH ORDINALITY AS fields (field, place)
    $$
"""
CHAIN = """
    CREATE FUNCTION chain_publication() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        NEW.hash := publication_hash(NEW.number, NEW.digest, (
            SELECT hash FROM publication WHERE number < NEW.number
            ORDER BY number DESC LIMIT 1));
        RETURN NEW;
    END $$
"""
CHAIN_WHAT_IS_THERE = """
    DO $$
    DECLARE
        each record;
        previous bytea;
    BEGIN
        FOR each IN SELECT number, digest FROM publication ORDER BY number LOOP
            previous := publication_hash(each.number, each.digest, previous);
            UPDATE publication SET hash = previous WHERE number = each.number;
        END LOOP;
    END $$
"""


def upgrade() -> None:
    op.add_column("publication", sa.Column("hash", sa.LargeBinary()))
    op.execute(HASH)
    op.execute(CHAIN)
    op.execute("ALTER TABLE publication DISABLE TRIGGER append_only")
    op.execute(CHAIN_WHAT_IS_THERE)
    op.execute("ALTER TABLE publication ENABLE TRIGGER append_only")
    op.alter_column("publication", "hash", nullable=False)
    op.execute(
        """
        CREATE TRIGGER chained BEFORE INSERT ON publication
        FOR EACH ROW WHEN (NEW.hash IS NULL) EXECUTE FUNCTION chain_publication()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER chained ON publication")
    op.execute("DROP FUNCTION chain_publication()")
    op.execute("DROP FUNCTION publication_hash(bigint, bytea, bytea)")
    op.drop_column("publication", "hash")
