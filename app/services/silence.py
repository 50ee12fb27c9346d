"""Silence: which sources are heard less than they should be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.db import source_findings
from app.db import sources as source_table
from app.db.database import Connection
from app.db.source_findings import Heard
from app.db.sources import SourceSetting
from app.domain.events import OWN_SOURCE
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity
from app.domain.rhythm import learned_interval, working_hours_between
from app.domain.working_days import Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How long a source has been silent, and how long it may be, in working hours.

    *expected* is None where nobody has said so and there is too little to learn from.
    """

    source: str
    last_at: datetime
    silent: float
    expected: int | None
    is_learned: bool
    has_ended: bool

    @property
    def is_silent(self) -> bool:
        """Tell whether the source should have been heard; one that ended need not."""
        return (
            not self.has_ended
            and self.expected is not None
            and self.silent > self.expected
        )


def rhythms(
    connection: Connection, calendar: Calendar, *, known_at: datetime, now: datetime
) -> dict[str, Rhythm]:
    """Return the rhythm of every source that was heard by *known_at*, as of *now*.

    The service's own source has none: leads speak when there is something to say.
    """
    settings = source_table.settings(connection, known_at=known_at)
    return {
        source: _rhythm(
            each, settings.get(source, SourceSetting(source=source)), calendar, now
        )
        for source, each in source_findings.heard(connection, known_at=known_at).items()
        if source != OWN_SOURCE
    }


def silences(
    connection: Connection, calendar: Calendar, *, known_at: datetime, now: datetime
) -> Iterable[Finding]:
    """Give the sources that have been silent for too long at *now*."""
    kind = FindingKind.SOURCE_SILENT
    found = rhythms(connection, calendar, known_at=known_at, now=now)
    for source, rhythm in found.items():
        if rhythm.is_silent:
            yield Finding(
                kind=kind,
                severity=CATALOGUE[kind].severity,
                id=identity(kind, source),
                source=source,
                since=rhythm.last_at,
                facts={
                    "silent_working_hours": round(rhythm.silent, 1),
                    "expected_working_hours": rhythm.expected,
                },
            )


def _rhythm(
    heard: Heard, setting: SourceSetting, calendar: Calendar, now: datetime
) -> Rhythm:
    said = setting.expected_working_hours
    return Rhythm(
        source=setting.source,
        last_at=heard.last_at,
        silent=working_hours_between(heard.last_at, now, calendar),
        expected=(
            learned_interval(heard.minutes, heard.events, calendar)
            if said is None
            else said
        ),
        is_learned=said is None,
        has_ended=setting.successor is not None,
    )
