"""Sign-in links, by the hash of their secret."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, update

from app.db.tables import sign_in_link


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A way in for *person_id*, once, until *expires_at*."""

    secret_hash: bytes
    person_id: str
    role: str
    units: tuple[str, ...]
    created_at: datetime
    created_by: str | None
    expires_at: datetime


def add(connection: Connection, link: SignInLink) -> None:
    """Store a new link."""
    values = asdict(link) | {"units": list(link.units)}
    connection.execute(insert(sign_in_link).values(**values))


def use(
    connection: Connection, secret_hash: bytes, used_at: datetime
) -> SignInLink | None:
    """Return the link of that hash, which is used up then; None if it is no good."""
    row = connection.execute(
        update(sign_in_link)
        .where(
            sign_in_link.c.secret_hash == secret_hash,
            sign_in_link.c.used_at.is_(None),
            sign_in_link.c.expires_at > used_at,
        )
        .values(used_at=used_at)
        .returning(*(column for column in sign_in_link.c if column.name != "used_at"))
    ).first()
    if row is None:
        return None
    return SignInLink(**{**row._asdict(), "units": tuple(row.units)})


def forget(connection: Connection, before: datetime) -> int:
    """Delete the links that were no good any more at *before*; count them."""
    gone = delete(sign_in_link).where(sign_in_link.c.expires_at < before)
    return connection.execute(gone).rowcount
