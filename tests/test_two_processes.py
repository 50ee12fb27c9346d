"""What is revoked is refused by every process of the service."""

import re
from pathlib import Path
from time import monotonic, sleep

import httpx2
import pytest

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.services import keys
from tests.commands import PATIENCE_SECONDS, running
from tests.conftest import bearer
from tests.ports import free_port

SECONDS_TO_REVOKE = 5.0


def client_of(port: int) -> httpx2.Client:
    return httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_SECONDS)


def wait_until_it_listens(service: httpx2.Client) -> None:
    until = monotonic() + PATIENCE_SECONDS
    while monotonic() < until:
        try:
            if service.get("/health/live").status_code == 200:
                return
        except httpx2.TransportError:
            sleep(0.1)
    pytest.fail("the service did not begin to listen")


def test_a_revoked_key_is_refused_within_five_seconds_by_both_of_two_processes(
    database_url: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    key = bearer(database, Role.LEAD)
    ports = [free_port(), free_port()]
    with (
        running("serve", "--port", str(ports[0])) as streams,
        running("serve", "--port", str(ports[1])),
        client_of(ports[0]) as one,
        client_of(ports[1]) as other,
    ):
        both = [one, other]
        for service in both:
            wait_until_it_listens(service)

        def accepted() -> list[bool]:
            return [
                service.get("/v1/units", headers=key).status_code == 200
                for service in both
            ]

        assert accepted() == [True, True]
        _sign_in_and_out(streams, one, other)
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


def _sign_in_and_out(streams: Path, one: httpx2.Client, other: httpx2.Client) -> None:
    """Sign in with the link that one service has printed, and out at the other."""
    printed = (streams / "stdout").read_text()
    link = re.search(r"http://127\.0\.0\.1:\d+/sign-in/link\?code=(\S+)", printed)
    assert link is not None
    let_in = one.post("/sign-in/link", data={"code": link[1]})
    assert let_in.status_code == 303
    secret = let_in.cookies["maaraaika-session"]
    cookie = {"Cookie": f"maaraaika-session={secret}", "Sec-Fetch-Site": "same-origin"}

    def is_open(service: httpx2.Client) -> bool:
        return service.get("/v1/units", headers=cookie).status_code == 200

    assert is_open(one)
    assert is_open(other)
    assert other.post("/sign-out", headers=cookie).status_code == 303
    assert not is_open(other)
    signed_out_at = last_open_at = asked_at = monotonic()
    while is_open(one) and asked_at < signed_out_at + PATIENCE_SECONDS:
        last_open_at = asked_at
        sleep(0.05)
        asked_at = monotonic()
    assert last_open_at - signed_out_at < SECONDS_TO_REVOKE
