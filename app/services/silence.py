"""Silence: which sources are heard less than they should be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.db import source_findings
from app.db import sources as source_table
from app.db.database import Connection
from app.db.sources import SourceSetting
from app.domain.events import OWN_SOURCE
from app.domain.finding_texts import CATALOGUE
from app.domain.findings import Finding, FindingKind, identity
from app.domain.rhythm import (
    SHORTEST_INTERVAL,
    learned_interval,
    working_hours_between,
)
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
    """Return the rhythm of every source that was heard by *known_at*, as of *now*."""
    return {
        each.source: _rhythm(connection, each, calendar)
        for each in _pauses(connection, calendar, known_at=known_at, now=now)
    }


def silences(
    connection: Connection, calendar: Calendar, *, known_at: datetime, now: datetime
) -> Iterable[Finding]:
    """Give the sources that have been silent for too long at *now*."""
    kind = FindingKind.SOURCE_SILENT
    for pause in _pauses(connection, calendar, known_at=known_at, now=now):
        # What a source may be silent is to be looked up for few: most were just heard.
        if (
            pause.may_be_too_long
            and (rhythm := _rhythm(connection, pause, calendar)).is_silent
        ):
            yield Finding(
                kind=kind,
                severity=CATALOGUE[kind].severity,
                id=identity(kind, rhythm.source),
                source=rhythm.source,
                since=rhythm.last_at,
                facts={
                    "silent_working_hours": round(rhythm.silent, 1),
                    "expected_working_hours": rhythm.expected,
                },
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pause:
    """For how many working hours a source has been silent, and what is said of it."""

    setting: SourceSetting
    last_at: datetime
    silent: float

    @property
    def source(self) -> str:
        return self.setting.source

    @property
    def may_be_too_long(self) -> bool:
        """Tell whether it is, perhaps, by what is known without its rhythm."""
        said = self.setting.expected_working_hours
        shortest = SHORTEST_INTERVAL if said is None else said
        return self.setting.successor is None and self.silent > shortest


def _pauses(
    connection: Connection, calendar: Calendar, *, known_at: datetime, now: datetime
) -> list[_Pause]:
    """Return for how long each source that was heard by *known_at* is silent *now*.

    The service's own source is not asked: leads speak when there is something to say.
    """
    settings = source_table.settings(connection, known_at=known_at)
    last = source_findings.last_heard(connection, known_at=known_at)
    return [
        _Pause(
            setting=settings.get(source, SourceSetting(source=source)),
            last_at=last_at,
            silent=working_hours_between(last_at, now, calendar),
        )
        for source, last_at in last.items()
        if source != OWN_SOURCE
    ]


def _rhythm(connection: Connection, pause: _Pause, calendar: Calendar) -> Rhythm:
    said = pause.setting.expected_working_hours
    return Rhythm(
        source=pause.source,
        last_at=pause.last_at,
        silent=pause.silent,
        expected=_learned(connection, pause, calendar) if said is None else said,
        has_ended=pause.setting.successor is not None,
    )


def _learned(connection: Connection, pause: _Pause, calendar: Calendar) -> int | None:
    heard = source_findings.heard_until(connection, pause.source, pause.last_at)
    return learned_interval(heard.minutes, heard.events, calendar)
