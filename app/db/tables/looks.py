"""Who was shown what, and how many files they took."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSON

from app.db.tables.shared import Instant, metadata

# The heads of the chains of the access log. A look takes the first that nobody else is
# writing to, so that looks do not wait for each other; its row is the chain's lock.
access_chain = Table(
    "access_chain",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_position", BigInteger, nullable=False, server_default="0"),
    Column("last_hash", LargeBinary, nullable=True),
)

# Every look at case data, written before it is answered. Append-only by trigger.
# *entry* is type json, as in case_event; what is looked for is taken from it by the
# database, so that neither can differ from it.
access_log = Table(
    "access_log",
    metadata,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("entry", JSON, nullable=False),
    Column("salt", LargeBinary, nullable=True),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("person", Text, Computed("entry ->> 'person'", persisted=True)),
    Column("watermark", Text, Computed("entry ->> 'watermark'", persisted=True)),
    Column(
        "elsewhere",
        Boolean,
        Computed("(entry ->> 'elsewhere')::boolean", persisted=True),
    ),
    Index(None, "recorded_at"),
    Index(None, "person", "recorded_at"),
    Index(
        "ix_access_log_watermark",
        "watermark",
        postgresql_where=text("watermark IS NOT NULL"),
    ),
    Index("ix_access_log_elsewhere", "recorded_at", postgresql_where=text("elsewhere")),
    Index(
        "ix_access_log_in_vain",
        "recorded_at",
        postgresql_where=text("entry ->> 'result' = 'not_found'"),
    ),
    Index(
        "ix_access_log_cases",
        literal_column("((entry -> 'cases')::jsonb)").label("cases"),
        postgresql_using="gin",
        postgresql_ops={"cases": "jsonb_path_ops"},
    ),
)

# How many files with cases somebody has taken on a day, so that no process counts for
# itself.
export_count = Table(
    "export_count",
    metadata,
    Column("person", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("exports", Integer, nullable=False),
)
