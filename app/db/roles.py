"""The roles of the database: an owner of the tables, and a service that owns nothing.

The names are those of groups. Whoever logs in as the service is a member of the first,
which may become the second: it sees what the scope of a question lets it see.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, make_url, text

from app.db.database import Database, driver

MIGRATION_LOCK = 0x4D414D49
SERVICE = "maaraaika_service"
READER = "maaraaika_reader"
# As which the service logs in to its embedded database; an example elsewhere.
LOGIN = "maaraaika_app"

_GROUPS = f"""\
CREATE ROLE {READER} NOLOGIN;
CREATE ROLE {SERVICE} NOLOGIN NOINHERIT;
GRANT {READER} TO {SERVICE};"""
_LOGIN = f"CREATE ROLE {LOGIN} LOGIN PASSWORD '...'; GRANT {SERVICE} TO {LOGIN};"
_GROUPS_ARE_THERE = text(
    """
    SELECT EXISTS (
        SELECT FROM pg_auth_members m
        JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles s ON s.oid = m.member
        WHERE g.rolname = :reader AND s.rolname = :service)
    """
)
_STANDING = text(
    """
    SELECT current_user AS name, r.rolsuper, r.rolbypassrls,
           EXISTS (
               SELECT FROM pg_class c
               WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
                 AND pg_has_role(c.relowner, 'MEMBER')) AS owns,
           EXISTS (
               SELECT FROM pg_roles s
               WHERE s.rolname = :service AND pg_has_role(s.oid, 'USAGE')) AS serves
    FROM pg_roles r WHERE r.rolname = current_user
    """
)
_MAY_CHANGE_TABLES = text(
    """
    SELECT coalesce(bool_and(pg_has_role(relowner, 'USAGE')), true) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    """
)
_LOGINS = text(
    """
    SELECT EXISTS (
        SELECT FROM pg_roles l JOIN pg_roles s ON s.rolname = :service
        WHERE l.rolcanlogin AND NOT l.rolsuper AND pg_has_role(l.oid, s.oid, 'USAGE'))
    """
)


class RolesMissingError(Exception):
    """The roles of the service are not there, and may not be made by who migrates."""


class NotOwnerError(Exception):
    """Only the owner of the tables may do it."""


class UnsafeRoleError(Exception):
    """The service would come as a role that may do more than a service should."""


@contextmanager
def alone(database: Database) -> Iterator[Connection]:
    """Give a connection while no other process changes the schema or the roles."""
    with database.write() as connection:
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK}
        )
        yield connection


def ensure_groups(connection: Connection) -> None:
    """Make the roles that the tables are granted to; they are of the whole server.

    Raises:
        RolesMissingError: whoever migrates may not make them; the message says how.
    """
    if _groups_are_there(connection):
        return
    try:
        with connection.begin_nested():
            # Another database of the server may be migrated at the same time.
            for statement in _GROUPS.splitlines():
                driver(connection).execute(
                    f"""
                    DO $$ BEGIN {statement} EXCEPTION
                    WHEN duplicate_object OR unique_violation THEN NULL; END $$
                    """.encode()
                )
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesMissingError(
            "The roles of the service are missing, and this role may not make them. "
            f"Have an administrator of the server run:\n{_GROUPS}\n"
            "Then run again: maaraaika migrate"
        ) from error


def require_owner(connection: Connection) -> None:
    """Make sure that whoever is connected may change the tables that there are.

    Raises:
        NotOwnerError: the message tells how the owner is named.
    """
    if not connection.scalar(_MAY_CHANGE_TABLES):
        raise NotOwnerError(
            "Only the owner of the tables may do this: "
            "set MAARAAIKA_MIGRATION_DATABASE_URL to the owner's address."
        )


def require_modest(database: Database) -> None:
    """Make sure that the service comes as a role that can do no more than its work.

    Raises:
        UnsafeRoleError: it owns tables, or is above their policies; or it is not
            one of the service's roles at all. The message says what to do.
    """
    with database.write() as connection:
        role = connection.execute(_STANDING, {"service": SERVICE}).one()
    if role.rolsuper:
        problem = "is a superuser"
    elif role.rolbypassrls:
        problem = "has BYPASSRLS"
    elif role.owns:
        problem = "owns the tables"
    elif not role.serves:
        problem = f"is no member of {SERVICE}"
    else:
        return
    raise UnsafeRoleError(
        f"The service does not start as {role.name}, which {problem}: an error of ours "
        "could then show or change everything. Have an administrator of the server "
        f"run:\n{_LOGIN}\n"
        f"Set MAARAAIKA_DATABASE_URL to {LOGIN}'s, and "
        "MAARAAIKA_MIGRATION_DATABASE_URL to that of the tables' owner."
    )


def login_to_make(database: Database) -> str | None:
    """Return what an administrator has to run before the service can log in."""
    with database.write() as connection:
        there = connection.scalar(_LOGINS, {"service": SERVICE})
    return None if there else _LOGIN


def login_of(url: str) -> str:
    """Return as whom the service logs in at *url*."""
    return make_url(url).username or LOGIN


def let_in(database: Database, login: str, password: str) -> None:
    """Let *login* come as the service, with *password*; it is made at need.

    Raises:
        RolesMissingError: it is missing, and may not be made by who is connected.
    """
    try:
        with alone(database) as connection:
            _let_in(driver(connection), login, password)
    except psycopg.errors.InsufficientPrivilege as error:
        raise RolesMissingError(
            f"This role may not make another. Have an administrator run:\n{_LOGIN}"
        ) from error


def _let_in(raw: psycopg.Connection[Any], login: str, password: str) -> None:
    name = sql.Identifier(login)
    there = raw.execute("SELECT FROM pg_roles WHERE rolname = %s", [login]).rowcount
    if not there:
        raw.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
        raw.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(SERVICE), name))
    # The server is told the hash, and has nothing that it could write into a log.
    hashed = raw.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    )
    raw.execute(
        sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, hashed.decode())
    )


def _groups_are_there(connection: Connection) -> bool:
    names = {"reader": READER, "service": SERVICE}
    return bool(connection.scalar(_GROUPS_ARE_THERE, names))
