"""The sources: how fresh they are, and what is odd with them."""

from dataclasses import dataclass
from datetime import datetime

from app.db import activations
from app.db import freshness as freshness_table
from app.db import sources as source_table
from app.db.database import Database
from app.db.freshness import Freshness
from app.db.sources import SourceSetting
from app.domain.access import Actor
from app.services.findings import open_by_source
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
    """Return every source that *actor* may see, as it stands *now*."""
    with database.read() as asked:
        connection, known_at = asked.connection, asked.known_at
        calendar = activations.in_use(connection, known_at=known_at).calendar
        until = now or known_at
        settings = source_table.settings(connection, known_at=known_at)
        fresh = freshness_table.freshness(connection, known_at=known_at)
        heard = rhythms(connection, calendar, known_at=known_at, now=until)
        counts = open_by_source(connection, calendar, known_at=known_at, now=until)
        return [
            SourceState(
                source=source,
                setting=settings.get(source, SourceSetting(source=source)),
                freshness=fresh.get(source, Freshness()),
                rhythm=heard.get(source),
                open_findings=counts.get(source, 0),
            )
            for source in freshness_table.sources(connection)
            if actor.source in (None, source)
        ]
