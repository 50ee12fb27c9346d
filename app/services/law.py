"""The law in use: recorded with the deadlines, changed only on purpose."""

from collections.abc import Callable
from typing import Any

from app.db import activations
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db.database import Database, begin_recording
from app.db.events import CaseKey
from app.domain.deadlines import deadlines
from app.domain.law import Law

CASES_PER_TRANSACTION = 1_000


class OtherLawInUseError(Exception):
    """The deadlines were computed under other settings than these."""


def describe(law: Law) -> dict[str, Any]:
    """Return what distinguishes *law*: reading, rule versions and dated days."""
    return {
        "eves": law.reading.eves.value,
        "roll": law.reading.roll.value,
        "versions": [v.version_id for rule in law.rules for v in rule.versions],
        "extra": [
            {"day": str(extra.day), "citation": extra.citation}
            for extra in law.calendar.extra
        ],
        "removed": [
            {"day": str(removed.day), "citation": removed.citation}
            for removed in law.calendar.removed
        ],
    }


def ensure_in_use(database: Database, law: Law) -> None:
    """Make sure that the deadlines in the database are those of *law*.

    Raises:
        OtherLawInUseError: they were computed under another reading, calendar or
            version of the rules.
    """
    wanted = describe(law)
    with database.write() as connection:
        begin_recording(connection)
        in_use = activations.latest(connection)
        if in_use is None:
            activations.add(connection, wanted)
        elif in_use != wanted:
            raise OtherLawInUseError(
                f"The deadlines were computed under {in_use}, and the settings say "
                f"{wanted}. Restore the settings, or run `maaraaika rebuild` to "
                "compute every deadline anew; earlier answers stay as they were."
            )


def rebuild(
    database: Database,
    law: Law,
    *,
    on_progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Compute every deadline anew under *law*, and return how many rows changed.

    What changes is recorded as known from now on; earlier answers stay as they were.
    *on_progress* is told the number of cases done.
    """
    with database.write() as connection:
        begin_recording(connection)
        activations.add(connection, describe(law))
    changed = done = 0
    last: CaseKey | None = None
    while True:
        with database.write() as connection:
            begin_recording(connection)
            cases = ledger.cases_after(connection, last, CASES_PER_TRANSACTION)
            if not cases:
                return changed
            ledgers = ledger.lock_ledgers(connection, {case.source for case in cases})
            histories = ledger.histories(connection, cases)
            changed += deadline_table.replace(
                connection,
                {case: deadlines(histories[case], law) for case in cases},
                ledgers.recorded_at,
            )
        last = cases[-1]
        done += len(cases)
        on_progress(done)
