"""What verification looks at, tells and passes over; a clean database is silent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from app.domain.access import Actor, Role
from app.domain.erasure import ErasureGround
from app.domain.events import CaseEvent
from app.services import intake, verification
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoints import CheckpointWriter
from app.services.erasure import erase_child
from app.services.verification import verify
from tests import histories
from tests.factories import submissions
from tests.services.conftest import (
    CASES,
    LINES,
    NOON,
    SOURCES,
    Prepared,
    Scene,
    told,
)


def test_a_clean_database_is_silent(scene: Scene) -> None:
    report = scene.verify(with_read_model=True)

    assert report.exit_code == 0
    assert (report.findings, report.notices) == ((), ())
    assert (report.lines, report.ledgers, report.erased) == (3 * LINES, 3, 0)
    assert report.checkpoints == 3 * CASES


def test_an_empty_copy_proves_nothing_and_says_so(scene: Scene, tmp_path: Path) -> None:
    evidence = Evidence(path=tmp_path / "none.jsonl", public_key=None, is_copy=True)

    assert verify(scene.database, evidence, with_read_model=False).exit_code == 5


def test_checkpoints_without_their_key_prove_nothing_and_say_so(scene: Scene) -> None:
    scene.paths.key.unlink()

    report = scene.verify()

    assert report.exit_code == 5
    assert "--public-key" in report.findings[0].what


def test_further_findings_of_one_sort_are_counted(scene: Scene) -> None:
    scene.sql("UPDATE case_event SET digest = sha256('x') WHERE source = 'client-b'")

    (found,) = scene.verify().findings

    assert (found.position, found.more) == (1, LINES - 1)


def test_what_is_erased_is_counted_and_breaks_nothing(scene: Scene) -> None:
    erase_child(
        scene.owner,
        source="client-b",
        child_ref="p-1",
        ground=ErasureGround.COURT_ORDER,
        by=(
            Actor(role=Role.AUDITOR, key_id="a"),
            Actor(role=Role.AUDITOR, key_id="b"),
        ),
    )

    report = scene.verify()

    assert report.exit_code == 0
    assert report.erased == LINES


def test_data_that_nobody_can_read_are_a_finding(scene: Scene) -> None:
    scene.paths.lines.unlink()
    scene.sql("DELETE FROM checkpoint_file")
    scene.sql(
        """
        UPDATE case_event SET data = '[]'
        WHERE source = 'client-b' AND sequence = 5
        """
    )
    scene.chain_anew("client-b")

    report = scene.verify(with_read_model=True)

    assert report.exit_code == 6
    assert "cannot be read" in report.findings[0].what


def test_the_read_model_of_a_broken_ledger_is_not_compared(scene: Scene) -> None:
    scene.sql(
        """
        UPDATE case_event SET data = '[]'
        WHERE source = 'client-b' AND sequence = 5
        """
    )

    report = scene.verify(with_read_model=True)

    assert report.exit_code == 2
    assert "not compared" in report.notices[-1]


def test_lines_behind_the_last_checkpoint_and_other_keys_are_told(
    scene: Scene,
) -> None:
    intake.record(scene.database, told("client-a", CASES))
    scene.sql("INSERT INTO checkpoint_file VALUES ('other', 5, 'hash')")

    report = scene.verify()

    assert report.exit_code == 0
    other, newer = report.notices
    assert "5 checkpoints signed with the key" in other
    assert newer.startswith("3 lines are newer")


def test_a_torn_last_checkpoint_is_passed_over(scene: Scene) -> None:
    with scene.paths.lines.open("a") as file:
        file.write('{"source": "cli')

    report = scene.verify()

    assert report.exit_code == 0
    assert "torn by a crash" in report.notices[0]


def test_progress_is_told(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "LINES_PER_REPORT", LINES)
    done: list[int] = []
    evidence = Evidence(path=scene.paths.lines, public_key=None)

    verify(scene.database, evidence, with_read_model=False, on_progress=done.append)

    assert done == [LINES, 2 * LINES, 3 * LINES]


@given(own=histories.several_cases(most=2), others=histories.several_cases(most=2))
def test_whatever_was_told_a_clean_database_is_silent(
    prepared: Prepared, own: list[CaseEvent], others: list[CaseEvent]
) -> None:
    told_by_two = [
        *histories.of_source(own, "first"),
        *histories.of_source(others, "second"),
    ]
    # Of its own, or every example would verify again what those before it told.
    with TemporaryDirectory() as directory, prepared.copied(Path(directory)) as scene:
        intake.record(scene.database, submissions(told_by_two))
        CheckpointWriter(scene.database, scene.paths).write(NOON + timedelta(days=1))

        report = scene.verify()

    assert (report.findings, report.notices) == ((), ())


def test_verifying_while_events_and_checkpoints_come_in_raises_no_false_alarm(
    scene: Scene,
) -> None:
    def work(source: str) -> None:
        writer = CheckpointWriter(scene.database, scene.paths)
        for case in range(CASES, CASES + 15):
            intake.record(scene.database, told(source, case))
            writer.write(NOON)

    with ThreadPoolExecutor(len(SOURCES)) as threads:
        working = [threads.submit(work, source) for source in SOURCES]
        reports = [scene.verify()]
        while not all(each.done() for each in working):
            reports.append(scene.verify())
        for each in working:
            each.result()
    reports.append(scene.verify(with_read_model=True))

    assert [report.findings for report in reports if report.findings] == []
    assert reports[-1].notices == ()
