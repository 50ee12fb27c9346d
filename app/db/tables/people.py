"""Who may come in: keys, people, sessions, and what they keep."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from app.db.tables.shared import Instant, metadata

IS_ROLE = "role IN ('integrator', 'lead', 'analyst', 'auditor', 'admin')"

# *holder* is who the key was made for; with *networks* it opens nothing from elsewhere;
# a landed key without an end has no `expires_at`.
api_key = Table(
    "api_key",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("source", Text, nullable=True),
    Column("units", ARRAY(Text), nullable=False, server_default="{}"),
    Column("holder", Text, nullable=False),
    Column("networks", ARRAY(Text), nullable=False, server_default="{}"),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=True),
    Column("expires_at", Instant, nullable=True),
    Column("last_used_on", Date, nullable=True),
    Column("revoked_at", Instant, nullable=True),
    Column("revoked_by", Text, nullable=True),
    CheckConstraint("(role = 'integrator') = (source IS NOT NULL)", name="one_source"),
    CheckConstraint(IS_ROLE, name="known_role"),
)

# Somebody whom a provider vouches for, or a client system with an account there.
person = Table(
    "person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

# Somebody who is signed in: with what their provider said of them, or, without an
# issuer, with what the sign-in link gave.
session = Table(
    "session",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("issuer", Text, nullable=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("units", ARRAY(Text), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=True),
)

# A way in, once, where no provider is configured.
sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("secret_hash", LargeBinary, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("units", ARRAY(Text), nullable=False, server_default="{}"),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=True),
    CheckConstraint("role <> 'integrator'", name="of_a_person"),
    CheckConstraint(IS_ROLE, name="known_role"),
)

# What somebody asks of the worklist again and again; it holds nothing of what is found.
saved_view = Table(
    "saved_view",
    metadata,
    Column("person", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("asked", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
