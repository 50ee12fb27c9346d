"""The only place that reads the clock; and how the service writes an instant."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from app.domain.events import HELSINKI, legal_day


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present legal day in Helsinki."""
    return legal_day(now())


def midnight(day: date) -> datetime:
    """Return the instant at which *day* begins in Helsinki, in UTC."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the instant at which *day* ends in Helsinki, in UTC."""
    return midnight(day + timedelta(days=1))


@lru_cache(maxsize=64)
def rfc3339(instant: datetime) -> str:
    """Return *instant* (UTC) as the service writes it."""
    return instant.isoformat().replace("+00:00", "Z")
