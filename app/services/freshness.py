"""The sources: how fresh they are, and what is odd with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.db import activations
from app.db import freshness as freshness_table
from app.db import sources as source_table
from app.db.database import Database
from app.db.freshness import Freshness
from app.db.sources import SourceSetting
from app.domain.access import Actor
from app.services.findings import open_by_source, open_of_units
from app.services.silence import Rhythm, rhythms


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as it stands; *rhythm* is None until it is heard."""

    source: str
    setting: SourceSetting
    freshness: Freshness
    rhythm: Rhythm | None
    open_findings: int


def states(
    database: Database, actor: Actor, *, now: datetime | None = None
) -> list[SourceState]:
    """Return every source that *actor* may see, as it stands *now*.

    Whoever has some of the units sees of a source what it says of their cases. Whether
    it is silent is told to those who know all that it says.
    """
    if actor.units:
        return _of_units(database, actor)
    with database.read() as asked, asked.as_service():
        connection, known_at = asked.connection, asked.known_at
        calendar = activations.in_use(connection, known_at=known_at).calendar
        until = now or known_at
        settings = source_table.settings(connection, known_at=known_at)
        fresh = freshness_table.freshness(connection, known_at=known_at)
        heard = rhythms(connection, calendar, known_at=known_at, now=until)
        counts = open_by_source(connection, calendar, known_at=known_at, now=until)
        sources = freshness_table.sources(connection)
    return [
        _state(source, settings, fresh, heard.get(source), counts.get(source, 0))
        for source in sources
        if actor.source in (None, source)
    ]


def _of_units(database: Database, actor: Actor) -> list[SourceState]:
    counts = open_of_units(database, actor)
    with database.read() as asked:
        connection, known_at = asked.connection, asked.known_at
        settings = source_table.settings(connection, known_at=known_at)
        fresh = freshness_table.freshness(connection, known_at=known_at)
        sources = freshness_table.sources(connection)
    return [_state(source, settings, fresh, None, counts[source]) for source in sources]


def _state(
    source: str,
    settings: Mapping[str, SourceSetting],
    fresh: Mapping[str, Freshness],
    rhythm: Rhythm | None,
    open_findings: int,
) -> SourceState:
    return SourceState(
        source=source,
        setting=settings.get(source, SourceSetting(source=source)),
        freshness=fresh.get(source, Freshness()),
        rhythm=rhythm,
        open_findings=open_findings,
    )
