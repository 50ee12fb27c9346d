"""The feed: everything that was accepted, page by page, and never a line skipped."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.db import feed as lines
from app.db.feed import FeedEntry
from app.domain.events import CaseKey
from app.services.viewing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines of the ledgers, and how far each ledger is read with them."""

    entries: list[FeedEntry]
    position: Mapping[str, int]


def page(viewer: Viewer, *, after: Mapping[str, int], limit: int) -> Page:
    """Show the next *limit* lines behind *after*, in the order of recording.

    What is being recorded at this moment is waited for, so that no line with an earlier
    instant follows on a later page.

    Raises:
        LookNotWrittenError: the look cannot be written down.
    """
    with viewer.database.read() as question:
        found = lines.entries(
            question.connection, after, known_at=question.known_at, limit=limit
        )
    viewer.show(
        {CaseKey(entry.source, entry.case_ref) for entry in found}, rows=len(found)
    )
    read = {entry.source: entry.sequence for entry in found}
    return Page(entries=found, position={**after, **read})
