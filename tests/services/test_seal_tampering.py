"""Whatever is done to sealed reports behind our back is found.

The forger is a superuser whom no trigger stops.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from app.db import sealed_reports as seal_table
from app.domain.access import Actor, Role
from app.domain.canonical import canonical
from app.domain.ledger import GENESIS, SEALED_REPORTS, seal_hash
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import ReportKind
from app.services import intake
from app.services.checkpoints import CheckpointWriter
from app.services.compliance import Query
from app.services.plain_reports import report_json
from app.services.sealed_reports import Order, seal
from tests.services.conftest import NOON, Forgery, Scene, by_sql, told

SEALS = 3
LEAD = Actor(role=Role.LEAD, key_id="lead")
ORDER = Order(
    kind=ReportKind.MONTHLY,
    period=parse_period("2026-03"),
    query=Query(),
    comment=None,
    request_key=None,
)
CUT = "DELETE FROM sealed_report WHERE number = 3"


@pytest.fixture
def sealed(scene: Scene) -> Scene:
    """Give a scene with three sealed reports, each with a checkpoint behind it."""
    for number in range(SEALS):
        seal(scene.database, LEAD, ORDER, report_json)
        writer = CheckpointWriter(scene.database, scene.paths)
        written = writer.write(NOON + timedelta(days=1, hours=number))
        assert [(each.source, each.position) for each in written] == [("", number + 1)]
    return scene


def chained_anew(
    *statements: str, change: Callable[[dict[str, Any]], object] = lambda _: None
) -> Forgery:
    """Return a forgery after which every digest and link of the seals is right."""

    def forge(scene: Scene) -> None:
        by_sql(*statements)(scene)
        with scene.database.read() as question:
            seals = list(seal_table.in_order(question.connection))
        previous = GENESIS
        for old in seals:
            content = json.loads(old.content)
            change(content)
            text = canonical(content)
            digest = sha256(text.encode()).digest()
            previous = seal_hash(old.number, digest, previous)
            scene.sql(
                """
                UPDATE sealed_report SET content = %s, digest = %s, hash = %s
                WHERE number = %s
                """,
                *(text, digest, previous, old.number),
            )

    return forge


def prettified(content: dict[str, Any]) -> None:
    content["figures"]["totals"] = []


EDIT = """
    UPDATE sealed_report
    SET content = replace(content::text, '"in_time":', '"in_time":1')::json
    WHERE number = 2
    """
FORGERIES = [
    pytest.param(by_sql(EDIT), 2, 2, id="figures"),
    pytest.param(
        by_sql("UPDATE sealed_report SET digest = sha256('x') WHERE number = 3"),
        *(2, 3),
        id="digest",
    ),
    pytest.param(
        by_sql("UPDATE sealed_report SET hash = sha256('x') WHERE number = 1"),
        *(2, 1),
        id="hash",
    ),
    pytest.param(
        by_sql("DELETE FROM sealed_report WHERE number = 2"), 3, 2, id="deleted"
    ),
    pytest.param(
        by_sql("DELETE FROM sealed_report WHERE number = 1"), 3, 1, id="first deleted"
    ),
    pytest.param(by_sql(CUT), 4, 3, id="last deleted"),
    pytest.param(by_sql("DELETE FROM sealed_report"), 4, 1, id="all deleted"),
    pytest.param(
        by_sql("UPDATE sealed_report SET number = 4 WHERE number = 3"),
        *(2, 4),
        id="renumbered, with a gap",
    ),
    pytest.param(
        by_sql(
            "UPDATE sealed_report SET number = 9 WHERE number = 1",
            "UPDATE sealed_report SET number = 1 WHERE number = 2",
            "UPDATE sealed_report SET number = 2 WHERE number = 9",
        ),
        *(2, 1),
        id="renumbered, two for each other",
    ),
    pytest.param(
        chained_anew(
            "DELETE FROM sealed_report WHERE number = 2",
            "UPDATE sealed_report SET number = 2 WHERE number = 3",
        ),
        *(2, 2),
        id="renumbered, and the chain made anew",
    ),
    pytest.param(
        chained_anew(change=prettified), 7, 1, id="figures, and the chain made anew"
    ),
    pytest.param(
        chained_anew(change=lambda content: content.pop("ledgers")),
        *(2, 1),
        id="heads of the ledgers, and the chain made anew",
    ),
]


def test_what_was_sealed_verifies(sealed: Scene) -> None:
    report = sealed.verify(with_read_model=True)

    assert (report.exit_code, report.seals) == (0, SEALS)


@pytest.mark.parametrize(("forge", "exit_code", "number"), FORGERIES)
def test_every_manipulation_is_found_with_its_code_and_first_bad_number(
    sealed: Scene, forge: Forgery, exit_code: int, number: int
) -> None:
    forge(sealed)

    report = sealed.verify()

    gravest = report.findings[0]
    assert report.exit_code == exit_code
    assert (gravest.place, gravest.position) == (SEALED_REPORTS, number)


def test_a_forged_report_accuses_no_ledger(sealed: Scene) -> None:
    by_sql(EDIT)(sealed)

    report = sealed.verify(with_read_model=True)

    assert [found.place for found in report.findings] == [SEALED_REPORTS]
    assert not [each for each in report.notices if "read model" in each]


def test_a_ledger_chained_anew_is_found_by_the_seals_without_any_checkpoint(
    sealed: Scene,
) -> None:
    sealed.paths.lines.unlink()
    sealed.sql("DELETE FROM checkpoint_file")
    sealed.sql(
        """
        UPDATE case_event SET data = replace(data::text, 'no_client', 'died')::json
        WHERE source = 'client-b' AND sequence = 6
        """
    )
    sealed.chain_anew("client-b")

    report = sealed.verify()

    assert report.exit_code == 7
    assert (report.findings[0].place, report.findings[0].position) == ("client-b", 1)


def test_an_old_dump_beside_newer_seals_is_shorter_than_they_say(
    sealed: Scene,
) -> None:
    sealed.paths.lines.unlink()
    sealed.sql("DELETE FROM checkpoint_file")
    sealed.sql("DELETE FROM case_event WHERE source = 'client-c' AND sequence > 6")
    sealed.sql(
        """
        UPDATE source SET last_sequence = 6, last_hash =
            (SELECT hash FROM case_event WHERE source = 'client-c' AND sequence = 6)
        WHERE code = 'client-c'
        """
    )

    report = sealed.verify()

    assert report.exit_code == 4
    assert report.findings[0].place == "client-c"


def test_a_seal_does_not_wait_for_its_checkpoint(sealed: Scene) -> None:
    writer = CheckpointWriter(sealed.database, sealed.paths)
    later = NOON + timedelta(days=1, hours=SEALS)
    intake.record(sealed.database, told("client-a", 7))
    seal(sealed.database, LEAD, ORDER, report_json)

    written = writer.write_due(later)

    assert ("", SEALS + 1) in [(each.source, each.position) for each in written]
