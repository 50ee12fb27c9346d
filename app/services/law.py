"""The law in use: recorded with the deadlines, looked at before it is changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from app.db import activations
from app.db import events as ledger
from app.db.batches import Batch, batches, cases_in
from app.db.database import (
    Database,
    begin_recording,
    hold_recording,
    instant,
)
from app.domain.deadlines import Deadline, Verdict, deadlines
from app.domain.events import CaseEvent, CaseKey, legal_day
from app.domain.law import Law
from app.domain.law.description import describe
from app.domain.linked_cases import histories
from app.services import processes, replay
from app.services.replay import CASES_PER_BATCH

# How much is done of how much there is.
OnProgress = Callable[[int, int], None]


class OtherLawInUseError(Exception):
    """The deadlines were computed under other settings than these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What another law would change of one deadline; verdicts are those of today."""

    case: CaseKey
    before: Deadline
    after: Deadline
    verdict_before: Verdict
    verdict_after: Verdict
    unit: str | None


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


def law_in_use(database: Database) -> Law:
    """Return the law by which deadlines are computed now."""
    with database.read() as question:
        return activations.in_use(question.connection)


def count_ahead(database: Database, days: int) -> None:
    """Count the deadlines of the last *days* before the first events need them."""
    with database.read() as question:
        law = activations.in_use(question.connection)
        today = legal_day(question.known_at)
    for rule in law.rules:
        for ago in range(days):
            law.limits(rule.code, today - timedelta(days=ago))


def preview(
    database: Database,
    law: Law,
    *,
    on_progress: OnProgress = lambda _done, _all: None,
) -> Iterator[Change]:
    """Give each deadline of which *law* would change anything.

    Raises:
        ProcessLostError: a process that did a part of it was killed; call again.
    """
    with database.read() as question:
        today = legal_day(question.known_at)
        in_use = activations.in_use(question.connection)
        circumstances = replay.circumstances(question.connection)
        successors = circumstances.successors(question.known_at)
        parts = batches(question.connection, CASES_PER_BATCH)
    work = partial(
        _changes_in, before=in_use, after=law, successors=successors, today=today
    )
    for done, changes in enumerate(processes.each(database, work, parts), start=1):
        yield from changes
        on_progress(done, len(parts))


def activate(
    database: Database,
    law: Law,
    *,
    on_progress: OnProgress = lambda _done, _all: None,
) -> int:
    """Compute deadlines by *law* from now on, and return how many rows changed.

    All change at one instant, and answers at earlier ones stay as they were. What is
    to change is found while the service goes on; recording waits only while it is
    written.
    """
    with database.read() as question:
        looked_at = question.known_at
    changing = sorted(
        {change.case for change in preview(database, law, on_progress=on_progress)}
    )
    with database.write() as connection:
        hold_recording(connection)
        now = ledger.last_instant(connection)
        activations.add(connection, law, now)
        cases = sorted({*changing, *ledger.cases_since(connection, looked_at)})
        successors = replay.circumstances(connection).successors(now)
        changed = replay.replace_all(connection, cases, law, successors, now)
        ledger.touch_ledgers(connection, now)
    return changed


def _changes_in(
    database: Database,
    part: Batch,
    *,
    before: Law,
    after: Law,
    successors: Mapping[str, str],
    today: date,
) -> list[Change]:
    with database.read() as question:
        cases = cases_in(question.connection, part)
        return [
            change
            for events in replay.components(question.connection, cases, successors)
            for case, history in histories(events, successors).items()
            for change in _changes(case, history, before, after, today)
        ]


def _changes(
    case: CaseKey, history: list[CaseEvent], before: Law, after: Law, today: date
) -> Iterator[Change]:
    for old, new in zip(
        deadlines(history, before), deadlines(history, after), strict=True
    ):
        if old != new:
            yield Change(
                case=case,
                before=old,
                after=new,
                verdict_before=old.verdict(today),
                verdict_after=new.verdict(today),
                unit=new.responsible_unit(today),
            )
