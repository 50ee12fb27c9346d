"""Checkpoints are written when they are due, by anybody, and survive a crash."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from fastapi.testclient import TestClient

from app.db.database import Database
from app.main import checkpoint_paths, create_app
from app.services import checkpoint_file, checkpoint_key, checkpoints, intake
from app.services.checkpoint_file import CheckpointFileError
from app.services.checkpoint_key import CheckpointKeyError
from app.services.checkpoints import (
    EVENTS,
    INTERVAL,
    CheckpointPaths,
    CheckpointWriter,
)
from app.settings import load
from tests.conftest import Told
from tests.services.conftest import NOON, Prepared, Scene, told

PATIENCE = 20.0


@pytest.fixture
def paths(tmp_path: Path) -> CheckpointPaths:
    """Give a place for checkpoints where there are none yet."""
    directory = tmp_path / "new" / "place"
    return CheckpointPaths(
        lines=directory / "checkpoints.jsonl", key=directory / "checkpoint.key"
    )


@pytest.fixture
def writer(database: Database, paths: CheckpointPaths) -> CheckpointWriter:
    """Give a writer of an empty database."""
    return CheckpointWriter(database, paths)


def positions(paths: CheckpointPaths) -> list[tuple[str, int]]:
    """Return what the checkpoints in the file are of."""
    said = map(json.loads, paths.lines.read_text().splitlines())
    return [(each["source"], each["position"]) for each in said]


def test_without_events_nothing_is_made(
    writer: CheckpointWriter, paths: CheckpointPaths
) -> None:
    assert writer.write(NOON) == []
    assert not paths.lines.parent.exists()


def test_the_first_events_are_covered_at_once_and_the_next_after_five_minutes(
    writer: CheckpointWriter, paths: CheckpointPaths
) -> None:
    def due(case: int, now: datetime) -> int:
        intake.record(writer.database, told("client-a", case))
        return len(writer.write_due(now))

    assert due(0, NOON) == 1
    assert due(1, NOON + INTERVAL - timedelta(seconds=1)) == 0
    assert due(2, NOON + INTERVAL) == 1
    assert writer.write_due(NOON + 2 * INTERVAL) == []
    assert positions(paths) == [("client-a", 3), ("client-a", 9)]


def test_a_thousand_events_do_not_wait_for_five_minutes(
    writer: CheckpointWriter, paths: CheckpointPaths
) -> None:
    intake.record(writer.database, told("client-a", 0))
    writer.write_due(NOON)
    cases = range(1, EVENTS // 3 + 1)

    intake.record(
        writer.database, [s for case in cases for s in told("client-a", case)]
    )
    assert writer.write_due(NOON) == []
    intake.record(writer.database, told("client-a", EVENTS))

    assert len(writer.write_due(NOON)) == 1
    assert positions(paths)[-1] == ("client-a", 3 + EVENTS + 2)


def test_only_ledgers_that_have_moved_get_a_checkpoint(scene: Scene) -> None:
    intake.record(scene.database, told("client-b", 5))

    written = CheckpointWriter(scene.database, scene.paths).write(NOON)

    assert [(each.source, each.position) for each in written] == [("client-b", 12)]


def test_writers_that_share_a_file_never_corrupt_it_nor_repeat_each_other(
    scene: Scene,
) -> None:
    def work(source: str) -> None:
        writer = CheckpointWriter(scene.database, scene.paths)
        for case in range(10, 20):
            intake.record(scene.database, told(source, case))
            writer.write(NOON)

    with ThreadPoolExecutor() as threads:
        list(threads.map(work, ("client-a", "client-b", "client-c")))

    assert scene.verify().findings == ()
    assert len(set(positions(scene.paths))) == len(positions(scene.paths))


def test_a_line_torn_by_a_crash_is_cut_off_by_the_next_with_a_notice(
    scene: Scene, told_logs: Told
) -> None:
    with scene.paths.lines.open("a") as file:
        file.write('{"source": "client-a", "posi')
    intake.record(scene.database, told("client-a", 5))

    CheckpointWriter(scene.database, scene.paths).write(NOON)

    assert [line["event"] for line in told_logs()] == ["checkpoint_line_cut"]
    assert scene.verify().exit_code == 0
    assert positions(scene.paths)[-1] == ("client-a", 12)


def test_a_file_that_has_lost_lines_is_told_and_stays_a_finding(
    scene: Scene, told_logs: Told
) -> None:
    writer = CheckpointWriter(scene.database, scene.paths)
    writer.write(NOON)
    intake.record(scene.database, told("client-a", 5))
    scene.put_file(scene.file()[:-3])

    writer.write(NOON)

    (line,) = told_logs()
    assert (line["event"], line["level"]) == ("checkpoints_lost", "error")
    assert line["file"] == str(scene.paths.lines)
    report = scene.verify()
    assert report.exit_code == 5
    assert report.findings[0].position == 9


def test_behind_a_line_that_was_made_unreadable_the_chain_goes_on(
    scene: Scene,
) -> None:
    scene.put_file([*scene.file()[:8], "{}"])
    scene.sql("DELETE FROM checkpoint_file")
    intake.record(scene.database, told("client-a", 5))

    CheckpointWriter(scene.database, scene.paths).write(NOON)

    (found,) = scene.verify().findings
    assert (found.position, found.more) == (9, 0)


def test_after_a_restart_the_old_file_stays_and_the_new_one_is_whole(
    scene: Scene,
) -> None:
    scene.put_file(scene.file()[1:])

    aside = checkpoints.restart(scene.database, scene.paths, NOON)

    assert aside is not None
    assert aside.name == "checkpoints.jsonl.20261005T120000Z"
    assert len(aside.read_text().splitlines()) == 8
    assert scene.verify().findings == ()
    assert len(scene.file()) == 3


def test_a_restart_without_a_file_begins_one(scene: Scene) -> None:
    scene.paths.lines.unlink()

    assert checkpoints.restart(scene.database, scene.paths, NOON) is None
    assert scene.verify().findings == ()


def test_who_waits_for_a_file_that_is_set_aside_writes_to_the_new_one(
    scene: Scene,
) -> None:
    with ThreadPoolExecutor() as threads:
        with checkpoint_file.appending(scene.paths.lines):
            intake.record(scene.database, told("client-a", 5))
            writer = CheckpointWriter(scene.database, scene.paths)
            waiting = threads.submit(writer.write, NOON)
            sleep(0.3)
            scene.paths.lines.rename(scene.paths.lines.with_suffix(".old"))
        waiting.result()

    assert len(scene.file()) == 3
    assert len(scene.paths.lines.with_suffix(".old").read_text().splitlines()) == 9


def test_the_service_writes_checkpoints_while_it_runs_and_when_it_stops(
    database: Database, paths: CheckpointPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LOOK_EVERY_SECONDS", 0.01)
    with TestClient(create_app(database, paths)):
        intake.record(database, told("client-a", 0))
        patience = monotonic() + PATIENCE
        while not paths.lines.exists() or not paths.lines.read_bytes():
            assert monotonic() < patience
            sleep(0.02)
        intake.record(database, told("client-a", 1))

    assert positions(paths) == [("client-a", 3), ("client-a", 6)]


def test_what_hinders_checkpoints_is_told_once_and_does_not_end_them(
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    told_logs: Told,
) -> None:
    monkeypatch.setattr(checkpoints, "LOOK_EVERY_SECONDS", 0.01)
    obstacle = tmp_path / "obstacle"
    obstacle.touch()
    paths = CheckpointPaths(lines=obstacle / "checkpoints.jsonl", key=tmp_path / "key")
    intake.record(database, told("client-a", 0))

    with checkpoints.kept(database, paths):
        patience = monotonic() + PATIENCE
        while not told_logs():
            assert monotonic() < patience
            sleep(0.02)
        sleep(0.2)
        told_so_far = told_logs()
        obstacle.unlink()

    (line,) = told_so_far
    assert (line["event"], line["level"]) == ("checkpoint_failed", "warning")
    assert "obstacle" in line["reason"]
    assert positions(paths) == [("client-a", 3)]


def test_the_key_is_made_once_for_its_owner_alone(paths: CheckpointPaths) -> None:
    assert checkpoint_key.known_key(paths.key) is None

    with ThreadPoolExecutor() as threads:
        keys = list(threads.map(checkpoint_key.signing_key, [paths.key] * 4))

    assert len({checkpoint_key.raw(key.public_key()) for key in keys}) == 1
    assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
    assert list(paths.key.parent.iterdir()) == [paths.key]


def test_the_public_key_verifies_elsewhere(
    paths: CheckpointPaths, tmp_path: Path
) -> None:
    public = checkpoint_key.signing_key(paths.key).public_key()
    elsewhere = tmp_path / "public.pem"
    elsewhere.write_text(checkpoint_key.pem(public))

    assert checkpoint_key.verifying_key(elsewhere) == public


def test_a_key_that_is_none_is_told(tmp_path: Path) -> None:
    private, public = tmp_path / "private", tmp_path / "public"
    private.write_text("nonsense")
    public.write_text("nonsense")

    for path, use in (
        (private, checkpoint_key.signing_key),
        (public, checkpoint_key.verifying_key),
        (tmp_path / "none", checkpoint_key.verifying_key),
    ):
        with pytest.raises(CheckpointKeyError, match=path.name):
            use(path)


def test_a_key_of_another_kind_is_told(tmp_path: Path) -> None:
    other = Ed448PrivateKey.generate()
    private, public = tmp_path / "private", tmp_path / "public"
    private.write_bytes(
        other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    public.write_bytes(
        other.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )

    with pytest.raises(CheckpointKeyError, match="not of Ed25519"):
        checkpoint_key.signing_key(private)
    with pytest.raises(CheckpointKeyError, match="not of Ed25519"):
        checkpoint_key.verifying_key(public)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CheckpointFileError, match="cannot be read"):
        checkpoint_file.read(tmp_path)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff", id="not UTF-8"),
        pytest.param(b"[" * 100_000, id="nested too deeply"),
        pytest.param(b'{"source": "a", "position": 1e999}', id="infinite position"),
        pytest.param(b"[]", id="another value"),
    ],
)
def test_a_line_that_is_no_checkpoint_is_read_as_none(
    tmp_path: Path, line: bytes
) -> None:
    path = tmp_path / "checkpoints.jsonl"
    path.write_bytes(line + b"\n")

    (read,), end = checkpoint_file.read(path)

    assert read.said is None
    assert end == len(line) + 1


@pytest.mark.parametrize(
    ("ours", "other"),
    [
        pytest.param('"position": 3', '"position": 3.0', id="another number"),
        pytest.param('"position": 3', '"position": "3"', id="a text for a number"),
        pytest.param('": "', '":"', id="other spaces"),
        pytest.param("+00:00", "", id="no offset"),
        pytest.param("+00:00", "Z", id="another offset"),
        pytest.param('{"source"', '{"more": 1, "source"', id="another member"),
    ],
)
def test_a_line_is_read_only_as_it_was_written_to_the_last_byte(
    prepared: Prepared, tmp_path: Path, ours: str, other: str
) -> None:
    path = tmp_path / "checkpoints.jsonl"
    line = (prepared.directory / path.name).read_text().splitlines()[0]
    assert ours in line
    path.write_text(line.replace(ours, other) + "\n")

    (read,), _ = checkpoint_file.read(path)

    assert read.said is None


def test_checkpoints_lie_in_the_data_directory_unless_they_are_put_elsewhere() -> None:
    here = {"MAARAAIKA_DATA_DIR": "data"}
    elsewhere = {
        "MAARAAIKA_CHECKPOINT_FILE": "/log/c.jsonl",
        "MAARAAIKA_CHECKPOINT_KEY_FILE": "/keys/c.key",
    }

    assert checkpoint_paths(load(here)) == CheckpointPaths(
        lines=Path("data/checkpoints.jsonl"), key=Path("data/checkpoint.key")
    )
    assert checkpoint_paths(load({**here, **elsewhere})) == CheckpointPaths(
        lines=Path("/log/c.jsonl"), key=Path("/keys/c.key")
    )
