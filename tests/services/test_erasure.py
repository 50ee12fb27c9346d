"""What is erased is gone from the database; the chain stays whole, and tells of it."""

from dataclasses import replace
from datetime import date

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.db.database import Database
from app.db.roles import NotOwnerError
from app.domain.access import Actor, Role
from app.domain.erasure import ErasedPart, ErasureGround, positions_in
from app.domain.events import Child, ClosureReason
from app.services import erasure, intake
from app.services.erasure import NothingToEraseError, TwoPeopleNeededError
from app.services.intake import Status
from app.services.tampering import Tampering
from tests.factories import (
    assessment,
    closure,
    decision,
    notification,
    submission,
    submissions,
)
from tests.services.conftest import Scene

DAY = date(2026, 3, 2)
TWO = (
    Actor(role=Role.AUDITOR, key_id="anna"),
    Actor(role=Role.ADMIN, key_id="bertil"),
)
CANARY = Child(ref="canary-of-a-child", age_years=7, mother_tongue="so")


def canary_case() -> list[intake.Submission]:
    """Return a case of a child that nobody should find again."""
    return submissions(
        [
            notification(DAY, "c1", case_ref="C-1", child=CANARY, unit="canary-unit"),
            decision(date(2026, 3, 10), case_ref="C-1", event_id="c2"),
        ]
    )


def erase(
    database: Database,
    child: str = "canary-of-a-child",
    *,
    source: str = "client-a",
    ground: ErasureGround = ErasureGround.WRONG_REGISTRATION,
) -> erasure.Erasure:
    return erasure.erase_child(
        database, source=source, child_ref=child, ground=ground, by=TWO
    )


def everything(url: str) -> str:
    """Return every row of every table."""
    plain = make_url(url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False)) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return "\n".join(
            str(row)
            for (table,) in tables
            for row in connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
            )
        )


def test_the_child_is_gone_and_the_chain_is_whole(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    assert "canary" in everything(scene.owner_url)

    erased = erase(scene.owner)

    assert "canary" not in everything(scene.owner_url)
    report = scene.verify(with_read_model=True)
    assert report.findings == ()
    assert report.erased == 2
    assert [lines.source for lines in erased.data.lines] == ["client-a"]
    assert erased.data.part is ErasedPart.DATA


def test_who_when_and_why_is_recorded_and_nothing_of_the_child(scene: Scene) -> None:
    intake.record(scene.database, canary_case())

    data = erase(scene.owner, ground=ErasureGround.COURT_ORDER).data

    assert data.by == ("anna", "bertil")
    assert data.ground is ErasureGround.COURT_ORDER
    assert (data.cases, data.clocks, data.late, data.open) == (1, 2, 1, 1)
    assert [list(positions_in(each.positions)) for each in data.lines] == [[10, 11]]


@pytest.mark.parametrize(
    "by",
    [
        pytest.param((TWO[0], TWO[0]), id="one key twice"),
        pytest.param((TWO[0], replace(TWO[1], role=Role.LEAD)), id="a lead"),
        pytest.param((replace(TWO[0], role=Role.INTEGRATOR), TWO[1]), id="a system"),
    ],
)
def test_it_needs_two_people(database: Database, by: tuple[Actor, Actor]) -> None:
    with pytest.raises(TwoPeopleNeededError):
        erasure.erase_child(
            database,
            source="client-a",
            child_ref="p-1",
            ground=ErasureGround.COURT_ORDER,
            by=by,
        )


def test_an_unknown_child_is_not_erased(database: Database, owned: Database) -> None:
    intake.record(database, canary_case())

    with pytest.raises(NothingToEraseError):
        erase(owned, "somebody-else")
    with pytest.raises(NothingToEraseError):
        erase(owned, source="client-b")


def test_what_was_erased_is_not_told_again(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    erase(scene.owner)

    again = intake.record(
        scene.database,
        [
            *canary_case(),
            submission(notification(DAY, "c1", case_ref="C-1", unit="another")),
        ],
    )

    assert [outcome.status for outcome in again] == [Status.ERASED] * 3
    assert "canary" not in everything(scene.owner_url)
    assert scene.verify(with_read_model=True).findings == ()


def test_news_of_an_erased_case_begins_it_anew(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    erase(scene.owner)

    (outcome,) = intake.record(
        scene.database,
        [submission(assessment(date(2026, 5, 4), case_ref="C-1", event_id="c3"))],
    )

    assert outcome.status is Status.CREATED
    assert outcome.clocks == ()
    assert scene.verify(with_read_model=True).findings == ()


def test_merged_cases_go_together(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    intake.record(
        scene.database,
        submissions(
            [
                notification(DAY, "d1", case_ref="D-1", child=Child()),
                closure(
                    DAY, ClosureReason.MERGED, into="C-1", case_ref="D-1", event_id="d2"
                ),
            ]
        ),
    )

    erased = erase(scene.owner)

    assert erased.data.cases == 2
    assert scene.verify(with_read_model=True).findings == ()


def test_another_childs_case_stays_and_is_counted_as_it_would_have_been(
    scene: Scene,
) -> None:
    intake.record(scene.database, canary_case())
    other = notification(DAY, "d1", case_ref="D-1", child=Child(ref="other"))
    wrongly = closure(
        DAY, ClosureReason.MERGED, into="C-1", case_ref="D-1", event_id="d2"
    )
    intake.record(scene.database, submissions([other, wrongly]))

    erased = erase(scene.owner)

    assert (erased.data.cases, erased.kept) == (1, ())
    assert "canary" not in everything(scene.owner_url)
    assert scene.verify(with_read_model=True).findings == ()


def test_the_service_itself_erases_nothing(scene: Scene) -> None:
    intake.record(scene.database, canary_case())

    with pytest.raises(NotOwnerError):
        erase(scene.database)


def test_what_comes_back_after_its_erasure_is_found(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    scene.sql("CREATE TABLE backup AS SELECT * FROM case_event WHERE event_id = 'c2'")
    erase(scene.owner)
    scene.sql(
        """
        UPDATE case_event e SET data = b.data, salt = b.salt, digest = b.digest
        FROM backup b WHERE e.event_id = b.event_id AND e.source = b.source
        """
    )

    (found,) = scene.verify().findings

    assert (found.tampering, found.position) == (Tampering.ERASURE, 11)


def test_a_preview_destroys_nothing(scene: Scene) -> None:
    intake.record(scene.database, canary_case())
    before = everything(scene.owner_url)

    erasure.preview_of_child(
        scene.owner,
        source="client-a",
        child_ref="canary-of-a-child",
        ground=ErasureGround.WRONG_REGISTRATION,
    )

    assert everything(scene.owner_url) == before
