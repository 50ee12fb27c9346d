"""`maaraaika retention` and `maaraaika erase`, as an operator and two people do."""

import pytest
from typer.testing import CliRunner

from app import clock
from app.cli import cli
from app.db.database import Database
from app.domain.access import Role
from app.services import intake, keys
from app.services.erasure import TwoPeopleNeededError
from app.services.retention import UndecidedError
from tests.databases import dump
from tests.factories import submissions
from tests.services.test_erasure import canary_case
from tests.services.test_retention import long_ago, whole_case

PERIODS = {
    "MAARAAIKA_RETENTION_PAYLOADS": "P2Y",
    "MAARAAIKA_RETENTION_SKELETONS": "P6M",
    "MAARAAIKA_RETENTION_ACCESS_LOG": "P12Y",
    "MAARAAIKA_RETENTION_TECHNICAL_LOGS": "P90D",
}
ERASE = ["erase", "--source", "client-a", "--ground", "wrong_registration"]


@pytest.fixture
def configured(
    database_url: str, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> str:
    """Configure the commands for a database of the test's own; give its owner's URL."""
    monkeypatch.setenv("MAARAAIKA_DATABASE_URL", database_url)
    monkeypatch.setenv("MAARAAIKA_MIGRATION_DATABASE_URL", owner_url)
    for name, period in PERIODS.items():
        monkeypatch.setenv(name, period)
    return owner_url


def told(*words: str, typed: str = "") -> str:
    """Return what the command prints; what fails is raised."""
    done = CliRunner().invoke(cli, words, input=typed, catch_exceptions=False)
    if done.exception is not None:
        raise done.exception
    return done.output


def key(database: Database, role: Role, holder: str | None = None) -> str:
    return keys.create(
        database,
        role=role,
        source=None,
        units=(),
        holder=holder,
        created_at=clock.now(),
    )


def test_the_job_tells_first_and_then_destroys(
    configured: str, database: Database
) -> None:
    intake.record(database, submissions(whole_case("A-9", long_ago())))

    first = told("retention", "--dry-run")
    assert "What 3 events of 1 cases said would be destroyed" in first
    assert "canary" in dump(configured)

    done = told("retention")
    assert "What 3 events of 1 cases said were destroyed" in done
    assert "0 sign-ins, 0 people and 0 keys were destroyed" in done
    assert "P90D" in done
    assert "canary" not in dump(configured)


def test_the_job_does_not_run_before_all_is_decided(
    configured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configured
    monkeypatch.delenv("MAARAAIKA_RETENTION_ACCESS_LOG")

    with pytest.raises(UndecidedError, match="MAARAAIKA_RETENTION_ACCESS_LOG"):
        told("retention")


def test_two_people_erase_a_child(configured: str, database: Database) -> None:
    intake.record(database, canary_case())
    two = key(database, Role.AUDITOR), key(database, Role.ADMIN)

    printed = told(
        *ERASE, typed="canary-of-a-child\n" + "".join(f"{each}\n" for each in two)
    )

    assert "Destroyed: 1 cases" in printed
    assert "Lines: client-a 1-2" in printed
    assert "canary" not in dump(configured)


def test_a_dry_run_of_an_erasure_needs_nobody(
    configured: str, database: Database
) -> None:
    intake.record(database, canary_case())

    printed = told(*ERASE, "--child", "canary-of-a-child", "--dry-run")

    assert "To be destroyed: 1 cases, 2 clocks (1 missed, 1 running)" in printed
    assert "canary" in dump(configured)


@pytest.mark.parametrize("second", ["the first again", "of nobody", "of the same"])
def test_one_person_alone_erases_nothing(
    configured: str, database: Database, second: str
) -> None:
    intake.record(database, canary_case())
    first = key(database, Role.AUDITOR, "anna")
    other = {
        "the first again": first,
        "of nobody": "mk_nobody",
        "of the same": key(database, Role.AUDITOR, "anna"),
    }[second]

    with pytest.raises(TwoPeopleNeededError):
        told(*ERASE, "--child", "canary-of-a-child", typed=f"{first}\n{other}\n")

    assert "canary" in dump(configured)
