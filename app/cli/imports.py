"""``maaraaika import``: events out of a file."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app import clock
from app.cli.common import DataDir, database_of, measuring


def import_file(
    file: Annotated[Path, typer.Argument(help="A CSV or XLSX file.")],
    *,
    mapping: Annotated[
        Path, typer.Option(help="The TOML file that says which column means what.")
    ],
    source: Annotated[
        str, typer.Option(help="The client system that the rows are of.")
    ],
    commit: Annotated[
        bool, typer.Option("--commit", help="Store what would only be checked.")
    ] = False,
    result: Annotated[
        Path | None, typer.Option(help="What became of each row [FILE.result.…].")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Check the rows of a file, and store their events if told to.

    Without --commit nothing is stored. Exits with 1 if any row was refused.
    """
    from app.imports import run, summary
    from app.imports.mapping_file import read_mapping
    from app.imports.results import RowStatus

    job = run.Job(
        file=file,
        mapping=read_mapping(mapping),
        source=source,
        result=result or file.with_suffix(f".result{file.suffix}"),
    )
    take = run.store if commit else run.rehearse
    with database_of(data_dir) as database, measuring("rows") as on_progress:
        report = take(database, job, now=clock.now(), on_progress=on_progress)
    console = Console(highlight=False, soft_wrap=True)
    created = RowStatus.CREATED if commit else RowStatus.NEW
    console.print(summary.events_table(report, created=created))
    for line in summary.problem_lines(report):
        console.print(line)
    typer.echo(f"{summary.rows_line(report)} Each is in {job.result}.")
    if not commit:
        typer.echo("This was a dry run: nothing was stored. Add --commit to store.")
    raise SystemExit(1 if report.failed else 0)
