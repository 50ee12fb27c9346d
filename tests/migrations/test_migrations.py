"""Migrations go up, down and up again, and give the tables that the models declare."""

import json
import re
from collections.abc import Iterator
from datetime import date

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.testclient import TestClient
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app.db import publications, schema
from app.db.database import Database, connect
from app.db.schema import MIGRATIONS, PendingMigrationsError
from app.db.tables import metadata
from app.domain.access import Actor, Role
from app.domain.erasure import ErasureGround
from app.domain.ledger import GENESIS, publication_hash
from app.domain.public_grid import Split
from app.security import api_keys
from app.services import intake, keys
from app.services.erasure import erase_child
from tests import databases
from tests.api.sending import notification, send
from tests.conftest import Headers
from tests.services.conftest import told

OBJECTS = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e')
"""

EVENT = text("""
    INSERT INTO case_event (source, sequence, event_id, kind, case_ref, occurred_on,
                            data, digest, recorded_at, commitment, hash)
    VALUES ('client-a', :place, 'n' || :place, 'notification', 'A-' || :place,
            '2025-11-30', :data, '', now(), '', '')
""")
CLOCKS = text("""
    INSERT INTO deadline (source, case_ref, rule, started_by, recorded_at, started_on,
                          due_on, safe_on, version, joined, first, entry, matter,
                          language_group, nationality_group, age_band)
    SELECT :source, 'A-' || :place, rule, :id, now(), '2025-11-30', due_on, safe_on,
           'v', false, true, 'report', 'child_protection', 'fi', 'finnish', '0-2'
    FROM (VALUES ('initiation', '2025-12-09'::date, '2025-12-09'::date),
                 ('assessment', '2026-03-02', '2026-02-27'))
         AS limits (rule, due_on, safe_on)
""")


@pytest.fixture
def empty(server_url: str) -> Iterator[Database]:
    """Give a database in which there is nothing yet."""
    name = databases.create(server_url)
    database = connect(databases.url(server_url, name))
    yield database
    database.dispose()
    databases.drop(server_url, name)


def differences(database: Database) -> list[object]:
    """Return in what the tables of *database* differ from the models."""
    with database.write() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))


def objects(database: Database) -> set[str]:
    """Return what there is in *database*, by name, but for the note of Alembic."""
    with database.write() as connection:
        names = set(connection.scalars(text(OBJECTS)))
    return names - {"alembic_version", "alembic_version_pkc"}


def test_they_go_up_down_and_up_again_and_agree_with_the_models(
    empty: Database,
) -> None:
    schema.migrate(empty)
    first = objects(empty)
    assert differences(empty) == []

    schema.migrate(empty, "base")
    assert objects(empty) == set()

    schema.migrate(empty)
    assert objects(empty) == first
    assert differences(empty) == []
    schema.require_newest(empty)


def test_a_difference_would_be_noticed(empty: Database) -> None:
    schema.migrate(empty)
    with empty.write() as connection:
        connection.execute(text("ALTER TABLE deadline DROP COLUMN strict_on"))

    assert differences(empty)


def test_clocks_that_are_there_get_their_strict_dates_and_reasons(
    empty: Database,
) -> None:
    schema.migrate(empty, "8962c0a08324")
    with empty.write() as connection:
        for place, reasons in ((1, ["violence_at_home", "null"]), (2, [])):
            connection.execute(
                EVENT,
                {
                    "place": place,
                    "data": json.dumps({"reasons": reasons, "entry": "x"}),
                },
            )
            connection.execute(
                CLOCKS, {"place": place, "source": "client-a", "id": f"n{place}"}
            )
        connection.execute(CLOCKS, {"place": 3, "source": "other", "id": "n1"})

    schema.migrate(empty)

    with empty.write() as connection:
        rows = connection.execute(
            text(
                "SELECT case_ref, rule, strict_on, reasons FROM deadline ORDER BY 1, 2"
            )
        ).all()
    strict = {"assessment": date(2026, 2, 28), "initiation": date(2025, 12, 9)}
    assert [tuple(row) for row in rows] == [
        (f"A-{place}", rule, strict[rule], "violence_at_home null" if told else None)
        for place, told in ((1, True), (2, False), (3, False))
        for rule in sorted(strict)
    ]


def test_keys_that_are_there_stay_good_and_get_no_end(empty: Database) -> None:
    schema.migrate(empty, "c1d84e7a5b26")
    key = api_keys.new_key("3b27eada")
    with empty.write() as connection:
        connection.execute(
            text("""
                INSERT INTO api_key (key_id, role, source, secret_hash, created_at)
                VALUES ('3b27eada', 'integrator', 'client-a', :hash, '2026-01-01'),
                       ('4c27eada', 'lead', NULL, '', '2026-01-01')
            """),
            {"hash": api_keys.hash_secret(key.split("_", 2)[2])},
        )

    schema.migrate(empty)

    assert keys.look_up(empty, key) is not None
    assert [(each.holder, each.expires_at) for each in keys.listed(empty)] == [
        ("client-a", None),
        ("4c27eada", None),
    ]


def test_publications_that_are_there_are_numbered_chained_and_stay_as_they_were(
    empty: Database,
) -> None:
    schema.migrate(empty, "b7f04d92c3e1")
    rows = [["initiation", "county", "", "", "", 9, 2, ["in_time", "missed"]]]
    with empty.write() as connection:
        for month, published_on in (
            ("2026-02", "2026-03-04"),
            ("2025-12", "2026-01-07"),
        ):
            values = {
                "month": month,
                "published_at": f"{published_on}T10:00:00.5+02:00",
                "outputs": json.dumps(
                    [{"period": month, "parents": {"älvä": None}, "rows": rows}]
                ),
            }
            connection.execute(
                text("""
                    INSERT INTO publication
                    VALUES (:month, '2026-03-01', '2026-03-02T00:00:00Z', :published_at,
                            'lead', 5, 1, :outputs)
                """),
                values,
            )

    schema.migrate(empty)

    with empty.write() as connection:
        found = list(publications.in_order(connection))
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.execute(text("UPDATE publication SET number = number + 2"))
    assert [(each.number, each.month) for each in found] == [
        (1, "2025-12"),
        (2, "2026-02"),
    ]
    previous = GENESIS
    for each in found:
        assert each.flaw(previous) is None
        assert [*each.outputs[0].splits.values()] == [Split(9, 2)]
        previous = each.hash


def test_what_the_version_before_publishes_meanwhile_is_chained(
    empty: Database,
) -> None:
    schema.migrate(empty)

    with empty.write() as connection:
        for number in (1, 2):
            connection.execute(
                text("""
                    INSERT INTO publication (number, digest, month, as_of, known_at,
                        published_at, published_by, threshold, minimum_n, outputs)
                    VALUES (:number, sha256('x'), :number, '2026-03-01', now(), now(),
                            'lead', 5, 1, '[]')
                """),
                {"number": number},
            )

        links = connection.execute(
            text("SELECT number, digest, hash FROM publication ORDER BY number")
        ).all()
    previous = GENESIS
    for number, digest, link in links:
        previous = publication_hash(number, digest, previous)
        assert link == previous


def test_what_is_erased_is_not_given_to_an_older_version(empty: Database) -> None:
    schema.migrate(empty)
    intake.record(empty, told("client-a", 0))
    schema.migrate(empty, "2d9b6f40c1e8")
    schema.migrate(empty)
    erase_child(
        empty,
        source="client-a",
        child_ref="p-1",
        ground=ErasureGround.COURT_ORDER,
        by=(Actor(role=Role.ADMIN, key_id="a"), Actor(role=Role.ADMIN, key_id="b")),
    )

    with pytest.raises(DBAPIError, match="cannot be brought back"):
        schema.migrate(empty, "2d9b6f40c1e8")

    schema.require_newest(empty)


def test_migrating_again_changes_nothing(empty: Database) -> None:
    schema.migrate(empty)
    before = objects(empty)

    schema.migrate(empty)

    assert objects(empty) == before


def test_a_database_that_is_empty_or_old_is_refused_with_the_command_that_mends_it(
    empty: Database,
) -> None:
    with pytest.raises(PendingMigrationsError, match="maaraaika migrate"):
        schema.require_newest(empty)

    schema.migrate(empty)
    schema.require_newest(empty)

    schema.migrate(empty, "base")
    with pytest.raises(PendingMigrationsError, match="maaraaika migrate"):
        schema.require_newest(empty)


def test_a_database_of_a_newer_version_is_refused(empty: Database) -> None:
    schema.migrate(empty)
    with empty.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of-2030'"))

    with pytest.raises(PendingMigrationsError):
        schema.require_newest(empty)


def test_the_ledger_takes_nothing_back(
    client: TestClient, headers: Headers, owner_url: str
) -> None:
    send(client, headers.integrator, notification("A", "2025-03-03", event_id="n1"))
    plain = make_url(owner_url).set(drivername="postgresql")

    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        for statement in (
            "UPDATE case_event SET case_ref = 'B'",
            "UPDATE case_event SET data = data WHERE false",
            "DELETE FROM case_event",
            "DELETE FROM case_event WHERE event_id = 'n1'",
            "TRUNCATE case_event CASCADE",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation) as refused:
                connection.execute(statement)
            assert refused.value.sqlstate == "23001"
            connection.rollback()
        kept = connection.execute("SELECT case_ref, event_id FROM case_event")

        assert kept.fetchall() == [("A", "n1")]


def test_each_migration_is_dated_and_says_why() -> None:
    files = sorted((MIGRATIONS / "versions").glob("*.py"))

    assert files
    for file in files:
        assert re.fullmatch(r"\d{8}_\d{4}_[a-z0-9_]+\.py", file.name)
        content = file.read_text(encoding="utf-8")
        assert content.startswith('"""')
        assert "def downgrade() -> None:\n    pass" not in content
