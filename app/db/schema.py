"""The state of the schema: what is there, what is pending, how to move."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import app
from app.db.database import Database

MIGRATIONS = Path(app.__file__).parent.parent / "migrations"
MIGRATION_LOCK = 0x4D414D49
NEWEST = "head"
OLDEST_SERVER = 150_000


class PendingMigrationsError(Exception):
    """The database lacks migrations that this version of the service needs."""


class ServerTooOldError(Exception):
    """The PostgreSQL server is older than the service supports."""


def migrate(database: Database, target: str = NEWEST) -> None:
    """Bring the schema to *target*, in one transaction; one process at a time.

    Raises:
        ServerTooOldError: the server is older than PostgreSQL 15.
    """
    with database.write() as connection:
        _check_server(connection)
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK}
        )
        config = _config(connection)
        if target == NEWEST or target not in _behind(connection):
            command.upgrade(config, target)
        else:
            command.downgrade(config, target)


def require_newest(database: Database) -> None:
    """Make sure that nothing is pending.

    Raises:
        PendingMigrationsError: the message names the command that mends it.
        ServerTooOldError: the server is older than PostgreSQL 15.
    """
    with database.write() as connection:
        _check_server(connection)
        is_newest = _revision(connection) == _script().get_current_head()
    if not is_newest:
        raise PendingMigrationsError(
            "The database lacks migrations that this version needs. "
            "Back it up, then run: maaraaika migrate"
        )


def new_migration(database: Database, message: str) -> None:
    """Write a migration from the difference between the models and the database."""
    with database.write() as connection:
        command.revision(_config(connection), message, autogenerate=True)


def _check_server(connection: Connection) -> None:
    version = int(connection.scalar(text("SHOW server_version_num")) or 0)
    if version < OLDEST_SERVER:
        raise ServerTooOldError("Määräaika needs PostgreSQL 15 or newer.")


def _behind(connection: Connection) -> set[str]:
    """Return the revisions that have been applied, and *base*."""
    current = _revision(connection)
    if current is None:
        return set()
    return {"base"} | {
        script.revision for script in _script().iterate_revisions(current, "base")
    }


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _config(connection: Connection) -> Config:
    config = Config(toml_file=MIGRATIONS.parent / "pyproject.toml")
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
