"""What is revoked is refused by every process of the service."""

import socket
from time import monotonic, sleep

import httpx2
import pytest

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.services import keys
from tests.commands import PATIENCE_SECONDS, running
from tests.conftest import bearer

SECONDS_TO_REVOKE = 5.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_until_ready(service: httpx2.Client) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        try:
            if service.get("/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            sleep(0.1)
    pytest.fail("the service did not become ready")


def test_a_revoked_key_is_refused_within_five_seconds_by_both_of_two_processes(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    key = bearer(database, Role.LEAD)
    ports = [free_port(), free_port()]
    with (
        running("serve", "--port", str(ports[0])),
        running("serve", "--port", str(ports[1])),
        httpx2.Client(base_url=f"http://127.0.0.1:{ports[0]}") as one,
        httpx2.Client(base_url=f"http://127.0.0.1:{ports[1]}") as other,
    ):
        both = [one, other]
        for service in both:
            wait_until_ready(service)

        def accepted() -> list[bool]:
            return [
                service.get("/v1/units", headers=key).status_code == 200
                for service in both
            ]

        assert accepted() == [True, True]
        key_id = key["Authorization"].split("_")[1]
        assert keys.revoke(database, key_id, revoked_at=clock.now())
        revoked_at = monotonic()
        # Asked all the time, so that nothing is forgotten for want of being used. What
        # counts is when a question was asked that was still answered.
        last_accepted_at = asked_at = revoked_at
        while any(accepted()) and asked_at < revoked_at + PATIENCE_SECONDS:
            last_accepted_at = asked_at
            sleep(0.05)
            asked_at = monotonic()

        assert last_accepted_at - revoked_at < SECONDS_TO_REVOKE
        assert accepted() == [False, False]
