"""The program in docs/proof.md verifies what the service keeps, without the service."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from app.db.database import Database
from app.domain.access import Actor, Role
from app.domain.compliance import Dimension
from app.domain.erasure import ErasedLines, ErasureGround
from app.domain.events import CaseKey
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import ReportKind
from app.services import checkpoint_key, eraser, erasure, intake
from app.services.checkpoints import CheckpointWriter
from app.services.compliance import Query
from app.services.plain_reports import report_json
from app.services.sealed_reports import Order, seal
from app.services.tampering import EXIT_CODES, Tampering
from tests.conftest import viewer_of
from tests.factories import notification, submissions
from tests.services.conftest import NOON, Scene, publish, told

PAGE = (Path(__file__).parents[2] / "docs" / "proof.md").read_text(encoding="utf-8")


def block(language: str, containing: str) -> str:
    """Return the code block of the page in which *containing* stands."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = [each for each in blocks if containing in each]
    return str(found)


@dataclass(frozen=True)
class Outside:
    """What somebody has who verifies without us."""

    directory: Path

    def verify(self) -> str:
        """Return what the program of the page says of it; nothing if all is well."""
        names = (
            *("lines.csv", "reports.csv", "publications.csv", "looks.csv"),
            *("receipts.ndjson", "checkpoints.jsonl", "public.pem"),
        )
        done = subprocess.run(  # noqa: S603 (the page's own program)
            [sys.executable, "-c", block("python", "csv.DictReader"), *names],
            cwd=self.directory,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stderr

    def change(self, name: str, before: str, after: str) -> None:
        """Put *after* in the place of the first *before* in a file."""
        content = (self.directory / name).read_text(encoding="utf-8")
        assert before in content
        changed = content.replace(before, after, 1)
        (self.directory / name).write_text(changed, encoding="utf-8")


def _erase(database: Database) -> None:
    """Erase the child of client-c, and forget the first of its lines."""
    by = (Actor(role=Role.ADMIN, key_id="a"), Actor(role=Role.ADMIN, key_id="b"))
    erasure.erase_child(
        database,
        source="client-c",
        child_ref="p-1",
        ground=ErasureGround.COURT_ORDER,
        by=by,
    )
    with database.write() as connection:
        first = ErasedLines(source="client-c", positions="1-4")
        eraser.forget(eraser.begin(connection), (first,))


@pytest.fixture
def outside(scene: Scene) -> Outside:
    """Give what the operator hands out: lines, checkpoints, receipts, public key."""
    directory = scene.paths.lines.parent
    unusual = notification(
        NOON.date(), 'e,"1"', unit="äö", at=NOON, registered_at=NOON, sequence=7
    )
    outcomes = [
        *intake.record(scene.database, told("client-b", 7)),
        *intake.record(scene.database, submissions([unusual])),
    ]
    order = Order(
        kind=ReportKind.YEARLY,
        period=parse_period("2026"),
        query=Query(by=(Dimension.UNIT,)),
        comment={"fi": 'Syksyllä "ruuhka",\nselvä.', "sv": "Ö"},
        request_key=None,
    )
    lead = Actor(role=Role.LEAD, key_id="lead")
    for _ in range(2):
        seal(scene.database, lead, order, report_json)
    for case in ("A-1", 'B,"2"'):
        viewer_of(scene.database, lead).show({CaseKey("client-b", case)}, rows=1)
    for month in ("2026-01", "2026-02"):
        publish(scene.database, month)
    CheckpointWriter(scene.database, scene.paths).write(NOON)
    _erase(scene.owner)
    receipts = [
        json.dumps(
            {
                "source": outcome.submission.event.source,
                "sequence": outcome.place.sequence,
                "hash": outcome.place.hash.hex(),
            }
        )
        for outcome in outcomes
    ]
    (directory / "receipts.ndjson").write_text("\n".join(receipts), encoding="utf-8")
    public_key = checkpoint_key.signing_key(scene.paths.key).public_key()
    (directory / "public.pem").write_text(checkpoint_key.pem(public_key))
    address = make_url(scene.owner_url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as connection:
        for name, table in (
            ("lines.csv", "case_event"),
            ("reports.csv", "sealed_report"),
            ("publications.csv", "publication"),
            ("looks.csv", "access_log"),
        ):
            with connection.cursor().copy(
                block("sql", f"FROM {table}").encode()
            ) as copy:
                exported = b"".join(bytes(piece) for piece in copy)
            (directory / name).write_bytes(exported)
    return Outside(directory)


def test_what_is_as_it_was_passes(outside: Outside) -> None:
    assert outside.verify() == ""


@pytest.mark.parametrize(
    ("name", "before", "after", "said"),
    [
        pytest.param("lines.csv", "2026-03-02", "2026-03-03", "changed", id="a day"),
        pytest.param(
            "lines.csv", "leppavaara", "matinkyla", "data changed", id="the data"
        ),
        pytest.param(
            "reports.csv", '""late"":', '""late"":1', "report changed", id="a report"
        ),
        pytest.param("looks.csv", "A-1", "A-2", "entry changed", id="a look"),
        pytest.param("looks.csv", "\n1,2,", "\n1,3,", "KeyError", id="a position"),
        pytest.param("reports.csv", "\n2,", "\n3,", "missing", id="a number"),
        pytest.param(
            "publications.csv", " 9, 2", " 8, 2", "publication", id="a shown count"
        ),
        pytest.param(
            "reports.csv", '""position"":', '""position"":1', "report", id="a head"
        ),
        pytest.param(
            "receipts.ndjson", '"hash": "', '"hash": "00', "receipt", id="a receipt"
        ),
        pytest.param(
            "checkpoints.jsonl",
            '"position": 3',
            '"position": 2',
            "InvalidSignature",
            id="a checkpoint",
        ),
    ],
)
def test_what_is_not_as_it_was_does_not(
    outside: Outside, name: str, before: str, after: str, said: str
) -> None:
    outside.change(name, before, after)

    assert said in outside.verify()


def test_every_exit_code_stands_on_the_page_in_order_of_gravity() -> None:
    rows = re.findall(r"^\| (\d) \| `(\w+)`", PAGE, re.MULTILINE)

    assert rows == [(str(EXIT_CODES[sort]), sort.value) for sort in Tampering]
