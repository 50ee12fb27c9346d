"""Whether the server keeps what it acknowledges."""

from sqlalchemy import Connection, text


def unsafe_settings(connection: Connection) -> list[str]:
    """Return the settings under which a crash could lose a commit."""
    return list(
        connection.scalars(
            text(
                """
                SELECT name || ' is off' FROM pg_settings
                WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')
                  AND setting = 'off'
                ORDER BY name
                """
            )
        )
    )
