"""Which references each source may send, remembered for a moment."""

import time

from app.db import sources as source_table
from app.db.database import Database
from app.security.hashes import References

# A changed rule is followed everywhere within five seconds.
REMEMBERED_SECONDS = 3.0


class ReferenceRules:
    """Tells which references a source may send, without asking for every event."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until = 0.0
        self._refusing: frozenset[str] = frozenset()

    def remembered(self, source: str | None) -> References | None:
        """Return the rule of *source*; None if it is to be looked up."""
        if time.monotonic() > self._until:
            return None
        return self._of(source)

    def look_up(self, source: str | None) -> References:
        """Return the rule of *source* as the database has it.

        Raises:
            DatabaseUnavailableError: it did not answer.
        """
        self._refusing = _refusing(self._database)
        self._until = time.monotonic() + REMEMBERED_SECONDS
        return self._of(source)

    def _of(self, source: str | None) -> References:
        return References.NO_HASHES if source in self._refusing else References.ANY


def of(database: Database, source: str) -> References:
    """Return which references *source* may send."""
    return ReferenceRules(database).look_up(source)


def _refusing(database: Database) -> frozenset[str]:
    with database.write() as connection:
        known = source_table.settings(connection)
    return frozenset(
        source for source, setting in known.items() if setting.refuses_hashes
    )
