"""The law in use: recorded with the deadlines, changed only on purpose."""

from collections.abc import Callable

from app.db import activations
from app.db import deadlines as deadline_table
from app.db import events as ledger
from app.db.database import Database, begin_recording, instant
from app.domain.deadlines import deadlines
from app.domain.events import CaseKey
from app.domain.law import Law
from app.domain.law.description import describe

CASES_PER_TRANSACTION = 1_000


class OtherLawInUseError(Exception):
    """The deadlines were computed under other settings than these."""


def ensure_in_use(database: Database, law: Law) -> None:
    """Make sure that the deadlines in the database are those of *law*.

    Raises:
        OtherLawInUseError: they were computed under another reading, calendar or
            version of the rules.
    """
    with database.write() as connection:
        begin_recording(connection)
        in_use = activations.in_use(connection)
        if not activations.all_in_order(connection):
            activations.add(connection, law, instant(connection))
        elif describe(in_use) != describe(law):
            raise OtherLawInUseError(
                f"The deadlines are computed under {describe(in_use)}, and the "
                f"settings say {describe(law)}. Restore the settings; or look at what "
                "would change with `maaraaika rebuild --preview`, and then run "
                "`maaraaika law activate`. Earlier answers stay as they were."
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
        activations.add(connection, law, instant(connection))
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
