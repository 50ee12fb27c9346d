"""API keys: who may call, as what, for which source or units, and for how long."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from app.db.tables import api_key

# Under this lock keys are made, so that no holder gets one too many.
_MAKING_LOCK = 0x4B455953


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: the secret itself is known to its holder alone.

    *expires_at* is None for keys made before keys had an end. It is good from its
    *networks* alone, or, without any, from everywhere.
    """

    key_id: str
    role: str
    source: str | None
    units: tuple[str, ...]
    holder: str
    secret_hash: bytes
    created_at: datetime
    created_by: str | None
    expires_at: datetime | None
    networks: tuple[str, ...] = ()
    last_used_on: date | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Tell whether the key opens anything *now*."""
        return self.revoked_at is None and (
            self.expires_at is None or now < self.expires_at
        )


def hold_making(connection: Connection) -> None:
    """Let no key be made elsewhere until the end of the transaction."""
    connection.execute(select(func.pg_advisory_xact_lock(_MAKING_LOCK)))


def add(connection: Connection, key: ApiKey) -> None:
    """Store a new key."""
    connection.execute(
        insert(api_key).values(
            key_id=key.key_id,
            role=key.role,
            source=key.source,
            units=list(key.units),
            holder=key.holder,
            networks=list(key.networks),
            secret_hash=key.secret_hash,
            created_at=key.created_at,
            created_by=key.created_by,
            expires_at=key.expires_at,
        )
    )


def find(connection: Connection, key_id: str) -> ApiKey | None:
    """Return the key of that id, whether it is good or not."""
    row = connection.execute(select(api_key).where(api_key.c.key_id == key_id)).first()
    return None if row is None else _key(row)


def all_keys(connection: Connection) -> list[ApiKey]:
    """Return every key, oldest first."""
    query = select(api_key).order_by(api_key.c.created_at, api_key.c.key_id)
    return [_key(row) for row in connection.execute(query)]


def of_holder(connection: Connection, holder: str, role: str) -> list[ApiKey]:
    """Return the keys of *role* that were made for *holder*, oldest first."""
    query = (
        select(api_key)
        .where(api_key.c.holder == holder, api_key.c.role == role)
        .order_by(api_key.c.created_at, api_key.c.key_id)
    )
    return [_key(row) for row in connection.execute(query)]


def mark_used(connection: Connection, key_id: str, day: date) -> None:
    """Note that the key was used on *day*."""
    connection.execute(
        update(api_key)
        .where(
            api_key.c.key_id == key_id,
            or_(api_key.c.last_used_on.is_(None), api_key.c.last_used_on < day),
        )
        .values(last_used_on=day)
    )


def revoke(
    connection: Connection, key_id: str, revoked_at: datetime, revoked_by: str | None
) -> bool:
    """Revoke the key of that id; tell whether there was one that was not revoked."""
    rows = connection.execute(
        update(api_key)
        .where(api_key.c.key_id == key_id, api_key.c.revoked_at.is_(None))
        .values(revoked_at=revoked_at, revoked_by=revoked_by)
        .returning(api_key.c.key_id)
    )
    return rows.first() is not None


def _key(row: Row[*tuple[Any, ...]]) -> ApiKey:
    lists = {"units": tuple(row.units), "networks": tuple(row.networks)}
    return ApiKey(**{**row._asdict(), **lists})
