"""Whether the service can do its work."""

from app.db import health
from app.db.database import Database, DatabaseUnavailableError


def check(database: Database) -> None:
    """Make sure that the database answers and keeps what it acknowledges.

    Raises:
        DatabaseUnavailableError: it does not answer, or a crash could lose commits.
    """
    with database.write() as connection:
        unsafe = health.unsafe_settings(connection)
    if unsafe:
        raise DatabaseUnavailableError(f"commits could be lost: {', '.join(unsafe)}")
