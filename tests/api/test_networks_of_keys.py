"""A key that names networks opens nothing from elsewhere, and that is told."""

from ipaddress import ip_network

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app import clock
from app.cli import cli
from app.db.database import Database
from app.domain.access import Actor, Role
from app.main import create_app
from app.services import keys
from tests.api.sending import notification
from tests.conftest import Told

NETWORKS = (ip_network("10.1.2.0/24"), ip_network("2001:db8::/32"))


def header(database: Database) -> dict[str, str]:
    key = keys.create(
        database,
        role=Role.INTEGRATOR,
        source="client-a",
        units=(),
        networks=NETWORKS,
        created_at=clock.now(),
    )
    return {"Authorization": f"Bearer {key}"}


def test_a_key_is_good_from_its_networks_alone(
    database: Database, told_logs: Told
) -> None:
    app, key = create_app(database), header(database)
    statuses = {}
    problems = set()
    for address in ("10.1.2.9", "::ffff:10.1.2.9", "2001:db8::7", "10.1.3.9", "nobody"):
        with TestClient(app, client=(address, 1)) as client:
            # One of FastAPI's routes, and the one that stands before them.
            read = client.get("/v1/findings", headers=key)
            posted = client.post(
                "/v1/events", json=notification(address, "2026-03-02"), headers=key
            )
            problems.add(posted.json().get("type"))
            statuses[address] = (read.status_code, posted.status_code)

    assert statuses == {
        "10.1.2.9": (200, 201),
        "::ffff:10.1.2.9": (200, 201),
        "2001:db8::7": (200, 201),
        "10.1.3.9": (403, 403),
        "nobody": (403, 403),
    }
    assert problems == {None, "urn:maaraaika:problem:wrong-network"}
    told = [line for line in told_logs() if line["event"] == "key_from_elsewhere"]
    assert len(told) == 4
    assert {line["caller"] for line in told} == {keys.listed(database)[0].key_id}


def test_the_next_key_has_the_networks_of_the_last(database: Database) -> None:
    header(database)
    (old,) = keys.listed(database)

    keys.rotate(database, old.key_id, created_at=clock.now())

    assert {each.networks for each in keys.listed(database)} == {
        ("10.1.2.0/24", "2001:db8::/32")
    }


def test_a_key_without_networks_is_good_from_everywhere() -> None:
    assert Actor(role=Role.LEAD).comes_from(None)


def test_an_operator_names_networks(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    create = ["key", "create", "--role", "lead", "--network"]

    made = CliRunner().invoke(cli, [*create, "10.1.2.0/24"])
    refused = CliRunner().invoke(cli, [*create, "10.1.2.1/24"])
    listed = CliRunner().invoke(cli, ["key", "list"])

    assert made.exit_code == 0, made.output
    assert refused.exit_code == 1
    assert "Write the network as 10.1.2.0/24" in refused.output
    assert listed.output.count("10.1.2.0/24") == 1
    assert [each.networks for each in keys.listed(database)] == [("10.1.2.0/24",)]
