"""How the service stands as a whole, as its operator asks by day and night."""

from dataclasses import dataclass
from datetime import datetime

from app.db import findings as finding_table
from app.db import freshness
from app.db import worklist as worklist_table
from app.db.database import Database, Knowledge, instant
from app.db.selections import Selection
from app.db.worklist import Counts
from app.domain.events import legal_day
from app.domain.law import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Deadlines by rule, open findings in cases by kind, newest events by source."""

    deadlines: dict[str, Counts]
    findings: dict[str, int]
    newest: dict[str, datetime]


def standing(database: Database) -> Standing:
    """Return how the service stands now, with nothing told of a unit.

    Recordings in progress are not waited for, as a question of a caller would.

    Raises:
        DatabaseUnavailableError: the database did not answer.
    """
    with database.write() as connection:
        now = instant(connection)
        today = legal_day(now)
        return Standing(
            deadlines={
                rule.code: worklist_table.counts(
                    Knowledge(connection, now),
                    Selection(as_of=today, rule=rule.code),
                    soon=today,
                )
                for rule in RULES
            },
            findings=finding_table.open_counts(connection, known_at=now, units=None),
            newest=freshness.newest(connection),
        )
