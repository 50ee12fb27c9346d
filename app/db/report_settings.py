"""The settings of reports, and since when each was known."""

import json
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, cast, insert, select
from sqlalchemy import Text as SqlText

from app.db.bulk import Asked
from app.db.database import driver
from app.db.tables import report_setting
from app.domain.report_settings import Baseline, ReportSettings, describe, described


def in_use(connection: Connection, *, known_at: datetime) -> ReportSettings:
    """Return the settings known at *known_at*; the defaults before any were set."""
    return ask_in_use(connection, known_at=known_at)()


def ask_in_use(connection: Connection, *, known_at: datetime) -> Asked[ReportSettings]:
    """Ask for the settings known at *known_at*."""
    asked = driver(connection).execute(
        """
        SELECT settings::text FROM report_setting
        WHERE recorded_at <= %s ORDER BY recorded_at DESC LIMIT 1
        """,
        [known_at],
    )

    def answer() -> ReportSettings:
        row = asked.fetchone()
        return ReportSettings() if row is None else _settings(row[0])

    return answer


def baseline_since(
    connection: Connection, baseline: Baseline, *, known_at: datetime
) -> datetime:
    """Return the instant since which *baseline*, in use at *known_at*, has been."""
    since = known_at
    rows = connection.execute(
        select(report_setting.c.recorded_at, cast(report_setting.c.settings, SqlText))
        .where(report_setting.c.recorded_at <= known_at)
        .order_by(report_setting.c.recorded_at.desc())
    )
    for recorded_at, text in rows:
        if _settings(text).baseline != baseline:
            break
        since = recorded_at
    return since


def add(
    connection: Connection, settings: ReportSettings, recorded_at: datetime
) -> None:
    """Record *settings* as those known since *recorded_at*."""
    connection.execute(
        insert(report_setting).values(
            recorded_at=recorded_at, settings=describe(settings)
        )
    )


@lru_cache(maxsize=16)
def _settings(text: str) -> ReportSettings:
    return described(json.loads(text))
