"""What was reported and published, to the letter."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSON

from app.db.tables.shared import Instant, metadata

# What was reported, to the letter: type json keeps the very text that was digested.
# Append-only by trigger, as case_event.
sealed_report = Table(
    "sealed_report",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # Taken from the content by the database, so that neither can differ from it.
    Column("kind", Text, Computed("content ->> 'kind'", persisted=True)),
    Column("period", Text, Computed("content ->> 'period'", persisted=True)),
    Column("sealed_by", Text, Computed("content ->> 'sealed_by'", persisted=True)),
    Column("request_key", Text, Computed("content ->> 'request_key'", persisted=True)),
    CheckConstraint("number > 0", name="number_is_positive"),
    Index(
        "uq_sealed_report_request",
        *("sealed_by", "request_key"),
        unique=True,
        postgresql_where=text("request_key IS NOT NULL"),
    ),
)

# What the public was shown of each month and of the longer periods that end with it,
# and what was hidden. Append-only by trigger: whatever was shown once stays known.
publication = Table(
    "publication",
    metadata,
    Column("month", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("minimum_n", Integer, nullable=False),
    Column("outputs", JSON, nullable=False),
    # Of what was shown alone: of what is hidden it would be a way to find it.
    Column("digest", LargeBinary, nullable=False),
    # Over number, digest and the hash before, by trigger (ADR 59).
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("number"),
    CheckConstraint("number > 0", name="number_is_positive"),
)
