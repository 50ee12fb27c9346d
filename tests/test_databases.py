"""What is lent to a test is as new, whatever the tests before it did."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from tests import databases
from tests.databases import Pool


@pytest.fixture
def own_pool(server_url: str, template: str) -> Iterator[Pool]:
    """Give a pool that nobody else has borrowed from."""
    pool = Pool(server_url, template)
    yield pool
    pool.drop()


def connected(server_url: str, url: str) -> "psycopg.Connection[tuple[object, ...]]":
    address = make_url(databases.as_owner(server_url, url)).set(drivername="postgresql")
    return psycopg.connect(address.render_as_string(hide_password=False))


def test_what_was_stored_is_gone_and_what_was_removed_is_back(
    own_pool: Pool, server_url: str
) -> None:
    with own_pool.lend() as first, connected(server_url, first) as connection:
        connection.execute("INSERT INTO source (code) VALUES ('client-a')")
        connection.execute("DELETE FROM activation")

    with own_pool.lend() as second, connected(server_url, second) as connection:
        sources = connection.execute("SELECT count(*) FROM source").fetchone()
        laws = connection.execute("SELECT count(*) FROM activation").fetchone()

    assert second == first
    assert (sources, laws) == ((0,), (1,))


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE unit ADD COLUMN more text",
        "ALTER TABLE unit ALTER COLUMN name_fi DROP NOT NULL",
        "CREATE INDEX more ON unit (parent)",
        "DROP TRIGGER append_only ON case_event",
        "ALTER TABLE case_event DISABLE TRIGGER append_only",
        "ALTER FUNCTION refuse_change() COST 7",
        "DROP POLICY everything ON deadline",
        "ALTER TABLE deadline NO FORCE ROW LEVEL SECURITY",
        "GRANT DELETE ON case_event TO CURRENT_USER",
        "CREATE SCHEMA more",
        "ALTER DATABASE {name} SET synchronous_commit = off",
        "ALTER DATABASE {name} CONNECTION LIMIT 7",
    ],
)
def test_what_was_built_differently_is_not_lent_again(
    own_pool: Pool, server_url: str, change: str
) -> None:
    with own_pool.lend() as first, connected(server_url, first) as connection:
        connection.execute(change.format(name=connection.info.dbname).encode())

    with own_pool.lend() as second:
        assert second != first


def test_two_borrowers_have_two_databases(own_pool: Pool) -> None:
    with own_pool.lend() as first, own_pool.lend() as second:
        assert first != second
