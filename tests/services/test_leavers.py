"""Accounts that are over go after a while, and those that something names stay."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.events import CaseKey
from app.services import keys, retention, sessions, signing_in
from app.services.retention import Destroyed
from tests.conftest import viewer_of
from tests.services.conftest import Scene
from tests.services.test_retention import PERIODS

NOW = clock.now()
LONG_AGO = NOW - timedelta(100)
KEPT = Destroyed()


def leaver(database: Database, at: datetime = LONG_AGO) -> str:
    """Let somebody sign in who never comes back, and return their id."""
    before = people(database)
    link = signing_in.make_link(database, role=Role.LEAD, units=(), now=at)
    signing_in.use_link(database, link, now=at)
    (person,) = people(database) - before
    return person


def look(database: Database, person: str) -> None:
    actor = Actor(role=Role.LEAD, key_id=person)
    viewer_of(database, actor).show({CaseKey("client-a", "A")}, rows=1)


def people(database: Database) -> set[str]:
    with database.write() as connection:
        return set(connection.scalars(text("SELECT person_id FROM person")))


def ended_key(database: Database, role: Role = Role.AUDITOR) -> str:
    """Make a key that ended long ago, and return its id."""
    made = keys.create(
        database,
        role=role,
        source="client-a" if role is Role.INTEGRATOR else None,
        units=(),
        created_at=NOW - timedelta(600),
    )
    return made.split("_")[1]


def test_a_sign_in_that_was_long_ago_goes_with_the_person(scene: Scene) -> None:
    back = leaver(scene.database, NOW)
    leaver(scene.database)

    assert retention.preview(scene.owner, PERIODS) == Destroyed(sign_ins=2, people=1)
    assert retention.run(scene.owner, PERIODS) == Destroyed(sign_ins=2, people=1)

    assert people(scene.database) == {back}
    assert [who for who, *_ in sessions.listed(scene.database, now=NOW)] == [back]


def test_who_has_looked_stays_as_long_as_the_look_does(scene: Scene) -> None:
    named = leaver(scene.database)
    look(scene.database, named)

    assert retention.run(scene.owner, PERIODS) == Destroyed(sign_ins=2)
    assert people(scene.database) == {named}

    scene.sql(
        "UPDATE access_log SET recorded_at = recorded_at - interval '4 years'",
    )
    done = retention.run(scene.owner, PERIODS)
    assert (done.looks, done.people) == (1, 1)


@pytest.mark.parametrize(
    "record",
    [
        """
        INSERT INTO unit (code, recorded_at, name_fi, name_sv, name_en, recorded_by)
        VALUES ('u', now(), 'u', 'u', 'u', %s)
        """,
        """
        INSERT INTO finding_closure (finding, recorded_at, reason, closed_by)
        VALUES ('f', now(), 'other', %s)
        """,
    ],
    ids=["a unit", "a closure"],
)
def test_who_has_recorded_something_stays(scene: Scene, record: str) -> None:
    named = leaver(scene.database)
    scene.sql(record, named)

    assert retention.run(scene.owner, PERIODS).people == 0


def test_a_key_that_ended_goes_and_one_that_a_look_names_stays(scene: Scene) -> None:
    gone, named = ended_key(scene.database), ended_key(scene.database)
    look(scene.database, named)

    assert retention.preview(scene.owner, PERIODS) == Destroyed(keys=1)
    assert retention.run(scene.owner, PERIODS) == Destroyed(keys=1)

    left = {each.key_id for each in keys.listed(scene.database)}
    assert named in left
    assert gone not in left


def test_a_key_that_is_good_stays(scene: Scene) -> None:
    keys.create(scene.database, role=Role.ADMIN, source=None, units=(), created_at=NOW)

    assert retention.run(scene.owner, PERIODS) == KEPT
