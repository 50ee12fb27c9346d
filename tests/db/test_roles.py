"""The service comes as a role that owns nothing and may do what its work needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection, make_url, text

from app.db import rights, roles, schema
from app.db.database import Database, connect
from app.db.roles import RolesMissingError, UnsafeRoleError
from app.db.tables import held_deadline, metadata
from app.domain.law import Law
from app.main import open_database
from app.services import intake, rebuild
from app.services.law import ensure_in_use
from app.settings import load
from tests import databases
from tests.services.conftest import told

PASSWORD = "a-password-of-a-test"
GRANTED = text(
    """
    SELECT g.grantee, c.relname, g.privilege, g.columns
    FROM pg_class c CROSS JOIN LATERAL (
        SELECT grantee, privilege_type, NULL FROM aclexplode(c.relacl)
        UNION ALL
        SELECT grantee, privilege_type, string_agg(attname, ', ' ORDER BY attname)
        FROM (SELECT * FROM pg_attribute WHERE attrelid = c.oid) a,
             aclexplode(a.attacl)
        GROUP BY grantee, privilege_type
    ) AS g (role, privilege, columns)
    CROSS JOIN LATERAL (
        SELECT coalesce((SELECT rolname FROM pg_roles WHERE oid = g.role), 'public')
    ) AS named (grantee)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
      AND g.role <> c.relowner
    """.replace("g.grantee", "named.grantee")
)
INSUFFICIENT_PRIVILEGE = "42501"


def granted(connection: Connection) -> set[tuple[str, str, str]]:
    """Return who may do what on which table, but for the tables' owner."""
    return {
        (role, table, f"{privilege} ({columns})" if columns else privilege)
        for role, table, privilege, columns in connection.execute(GRANTED)
    }


def declared() -> set[tuple[str, str, str]]:
    """Return what is declared to be granted."""
    return {(roles.READER, held_deadline.name, "SELECT")} | {
        (role, table, _sorted(right))
        for table, each in rights.RIGHTS.items()
        for role, given in (
            (roles.SERVICE, each.of_service),
            (roles.READER, each.of_reader),
        )
        for right in given
    }


def _sorted(right: str) -> str:
    """Return *right* with its columns in order."""
    privilege, _, columns = right.partition(" (")
    if not columns:
        return right
    return f"{privilege} ({', '.join(sorted(columns.rstrip(')').split(', ')))})"


@contextmanager
def logged_in(server_url: str, database: str, attributes: str) -> Iterator[str]:
    """Give the URL by which a new role with *attributes* comes to *database*."""
    role = f"somebody_{uuid4().hex[:12]}"
    databases.execute(
        server_url, f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' {attributes}"
    )
    address = make_url(server_url).set(
        username=role, password=PASSWORD, database=database
    )
    try:
        yield address.render_as_string(hide_password=False)
    finally:
        databases.execute(server_url, f"DROP OWNED BY {role}")
        databases.execute(server_url, f"DROP ROLE {role}")


def test_every_table_is_granted_as_it_is_declared(database: Database) -> None:
    with database.write() as connection:
        assert granted(connection) == declared()


def test_a_table_that_was_rebuilt_is_granted_as_before(
    database: Database, owned: Database
) -> None:
    intake.record(database, told("client-a", 0))

    rebuild.rebuild(owned)

    with database.write() as connection:
        assert granted(connection) == declared()
    intake.record(database, told("client-a", 1))


@pytest.mark.parametrize("table", sorted(rights.RIGHTS))
def test_the_service_changes_no_more_than_it_must(
    database: Database, table: str
) -> None:
    own, more = rights.RIGHTS[table], f"{table}_and_more"
    column = _columns(table).difference(own.change).pop()
    statements = [
        f"UPDATE {table} SET {column} = {column}",  # noqa: S608 (names of our own)
        f"TRUNCATE {table}",
        f"ALTER TABLE {table} DISABLE TRIGGER ALL",
        f"DROP TABLE {table}",
        f"CREATE TABLE {more} ()",
        f"SET ROLE {roles.READER}; INSERT INTO {table} DEFAULT VALUES",
    ]
    if not own.remove:
        statements.append(f"DELETE FROM {table}")  # noqa: S608

    assert {each: _refused(database, each) for each in statements} == dict.fromkeys(
        statements, INSUFFICIENT_PRIVILEGE
    )


def _columns(table: str) -> set[str]:
    if table == "alembic_version":
        return {"version_num"}
    stored = (each for each in metadata.tables[table].columns if each.computed is None)
    return {each.name for each in stored}


def _refused(database: Database, statement: str) -> str | None:
    url = database.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        try:
            connection.execute(statement.encode())
        except psycopg.Error as error:
            return error.sqlstate
        finally:
            connection.rollback()
    return None


@pytest.mark.parametrize(
    ("attributes", "says"),
    [
        pytest.param("SUPERUSER", "is a superuser", id="superuser"),
        pytest.param("BYPASSRLS", "has BYPASSRLS", id="above policies"),
        pytest.param("IN ROLE {owner}", "owns the tables", id="may become the owner"),
        pytest.param("", "is no member of maaraaika_service", id="a stranger"),
    ],
)
def test_the_service_refuses_to_come_as_a_role_that_may_more_or_nothing(
    server_url: str, database: Database, attributes: str, says: str
) -> None:
    name = database.engine.url.database
    assert name is not None
    owner = make_url(server_url).username
    attributes = attributes.format(owner=owner)
    with logged_in(server_url, name, attributes) as url:
        unsafe = connect(url)
        with pytest.raises(UnsafeRoleError, match=says) as refused:
            roles.require_modest(unsafe)
        unsafe.dispose()

    assert "GRANT maaraaika_service TO" in str(refused.value)
    roles.require_modest(database)


def test_a_role_that_neither_finds_nor_may_make_the_groups_tells_what_to_run(
    server_url: str, template: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roles, "SERVICE", "service_of_another_server")
    with logged_in(server_url, template, "") as url:
        database = connect(url)
        with (
            pytest.raises(RolesMissingError, match="NOLOGIN NOINHERIT"),
            database.write() as connection,
        ):
            roles.ensure_groups(connection)
        with pytest.raises(RolesMissingError, match="LOGIN PASSWORD"):
            roles.let_in(database, "somebody_else", "a-password")
        database.dispose()


@pytest.mark.usefixtures("template")
def test_a_database_that_one_role_had_alone_gets_its_second_role(
    server_url: str,
) -> None:
    """See that the owner of a landed database needs no right to make roles."""
    name = databases.create(server_url)
    with logged_in(server_url, name, "") as url:
        owner = make_url(url).username
        databases.execute(server_url, f"ALTER DATABASE {name} OWNER TO {owner}")
        owned, service = connect(url), connect(databases.service_url(server_url, name))
        schema.migrate(owned, "c1d84e7a5b26")
        schema.migrate(owned)
        ensure_in_use(owned, Law())

        with pytest.raises(UnsafeRoleError, match="owns the tables"):
            roles.require_modest(owned)
        roles.require_modest(service)
        assert len(intake.record(service, told("client-a", 0))) == 3
        assert rebuild.rebuild(owned) == 1
        assert len(intake.record(service, told("client-a", 1))) == 3

        owned.dispose()
        service.dispose()
        databases.drop(server_url, name)


def test_the_embedded_database_is_served_by_a_role_of_its_own(tmp_path: Path) -> None:
    settings = load({"MAARAAIKA_DATA_DIR": str(tmp_path)})
    password = tmp_path / "postgres" / "service-password"
    with open_database(settings) as database:
        first = password.read_text()
        intake.record(database, told("client-a", 0))
    # As a copy that was restored without it, or one of an earlier version.
    password.unlink()

    with open_database(settings) as database:
        assert database.engine.url.username == roles.LOGIN
        roles.require_modest(database)
        assert len(intake.record(database, told("client-a", 1))) == 3
    assert password.read_text() not in {"", first}
    assert password.stat().st_mode & 0o077 == 0
