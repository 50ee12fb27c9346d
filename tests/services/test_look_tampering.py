"""Whatever is done to the access log behind our back is found.

The forger is a superuser whom no trigger stops.
"""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import text

from app.db import access_log
from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.access_log import look_hash
from app.domain.events import CaseKey
from app.domain.ledger import GENESIS, commitment
from app.services.checkpoints import CheckpointWriter
from app.services.tampering import REMEDIES, Tampering
from tests.conftest import viewer_of
from tests.services.conftest import NOON, Forgery, Scene, by_sql

LOOKS = 6
LEAD = Actor(role=Role.LEAD, units=frozenset({"leppavaara"}), key_id="lead")
CHAIN = "\x1faccess log 1"


def look(database: Database, case: int) -> None:
    viewer_of(database, LEAD).show({CaseKey("client-a", f"A-{case}")}, rows=1)


@pytest.fixture
def looked(scene: Scene) -> Scene:
    """Give a scene with looks, and with checkpoints behind the third and the last."""
    for number in range(1, LOOKS + 1):
        look(scene.database, number)
        if number % 3 == 0:
            writer = CheckpointWriter(scene.database, scene.paths)
            written = writer.write(NOON + timedelta(days=1, hours=number))
            assert [(each.source, each.position) for each in written] == [
                (CHAIN, number)
            ]
    return scene


def chained_anew(*statements: str) -> Forgery:
    """Return a forgery after which every commitment and link is right."""

    def forge(scene: Scene) -> None:
        by_sql(*statements)(scene)
        with scene.database.read() as question:
            lines = list(access_log.stored(question.connection))
        previous = GENESIS
        for line in lines:
            assert line.salt is not None
            committed = commitment(line.salt, line.entry)
            previous = look_hash(
                line.chain, line.position, line.recorded_at, committed, previous
            )
            scene.sql(
                """
                UPDATE access_log SET commitment = %s, hash = %s
                WHERE chain = %s AND position = %s
                """,
                *(committed, previous, line.chain, line.position),
            )
        scene.sql(
            "UPDATE access_chain SET last_position = %s, last_hash = %s "
            "WHERE number = 1",
            *(len(lines), previous),
        )

    return forge


SOMEBODY_ELSE = """
    UPDATE access_log SET entry = replace(entry::text, '"lead"', '"deal"')::json
    WHERE position = 2
    """
CUT = "DELETE FROM access_log WHERE position > 4"
MOVE_HEAD = """
    UPDATE access_chain SET last_position = 4, last_hash =
        (SELECT hash FROM access_log WHERE chain = 1 AND position = 4)
    WHERE number = 1
    """
FORGERIES = [
    pytest.param(by_sql(SOMEBODY_ELSE), 2, 2, id="person"),
    pytest.param(
        by_sql(
            "UPDATE access_log SET recorded_at = recorded_at - interval '1 day' "
            "WHERE position = 5"
        ),
        *(2, 5),
        id="time",
    ),
    pytest.param(
        by_sql("UPDATE access_log SET salt = NULL WHERE position = 5"),
        *(2, 5),
        id="salt without its entry",
    ),
    pytest.param(
        by_sql("UPDATE access_log SET entry = 'null' WHERE position = 5"),
        *(2, 5),
        id="entry without its salt",
    ),
    pytest.param(
        by_sql("UPDATE access_log SET chain = 2, position = 1 WHERE position = 5"),
        *(2, 1),
        id="moved to another chain",
    ),
    pytest.param(
        by_sql("DELETE FROM access_log WHERE position = 3"), 3, 3, id="deleted"
    ),
    pytest.param(by_sql(CUT), 3, 5, id="tail cut"),
    pytest.param(by_sql(CUT, MOVE_HEAD), 4, 5, id="tail cut and head moved"),
    pytest.param(
        by_sql(
            "DELETE FROM access_log",
            "UPDATE access_chain SET last_position = 0, last_hash = NULL",
        ),
        *(4, 1),
        id="whole log gone",
    ),
    pytest.param(
        by_sql("DELETE FROM access_log", "DELETE FROM access_chain WHERE number = 1"),
        *(4, 1),
        id="whole chain gone",
    ),
    pytest.param(chained_anew(SOMEBODY_ELSE), 7, 1, id="person, and chained anew"),
    pytest.param(
        chained_anew(
            "DELETE FROM access_log WHERE position = 2",
            # Through zero, so that no two ever have the same position.
            "UPDATE access_log SET position = 1 - position WHERE position > 2",
            "UPDATE access_log SET position = -position WHERE position < 0",
        ),
        *(4, 6),
        id="deleted, and chained anew",
    ),
    pytest.param(
        by_sql("UPDATE access_chain SET last_hash = sha256('x') WHERE number = 1"),
        *(8, 6),
        id="hash of the head",
    ),
    pytest.param(
        by_sql("UPDATE access_chain SET last_position = 5 WHERE number = 1"),
        *(8, 6),
        id="position of the head",
    ),
]


@pytest.mark.parametrize(("forge", "exit_code", "position"), FORGERIES)
def test_every_manipulation_is_found_with_its_code_and_first_bad_position(
    looked: Scene, forge: Forgery, exit_code: int, position: int
) -> None:
    assert looked.verify().findings == ()

    forge(looked)

    report = looked.verify(with_read_model=True)
    gravest = report.findings[0]
    assert report.exit_code == exit_code
    assert gravest.position == position
    assert "access log" in gravest.place
    assert gravest.tampering in REMEDIES
    # What is wrong with looks says nothing of events, which are looked at as ever.
    assert not any("read model" in notice for notice in report.notices)


def test_an_erased_look_leaves_the_chain_whole_and_must_be_recorded(
    looked: Scene,
) -> None:
    looked.sql("UPDATE access_log SET entry = 'null', salt = NULL WHERE position < 3")

    report = looked.verify()

    (found,) = report.findings
    assert (found.tampering, found.position) == (Tampering.ERASURE, 1)
    assert (report.looks, report.erased) == (LOOKS, 2)


def test_looks_at_the_same_time_take_chains_of_their_own_and_none_is_lost(
    scene: Scene,
) -> None:
    people, each_looks = 12, 10
    start = Barrier(people)

    def work() -> None:
        start.wait()
        for case in range(each_looks):
            look(scene.database, case)

    threads = [Thread(target=work) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report = scene.verify()
    assert (report.findings, report.looks) == ((), people * each_looks)


def test_where_every_chain_is_being_written_to_a_look_waits_for_its_turn(
    scene: Scene,
) -> None:
    with scene.database.write() as connection:
        connection.execute(text("SELECT FROM access_chain FOR UPDATE"))
        late = Thread(target=look, args=(scene.database, 1))
        late.start()
        late.join(0.2)
        assert late.is_alive()
    late.join()

    report = scene.verify()
    assert (report.findings, report.looks) == ((), 1)
