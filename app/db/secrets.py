"""Secrets of the service itself, which all its processes share."""

from sqlalchemy import Connection, select

from app.db.tables import service_secret

CURSORS = "cursors"


def secret(connection: Connection, name: str) -> bytes:
    """Return the secret of that name; the migrations have made it."""
    found: bytes = connection.execute(
        select(service_secret.c.secret).where(service_secret.c.name == name)
    ).scalar_one()
    return found
