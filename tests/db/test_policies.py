"""The database shows of cases what a transaction says that it may see, and no more."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text

from app.clock import now
from app.db import policies
from app.db.database import Database, driver
from app.db.policies import SEEN
from app.db.scopes import EVERYTHING, NOTHING, OfSource, Scope, UnitsBelow
from app.db.tables import metadata
from app.domain.access import Role
from app.main import create_app
from tests import databases
from tests.api.sending import (
    assessment,
    closure,
    decision,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import bearer, fresh_database

TREE = {"county": None, "west": "county", "tapiola": "west", "east": "county"}
# Tables that name no case, and why each of them needs no policy.
WITHOUT_CASES = {
    "access_chain": "heads of chains",
    "access_log": "read by auditors alone; no question has a right to it",
    "activation": "the law",
    "api_key": "who may call",
    "checkpoint_file": "how far files have come",
    "export_count": "how many files somebody has taken",
    "forgotten_line": "hashes of lines of which nothing else is left",
    "person": "who signs in",
    "publication": "what the public has been shown",
    "report_setting": "settings",
    "saved_view": "what people ask of the worklist, and nothing that it answers",
    "sealed_report": "figures; whose they are, the service asks of their content",
    "service_secret": "keys of the service; no question has a right to them",
    "session": "who is signed in",
    "sign_in_link": "who may sign in",
    "source": "heads of ledgers",
    "source_setting": "settings",
    "unit": "the units",
}
POLICIES = text(
    """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, p.polcmd,
           p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
           pg_get_expr(p.polwithcheck, p.polrelid),
           ARRAY(SELECT rolname::text FROM pg_roles WHERE oid = ANY(p.polroles)
                 ORDER BY rolname)
    FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    ORDER BY 1, 4
    """
)


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[Database]:
    """Give a county in which cases have moved between its units.

    stays: tapiola's from the start. moved: tapiola's until the 9th of March, then
    east's. came: the other way round. nobody: no unit is named. gone: merged into
    stays. other: of another client system, in the east.
    """
    with fresh_database(server_url, template) as database:
        admin = bearer(database, Role.ADMIN)
        sender, other = (
            bearer(database, Role.INTEGRATOR, source=source)
            for source in ("client-a", "client-b")
        )
        with TestClient(create_app(database)) as client:
            put_units(client, admin, TREE)
            send(
                client,
                sender,
                notification("stays", "2026-03-02", unit="tapiola"),
                notification("moved", "2026-03-02", unit="tapiola"),
                notification("came", "2026-03-02", unit="east"),
                notification("nobody", "2026-03-02", unit=None),
                notification("gone", "2026-03-03", unit="east"),
            )
            send(
                client,
                sender,
                decision("moved", "2026-03-06"),
                transfer("moved", "2026-03-10", "east"),
                transfer("came", "2026-03-10", "tapiola"),
                {**closure("gone", "2026-03-04", "merged"), "data": MERGED},
            )
            send(client, sender, assessment("moved", "2026-05-04"))
            send(client, sender, assessment("came", "2026-05-04"))
            elsewhere = notification("other", "2026-03-02", unit="east")
            send(client, other, {**elsewhere, "source": "client-b"})
        yield database


MERGED = {"reason": "merged", "into": "stays"}


@pytest.fixture
def as_owner(server_url: str, county: Database) -> Iterator[Connection]:
    """Give the county to its owner, whose changes are undone at the end."""
    with databases.owned(server_url, county) as owned, owned.rehearse() as connection:
        yield connection


def seen(database: Database, scope: Scope, statement: str) -> list[str]:
    """Return what *statement* finds for who sees *scope*, in order."""
    with database.seen_by(scope).read() as question:
        rows = driver(question.connection).execute(statement.encode()).fetchall()
    return sorted(" ".join(map(str, row)) for row in rows)


def owner_without_powers(raw: psycopg.Connection[Any]) -> None:
    """Become the owner of the deadlines, who is no superuser."""
    raw.execute("CREATE ROLE owner_of_a_test")
    raw.execute("GRANT USAGE, CREATE ON SCHEMA public TO owner_of_a_test")
    raw.execute("DROP VIEW held_deadline")
    raw.execute("DROP POLICY held ON deadline")
    raw.execute("ALTER TABLE deadline OWNER TO owner_of_a_test")
    raw.execute("SET LOCAL ROLE owner_of_a_test")


CLOCKS = """
    SELECT DISTINCT case_ref FROM deadline WHERE recorded_until = 'infinity'
"""
EVENTS = "SELECT case_ref, kind FROM case_event"
EAST, TAPIOLA = (UnitsBelow(frozenset({unit})) for unit in ("east", "tapiola"))
EVERY_CASE = ["came", "moved", "nobody", "other", "stays"]


@pytest.mark.parametrize(
    ("scope", "cases"),
    [
        pytest.param(EVERYTHING, EVERY_CASE, id="everything"),
        pytest.param(NOTHING, [], id="nothing"),
        pytest.param(TAPIOLA, ["came", "moved", "stays"], id="a team"),
        pytest.param(
            UnitsBelow(frozenset({"west"})), ["came", "moved", "stays"], id="its area"
        ),
        pytest.param(EAST, ["came", "moved", "other"], id="another area"),
        pytest.param(
            UnitsBelow(frozenset({"county"})),
            ["came", "moved", "other", "stays"],
            id="the root of the tree, which no case without a unit is below",
        ),
        pytest.param(UnitsBelow(frozenset({"nowhere"})), [], id="an unknown unit"),
        pytest.param(UnitsBelow(frozenset({'"},{*'})), [], id="a hostile unit"),
        pytest.param(OfSource("client-b"), ["other"], id="a source"),
        pytest.param(OfSource("client-c"), [], id="a source without cases"),
    ],
)
def test_a_question_without_any_condition_finds_the_clocks_of_its_scope(
    county: Database, scope: Scope, cases: list[str]
) -> None:
    assert seen(county, scope, CLOCKS) == cases


@pytest.mark.parametrize(
    ("scope", "units"),
    [
        pytest.param(EVERYTHING, None, id="everything, which is asked elsewhere"),
        pytest.param(NOTHING, [], id="nothing"),
        pytest.param(TAPIOLA, ["tapiola"], id="a team, though it had another before"),
        pytest.param(EAST, ["east"], id="another area"),
        pytest.param(
            UnitsBelow(frozenset({"county"})), ["east", "tapiola"], id="the whole tree"
        ),
        pytest.param(OfSource("client-b"), [], id="a source, though it has a clock"),
    ],
)
def test_what_is_counted_without_any_condition_is_what_the_units_have_now(
    county: Database, scope: Scope, units: list[str] | None
) -> None:
    counted = "SELECT DISTINCT unit FROM held_deadline"
    if units is None:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            seen(county, scope, counted)
        return

    assert seen(county, scope, counted) == units


def test_the_owner_of_the_tables_counts_no_more_for_a_question(
    as_owner: Connection,
) -> None:
    raw = driver(as_owner)
    owner_without_powers(raw)
    policies.protect(as_owner, "deadline")
    policies.count_held(as_owner)
    raw.execute("RESET ROLE")

    counted = []
    for units in ("", "{tapiola}"):
        raw.execute(
            """
            SELECT set_config('role', 'maaraaika_reader', true),
                   set_config('maaraaika.scope', '', true),
                   set_config('maaraaika.units', %s, true)
            """,
            [units],
        )
        counted.append(
            raw.execute("SELECT DISTINCT unit FROM held_deadline").fetchall()
        )

    assert counted == [[], [("tapiola",)]]


@pytest.mark.parametrize(
    ("scope", "events"),
    [
        pytest.param(
            TAPIOLA,
            [
                "came assessment",
                "came notification",
                "came transfer",
                "moved initiation",
                "moved notification",
                "stays notification",
            ],
            id="of what it has, all; of what it had, what happened until it lost it",
        ),
        pytest.param(
            EAST,
            [
                "came notification",
                "gone notification",
                "moved assessment",
                "moved initiation",
                "moved notification",
                "moved transfer",
                "other notification",
            ],
            id="what it had before it was merged, as it was known then",
        ),
        pytest.param(OfSource("client-b"), ["other notification"], id="a source"),
        pytest.param(NOTHING, [], id="nothing"),
    ],
)
def test_a_question_without_any_condition_finds_the_events_of_its_scope(
    county: Database, scope: Scope, events: list[str]
) -> None:
    assert seen(county, scope, EVENTS) == events


@pytest.mark.parametrize("table", sorted(SEEN.keys() - {"case_event", "deadline"}))
def test_of_the_other_tables_with_cases_a_question_finds_no_row_of_others(
    county: Database, table: str
) -> None:
    count = f"SELECT count(*) FROM {table}"  # noqa: S608 (names of our own)

    for scope in (NOTHING, TAPIOLA, EAST, OfSource("client-c")):
        assert seen(county, scope, count) == ["0"]


@pytest.mark.parametrize("table", sorted(SEEN))
def test_who_says_nothing_sees_nothing_and_adds_nothing(
    county: Database, table: str
) -> None:
    url = county.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as fresh:
        count = f"SELECT count(*) FROM {table}"  # noqa: S608 (names of our own)
        assert fresh.execute(count.encode()).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level"):
            fresh.execute(f"INSERT INTO {table} DEFAULT VALUES".encode())


def test_a_connection_forgets_the_scope_with_its_transaction(county: Database) -> None:
    for scope in (EVERYTHING, TAPIOLA, OfSource("client-a"), NOTHING):
        with county.seen_by(scope).read() as question:
            raw = driver(question.connection)
            raw.execute("SELECT count(*) FROM deadline")
            raw.commit()
            said = raw.execute(
                """
                SELECT current_user = session_user,
                       concat(current_setting('maaraaika.scope', true),
                              current_setting('maaraaika.units', true),
                              current_setting('maaraaika.source', true)),
                       (SELECT count(*) FROM deadline)
                """
            ).fetchone()
        assert said == (True, "", 0)


def test_for_a_while_the_service_sees_more_and_then_no_more(county: Database) -> None:
    with county.seen_by(TAPIOLA).read() as question:
        raw = driver(question.connection)
        with question.as_service():
            everything = raw.execute(CLOCKS).fetchall()
        afterwards = raw.execute(CLOCKS).fetchall()

    assert sorted(case for (case,) in everything) == EVERY_CASE
    assert sorted(case for (case,) in afterwards) == ["came", "moved", "stays"]


def test_the_units_are_those_that_were_below_at_the_instant_asked_about(
    server_url: str, template: str
) -> None:
    with fresh_database(server_url, template) as database:
        with TestClient(create_app(database)) as client:
            admin = bearer(database, Role.ADMIN)
            sender = bearer(database, Role.INTEGRATOR, source="client-a")
            put_units(client, admin, TREE)
            send(client, sender, notification("A", "2026-03-02", unit="tapiola"))
            before = now()
            put_units(client, admin, {"tapiola": "east"})
        west = database.seen_by(UnitsBelow(frozenset({"west"})))
        counted = []
        for known_at in (before, None):
            with west.read(known_at) as question:
                raw = driver(question.connection)
                counted.append(raw.execute(CLOCKS).fetchall())

    assert counted == [[("A",)], []]


def test_every_table_with_cases_is_protected_as_it_is_declared(
    as_owner: Connection,
) -> None:
    found = as_owner.execute(POLICIES).all()
    protected = {row[0] for row in found if row[1] and row[2] and row[3]}

    for table in SEEN:
        policies.protect(as_owner, table)

    assert as_owner.execute(POLICIES).all() == found
    assert protected == set(SEEN)
    assert metadata.tables.keys() - protected == WITHOUT_CASES.keys()


def test_the_owner_of_the_tables_is_held_to_the_policies_as_well(
    as_owner: Connection,
) -> None:
    raw = driver(as_owner)
    owner_without_powers(raw)
    policies.protect(as_owner, "deadline")

    counted = []
    for scope in ("", "*"):
        raw.execute("SELECT set_config('maaraaika.scope', %s, true)", [scope])
        changed = raw.execute("UPDATE deadline SET due_on = due_on").rowcount
        counted.append((raw.execute(CLOCKS).rowcount, changed > 0))

    assert counted == [(0, False), (len(EVERY_CASE), True)]
