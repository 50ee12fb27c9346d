"""People who have called: whom a provider vouches for, by the id that records bear."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from app.db.tables import person


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whom *issuer* knows as *subject*; *person_id* stands in records."""

    person_id: str
    issuer: str
    subject: str
    name: str


def remember(connection: Connection, who: Person, *, seen_at: datetime) -> None:
    """Store who the person is, or the name by which they go now."""
    statement = insert(person).values(**asdict(who), first_seen_at=seen_at)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[person.c.person_id],
            set_={"name": who.name},
            where=person.c.name != who.name,
        )
    )


def names(connection: Connection) -> Mapping[str, str]:
    """Return the name of everybody, by id."""
    query = select(person.c.person_id, person.c.name)
    return {row.person_id: row.name for row in connection.execute(query)}
