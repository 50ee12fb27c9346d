"""Whatever is done to the record behind our back is found.

The forger is a superuser whom no trigger stops, and has the disk as well.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.ledger import Checkpoint
from app.services import checkpoint_key
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoint_file import signed_lines
from app.services.checkpoints import CheckpointWriter
from app.services.tampering import REMEDIES, Tampering
from app.services.verification import verify
from tests.services.conftest import LINES, NOON, SOURCES, Forgery, Scene, by_sql


def of_b(change: str, number: int) -> str:
    """Return the statement that does *change* to line *number* of client-b."""
    return f"{change} WHERE source = 'client-b' AND sequence = {number}"


def by_file(change: Callable[[list[str]], list[str]]) -> Forgery:
    """Return the forgery that makes the checkpoint file what *change* returns."""
    return lambda scene: scene.put_file(change(scene.file()))


def rewritten(*statements: str, source: str = "client-b") -> Forgery:
    """Return a forgery that leaves no link broken: all is sealed and chained anew."""

    def forge(scene: Scene) -> None:
        by_sql(*statements)(scene)
        scene.chain_anew(source)

    return forge


def sign_with_another_key(lines: list[str]) -> list[str]:
    """Return *lines* with the seventh signed anew by a key of the forger's."""
    said = json.loads(lines[6])
    forged = Checkpoint(
        source=said["source"],
        position=said["position"] - 1,
        hash=bytes(32),
        written_at=datetime.fromisoformat(said["time"]),
    )
    key, previous = Ed25519PrivateKey.generate(), bytes.fromhex(said["previous"])
    (line,) = signed_lines(key, [forged], previous)
    return [*lines[:6], line.decode(), *lines[7:]]


def lose_the_file(scene: Scene) -> None:
    scene.paths.lines.unlink()


CUT = "DELETE FROM case_event WHERE source = 'client-b' AND sequence > 7"
MOVE_HEAD = """
    UPDATE source SET last_sequence = 7, last_hash =
        (SELECT hash FROM case_event WHERE source = 'client-b' AND sequence = 7)
    WHERE code = 'client-b'
    """
CHANGE_DATA = """
    UPDATE case_event SET data = replace(data::text, 'no_client', 'died')::json
    WHERE source = 'client-b' AND sequence = 6
    """
FORGERIES = [
    pytest.param(by_sql(CHANGE_DATA), 2, "client-b", 6, id="payload"),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET occurred_on = occurred_on - 7", 4)),
        *(2, "client-b", 4),
        id="day of the event",
    ),
    pytest.param(
        by_sql(
            of_b("UPDATE case_event SET occurred_at = occurred_at - interval '1h'", 5)
        ),
        *(2, "client-b", 5),
        id="time of the event",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET recorded_at = 'infinity'", 5)),
        *(2, "client-b", 5),
        id="time of recording, to what Python cannot read",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET digest = sha256('x')", 5)),
        *(2, "client-b", 5),
        id="digest",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET hash = sha256('x')", 6)),
        *(2, "client-b", 6),
        id="hash",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET salt = NULL", 5)),
        *(2, "client-b", 5),
        id="salt without its data",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET data = 'null'", 5)),
        *(2, "client-b", 5),
        id="data without their salt",
    ),
    pytest.param(
        by_sql(of_b("UPDATE case_event SET data = 'null', salt = NULL", 5)),
        *(2, "client-b", 5),
        id="data and salt without their digest",
    ),
    pytest.param(
        by_sql(
            of_b("UPDATE case_event SET data = 'null', salt = NULL, digest = NULL", 5)
        ),
        *(9, "client-b", 5),
        id="erasure of which nothing is recorded",
    ),
    pytest.param(
        by_sql(
            """
            INSERT INTO forgotten_line (source, sequence, recorded_at, hash)
            SELECT source, sequence, recorded_at, hash FROM case_event
            WHERE source = 'client-b' AND sequence = 5
            """,
            of_b("DELETE FROM case_event", 5),
        ),
        *(9, "client-b", 5),
        id="line forgotten of which nothing is recorded",
    ),
    pytest.param(
        by_sql(
            """
            INSERT INTO forgotten_line (source, sequence, recorded_at, hash)
            SELECT source, sequence, recorded_at, sha256('x') FROM case_event
            WHERE source = 'client-b' AND sequence = 5
            """,
            of_b("DELETE FROM case_event", 5),
        ),
        *(2, "client-b", 6),
        id="line forgotten with another link",
    ),
    pytest.param(
        by_sql(
            of_b("UPDATE case_event SET sequence = 99", 4),
            of_b("UPDATE case_event SET sequence = 4", 5),
            of_b("UPDATE case_event SET sequence = 5", 99),
        ),
        *(2, "client-b", 4),
        id="order",
    ),
    pytest.param(
        by_sql(
            """
            UPDATE case_event SET source = 'client-b', sequence = 10, event_id = 'new'
            WHERE source = 'client-a' AND sequence = 9
            """
        ),
        *(2, "client-b", 10),
        id="line moved to another source",
    ),
    pytest.param(
        by_sql(of_b("DELETE FROM case_event", 5)), 3, "client-b", 5, id="deletion"
    ),
    pytest.param(by_sql(CUT), 3, "client-b", 8, id="tail cut"),
    pytest.param(
        by_sql(CUT, MOVE_HEAD), 4, "client-b", 8, id="tail cut and head moved"
    ),
    pytest.param(
        by_sql(
            "DELETE FROM case_event WHERE source = 'client-b'",
            "DELETE FROM source WHERE code = 'client-b'",
        ),
        *(4, "client-b", 1),
        id="whole ledger gone",
    ),
    pytest.param(
        rewritten(CHANGE_DATA),
        *(7, "client-b", 4),
        id="payload, and the chain made anew",
    ),
    pytest.param(
        rewritten(
            of_b("DELETE FROM case_event", 2),
            *(
                of_b("UPDATE case_event SET sequence = sequence - 1", number)
                for number in range(3, LINES + 1)
            ),
        ),
        *(4, "client-b", 9),
        id="deletion, and the chain made anew",
    ),
    pytest.param(
        by_sql("UPDATE source SET last_hash = sha256('x') WHERE code = 'client-b'"),
        *(8, "client-b", 9),
        id="hash of the head",
    ),
    pytest.param(
        by_sql("UPDATE source SET last_sequence = 8 WHERE code = 'client-b'"),
        *(8, "client-b", 9),
        id="position of the head",
    ),
    pytest.param(
        by_sql("DELETE FROM source WHERE code = 'client-b'"),
        *(8, "client-b", 9),
        id="head",
    ),
    pytest.param(
        by_file(
            lambda lines: [
                line.replace('"position": 6', '"position": 5') for line in lines
            ]
        ),
        *(5, "checkpoints.jsonl", 4),
        id="checkpoint edited",
    ),
    pytest.param(
        by_file(sign_with_another_key),
        *(5, "checkpoints.jsonl", 7),
        id="checkpoint signed anew with another key",
    ),
    pytest.param(
        by_file(lambda lines: [*lines[:4], "{}", *lines[5:]]),
        *(5, "checkpoints.jsonl", 5),
        id="checkpoint made unreadable",
    ),
    pytest.param(
        by_file(lambda lines: lines[1:]),
        *(5, "checkpoints.jsonl", 1),
        id="first checkpoint deleted",
    ),
    pytest.param(
        by_file(lambda lines: [*lines[:4], *lines[5:]]),
        *(5, "checkpoints.jsonl", 5),
        id="checkpoint deleted",
    ),
    pytest.param(
        by_file(lambda lines: lines[:-1]),
        *(5, "checkpoints.jsonl", 9),
        id="last checkpoint deleted",
    ),
    pytest.param(
        lose_the_file, 5, "checkpoints.jsonl", 1, id="all checkpoints deleted"
    ),
    pytest.param(
        by_sql(
            """
            UPDATE deadline SET due_on = due_on + 7
            WHERE source = 'client-b' AND case_ref = 'A-1' AND rule = 'initiation'
              AND recorded_until = 'infinity'
            """
        ),
        *(6, "client-b", None),
        id="read model, a date",
    ),
    pytest.param(
        by_sql(
            """
            DELETE FROM deadline
            WHERE source = 'client-b' AND case_ref = 'A-1' AND rule = 'initiation'
            """
        ),
        *(6, "client-b", None),
        id="read model, a clock gone",
    ),
]


@pytest.mark.parametrize(("forge", "exit_code", "place", "position"), FORGERIES)
def test_every_manipulation_is_found_with_its_code_and_first_bad_position(
    scene: Scene, forge: Forgery, exit_code: int, place: str, position: int | None
) -> None:
    forge(scene)

    report = scene.verify(with_read_model=True)

    gravest = report.findings[0]
    assert report.exit_code == exit_code
    assert (gravest.place.rpartition("/")[2], gravest.position) == (place, position)
    assert gravest.tampering in REMEDIES


def test_an_old_dump_is_shorter_than_its_checkpoints(restored: Scene) -> None:
    report = restored.verify(with_read_model=True)

    assert report.exit_code == 4
    assert [
        (found.place, found.position)
        for found in report.findings
        if found.tampering is Tampering.SHORTER
    ] == [(source, 7) for source in SOURCES]


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(by_sql(CUT, MOVE_HEAD), id="tail cut and head moved"),
        pytest.param(rewritten(CHANGE_DATA), id="payload, and the chain made anew"),
    ],
)
def test_the_chain_alone_does_not_show_what_checkpoints_are_for(
    scene: Scene, forge: Forgery
) -> None:
    scene.paths.lines.unlink()
    scene.sql("DELETE FROM checkpoint_file")
    forge(scene)

    report = scene.verify()

    assert report.exit_code == 0
    assert "No checkpoint has been written yet" in report.notices[0]


def test_a_copy_of_the_checkpoints_elsewhere_stands_against_a_forged_file_and_key(
    scene: Scene, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_text("".join(f"{line}\n" for line in scene.file()[:6]))
    public_key = checkpoint_key.known_key(scene.paths.key)
    rewritten(CHANGE_DATA)(scene)
    scene.sql("DELETE FROM checkpoint_file")
    scene.paths.lines.unlink()
    scene.paths.key.unlink()
    CheckpointWriter(scene.database, scene.paths).write(NOON)

    of_the_forger = scene.verify()
    of_the_copy = verify(
        scene.database,
        Evidence(path=copy, public_key=public_key, is_copy=True),
        with_read_model=False,
    )

    assert of_the_forger.exit_code == 0
    assert of_the_copy.exit_code == 7
    assert of_the_copy.findings[0].place == "client-b"
