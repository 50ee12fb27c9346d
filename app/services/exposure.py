"""Whether the service may listen where others than this machine can reach it."""

from datetime import datetime
from ipaddress import ip_address

from app.db.database import Database
from app.services import keys


class ExposedError(Exception):
    """Others could reach the service who cannot be told apart, or be overheard."""


def ensure_safe(
    database: Database,
    host: str,
    *,
    public_url: str | None,
    has_providers: bool,
    now: datetime,
) -> None:
    """Make sure that only this machine reaches *host*, or only who can be known.

    Raises:
        ExposedError: others do, and there is no TLS, or nothing to know them by.
    """
    if is_loopback(host):
        return
    if not (public_url or "").startswith("https:"):
        raise ExposedError(
            f"Others can reach {host}. Put a proxy with TLS in front, and set "
            "MAARAAIKA_PUBLIC_URL to its https address; or listen on 127.0.0.1."
        )
    if not has_providers and not any(key.is_good(now) for key in keys.listed(database)):
        raise ExposedError(
            f"Others can reach {host}, and nobody could be told from anybody. Make a "
            "key first, maaraaika key create --role admin, or name identity providers "
            "in MAARAAIKA_IDENTITY_FILE; or listen on 127.0.0.1."
        )


def is_loopback(host: str) -> bool:
    """Tell whether *host* is reached from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
