"""The only place that reads the clock."""

from datetime import UTC, date, datetime

from app.domain.events import legal_day


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the present legal day in Helsinki."""
    return legal_day(now())
