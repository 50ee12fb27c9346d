"""API keys: made, revoked, and turned into the one who calls."""

from datetime import datetime

from app.db import accounts
from app.db.accounts import ApiKey
from app.db.database import Database
from app.domain.access import ROLES_OF_UNITS, Actor, Role
from app.domain.events import OWN_SOURCE
from app.security import api_keys
from app.security.personal_data import holds_personal_data


class InvalidKeyRequestError(Exception):
    """A key was asked for that cannot be; the message says what to give."""


def look_up(database: Database, presented: str) -> Actor | None:
    """Return the actor of a valid key; None if it is unknown, wrong or revoked."""
    parsed = api_keys.parse_key(presented)
    if parsed is None:
        return None
    key_id, secret = parsed
    with database.write() as connection:
        key = accounts.find(connection, key_id)
    if (
        key is None
        or key.revoked_at is not None
        or not api_keys.matches(secret, key.secret_hash)
    ):
        return None
    return Actor(
        role=Role(key.role),
        source=key.source,
        units=frozenset(key.units),
        key_id=key_id,
    )


def create(
    database: Database,
    *,
    role: Role,
    source: str | None,
    units: tuple[str, ...],
    created_at: datetime,
) -> str:
    """Make a key and return it: the only time that it can be seen.

    Raises:
        InvalidKeyRequestError: an integrator's key needs one source, a lead's or an
            analyst's may have units, and no other key has either.
    """
    if (role is Role.INTEGRATOR) != (source is not None):
        raise InvalidKeyRequestError(
            "An integrator's key names its source, and no other key does: "
            "--role integrator --source CODE"
        )
    if source == OWN_SOURCE:
        raise InvalidKeyRequestError(
            f"{OWN_SOURCE} is the service's own source; nobody else posts as it."
        )
    if any(map(holds_personal_data, (source or "", *units))):
        raise InvalidKeyRequestError("A source or unit tells who someone is.")
    if units and role not in ROLES_OF_UNITS:
        raise InvalidKeyRequestError(
            "Only the key of a lead or an analyst names units: --role lead"
        )
    key_id = api_keys.new_key_id()
    key = api_keys.new_key(key_id)
    parsed = api_keys.parse_key(key)
    assert parsed is not None, "a new key is well-formed"  # noqa: S101
    with database.write() as connection:
        accounts.add(
            connection,
            ApiKey(
                key_id=key_id,
                role=role,
                source=source,
                units=units,
                secret_hash=api_keys.hash_secret(parsed[1]),
                created_at=created_at,
                revoked_at=None,
            ),
        )
    return key


def listed(database: Database) -> list[ApiKey]:
    """Return every key, oldest first; none of them holds its secret."""
    with database.write() as connection:
        return accounts.all_keys(connection)


def revoke(database: Database, key_id: str, *, revoked_at: datetime) -> bool:
    """Revoke the key of that id; tell whether there was a valid one."""
    with database.write() as connection:
        return accounts.revoke(connection, key_id, revoked_at)
