"""Sessions of people who are signed in, by the hash of their secret."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from app.db.tables import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in, and what *issuer*, or a sign-in link, said of them."""

    secret_hash: bytes
    person_id: str
    issuer: str | None
    roles: tuple[str, ...]
    units: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


def add(connection: Connection, opened: Session) -> None:
    """Store a new session."""
    values = asdict(opened)
    values |= {"roles": list(opened.roles), "units": list(opened.units)}
    connection.execute(insert(session).values(**values))


def find(connection: Connection, secret_hash: bytes) -> Session | None:
    """Return the session of that hash, whether it has ended or not."""
    query = select(session).where(session.c.secret_hash == secret_hash)
    row = connection.execute(query).first()
    if row is None:
        return None
    lists = {"roles": tuple(row.roles), "units": tuple(row.units)}
    return Session(**{**row._asdict(), **lists})


def mark_used(connection: Connection, secret_hash: bytes, used_at: datetime) -> None:
    """Note that the session was used."""
    connection.execute(
        update(session)
        .where(session.c.secret_hash == secret_hash)
        .values(last_used_at=used_at)
    )


def end(connection: Connection, secret_hash: bytes, ended_at: datetime) -> None:
    """End the session of that hash, if it has not ended."""
    connection.execute(
        update(session)
        .where(session.c.secret_hash == secret_hash, session.c.ended_at.is_(None))
        .values(ended_at=ended_at)
    )


def end_all_of(connection: Connection, person_id: str, ended_at: datetime) -> int:
    """End every session of a person that has not ended, and tell how many it were."""
    rows = connection.execute(
        update(session)
        .where(
            session.c.person_id == person_id,
            session.c.ended_at.is_(None),
            session.c.expires_at > ended_at,
        )
        .values(ended_at=ended_at)
        .returning(session.c.secret_hash)
    )
    return len(rows.all())


def open_ones(connection: Connection, now: datetime) -> list[tuple[str, datetime]]:
    """Return person and last use of the sessions that may still be used."""
    query = (
        select(session.c.person_id, session.c.last_used_at)
        .where(session.c.ended_at.is_(None), session.c.expires_at > now)
        .order_by(session.c.last_used_at.desc(), session.c.person_id)
    )
    return [(row.person_id, row.last_used_at) for row in connection.execute(query)]


def forget(connection: Connection, before: datetime) -> int:
    """Delete the sessions that could not be used any more at *before*; count them."""
    gone = delete(session).where(session.c.expires_at < before)
    return connection.execute(gone).rowcount
