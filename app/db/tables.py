"""The tables, declared once; migrations must agree with them."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    column,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSON, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = DateTime(timezone=True)
FOREVER = text("'infinity'::timestamptz")
IS_CURRENT = text("recorded_until = 'infinity'::timestamptz")
IS_SUPERSEDED = text("recorded_until < 'infinity'::timestamptz")
IS_CURRENT_AND_OPEN = text(
    "recorded_until = 'infinity'::timestamptz AND closed_on IS NULL"
)
IS_CLOSED = text("recorded_until = 'infinity'::timestamptz AND closed_on IS NOT NULL")
IS_RUN_OF_CHILD = text(
    "recorded_until = 'infinity'::timestamptz AND rule = 'assessment' "
    "AND child_ref IS NOT NULL"
)

IS_UNEXPLAINED = text(
    "recorded_until = 'infinity'::timestamptz AND COALESCE(met_on, ended_on) > due_on "
    "AND delays IS NULL AND NOT joined AND entry <> 'anticipatory'"
)
IS_TOLD = text(
    "recorded_until = 'infinity'::timestamptz AND closed_on IS NULL "
    "AND delays IS NOT NULL"
)
IS_MET = text("recorded_until = 'infinity'::timestamptz AND met_on IS NOT NULL")
IS_OF_UNIT = text("recorded_until = 'infinity'::timestamptz AND unit IS NOT NULL")
IS_ROLE = "role IN ('integrator', 'lead', 'analyst', 'auditor', 'admin')"

# A client system and the head of its gapless ledger; its row is the ledger's lock.
source = Table(
    "source",
    metadata,
    Column("code", Text, primary_key=True),
    Column("last_sequence", BigInteger, nullable=False, server_default="0"),
    Column("last_recorded_at", Instant, nullable=True),
    Column("last_hash", LargeBinary, nullable=True),
)

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

# Read model: one row per clock and per stretch of time in which we knew it so.
# *unit* has the work now; *moves* tells who had it since when, and is null where one
# unit has had it from the start. *reasons* are codes of a-z, 0-9 and _ with a space
# between; null where the notification names none. *delays* is what was told of its
# being late: in order [day, cause, action, follow-up day, source and id of the event];
# null where nothing was.
deadline = Table(
    "deadline",
    metadata,
    Column("source", Text, primary_key=True),
    Column("case_ref", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("started_by", Text, primary_key=True),
    Column("recorded_at", Instant, primary_key=True),
    Column("recorded_until", Instant, nullable=False, server_default=FOREVER),
    Column("started_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("safe_on", Date, nullable=False),
    Column("strict_on", Date, nullable=False),
    Column("version", Text, nullable=False),
    Column("met_on", Date, nullable=True),
    Column("met_registered_at", Instant, nullable=True),
    Column("met_recorded_at", Instant, nullable=True),
    Column("ended_on", Date, nullable=True),
    Column(
        "closed_on",
        Date,
        Computed("LEAST(met_on, ended_on)", persisted=True),
        nullable=True,
    ),
    Column("outcome", Text, nullable=True),
    Column("joined", Boolean, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("corrected", Boolean, nullable=False, server_default=text("false")),
    Column("unit", Text, nullable=True),
    Column("moves", JSONB, nullable=True),
    Column("entry", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("child_ref", Text, nullable=True),
    Column("language_group", Text, nullable=False),
    Column("nationality_group", Text, nullable=False),
    Column("age_band", Text, nullable=False),
    Column("worker", Text, nullable=True),
    Column("reasons", Text, nullable=True),
    Column("delays", JSONB, nullable=True),
    # In the order of the worklist, with what its counts need.
    Index(
        "ix_deadline_open",
        *("due_on", "source", "case_ref", "rule", "started_by"),
        postgresql_where=IS_CURRENT_AND_OPEN,
        postgresql_include=[
            *("safe_on", "started_on", "recorded_at", "unit", "child_ref")
        ],
    ),
    Index("ix_deadline_due_on", "due_on", "rule", postgresql_where=IS_CURRENT),
    # What closed after a day, and what was superseded after an instant: those that had
    # begun by then are told apart by the index.
    Index("ix_deadline_closed", "closed_on", "started_on", postgresql_where=IS_CLOSED),
    Index(
        "ix_deadline_superseded",
        *("recorded_until", "recorded_at"),
        postgresql_where=IS_SUPERSEDED,
    ),
    # One entry for each run of a child, for chains.
    Index(
        "ix_deadline_child",
        *("source", "child_ref", "started_on", "case_ref"),
        postgresql_where=IS_RUN_OF_CHILD,
    ),
    # The same by the day, for matters that there are twice.
    Index(
        "ix_deadline_run",
        *("started_on", "source", "child_ref", "case_ref"),
        postgresql_where=IS_RUN_OF_CHILD,
    ),
    # What was closed late and wants to be explained.
    Index(
        "ix_deadline_late",
        "due_on",
        postgresql_where=IS_UNEXPLAINED,
        postgresql_include=["recorded_at", "source"],
    ),
    # What is open and was explained, and is perhaps to be looked at again.
    Index("ix_deadline_told", "due_on", postgresql_where=IS_TOLD),
    # Heaps of decisions on the last day, assessments completed in a half-year; open
    # clocks of units, of which some are units that nobody has registered.
    Index("ix_deadline_met_on", "rule", "met_on", postgresql_where=IS_MET),
    Index("ix_deadline_unit", "unit", "closed_on", postgresql_where=IS_OF_UNIT),
)

# A view: what is counted of the clocks of units that have the work. It names no case,
# and reads nothing that the index of open clocks has not.
held_deadline = table(
    "held_deadline",
    *(
        column(name, deadline.c[name].type)
        for name in (
            *("source", "rule", "recorded_at", "recorded_until", "started_on"),
            *("due_on", "safe_on", "closed_on", "joined", "unit", "entry", "worker"),
            *("language_group", "nationality_group"),
        )
    ),
)

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
    Column("as_of", Date, nullable=False),
    Column("known_at", Instant, nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("published_by", Text, nullable=False),
    Column("threshold", Integer, nullable=False),
    Column("minimum_n", Integer, nullable=False),
    Column("outputs", JSON, nullable=False),
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

# Secrets of the service itself, which all its processes share.
service_secret = Table(
    "service_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)

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
# What somebody asks of the worklist again and again; it holds nothing of what is found.
saved_view = Table(
    "saved_view",
    metadata,
    Column("person", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("asked", Text, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

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

# The heads of the chains of the access log. A look takes the first that nobody else is
# writing to, so that looks do not wait for each other; its row is the chain's lock.
access_chain = Table(
    "access_chain",
    metadata,
    Column("number", SmallInteger, primary_key=True, autoincrement=False),
    Column("last_position", BigInteger, nullable=False, server_default="0"),
    Column("last_hash", LargeBinary, nullable=True),
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
