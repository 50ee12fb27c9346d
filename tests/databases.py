"""Databases of the tests' own: cloned from a template, emptied, and lent again."""

import hmac
import subprocess
import uuid
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import pbkdf2_hmac, sha256
from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import event, make_url

from app.db import roles
from app.db.database import Database, connect
from app.db.embedded.programs import binaries

# As whom the service comes in the tests; whoever makes databases owns what is in them.
SERVICE = "maaraaika_test_service"
PASSWORD = "a-password-of-the-tests"
# More than this (bytes) is sooner cloned anew than emptied.
LARGEST_EMPTIED = 8_000_000
OFTEN_ENOUGH = 10

# Every row of the catalogue that a change of the schema or of a setting would touch,
# with the transaction that last did. Oids and transactions are cloned as they are.
SHAPE: LiteralString = """
WITH relation AS (SELECT oid, xmin FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace)
SELECT md5(string_agg(row, ' ' ORDER BY row)) FROM (
    SELECT concat('relation', oid, ':', xmin) FROM relation
    UNION ALL SELECT concat('column', attrelid, '.', attnum, ':', xmin)
    FROM pg_attribute WHERE attrelid IN (SELECT oid FROM relation)
    UNION ALL SELECT concat('trigger', oid, ':', xmin) FROM pg_trigger
    UNION ALL SELECT concat('policy', oid, ':', xmin) FROM pg_policy
    UNION ALL SELECT concat('constraint', oid, ':', xmin) FROM pg_constraint
    UNION ALL SELECT concat('function', oid, ':', xmin)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat('schema', oid, ':', xmin)
    FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT concat('setting', setrole, setconfig)
    FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
    WHERE datname = current_database()
    UNION ALL SELECT concat('owner', datdba, datacl, datconnlimit)
    FROM pg_database WHERE datname = current_database()
) AS every (row)
"""
TOO_LARGE: LiteralString = """
SELECT sum(pg_total_relation_size(oid)) > %s FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
LEFT_BEHIND: LiteralString = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Pool:
    """Databases like a template, each lent to one test at a time.

    A clone takes the server 0.2 s of computing, and to bring an old one back to the
    content of the template a few milliseconds. One whose schema or settings a test has
    changed is never lent again.
    """

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url = server_url
        self._template = template
        self._idle: list[str] = []
        with _connected(server_url, template) as connection:
            self._shape = _shape(connection)
            self._content = _content(connection)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Give the service's URL of a database that is as the template is."""
        name = self._cleaned() or create(self._server_url, self._template)
        yield service_url(self._server_url, name)
        self._idle.append(name)

    def drop(self) -> None:
        """Drop every database that was lent."""
        while self._idle:
            drop(self._server_url, self._idle.pop())

    def _cleaned(self) -> str | None:
        while self._idle:
            name = self._idle.pop()
            if self._clean(name):
                return name
            drop(self._server_url, name)
        return None

    def _clean(self, name: str) -> bool:
        """Bring back the content of the template, unless the database is another."""
        with _connected(self._server_url, name) as connection:
            connection.execute(LEFT_BEHIND)
            if _shape(connection) != self._shape:
                return False
            if connection.execute(TOO_LARGE, [LARGEST_EMPTIED]).fetchone() == (True,):
                return False
            # What is append-only resists, and so do keys that rows refer to.
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                sql.SQL(";").join(
                    sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
                    for table in self._content
                )
            )
            for table, rows in self._content.items():
                if rows:
                    _put(connection, table, rows)
        return True


def create(server_url: str, template: str | None = None) -> str:
    """Make a database, like *template* if it is given, and return its name."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    like = f' TEMPLATE "{template}"' if template else ""
    execute(server_url, f'CREATE DATABASE "{name}"{like}')
    return name


def drop(server_url: str, name: str) -> None:
    """Drop a database, whoever is connected to it."""
    execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def execute(server_url: str, statement: str) -> None:
    """Execute *statement* outside a transaction.

    The server waits for five seconds until those who have left a database are gone.
    """
    with _connected(server_url) as connection:
        connection.autocommit = True
        for _ in range(OFTEN_ENOUGH):
            with suppress(psycopg.errors.ObjectInUse):
                connection.execute(statement.encode())
                return
        connection.execute(statement.encode())


def url(server_url: str, name: str) -> str:
    """Return the URL of the database *name*, as its owner."""
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def service_url(server_url: str, name: str) -> str:
    """Return the URL of the database *name*, as the service."""
    return (
        make_url(server_url)
        .set(database=name, username=SERVICE, password=PASSWORD)
        .render_as_string(hide_password=False)
    )


def as_owner(server_url: str, service: str) -> str:
    """Return the owner's URL of the database that has the URL *service*."""
    name = make_url(service).database
    assert name is not None
    return url(server_url, name)


@contextmanager
def owned(server_url: str, database: Database) -> Iterator[Database]:
    """Give *database* to its owner."""
    service = database.engine.url.render_as_string(hide_password=False)
    its_owner = connect(as_owner(server_url, service))
    yield its_owner
    its_owner.dispose()


@contextmanager
def impatient(database: Database) -> Iterator[None]:
    """Let *database* wait for no lock, however patient tests are."""

    def be_impatient(connection: psycopg.Connection[object], _: object) -> None:
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()

    for engine in database.engines.values():
        event.listen(engine, "connect", be_impatient)
    database.dispose()  # connections from before it
    yield
    for engine in database.engines.values():
        event.remove(engine, "connect", be_impatient)
    database.dispose()


def dump(url: str) -> str:
    """Return a plain dump of the database, as an operator would make it."""
    plain = make_url(url).set(drivername="postgresql")
    done = subprocess.run(  # noqa: S603 (a program of ours)
        [
            binaries() / "pg_dump",
            "--dbname",
            plain.render_as_string(hide_password=False),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def let_service_in(server_url: str) -> None:
    """Let the service's role of the tests log in, on a server with its groups."""
    with _connected(server_url) as connection:
        connection.execute(
            f"""
            DO $$ BEGIN
                CREATE ROLE {SERVICE} LOGIN PASSWORD '{_verifier(PASSWORD)}';
                GRANT {roles.SERVICE} TO {SERVICE};
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """.encode()
        )


def let_owner_in_at_once(server_url: str) -> None:
    """Keep the owner's password, but let it no longer take time to be given."""
    owner = make_url(server_url)
    verifier = _verifier(str(owner.password))
    execute(server_url, f"ALTER ROLE \"{owner.username}\" PASSWORD '{verifier}'")


def _verifier(password: str) -> str:
    """Return what the server keeps of *password* (SCRAM, as RFC 5802 has it).

    It is hashed once, and not thousands of times: whoever connects has to do it again,
    and the tests do little else as often.
    """
    salt = b"of the tests"
    salted = pbkdf2_hmac("sha256", password.encode(), salt, iterations=1)
    client, server = (
        hmac.digest(salted, said, "sha256") for said in (b"Client Key", b"Server Key")
    )
    kept = (
        b64encode(each).decode() for each in (salt, sha256(client).digest(), server)
    )
    return "SCRAM-SHA-256$1:{}${}:{}".format(*kept)


def _connected(
    server_url: str, name: str | None = None
) -> psycopg.Connection[tuple[object, ...]]:
    address = make_url(server_url).set(drivername="postgresql")
    if name is not None:
        address = address.set(database=name)
    return psycopg.connect(address.render_as_string(hide_password=False))


def _shape(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    return connection.execute(SHAPE).fetchone()


def _content(
    connection: psycopg.Connection[tuple[object, ...]],
) -> dict[str, bytes]:
    """Return the rows of every table, as COPY writes them."""
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    return {str(table): _rows(connection, str(table)) for (table,) in tables}


def _rows(connection: psycopg.Connection[tuple[object, ...]], table: str) -> bytes:
    statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(statement) as rows:
        return b"".join(rows)


def _put(
    connection: psycopg.Connection[tuple[object, ...]], table: str, rows: bytes
) -> None:
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with connection.cursor().copy(statement) as copy:
        copy.write(rows)
