"""Why the embedded server cannot be had."""

ELSEWHERE = "or set MAARAAIKA_DATABASE_URL to a PostgreSQL of your own"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be had; the message says what to do about it."""
