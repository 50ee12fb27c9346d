"""The clocks: one row for each and for each stretch of knowledge."""

from sqlalchemy import (
    Boolean,
    Column,
    Computed,
    Date,
    Index,
    Table,
    Text,
    column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.db.tables.shared import FOREVER, IS_CURRENT, IS_SUPERSEDED, Instant, metadata

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
IS_MOVED = text("recorded_until = 'infinity'::timestamptz AND moves IS NOT NULL")
IS_OF_UNIT = text("recorded_until = 'infinity'::timestamptz AND unit IS NOT NULL")

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
    # What is met or late, in the order of a list, with what it is narrowed by: whatever
    # is not asked for is passed over without a look at its row.
    Index(
        "ix_deadline_listed",
        *("due_on", "started_on", "unit", "worker", "rule", "joined"),
        *("language_group", "nationality_group", "entry", "source"),
        postgresql_where=IS_CLOSED,
    ),
    # What another unit had on another day; which, tells the row alone.
    Index(
        "ix_deadline_moved",
        *("due_on", "started_on", "worker", "rule", "joined"),
        *("language_group", "nationality_group", "entry", "source"),
        postgresql_where=IS_MOVED,
    ),
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
