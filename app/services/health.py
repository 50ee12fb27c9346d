"""Whether the service can do its work."""

from collections.abc import Sequence

from app.db import health
from app.db.database import Database, DatabaseUnavailableError


class NotDecidedError(Exception):
    """The controller has not decided how long is kept what the service holds."""


def check(database: Database, undecided: Sequence[str] = ()) -> None:
    """Make sure that the database answers and keeps what it acknowledges.

    *undecided* are the settings of what is kept how long that have no value.

    Raises:
        DatabaseUnavailableError: it does not answer, or a crash could lose commits.
        NotDecidedError: there are such settings.
    """
    with database.write() as connection:
        unsafe = health.unsafe_settings(connection)
    if unsafe:
        raise DatabaseUnavailableError(f"commits could be lost: {', '.join(unsafe)}")
    if undecided:
        raise NotDecidedError(
            "Before the service holds anybody's data, decide how long it keeps them: "
            "set " + ", ".join(undecided) + "."
        )
