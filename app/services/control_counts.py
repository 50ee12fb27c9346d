"""Control counts: a source says how many events of a day it has sent."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.db import control_counts as count_table
from app.db.control_counts import ControlCount
from app.db.database import Database, begin_recording, instant

__all__ = ["Comparison", "ControlCount", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a source says of a day, beside what was *accepted* of it by now.

    *last_is_accepted* is None where the source named no last event.
    """

    said: ControlCount
    accepted: Mapping[str, int]
    last_is_accepted: bool | None

    @property
    def agrees(self) -> bool:
        """Tell whether nothing is missing and nothing is there that was not sent."""
        return self.last_is_accepted is not False and all(
            sent == self.accepted.get(kind, 0)
            for kind, sent in self.said.counts.items()
        )


def compare(database: Database, said: ControlCount) -> Comparison:
    """Record what a source has *said* of a day, and return what it is beside ours.

    The same again is not recorded twice, so that a finding about it stays as it is.

    Raises:
        DatabaseUnavailableError: nothing is recorded, or it is unknown.
    """
    with database.write() as connection:
        begin_recording(connection)
        if count_table.latest(connection, said.source, said.day) != said:
            count_table.add(connection, said, instant(connection))
        return Comparison(
            said=said,
            accepted=count_table.accepted(connection, said.source, said.day),
            last_is_accepted=(
                count_table.is_accepted(connection, said.source, said.last_id)
                if said.last_id is not None
                else None
            ),
        )
