"""The ways to further pages: given by one process, followed to any other."""

from functools import cached_property

from app.db import secrets
from app.db.database import Database
from app.security.opaque_texts import OpaqueTexts


class Cursors:
    """Makes and reads cursors under the key that all processes share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def texts(self) -> OpaqueTexts:
        """What makes and reads them; asks the database once in its life.

        Raises:
            DatabaseUnavailableError: it did not answer; the next time it is asked anew.
        """
        with self._database.write() as connection:
            return OpaqueTexts(secrets.secret(connection, secrets.CURSORS))
