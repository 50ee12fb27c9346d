"""The feed: everything that was accepted, page by page, and never a line skipped."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.db import feed as lines
from app.db.database import Database
from app.db.feed import FeedEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of the ledgers, and how far each ledger is read with them."""

    entries: list[FeedEntry]
    position: Mapping[str, int]


def page(database: Database, *, after: Mapping[str, int], limit: int) -> Page:
    """Return the next *limit* lines behind *after*, in the order of recording.

    What is being recorded at this moment is waited for, so that no line with an earlier
    instant follows on a later page.
    """
    with database.read() as question:
        found = lines.entries(
            question.connection, after, known_at=question.known_at, limit=limit
        )
    read = {entry.source: entry.sequence for entry in found}
    return Page(entries=found, position={**after, **read})
