"""(9) Done in time, entered late: visible, not hidden, not punished."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.db import compliance as compliance_table
from app.db.database import Database
from app.db.report_questions import Question
from app.domain.compliance import Basis, Column, Frame
from app.domain.deadlines import Deadline, deadlines
from app.domain.figures import figures_of, tally_of
from app.domain.law import Law
from app.domain.reporting_periods import parse_period
from app.services import sources
from app.services.intake import record
from tests.factories import decision, notification, submissions

RECEIVED = date(2026, 3, 2)  # Mon; due on Wed 11.3.
IN_TIME = date(2026, 3, 10)
EVENING = datetime(2026, 3, 11, 21, 59, tzinfo=UTC)  # 23.59 of the due day in Helsinki
FRAME = Frame(period=parse_period("2026-03"), as_of=date(2026, 4, 1), basis=Basis.DUE)
NIGHT = datetime(2026, 3, 11, 22, 1, tzinfo=UTC)  # 0.01 of the day after


def met(
    on: date = IN_TIME,
    *,
    registered_at: datetime | None = None,
    recorded_at: datetime = NIGHT,
) -> Deadline:
    decided = decision(on, registered_at=registered_at)._replace(
        recorded_at=recorded_at
    )
    found = deadlines([notification(RECEIVED, "n1"), decided], Law())
    return next(clock for clock in found if clock.rule == "initiation")


@pytest.mark.parametrize(
    ("clock", "live_since", "recorded_late"),
    [
        pytest.param(met(registered_at=EVENING), None, False, id="on the due day"),
        pytest.param(met(registered_at=NIGHT), None, True, id="the day after"),
        pytest.param(met(), None, None, id="nothing tells"),
        pytest.param(met(), RECEIVED, True, id="our record tells of a live source"),
        pytest.param(met(recorded_at=EVENING), RECEIVED, False, id="in time, live"),
        pytest.param(
            met(registered_at=EVENING), RECEIVED, False, id="its own record goes first"
        ),
        pytest.param(
            met(registered_at=NIGHT),
            IN_TIME + timedelta(1),
            None,
            id="imported history never counts",
        ),
        pytest.param(
            met(date(2026, 3, 12), registered_at=NIGHT), None, False, id="late anyway"
        ),
    ],
)
def test_9_what_was_entered_after_the_due_date_is_told(
    clock: Deadline, live_since: date | None, *, recorded_late: bool | None
) -> None:
    assert clock.recorded_late(live_since) is recorded_late


@pytest.mark.parametrize("live_since", [None, RECEIVED, IN_TIME + timedelta(1)])
@pytest.mark.parametrize("registered_at", [None, EVENING, NIGHT])
def test_9_the_database_counts_them_as_the_domain_does(
    database: Database, live_since: date | None, registered_at: datetime | None
) -> None:
    events = [
        notification(RECEIVED, "n1"),
        decision(IN_TIME, registered_at=registered_at),
    ]
    (*_, last) = record(database, submissions(events))
    if live_since is not None:
        sources.put_live(database, "client-a", live_since)

    with database.read() as question:
        tallies = compliance_table.tallies(
            question.connection,
            Question(frame=FRAME, known_at=question.known_at),
        )

    (tally,) = [each for at, each in tallies.items() if at.rule == "initiation"]
    clocks = [clock for clock in last.clocks if clock.rule == "initiation"]
    assert replace(tally, days_taken={}) == replace(
        tally_of(clocks, FRAME, live_since), days_taken={}
    )
    assert figures_of(tally, Basis.DUE).counts[Column.IN_TIME] == 1
