"""The settings of reports: shown, and set anew from now on."""

from datetime import datetime

from app.db import report_settings
from app.db.database import Database, hold_recording, instant
from app.domain.report_settings import ReportSettings


def known(
    database: Database, *, known_at: datetime | None = None
) -> tuple[datetime, ReportSettings]:
    """Return the settings known at *known_at* (default: now), and that instant.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.read(known_at) as question:
        instant = question.known_at
        return instant, report_settings.in_use(question.connection, known_at=instant)


def put(database: Database, settings: ReportSettings) -> None:
    """Record *settings*; earlier answers keep those of then."""
    with database.write() as connection:
        # A question that has drawn its line must not find them behind it.
        hold_recording(connection)
        report_settings.add(connection, settings, instant(connection))
