"""What the tables have in common: their metadata, and what is current."""

from sqlalchemy import DateTime, MetaData, text

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
