"""No token is taken but a good one; shown through the API."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient

from app import clock
from app.main import create_app
from tests.conftest import fresh_database
from tests.identity.hostile_tokens import HOSTILE, Forge, of_ec
from tests.identity.issuer import (
    Publisher,
    claims,
    ec_key,
    ed_key,
    header,
    provider,
    publisher,
    rsa_key,
    signed,
)


class Service(NamedTuple):
    """The service, and who issues tokens for it."""

    client: TestClient
    issuer: str


@pytest.fixture(scope="module")
def issuer() -> Iterator[Publisher]:
    with publisher() as shown:
        shown.publish(rsa_key(), ec_key(), ed_key())
        yield shown


@pytest.fixture(scope="module")
def service(server_url: str, template: str, issuer: Publisher) -> Iterator[Service]:
    trusted = [provider(issuer.address)]
    with (
        fresh_database(server_url, template) as database,
        TestClient(create_app(database, providers=trusted)) as client,
    ):
        yield Service(client, issuer.address)


def ask(service: Service, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return service.client.get("/v1/units", headers=headers).status_code


def now() -> int:
    return int(clock.now().timestamp())


def test_there_are_at_least_forty_of_them() -> None:
    assert len(HOSTILE) >= 40


def test_a_good_token_is_taken(service: Service) -> None:
    assert ask(service, signed(claims(service.issuer, now()), rsa_key())) == 200


@pytest.mark.parametrize("forge", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_token_is_refused(service: Service, forge: Forge) -> None:
    assert ask(service, forge(service.issuer, now())) == 401


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": ["maaraaika"]}, id="audience as a list of one"),
        pytest.param({"nbf": 0}, id="valid since long"),
        pytest.param({"roles": "service-admin"}, id="role as a text"),
        pytest.param({"roles": ["offline", "service-lead"]}, id="roles of others too"),
        pytest.param({"roles": ["service-head"], "units": None}, id="all units"),
        pytest.param({"name": "Ä" * 100, "x": 1.5}, id="other claims"),
    ],
)
def test_a_token_may_be_written_otherwise(
    service: Service, changes: dict[str, object]
) -> None:
    said = claims(service.issuer, now(), **changes)

    assert ask(service, signed(said, rsa_key())) == 200


def test_clocks_may_differ_by_half_a_minute(service: Service) -> None:
    ahead = claims(service.issuer, now(), iat=now() + 20, exp=now() + 320)
    behind = claims(service.issuer, now(), iat=now() - 300, exp=now() - 10)

    assert ask(service, signed(ahead, rsa_key())) == 200
    assert ask(service, signed(behind, rsa_key())) == 200


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("PS256", rsa_key), ("ES256", ec_key), ("EdDSA", ed_key)],
)
def test_each_algorithm_is_taken_where_it_is_the_issuers(
    server_url: str, template: str, issuer: Publisher, algorithm: str, key: object
) -> None:
    assert callable(key)
    trusted = [provider(issuer.address, algorithm=algorithm)]
    with (
        fresh_database(server_url, template) as database,
        TestClient(create_app(database, providers=trusted)) as client,
    ):
        service = Service(client, issuer.address)
        said = claims(issuer.address, now())

        good = ask(service, signed(said, key(), algorithm=algorithm))
        others = (
            signed(said, rsa_key(), header(rsa_key())),
            of_ec(bytes(64))(issuer.address, now()),
            of_ec(b"x")(issuer.address, now()),
        )
        refused = [ask(service, other) for other in others]

    assert (good, refused) == (200, [401, 401, 401])
