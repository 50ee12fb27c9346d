"""Ways to import a small file, and to see what was stored."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import text

from app.db.database import Database
from app.imports import run
from app.imports.mapping_file import read_mapping
from app.imports.results import Report
from app.imports.run import Job

CODE = "010594Y9032"  # a public test code
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
MAPPING = """
[row]
id = "{kind}-{Nro}"
case_ref = "Nro"

[[event]]
kind = "notification"
when = "Saapunut"
data.entry = { constant = "report" }
data.unit = "Yksikkö"
data.child.age_years = "Ikä"

[[event]]
kind = "initiation"
when = "Päätetty"
data.outcome = { column = "Päätös", values = "decisions" }

[values.decisions]
"Aloitetaan arviointi" = "assessment_started"
"Ei aihetta" = "obviously_unnecessary"
"Odottaa" = ""
"""
HEADER = ("Nro", "Nimi", "Saapunut", "Yksikkö", "Ikä", "Päätetty", "Päätös")
WHOLE = ("7", "Aino", "5.10.2026", "A", "3", "8.10.2026", "Aloitetaan arviointi")


def row(**cells: object) -> tuple[object, ...]:
    """Return a row like `WHOLE`, changed."""
    return tuple({**dict(zip(HEADER, WHOLE, strict=True)), **cells}.values())


@dataclass(frozen=True)
class Importer:
    """Imports into a database of the test's own; the result lies beside the file."""

    database: Database
    folder: Path
    source: str = "client-x"

    def file(self, *rows: Sequence[object], name: str = "in.csv") -> Path:
        """Write *rows* as a file."""
        path = self.folder / name
        if path.suffix == ".csv":
            lines = [";".join(map(str, row)) for row in rows]
            path.write_text("\n".join(lines), encoding="utf-8")
        else:
            workbook = openpyxl.Workbook()
            sheet: Any = workbook.active
            for row in rows:
                sheet.append(row)
            workbook.save(path)
        return path

    def rehearse(self, file: Path, mapping: str = MAPPING) -> Report:
        """Import *file* dry."""
        return self._run(run.rehearse, file, mapping)

    def store(self, file: Path, mapping: str = MAPPING) -> Report:
        """Import *file*."""
        return self._run(run.store, file, mapping)

    def result(self, file: Path) -> list[list[Any]]:
        """Return the rows of the result of *file*."""
        path = result_of(file)
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return list(csv.reader(lines, delimiter=";"))
        sheet: Any = openpyxl.load_workbook(path).active
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def told(self, file: Path) -> list[str]:
        """Return status and problem of each row of the result below the header."""
        return [": ".join(filter(None, row[-3:-1])) for row in self.result(file)[1:]]

    def events(self) -> list[Any]:
        """Return what is stored, in order."""
        with self.database.read() as knowledge:
            return list(
                knowledge.connection.execute(
                    text(
                        "SELECT event_id, case_ref, kind, occurred_on, occurred_at, "
                        "registered_at, data FROM case_event ORDER BY sequence"
                    )
                )
            )

    def _run(self, take: Callable[..., Report], file: Path, mapping: str) -> Report:
        path = self.folder / "mapping.toml"
        path.write_text(mapping, encoding="utf-8")
        job = Job(
            file=file,
            mapping=read_mapping(path),
            source=self.source,
            result=result_of(file),
        )
        report = take(self.database, job, now=NOW, on_progress=lambda *_: None)
        assert isinstance(report, Report)
        return report


def result_of(file: Path) -> Path:
    return file.with_suffix(f".result{file.suffix}")


@pytest.fixture
def importer(database: Database, tmp_path: Path) -> Importer:
    return Importer(database, tmp_path)
