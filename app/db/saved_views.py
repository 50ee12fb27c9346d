"""What people ask of the worklist again and again, each under a name of their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from app.db.tables import saved_view


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A question under a *name*; *asked* is written as in its address."""

    name: str
    asked: str


def of_person(connection: Connection, person: str) -> list[SavedView]:
    """Return the views of *person*, by name."""
    table = saved_view
    rows = connection.execute(
        select(table.c.name, table.c.asked).where(table.c.person == person)
    )
    views = [SavedView(name=row.name, asked=row.asked) for row in rows]
    return sorted(views, key=lambda view: view.name.casefold())


def put(
    connection: Connection, person: str, view: SavedView, saved_at: datetime
) -> None:
    """Keep *view* for *person*, in the place of one of the same name."""
    table = saved_view
    kept = {"asked": view.asked, "saved_at": saved_at}
    connection.execute(
        insert(table)
        .values(person=person, name=view.name, **kept)
        .on_conflict_do_update(index_elements=[table.c.person, table.c.name], set_=kept)
    )


def remove(connection: Connection, person: str, name: str) -> None:
    """Forget the view *name* of *person*, if there is one."""
    table = saved_view
    connection.execute(
        delete(table).where(table.c.person == person, table.c.name == name)
    )
