"""Views that people keep of the worklist: theirs alone, and nothing but questions."""

from datetime import datetime

from app.db import saved_views
from app.db.database import Database
from app.db.saved_views import SavedView
from app.domain.access import Actor
from app.security.personal_data import PersonalDataError, holds_personal_data

MOST_VIEWS = 20
LONGEST_NAME = 60


class TooManyViewsError(Exception):
    """Somebody has as many views as one can have."""


def views_of(database: Database, actor: Actor) -> list[SavedView]:
    """Return the views of *actor*, by name."""
    with database.write() as connection:
        return saved_views.of_person(connection, actor.key_id)


def save(database: Database, actor: Actor, view: SavedView, *, now: datetime) -> None:
    """Keep *view* for *actor*, in the place of one of the same name.

    Raises:
        PersonalDataError: its name tells who someone is.
        TooManyViewsError: there are enough of other names.
    """
    if holds_personal_data(view.name):
        raise PersonalDataError("The name tells who someone is.")
    with database.write() as connection:
        others = {
            each.name for each in saved_views.of_person(connection, actor.key_id)
        } - {view.name}
        if len(others) >= MOST_VIEWS:
            raise TooManyViewsError
        saved_views.put(connection, actor.key_id, view, now)


def remove(database: Database, actor: Actor, name: str) -> None:
    """Forget the view *name* of *actor*, if there is one."""
    with database.write() as connection:
        saved_views.remove(connection, actor.key_id, name)
