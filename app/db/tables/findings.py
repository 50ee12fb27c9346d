"""What is odd in a case, and what leads closed of it."""

from sqlalchemy import Column, Date, Index, Table, Text

from app.db.tables.shared import FOREVER, IS_SUPERSEDED, Instant, metadata

# Read model: what is odd in a case, for each stretch of time in which it was so. *id*
# stands for kind, event and day, so that rows come and go but never change.
case_finding = Table(
    "case_finding",
    metadata,
    Column("source", Text, primary_key=True),
    Column("case_ref", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("recorded_until", Instant, nullable=False, server_default=FOREVER),
    Column("kind", Text, nullable=False),
    Column("event_source", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("day", Date, nullable=False),
    Index(
        "ix_case_finding_superseded", "recorded_until", postgresql_where=IS_SUPERSEDED
    ),
)

# That a lead has closed a finding, and why.
finding_closure = Table(
    "finding_closure",
    metadata,
    Column("finding", Text, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("closed_by", Text, nullable=False),
)
