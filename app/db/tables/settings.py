"""What is set of sources, units, law and reports, since when; and our own secrets."""

from sqlalchemy import Boolean, Column, Date, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from app.db.tables.shared import FOREVER, Instant, metadata

# What an operator says of a source, versioned by when we knew it.
source_setting = Table(
    "source_setting",
    metadata,
    Column("source", Text, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("recorded_until", Instant, nullable=False, server_default=FOREVER),
    Column("live_since", Date, nullable=True),
    Column("successor", Text, nullable=True),
    Column("expected_working_hours", Integer, nullable=True),
    Column("refuses_hashes", Boolean, nullable=False, server_default=text("false")),
    Column("link_template", Text, nullable=True),
    Column("recorded_by", Text, nullable=True),
)

# The unit tree, county to area to team; versioned by when we knew it.
unit = Table(
    "unit",
    metadata,
    Column("code", Text, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("recorded_until", Instant, nullable=False, server_default=FOREVER),
    Column("parent", Text, nullable=True),
    Column("name_fi", Text, nullable=False),
    Column("name_sv", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("recorded_by", Text, nullable=True),
)

# The reading and calendar under which the deadlines were computed, since when.
activation = Table(
    "activation",
    metadata,
    Column("recorded_at", Instant, primary_key=True),
    Column("law", JSONB, nullable=False),
)

# The settings of reports, a whole snapshot each, since when.
report_setting = Table(
    "report_setting",
    metadata,
    Column("recorded_at", Instant, primary_key=True),
    Column("settings", JSONB, nullable=False),
)

# Secrets of the service itself, which all its processes share.
service_secret = Table(
    "service_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)
