"""API keys: made, renewed, revoked, and turned into the one who calls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_network

from app import clock
from app.db import accounts
from app.db.accounts import ApiKey
from app.db.database import Connection, Database
from app.domain.access import ROLES_OF_UNITS, Actor, Network, Role
from app.domain.events import OWN_SOURCE, legal_day
from app.security import api_keys
from app.security.personal_data import holds_personal_data

LIFE = timedelta(days=365)
# One in use, and the next one while it is being put in its place.
MOST_AT_ONCE = 2


class KeyFlaw(StrEnum):
    """Why a key cannot be made."""

    MISFIT = "misfit"  # what is named does not go with the role
    OWN_SOURCE = "own_source"
    PERSONAL_DATA = "personal_data"
    OVER = "over"
    NO_GOOD_KEY = "no_good_key"
    TWO_GOOD_KEYS = "two_good_keys"
    MADE_ALREADY = "made_already"


class InvalidKeyRequestError(Exception):
    """A key was asked for that cannot be; the message says what to give."""

    def __init__(self, flaw: KeyFlaw, message: str) -> None:
        super().__init__(message)
        self.flaw = flaw


def look_up(database: Database, presented: str) -> Actor | None:
    """Return the actor of a good key; None if it is unknown, wrong or over."""
    parsed = api_keys.parse_key(presented)
    if parsed is None:
        return None
    key_id, secret = parsed
    now = clock.now()
    with database.write() as connection:
        key = accounts.find(connection, key_id)
        if (
            key is None
            or not key.is_good(now)
            or not api_keys.matches(secret, key.secret_hash)
        ):
            return None
        # To the day, so that a key in use is written once a day and not at each call.
        if key.last_used_on != (today := legal_day(now)):
            accounts.mark_used(connection, key_id, today)
    return Actor(
        role=Role(key.role),
        source=key.source,
        units=frozenset(key.units),
        key_id=key_id,
        networks=tuple(map(ip_network, key.networks)),
    )


def create(
    database: Database,
    *,
    role: Role,
    source: str | None,
    units: tuple[str, ...],
    created_at: datetime,
    holder: str | None = None,
    expires_at: datetime | None = None,
    created_by: str | None = None,
    key_id: str | None = None,
    networks: Sequence[Network] = (),
) -> str:
    """Make a key and return it: the only time that it can be seen.

    It is good for a year, unless *expires_at* says otherwise. A source holds its own
    keys; another key is its own holder, unless one is named. Asked for twice under one
    *key_id*, from `api_keys.new_key_id`, it is made once.

    Raises:
        InvalidKeyRequestError: an integrator's key needs one source, a lead's or an
            analyst's may have units, and no other key has either; it would have ended
            already; its holder has two good ones; or it has been made before.
    """
    _check(role, source, units, holder)
    key_id = key_id or api_keys.new_key_id()
    made = ApiKey(
        key_id=key_id,
        role=role,
        source=source,
        units=units,
        holder=source or holder or key_id,
        networks=tuple(map(str, networks)),
        secret_hash=b"",
        created_at=created_at,
        created_by=created_by,
        expires_at=expires_at or created_at + LIFE,
    )
    with database.write() as connection:
        return _store(connection, made)


def rotate(
    database: Database,
    key_id: str,
    *,
    created_at: datetime,
    expires_at: datetime | None = None,
    created_by: str | None = None,
    new_key_id: str | None = None,
) -> str:
    """Make and return another key for what the key of that id is for.

    The old one stays good until it is revoked or ends: its holder says when the new one
    is in its place, and nobody is cut off meanwhile.

    Raises:
        InvalidKeyRequestError: there is no good key of that id, its holder has another
            good one already, the new one would have ended, or has been made before.
    """
    with database.write() as connection:
        old = accounts.find(connection, key_id)
        if old is None or not old.is_good(created_at):
            raise InvalidKeyRequestError(
                KeyFlaw.NO_GOOD_KEY, f"There is no good key {key_id}."
            )
        return _store(
            connection,
            replace(
                old,
                key_id=new_key_id or api_keys.new_key_id(),
                created_at=created_at,
                created_by=created_by,
                expires_at=expires_at or created_at + LIFE,
            ),
        )


def listed(database: Database) -> list[ApiKey]:
    """Return every key, oldest first; none of them holds its secret."""
    with database.write() as connection:
        return accounts.all_keys(connection)


def revoke(
    database: Database,
    key_id: str,
    *,
    revoked_at: datetime,
    revoked_by: str | None = None,
) -> bool:
    """Revoke the key of that id; tell whether there was one to be revoked."""
    with database.write() as connection:
        return accounts.revoke(connection, key_id, revoked_at, revoked_by)


def _check(
    role: Role, source: str | None, units: tuple[str, ...], holder: str | None
) -> None:
    if (role is Role.INTEGRATOR) != (source is not None):
        raise InvalidKeyRequestError(
            KeyFlaw.MISFIT,
            "An integrator's key names its source, and no other key does: "
            "--role integrator --source CODE",
        )
    if source == OWN_SOURCE:
        raise InvalidKeyRequestError(
            KeyFlaw.OWN_SOURCE,
            f"{OWN_SOURCE} is the service's own source; nobody else posts as it.",
        )
    if source is not None and holder is not None:
        raise InvalidKeyRequestError(
            KeyFlaw.MISFIT, "The holder of an integrator's key is its source."
        )
    if any(map(holds_personal_data, (source or "", holder or "", *units))):
        raise InvalidKeyRequestError(
            KeyFlaw.PERSONAL_DATA,
            "A source, holder or unit tells who someone is: an identity code, a phone "
            "number or an e-mail address.",
        )
    if units and role not in ROLES_OF_UNITS:
        raise InvalidKeyRequestError(
            KeyFlaw.MISFIT,
            "Only the key of a lead or an analyst names units: --role lead",
        )


def _store(connection: Connection, made: ApiKey) -> str:
    """Store the key with a new secret, and return it with that."""
    if not made.is_good(made.created_at):
        raise InvalidKeyRequestError(KeyFlaw.OVER, "The key would have ended already.")
    accounts.hold_making(connection)
    if accounts.find(connection, made.key_id) is not None:
        raise InvalidKeyRequestError(
            KeyFlaw.MADE_ALREADY, f"The key {made.key_id} has been made already."
        )
    held = accounts.of_holder(connection, made.holder, made.role)
    good = [key.key_id for key in held if key.is_good(made.created_at)]
    if len(good) >= MOST_AT_ONCE:
        raise InvalidKeyRequestError(
            KeyFlaw.TWO_GOOD_KEYS,
            f"{made.holder} has two good keys, {' and '.join(good)}; revoke the one "
            "that is not in use any more: maaraaika key revoke KEY_ID",
        )
    key = api_keys.new_key(made.key_id)
    parsed = api_keys.parse_key(key)
    assert parsed is not None, "a new key is well-formed"  # noqa: S101
    accounts.add(connection, replace(made, secret_hash=api_keys.hash_secret(parsed[1])))
    return key
