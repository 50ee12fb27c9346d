"""The service listens where others can reach it only if they can be known."""

import pytest

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.services import keys
from app.services.exposure import ExposedError, ensure_safe
from tests.conftest import bearer

EVERYWHERE = "0.0.0.0"  # noqa: S104 (what is refused)
HTTPS = "https://deadlines.example"


def ensure(
    database: Database,
    host: str,
    public_url: str | None = None,
    *,
    has_providers: bool = False,
) -> None:
    ensure_safe(
        database,
        host,
        public_url=public_url,
        has_providers=has_providers,
        now=clock.now(),
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_on_this_machine_nothing_is_needed(database: Database, host: str) -> None:
    ensure(database, host)


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "10.0.0.5", "deadlines.example"])
@pytest.mark.parametrize("public_url", [None, "http://deadlines.example"])
def test_elsewhere_tls_is_needed(
    database: Database, host: str, public_url: str | None
) -> None:
    bearer(database, Role.ADMIN)

    with pytest.raises(ExposedError, match="MAARAAIKA_PUBLIC_URL"):
        ensure(database, host, public_url, has_providers=True)


def test_elsewhere_a_provider_or_a_good_key_is_needed(database: Database) -> None:
    with pytest.raises(ExposedError, match="key create"):
        ensure(database, EVERYWHERE, HTTPS)
    ensure(database, EVERYWHERE, HTTPS, has_providers=True)

    key = bearer(database, Role.ADMIN)
    ensure(database, EVERYWHERE, HTTPS)
    key_id = key["Authorization"].split("_")[1]
    keys.revoke(database, key_id, revoked_at=clock.now())
    with pytest.raises(ExposedError, match="key create"):
        ensure(database, EVERYWHERE, HTTPS)
