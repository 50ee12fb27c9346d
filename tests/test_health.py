"""/health: a service that could lose what it acknowledges is not ready."""

import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app.db.database import Database, connect
from app.main import create_app


def test_a_service_with_a_safe_database_is_alive_and_ready(client: TestClient) -> None:
    alive = client.get("/health/live")
    ready = client.get("/health/ready")

    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})


def test_a_service_whose_commits_could_be_lost_is_not_ready(
    database_url: str,
    owner_url: str,
) -> None:
    _set_for_new_connections(owner_url, "synchronous_commit", "off")
    database = connect(database_url)

    with TestClient(create_app(database)) as client:
        ready = client.get("/health/ready")
        alive = client.get("/health/live")

    database.dispose()
    assert ready.status_code == 503
    assert ready.headers["content-type"] == "application/problem+json"
    assert ready.headers["retry-after"] == "2"
    assert ready.json()["type"] == "urn:maaraaika:problem:database-unavailable"
    assert alive.status_code == 200


def test_a_service_that_does_not_know_how_long_to_keep_data_is_not_ready(
    database: Database,
) -> None:
    undecided = ("MAARAAIKA_RETENTION_PAYLOADS", "MAARAAIKA_RETENTION_SKELETONS")

    with TestClient(create_app(database, undecided=undecided)) as client:
        ready = client.get("/health/ready")

    assert ready.status_code == 503
    assert ready.json()["type"] == "urn:maaraaika:problem:retention-undecided"
    assert all(name in ready.json()["detail"] for name in undecided)


@pytest.mark.parametrize("level", ["on", "local", "remote_apply"])
def test_a_commit_that_is_on_this_disk_is_kept(
    database_url: str, owner_url: str, level: str
) -> None:
    _set_for_new_connections(owner_url, "synchronous_commit", level)
    database = connect(database_url)

    with TestClient(create_app(database)) as client:
        ready = client.get("/health/ready")

    database.dispose()
    assert ready.status_code == 200


def test_a_service_without_its_database_lives_and_is_not_ready() -> None:
    nowhere = connect("postgresql://nobody@127.0.0.1:1/nothing")

    with TestClient(create_app(nowhere)) as client:
        ready = client.get("/health/ready")
        alive = client.get("/health/live")

    assert ready.status_code == 503
    assert "127.0.0.1" not in ready.text
    assert alive.status_code == 200


def test_a_service_whose_database_comes_back_is_ready_again(
    client: TestClient, database: Database, owner_url: str
) -> None:
    assert client.get("/health/ready").status_code == 200
    with _server(owner_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    statuses = [client.get("/health/ready").status_code for _ in range(3)]

    assert statuses[-1] == 200
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # QueuePool


def _set_for_new_connections(url: str, setting: str, value: str) -> None:
    with _server(url) as connection:
        connection.execute(
            f'ALTER DATABASE "{connection.info.dbname}" SET {setting} = {value}'
        )


def _server(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)
