"""`maaraaika verify` and `maaraaika checkpoint`, as an operator runs them."""

from pathlib import Path

import pytest

from app.services import checkpoint_key, intake
from tests import commands
from tests.services.conftest import Scene, told


@pytest.fixture
def configured(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Give a scene for which the commands are configured."""
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", scene.url)
    monkeypatch.setenv("MAARAAIKA_DATA_DIR", str(scene.paths.lines.parent))
    return scene


def run(*words: str) -> tuple[int, str]:
    """Return the exit code of `maaraaika` with *words*, and what it says."""
    done = commands.run(*words)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_clean_database_exits_with_zero(configured: Scene) -> None:
    code, said = run("verify")

    assert code == 0, configured
    assert said.startswith(
        "27 lines of 3 ledgers, 0 looks (0 erased), 0 sealed reports, "
        "0 publications, 9 checkpoints, in "
    )
    assert said.endswith("No findings.\n")


def test_a_finding_names_ledger_line_and_remedy_and_is_the_exit_code(
    configured: Scene,
) -> None:
    configured.sql("DELETE FROM case_event WHERE source = 'client-b' AND sequence = 5")
    configured.sql("UPDATE case_event SET digest = 'x' WHERE source = 'client-c'")

    code, said = run("verify", "--no-read-model")

    assert code == 2
    assert "CHANGED client-c, line 1: the digest was changed (and 8 more)." in said
    assert "MISSING client-b, line 5: lines 5 to 5 are missing." in said
    assert "receipts" in said
    assert said.endswith("2 findings.\n")


def test_who_verifies_elsewhere_needs_a_copy_and_the_public_key_alone(
    configured: Scene, tmp_path: Path
) -> None:
    code, public_key = run("checkpoint", "public-key")
    public, copy = tmp_path / "public.pem", tmp_path / "copy.jsonl"
    public.write_text(public_key)
    configured.paths.lines.rename(copy)
    configured.paths.key.unlink()

    elsewhere = ("--checkpoints", str(copy), "--public-key", str(public))
    verified, _ = run("verify", "--no-read-model", *elsewhere)

    assert (code, verified) == (0, 0)
    assert not configured.paths.key.exists()


def test_checkpoints_are_written_and_restarted_on_demand(configured: Scene) -> None:
    intake.record(configured.database, told("client-b", 5))

    code, said = run("checkpoint", "write")
    assert code == 0
    assert said.splitlines()[0].startswith("client-b 12 ")
    assert said.splitlines()[1] == "1 checkpoints written."

    code, said = run("checkpoint", "restart")
    assert code == 0
    assert "checkpoints.jsonl.2" in said
    assert configured.verify().exit_code == 0


def test_a_key_that_is_none_is_told_in_a_line(configured: Scene) -> None:
    configured.paths.key.write_text("nonsense")

    code, said = run("verify")

    assert (code, said) == (1, "")
    with pytest.raises(checkpoint_key.CheckpointKeyError):
        checkpoint_key.known_key(configured.paths.key)
