"""What sources said: their ledgers, what is left of old lines, and what they link."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB

from app.db.tables.shared import Instant, metadata

# A client system and the head of its gapless ledger; its row is the ledger's lock.
source = Table(
    "source",
    metadata,
    Column("code", Text, primary_key=True),
    Column("last_sequence", BigInteger, nullable=False, server_default="0"),
    Column("last_recorded_at", Instant, nullable=True),
    Column("last_hash", LargeBinary, nullable=True),
)

# The truth: what sources said, in the order it was accepted. Append-only by trigger,
# which permits one change: what the last line of our own ledger says is erased may be,
# data to JSON null, and salt and digest with them. *data* is type json, not jsonb: it
# keeps the very text whose digest was taken.
case_event = Table(
    "case_event",
    metadata,
    # No foreign key: who appends holds the lock of the source's row, and the check
    # would cost a fifth of the database's time.
    Column("source", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("case_ref", Text, nullable=False),
    Column("occurred_on", Date, nullable=False),
    Column("occurred_at", Instant, nullable=True),
    Column("registered_at", Instant, nullable=True),
    Column("source_sequence", BigInteger, nullable=True),
    Column("data", JSON, nullable=False),
    Column("digest", LargeBinary, nullable=True),
    Column("recorded_at", Instant, nullable=False),
    Column("salt", LargeBinary, nullable=True),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("source", "event_id"),
    CheckConstraint("sequence > 0", name="sequence_is_positive"),
    Index(None, "source", "case_ref"),
    # Lines come in the order of this, so that its index is a few pages.
    Index(None, "recorded_at", postgresql_using="brin"),
    # Small and nearly free to keep: days come in about the order of the table.
    Index(
        "ix_case_event_occurred_on",
        "occurred_on",
        postgresql_using="brin",
        postgresql_with={"autosummarize": True, "pages_per_range": 32},
    ),
    Index(
        "ix_case_event_source_sequence",
        "source",
        "source_sequence",
        postgresql_where=text("source_sequence IS NOT NULL"),
    ),
)

# What is left of a line when even that there was such an event is forgotten: the link
# that the line behind it is chained to. Append-only by trigger.
forgotten_line = Table(
    "forgotten_line",
    metadata,
    Column("source", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("recorded_at", Instant, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# Which other case or event an event mentions, so that what may hang together is found
# without reading everything. Whether the link is in force, the events tell.
case_link = Table(
    "case_link",
    metadata,
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("case_ref", Text, nullable=False),
    Column("other_source", Text, nullable=False),
    Column("other_case_ref", Text, nullable=True),
    Column("other_event_id", Text, nullable=True),
    CheckConstraint(
        "(other_case_ref IS NULL) <> (other_event_id IS NULL)", name="one_target"
    ),
    Index(None, "source", "case_ref"),
    Index(None, "other_source", "other_case_ref"),
    Index(None, "other_source", "other_event_id"),
)

# How many events of a day a source says it has; the latest of a day counts.
control_count = Table(
    "control_count",
    metadata,
    Column("source", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("counts", JSONB, nullable=False),
    Column("last_id", Text, nullable=True),
)

# That an id was sent again with other content: of that only the digest is kept.
conflict = Table(
    "conflict",
    metadata,
    Column("source", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("digest", LargeBinary, primary_key=True),
    Column("first_recorded_at", Instant, nullable=False),
    Column("last_recorded_at", Instant, nullable=False),
    Column("times", Integer, nullable=False),
)

# How far each checkpoint file has come, by the key that signs it, so that lines cut off
# its end are missed.
checkpoint_file = Table(
    "checkpoint_file",
    metadata,
    Column("public_key", LargeBinary, primary_key=True),
    Column("lines", BigInteger, nullable=False),
    Column("last_line_hash", LargeBinary, nullable=False),
)
