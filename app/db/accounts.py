"""API keys: who may call, as what, and for which source or units."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from app.db.tables import api_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: the secret itself is known to its holder alone."""

    key_id: str
    role: str
    source: str | None
    units: tuple[str, ...]
    secret_hash: bytes
    created_at: datetime
    revoked_at: datetime | None


def add(connection: Connection, key: ApiKey) -> None:
    """Store a new key."""
    connection.execute(
        insert(api_key).values(
            key_id=key.key_id,
            role=key.role,
            source=key.source,
            units=list(key.units),
            secret_hash=key.secret_hash,
            created_at=key.created_at,
        )
    )


def find(connection: Connection, key_id: str) -> ApiKey | None:
    """Return the key of that id, revoked or not."""
    keys = _select(connection, key_id)
    return keys[0] if keys else None


def all_keys(connection: Connection) -> list[ApiKey]:
    """Return every key, oldest first."""
    return _select(connection, None)


def revoke(connection: Connection, key_id: str, revoked_at: datetime) -> bool:
    """Revoke the key of that id; tell whether there was a valid one."""
    rows = connection.execute(
        update(api_key)
        .where(api_key.c.key_id == key_id, api_key.c.revoked_at.is_(None))
        .values(revoked_at=revoked_at)
        .returning(api_key.c.key_id)
    )
    return rows.first() is not None


def _select(connection: Connection, key_id: str | None) -> list[ApiKey]:
    query = select(api_key).order_by(api_key.c.created_at, api_key.c.key_id)
    if key_id is not None:
        query = query.where(api_key.c.key_id == key_id)
    return [
        ApiKey(
            key_id=row.key_id,
            role=row.role,
            source=row.source,
            units=tuple(row.units),
            secret_hash=row.secret_hash,
            created_at=row.created_at,
            revoked_at=row.revoked_at,
        )
        for row in connection.execute(query)
    ]
