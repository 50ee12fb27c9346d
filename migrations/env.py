"""Run migrations on the connection that the caller hands over."""

from alembic import context
from sqlalchemy import text

from app.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_server_default=True,
)
with context.begin_transaction():
    # Data are moved too, whichever way leads here: what holds the owner of the tables
    # to their policies would let a migration change no row, and say nothing.
    context.execute(text("SELECT set_config('maaraaika.scope', '*', true)"))
    context.run_migrations()
