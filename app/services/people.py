"""People and keys that have changed something, as others know them."""

from collections.abc import Mapping

from app.db import people as people_table
from app.db.database import Database


def names(database: Database) -> Mapping[str, str]:
    """Return the name of everybody who has signed in, by the id in records."""
    with database.write() as connection:
        return people_table.names(connection)
