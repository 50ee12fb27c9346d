"""The ledger is append-only for a role that is no superuser, even if it owns it."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from app.db import schema
from app.db.database import Database, connect
from app.domain.law import Law
from app.services import intake
from app.services.law import ensure_in_use
from tests import databases
from tests.services.conftest import told

PASSWORD = "a-password-of-a-test"
CHANGES = (
    "UPDATE case_event SET case_ref = 'B'",
    "UPDATE case_event SET data = data WHERE false",
    "DELETE FROM case_event",
    "TRUNCATE case_event",
    "UPDATE sealed_report SET content = '{}'",
    "DELETE FROM sealed_report",
    "TRUNCATE sealed_report",
    "UPDATE access_log SET entry = '{}'",
    "DELETE FROM access_log",
    "TRUNCATE access_log",
)


@pytest.fixture
def owned(server_url: str, template: str) -> Iterator[Database]:
    """Give a database that a service's role has migrated, and owns, with events."""
    role, name = f"service_{uuid4().hex[:12]}", databases.create(server_url)
    assert template, "with it the groups of the service were made"
    databases.execute(server_url, f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    databases.execute(server_url, f"ALTER DATABASE {name} OWNER TO {role}")
    address = make_url(databases.url(server_url, name)).set(
        username=role, password=PASSWORD
    )
    database = connect(address.render_as_string(hide_password=False))
    schema.migrate(database)
    ensure_in_use(database, Law())
    intake.record(database, told("client-a", 0))
    yield database
    database.dispose()
    databases.drop(server_url, name)
    databases.execute(server_url, f"DROP ROLE {role}")


@pytest.fixture
def as_owner(owned: Database) -> Iterator[psycopg.Connection]:
    """Give a connection of the service's role."""
    address = owned.engine.url.set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        yield connection


def refused(connection: psycopg.Connection, statement: str) -> str | None:
    """Return the SQLSTATE with which *statement* is refused, and undo all."""
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        return error.sqlstate
    finally:
        connection.rollback()
    return None


def test_the_role_is_no_superuser_and_owns_the_table(
    as_owner: psycopg.Connection,
) -> None:
    row = as_owner.execute(
        """
        SELECT rolsuper, tableowner = current_user
        FROM pg_roles, pg_tables
        WHERE rolname = current_user AND tablename = 'case_event'
        """
    ).fetchone()

    assert row == (False, True)


@pytest.mark.parametrize("change", CHANGES)
def test_it_has_no_right_to_change_what_it_has_recorded(
    as_owner: psycopg.Connection, change: str
) -> None:
    assert refused(as_owner, change) == "42501"  # insufficient privilege


@pytest.mark.parametrize("change", CHANGES)
def test_the_trigger_refuses_it_even_if_it_gives_itself_the_right(
    as_owner: psycopg.Connection, change: str
) -> None:
    as_owner.execute(
        "GRANT ALL ON case_event, sealed_report, access_log TO CURRENT_USER"
    )
    as_owner.commit()

    assert refused(as_owner, change) == "23001"  # restrict violation


def test_the_service_works_under_this_role(owned: Database) -> None:
    outcomes = intake.record(owned, told("client-a", 1))

    assert [each.place.sequence for each in outcomes] == [4, 5, 6]
