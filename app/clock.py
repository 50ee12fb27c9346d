"""The only place that reads the clock; and how the service writes an instant."""

from datetime import UTC, date, datetime
from functools import lru_cache

from app.domain.events import legal_day


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present legal day in Helsinki."""
    return legal_day(now())


@lru_cache(maxsize=64)
def rfc3339(instant: datetime) -> str:
    """Return *instant* (UTC) as the service writes it."""
    return instant.isoformat().replace("+00:00", "Z")
