"""What has been kept for its period is destroyed, and nothing whose clocks run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import make_url

from app import clock
from app.db import access_log
from app.db.database import Database
from app.db.rebuilding import RebuildUnderWayError
from app.domain.access_log import look_hash
from app.domain.erasure import ErasedLines, ErasedPart, ErasureGround
from app.domain.events import (
    CaseEvent,
    Child,
    ClosureReason,
    DataErased,
)
from app.domain.ledger import GENESIS
from app.domain.retention import Period, Retention
from app.services import eraser, intake, rebuild, retention
from app.services.intake import Status
from app.services.retention import Destroyed, UndecidedError
from tests.factories import (
    assessment,
    closure,
    decision,
    notification,
    submission,
    submissions,
)
from tests.services.conftest import Scene
from tests.services.test_erasure import everything
from tests.services.test_look_tampering import look

PERIODS = Retention(
    payloads=Period(years=2), skeletons=Period(months=6), access_log=Period(years=3)
)


def long_ago(days: int = 0) -> date:
    """Return the last day whose two years are over, or *days* after it."""
    today = clock.today()
    # From the first of the month, which every year has.
    first = date(today.year - 2, today.month, 1)
    return first + timedelta(today.day - 2 + days)


def whole_case(ref: str, last: date, child: str | None = None) -> list[CaseEvent]:
    """Return a case that ended on the day *last*."""
    return [
        notification(
            last - timedelta(40),
            f"{ref}-1",
            case_ref=ref,
            child=Child(ref=child or f"canary-{ref}"),
        ),
        decision(last - timedelta(35), case_ref=ref, event_id=f"{ref}-2"),
        assessment(last, case_ref=ref, event_id=f"{ref}-3"),
    ]


def test_a_period_ends_on_its_last_day(scene: Scene) -> None:
    over, running = whole_case("A-9", long_ago()), whole_case("A-8", long_ago(1))
    intake.record(scene.database, submissions([*over, *running]))

    done = retention.run(scene.owner, PERIODS)

    assert done == Destroyed(cases=1, events=3)
    assert "canary-A-9" not in everything(scene.owner_url)
    assert "canary-A-8" in everything(scene.owner_url)
    assert scene.verify(with_read_model=True).findings == ()


def test_a_case_whose_clock_runs_stays_however_old(
    database: Database, owned: Database
) -> None:
    waiting = notification(long_ago(-900), case_ref="A-1", child=Child(ref="waiting"))
    intake.record(database, [submission(waiting)])

    assert retention.run(owned, PERIODS) == Destroyed()


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(
            [
                *whole_case("A-1", long_ago(-200)),
                *whole_case("A-2", long_ago(100)),
                closure(
                    long_ago(-150),
                    ClosureReason.MERGED,
                    into="A-2",
                    case_ref="A-1",
                    event_id="m",
                ),
            ],
            id="merged",
        ),
        pytest.param(
            [
                *whole_case("A-1", long_ago(-1), "one-child"),
                *whole_case("A-2", long_ago(60), "one-child"),
            ],
            id="a chain of one child",
        ),
    ],
)
def test_what_hangs_together_is_judged_together(
    database: Database, owned: Database, events: list[CaseEvent]
) -> None:
    intake.record(database, submissions(events))

    assert retention.run(owned, PERIODS) == Destroyed()


def test_an_earlier_case_of_a_child_does_not_wait_for_a_later_one(
    database: Database,
    owned: Database,
) -> None:
    intake.record(
        database,
        submissions(
            [
                *whole_case("A-1", long_ago(-200), "one-child"),
                *whole_case("A-2", long_ago(100), "one-child"),
            ]
        ),
    )

    assert retention.run(owned, PERIODS) == Destroyed(cases=1, events=3)


def test_a_preview_tells_the_same_and_destroys_nothing(
    database: Database, owned: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CASES_PER_BATCH", 1)
    merged = closure(
        long_ago(), ClosureReason.MERGED, into="A-2", case_ref="A-1", event_id="m"
    )
    events = [*whole_case("A-1", long_ago()), *whole_case("A-2", long_ago()), merged]
    intake.record(database, submissions(events))
    before = everything(owner_url)

    told = retention.preview(owned, PERIODS)

    assert everything(owner_url) == before
    assert told == Destroyed(cases=2, events=7)
    assert retention.run(owned, PERIODS) == told
    assert retention.run(owned, PERIODS) == Destroyed()


def test_what_is_left_is_forgotten_a_period_later(scene: Scene) -> None:
    intake.record(scene.database, submissions(whole_case("A-9", long_ago())))
    retention.run(scene.owner, PERIODS)
    assert "A-9" in everything(scene.owner_url)
    a_while_ago(scene)

    done = retention.run(scene.owner, PERIODS)

    assert done == Destroyed(lines=3)
    assert "A-9" not in everything(scene.owner_url)
    report = scene.verify(with_read_model=True)
    assert (report.findings, report.erased) == ((), 3)
    assert retention.run(scene.owner, PERIODS) == Destroyed()


def test_after_that_even_its_id_is_unknown(scene: Scene) -> None:
    events = submissions(whole_case("A-9", long_ago()))
    intake.record(scene.database, events)
    retention.run(scene.owner, PERIODS)
    a_while_ago(scene)
    retention.run(scene.owner, PERIODS)

    again = intake.record(scene.database, events)

    assert {outcome.status for outcome in again} == {Status.CREATED}
    assert scene.verify(with_read_model=True).findings == ()


def test_of_old_looks_only_the_links_are_left(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LOOKS_PER_BATCH", 2)
    for case in range(1, 6):
        look(scene.database, case)
    three_years_ago(scene, looks=4)
    before = everything(scene.owner_url)

    told = retention.preview(scene.owner, PERIODS)
    assert everything(scene.owner_url) == before
    done = retention.run(scene.owner, PERIODS)

    assert told == done == Destroyed(looks=4)
    left = everything(scene.owner_url)
    assert [f'"A-{case}"' in left for case in (4, 5)] == [False, True]
    report = scene.verify(with_read_model=True)
    assert (report.findings, report.erased) == ((), 4)
    a_while_ago(scene)
    assert retention.run(scene.owner, PERIODS) == Destroyed()


def test_the_database_lets_no_look_be_erased_that_is_not_recorded(
    scene: Scene,
) -> None:
    look(scene.database, 1)
    plain = make_url(scene.owner_url).set(drivername="postgresql")

    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        for statement in (
            "UPDATE access_log SET entry = 'null', salt = NULL",
            "UPDATE access_log SET entry = entry",
            "DELETE FROM access_log",
            "TRUNCATE access_log",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                connection.execute(statement.encode())
            connection.rollback()


def test_a_look_erased_of_which_nothing_is_recorded_is_found(scene: Scene) -> None:
    look(scene.database, 1)
    scene.sql("UPDATE access_log SET entry = 'null', salt = NULL")

    assert scene.verify().exit_code == 9


def test_nothing_is_destroyed_before_it_is_decided(owned: Database) -> None:
    with pytest.raises(UndecidedError, match="skeletons"):
        retention.run(owned, replace(PERIODS, skeletons=None))


def test_nothing_is_destroyed_during_a_rebuild(
    database: Database, owned: Database
) -> None:
    intake.record(database, submissions(whole_case("A-9", long_ago())))

    def erase(_done: int, _all: int) -> None:
        with pytest.raises(RebuildUnderWayError, match="maaraaika rebuild"):
            retention.run(owned, PERIODS)

    rebuild.rebuild(owned, on_progress=erase)

    assert retention.run(owned, PERIODS).cases == 1
    assert list(rebuild.check(database)) == []


def three_years_ago(scene: Scene, *, looks: int) -> None:
    """Let that many *looks* have been three years ago, and chain the log anew."""
    scene.sql(
        """
        UPDATE access_log SET recorded_at = recorded_at - interval '3 years 1 day'
        WHERE position <= %s
        """,
        looks,
    )
    with scene.database.read() as question:
        lines = list(access_log.stored(question.connection))
    previous = GENESIS
    for line in lines:
        place = (line.chain, line.position)
        previous = look_hash(*place, line.recorded_at, line.commitment, previous)
        scene.sql(
            "UPDATE access_log SET hash = %s WHERE chain = %s AND position = %s",
            *(previous, *place),
        )
    scene.sql(
        "UPDATE access_chain SET last_hash = %s WHERE number = %s",
        *(previous, lines[-1].chain),
    )


def a_while_ago(scene: Scene) -> None:
    """Let what was erased have been erased seven months ago.

    That is a forgery, so the chain of our own ledger is made anew.
    """
    scene.sql(
        """
        UPDATE case_event SET recorded_at = recorded_at - interval '7 months'
        WHERE kind = 'erased'
        """
    )
    scene.sql("DELETE FROM checkpoint_file")
    scene.paths.lines.unlink(missing_ok=True)
    scene.chain_anew("maaraaika")


ERASE = "UPDATE case_event SET data = 'null', salt = NULL, digest = NULL"
ERASE_SALT = "UPDATE case_event SET salt = NULL"
PUT_OTHER_DATA = "UPDATE case_event SET data = '{}', salt = NULL, digest = NULL"
FORGET = "DELETE FROM case_event"
OF_A = "WHERE source = 'client-a' AND sequence"


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(f"{ERASE} {OF_A} = 4", id="another line than is named"),
        pytest.param(f"{ERASE} {OF_A} <= 4", id="one line more than is named"),
        pytest.param(f"{ERASE}, case_ref = 'B' {OF_A} = 1", id="another reference"),
        pytest.param(f"{ERASE_SALT} {OF_A} = 1", id="the salt alone"),
        pytest.param(f"{PUT_OTHER_DATA} {OF_A} = 1", id="other data"),
        pytest.param(f"{FORGET} {OF_A} = 1", id="the line"),
    ],
)
def test_the_database_lets_nothing_be_changed_but_what_is_recorded(
    database: Database, owned: Database, owner_url: str, statement: str
) -> None:
    intake.record(database, submissions(whole_case("A-9", long_ago())))
    intake.record(database, submissions(whole_case("A-8", long_ago(1))))

    with recorded_only(owned, owner_url) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(statement.encode())
        connection.rollback()


def test_the_database_lets_what_is_recorded_be_erased_once(
    database: Database, owned: Database, owner_url: str
) -> None:
    intake.record(database, submissions(whole_case("A-9", long_ago())))

    with recorded_only(owned, owner_url) as connection:
        erased = connection.execute(f"{ERASE} {OF_A} <= 3".encode())
        assert erased.rowcount == 3
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute(f"{ERASE} {OF_A} <= 3".encode())


@contextmanager
def recorded_only(owned: Database, url: str) -> Iterator[psycopg.Connection]:
    """Record an erasure of the first three lines of client-a, and erase nothing."""
    with owned.write() as connection:
        begun = eraser.begin(connection)
        lines = ErasedLines(source="client-a", positions="1-3")
        eraser.record(
            begun,
            DataErased(
                ground=ErasureGround.COURT_ORDER,
                part=ErasedPart.DATA,
                lines=(lines,),
            ),
        )
    plain = make_url(url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        yield connection
