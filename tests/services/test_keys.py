"""Keys end, are renewed two at a time, and tell when they were last used."""

from datetime import date, timedelta

import pytest

from app import clock
from app.db.accounts import ApiKey
from app.db.database import Database
from app.domain.access import Role
from app.services import keys
from app.services.keys import InvalidKeyRequestError


def made(database: Database, role: Role = Role.LEAD, **changes: object) -> str:
    asked = {"source": None, "units": (), "created_at": clock.now()} | changes
    return keys.create(database, role=role, **asked)  # type: ignore[arg-type] # as the test says


def id_of(key: str) -> str:
    return key.split("_")[1]


def listed(database: Database, key: str) -> ApiKey:
    (found,) = (each for each in keys.listed(database) if each.key_id == id_of(key))
    return found


def test_a_key_is_good_for_a_year_and_no_longer(database: Database) -> None:
    now = clock.now()
    fresh = made(database, created_at=now - timedelta(days=364))
    over = made(database, created_at=now - timedelta(days=365))

    assert keys.look_up(database, fresh) is not None
    assert keys.look_up(database, over) is None
    assert listed(database, fresh).expires_at == now + timedelta(days=1)


def test_a_key_ends_when_it_was_said_to(database: Database) -> None:
    now = clock.now()
    week = timedelta(weeks=1)
    over = made(database, created_at=now - week, expires_at=now)

    assert keys.look_up(database, over) is None
    with pytest.raises(InvalidKeyRequestError, match="ended already"):
        made(database, created_at=now, expires_at=now)


def test_the_last_use_is_written_once_a_day(database: Database) -> None:
    key = made(database)
    assert listed(database, key).last_used_on is None

    for _ in range(2):
        keys.look_up(database, key)
    today = clock.today()
    assert listed(database, key).last_used_on == today

    with database.write() as connection:
        before = connection.exec_driver_sql("SELECT xmin FROM api_key").scalar_one()
    keys.look_up(database, key)
    with database.write() as connection:
        after = connection.exec_driver_sql("SELECT xmin FROM api_key").scalar_one()
        connection.exec_driver_sql("UPDATE api_key SET last_used_on = '2026-01-01'")
    assert after == before

    keys.look_up(database, key)
    assert listed(database, key).last_used_on == today > date(2026, 1, 1)


def test_a_wrong_secret_is_no_use_of_a_key(database: Database) -> None:
    key = made(database)

    assert keys.look_up(database, key[:-1] + ("A" if key[-1] != "A" else "E")) is None
    assert listed(database, key).last_used_on is None


def test_a_source_has_two_good_keys_at_most(database: Database) -> None:
    def of_source() -> str:
        return made(database, Role.INTEGRATOR, source="client-a")

    first, second = of_source(), of_source()
    with pytest.raises(InvalidKeyRequestError, match="client-a has two good keys"):
        of_source()
    made(database, Role.INTEGRATOR, source="client-b")
    made(database, Role.LEAD, holder="client-a")

    assert keys.revoke(database, id_of(first), revoked_at=clock.now())
    assert keys.look_up(database, of_source()) is not None
    assert keys.look_up(database, second) is not None


def test_keys_that_are_over_make_room(database: Database) -> None:
    long_ago = clock.now() - timedelta(days=400)
    for _ in range(2):
        made(database, holder="reporting", created_at=long_ago)

    assert keys.look_up(database, made(database, holder="reporting")) is not None


def test_keys_without_a_named_holder_do_not_count_each_other(
    database: Database,
) -> None:
    assert len({made(database) for _ in range(3)}) == 3


def test_the_next_key_opens_what_the_old_one_does(database: Database) -> None:
    old = made(database, units=("a", "b"), holder="reporting", created_by="one")

    new = keys.rotate(
        database, id_of(old), created_at=clock.now(), created_by="another"
    )

    opened = [keys.look_up(database, key) for key in (old, new)]
    assert [actor.units for actor in opened if actor] == [{"a", "b"}] * 2
    renewed = listed(database, new)
    assert (renewed.holder, renewed.created_by) == ("reporting", "another")
    assert renewed.last_used_on == clock.today()
    with pytest.raises(InvalidKeyRequestError, match="two good keys"):
        keys.rotate(database, id_of(old), created_at=clock.now())


def test_a_key_without_an_end_is_renewed_by_one_that_ends(
    database: Database, owned: Database
) -> None:
    old = made(database)
    with owned.write() as connection:
        connection.exec_driver_sql("UPDATE api_key SET expires_at = NULL")

    new = keys.rotate(database, id_of(old), created_at=clock.now())

    assert keys.look_up(database, old) is not None
    assert listed(database, new).expires_at is not None


def test_a_key_that_is_over_is_not_renewed(database: Database) -> None:
    key = made(database)
    keys.revoke(database, id_of(key), revoked_at=clock.now(), revoked_by="me")

    with pytest.raises(InvalidKeyRequestError, match="no good key"):
        keys.rotate(database, id_of(key), created_at=clock.now())
    assert listed(database, key).revoked_by == "me"
    assert not keys.revoke(database, id_of(key), revoked_at=clock.now())


def test_a_dump_of_the_database_opens_nothing(database: Database) -> None:
    key = made(database)
    with database.write() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM api_key").all())

    assert key.split("_", 2)[2] not in stored
