"""Sessions: opened when somebody signs in, looked up with each request, ended."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app import clock
from app.db import people
from app.db import sessions as session_table
from app.db.database import Connection, Database
from app.db.sessions import Session
from app.domain.access import Actor, Role
from app.identity import grants
from app.identity.grants import Said
from app.identity.trusted import TrustedProvider
from app.security.api_keys import hash_secret

LONGEST = timedelta(hours=10)  # a working day
IDLE = timedelta(minutes=30)
# So that a session in use is not written with each request.
SHORTEST_USE = timedelta(minutes=1)
REMEMBERED = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in.

    Without another request it ends at *ends_at*; no request keeps it beyond *latest*.
    """

    actor: Actor
    ends_at: datetime
    latest: datetime

    @property
    def can_go_on(self) -> bool:
        """Whether another request would keep it."""
        return self.ends_at < self.latest


def open_session(
    connection: Connection,
    person_id: str,
    said: Said,
    *,
    issuer: str | None,
    now: datetime,
) -> str:
    """Store a session of that person, and return its secret of 256 random bits.

    Without an *issuer* what is *said* is of our own: a role and its units.
    """
    secret = secrets.token_urlsafe(32)
    session_table.forget(connection, now - REMEMBERED)
    session_table.add(
        connection,
        Session(
            secret_hash=hash_secret(secret),
            person_id=person_id,
            issuer=issuer,
            roles=said.roles,
            units=said.units,
            created_at=now,
            last_used_at=now,
            expires_at=now + LONGEST,
        ),
    )
    return secret


def look_up(
    database: Database, trusted: Mapping[str, TrustedProvider], secret: str
) -> SignedIn | None:
    """Return who is signed in with *secret*; None if the session is over.

    What the provider said is read anew each time, so that a session ends when the
    operator's file no longer gives anything for it.
    """
    now = clock.now()
    with database.write() as connection:
        session = session_table.find(connection, hash_secret(secret))
        if session is None or not _is_open(session, now):
            return None
        actor = _actor(session, trusted)
        if actor is None:
            session_table.end(connection, session.secret_hash, now)
            return None
        if now - session.last_used_at >= SHORTEST_USE:
            session_table.mark_used(connection, session.secret_hash, now)
            session = replace(session, last_used_at=now)
    return SignedIn(
        actor=actor,
        ends_at=min(session.last_used_at + IDLE, session.expires_at),
        latest=session.expires_at,
    )


def end(database: Database, secret: str, *, now: datetime) -> None:
    """End the session of that secret, if there is one."""
    with database.write() as connection:
        session_table.end(connection, hash_secret(secret), now)


def end_all_of(database: Database, person_id: str, *, now: datetime) -> int:
    """End all sessions of a person, and tell how many it were."""
    with database.write() as connection:
        return session_table.end_all_of(connection, person_id, now)


def listed(database: Database, *, now: datetime) -> list[tuple[str, str, datetime]]:
    """Return who is signed in: id, name and last use, the latest first."""
    with database.write() as connection:
        names = people.names(connection)
        return [
            # Somebody who came back in the moment in which they were forgotten.
            (person_id, names.get(person_id, ""), used_at)
            for person_id, used_at in session_table.open_ones(connection, now)
            if now - used_at < IDLE
        ]


def _is_open(session: Session, now: datetime) -> bool:
    return (
        session.ended_at is None
        and now < session.expires_at
        and now - session.last_used_at < IDLE
    )


def _actor(session: Session, trusted: Mapping[str, TrustedProvider]) -> Actor | None:
    if session.issuer is None:
        (role,) = session.roles
        units = frozenset(session.units)
        return Actor(role=Role(role), units=units, key_id=session.person_id)
    provider = trusted.get(session.issuer)
    if provider is None or provider.provider.sign_in is None:
        return None
    said = Said(roles=session.roles, units=session.units)
    return grants.granted(provider.provider, said, key_id=session.person_id)
