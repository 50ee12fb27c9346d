"""Who has changed which setting, for those who set and those who watch."""

from app.db import setting_changes
from app.db.database import Database
from app.db.setting_changes import Change


def latest(database: Database, *, limit: int) -> list[Change]:
    """Return the last *limit* changes of settings, the newest first."""
    with database.write() as connection:
        return setting_changes.latest(connection, limit)
