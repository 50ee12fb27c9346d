"""The settings of reports: shown, and set anew from now on."""

from datetime import datetime

from app.db import report_settings
from app.db.database import Database, hold_recording, instant
from app.domain.report_settings import ReportSettings


def in_use(database: Database, *, known_at: datetime | None = None) -> ReportSettings:
    """Return the settings known at *known_at* (default: now)."""
    with database.read(known_at) as question:
        return report_settings.in_use(question.connection, known_at=question.known_at)


def put(database: Database, settings: ReportSettings) -> None:
    """Record *settings*; earlier answers keep those of then."""
    with database.write() as connection:
        # A question that has drawn its line must not find them behind it.
        hold_recording(connection)
        report_settings.add(connection, settings, instant(connection))
