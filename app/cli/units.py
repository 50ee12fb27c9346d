"""``maaraaika unit``: the unit tree."""

import csv
from collections.abc import Iterator
from pathlib import Path

import typer

from app.cli.common import DataDir, database_of, fail, operator
from app.db.units import Unit
from app.domain.texts import Text
from app.services import units as unit_service

unit_cli = typer.Typer(no_args_is_help=True, help="The unit tree.")


@unit_cli.command("import")
def import_units(file: Path, data_dir: DataDir = None) -> None:
    """Record the units of a CSV file: code,parent,fi,sv,en."""
    try:
        units = list(_units(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"{file} cannot be read as CSV in UTF-8: {error}")
    with database_of(data_dir) as database:
        unit_service.put(database, units, by=operator())
    typer.echo(f"{len(units)} units recorded.")


def _units(file: Path) -> Iterator[Unit]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {"code", "parent", "fi", "sv", "en"} - set(reader.fieldnames or ())
        if missing:
            fail(f"{file}: the first line lacks {', '.join(sorted(missing))}.")
        for row in reader:
            names = (row["code"], row["fi"], row["sv"], row["en"])
            if not all(names):
                fail(f"{file}, line {reader.line_num}: only parent may be empty.")
            yield Unit(
                code=row["code"],
                parent=row["parent"] or None,
                name=Text(fi=row["fi"], sv=row["sv"], en=row["en"]),
            )
