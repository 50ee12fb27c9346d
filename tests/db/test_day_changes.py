"""What has become known of clocks since an instant."""

from datetime import date, datetime

from fastapi.testclient import TestClient

from app.db import day_changes
from app.db.database import Database
from app.db.day_changes import Changes
from app.domain.access import Actor, Role
from app.services import sources
from app.services.scopes import scope_of
from tests.api.sending import (
    assessment,
    closure,
    decision,
    notification,
    put_units,
    send,
)
from tests.conftest import Headers

BEGAN, AS_OF = date(2026, 10, 5), date(2026, 10, 5)


def changes(
    database: Database, since: datetime, *units: str
) -> dict[str, tuple[int, int, int]]:
    """Return by rule how many clocks were done, done late, and arrived."""
    actor = Actor(role=Role.LEAD, units=frozenset(units))
    with database.seen_by(scope_of(actor)).read() as question:
        found = day_changes.changes(
            question.connection,
            since=since,
            began=BEGAN,
            as_of=AS_OF,
            units=frozenset(units) or None,
        )
    return {rule: _told(each) for rule, each in found.items()}


def _told(each: Changes) -> tuple[int, int, int]:
    return each.done, each.done_late, each.arrived


def now(database: Database) -> datetime:
    """Return an instant behind which nothing will be recorded."""
    with database.read() as question:
        return question.known_at


def test_what_was_open_and_has_been_done_since_is_counted_once(
    database: Database, client: TestClient, headers: Headers
) -> None:
    put_units(client, headers.admin, {"leppavaara": None, "espoonlahti": None})
    send(
        client,
        headers.integrator,
        notification("before", "2026-09-01"),
        decision("before", "2026-09-02"),
        notification("in time", "2026-09-28"),
        notification("late", "2026-09-01"),
        notification("gone", "2026-09-28"),
        notification("elsewhere", "2026-09-28", unit="espoonlahti"),
    )
    since = now(database)
    assert changes(database, since) == {}

    send(
        client,
        headers.integrator,
        decision("in time", "2026-10-05"),
        decision("late", "2026-10-05"),
        # What fell away has not been done.
        closure("gone", "2026-10-05", "moved_away"),
        decision("elsewhere", "2026-10-05"),
        assessment("before", "2026-10-05"),
    )

    assert changes(database, since) == {
        "initiation": (3, 1, 0),
        "assessment": (1, 0, 0),
    }
    assert changes(database, since, "espoonlahti") == {"initiation": (1, 0, 0)}
    assert changes(database, now(database)) == {}


def test_what_was_received_before_and_told_after_reached_us_late(
    database: Database, client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, notification("known", "2026-10-01"))
    since = now(database)
    send(
        client,
        headers.integrator,
        notification("late", "2026-10-04"),
        notification("in its time", "2026-10-05"),
        notification("late and done", "2026-09-28"),
        decision("late and done", "2026-09-29"),
        assessment("late and done", "2026-09-30"),
        # Of before the source was live: imported, and not late.
        notification("imported", "2026-08-31"),
    )

    # Of a source that nobody has called live, nothing tells.
    assert changes(database, since) == {}
    sources.put_live(database, "client-a", date(2026, 9, 1))
    assert changes(database, since) == {
        "initiation": (0, 0, 1),
        "assessment": (0, 0, 1),
    }
    assert changes(database, since, "leppavaara") == {
        "initiation": (0, 0, 1),
        "assessment": (0, 0, 1),
    }
