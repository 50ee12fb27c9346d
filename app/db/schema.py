"""The state of the schema: what is there, what is pending, how to move."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import app
from app.db import roles
from app.db.database import Database
from app.observability.logs import log

MIGRATIONS = Path(app.__file__).parent.parent / "migrations"
NEWEST = "head"
OLDEST_SERVER = 150_000
_MAY_ASK = text("SELECT has_table_privilege(to_regclass('alembic_version'), 'SELECT')")


class PendingMigrationsError(Exception):
    """The database lacks migrations that this version of the service needs."""


class ServerTooOldError(Exception):
    """The PostgreSQL server is older than the service supports."""


def migrate(database: Database, target: str = NEWEST) -> None:
    """Bring the schema to *target*, in one transaction; one process at a time.

    Raises:
        NotOwnerError: the tables are another's.
        RolesMissingError: the roles of the service are yet to be made by someone else.
        ServerTooOldError: the server is older than PostgreSQL 15.
    """
    with roles.alone(database) as connection:
        _check_server(connection)
        roles.require_owner(connection)
        roles.ensure_groups(connection)
        config = _config(connection)
        before = _revision(connection)
        if target == NEWEST or target not in _behind(connection):
            command.upgrade(config, target)
        else:
            command.downgrade(config, target)
        if (after := _revision(connection)) != before:
            log.info("migrated", version=after)


def require_newest(database: Database) -> None:
    """Make sure that nothing is pending.

    Raises:
        PendingMigrationsError: the message names the command that mends it.
        ServerTooOldError: the server is older than PostgreSQL 15.
    """
    with database.write() as connection:
        _check_server(connection)
        # Before the first migration that granted anything, nothing may be read.
        is_newest = bool(connection.scalar(_MAY_ASK)) and (
            _revision(connection) == _script().get_current_head()
        )
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
