"""The law: explained, printed, put in use, and the deadlines made anew by it."""

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.common import DataDir, connected, day_of, measuring, owned, settings_of
from app.db import schema
from app.domain.law import RULES
from app.domain.law.page import law_page
from app.domain.texts import Language
from app.services import law as law_service
from app.services import rebuild as rebuild_service
from app.services.law import Change
from app.services.rebuild import Difference

law_cli = typer.Typer(no_args_is_help=True, help="The law in use.")


def explain(
    received_on: Annotated[str, typer.Argument(help="The day, as in 2025-12-22.")],
    lang: Annotated[
        Language, typer.Option(help="Language of the texts.")
    ] = Language.FI,
    data_dir: DataDir = None,
) -> None:
    """Explain both deadlines of a notification received on a day."""
    law = settings_of(data_dir).law
    day = day_of(received_on)
    console = Console(highlight=False)
    for rule in RULES:
        explanation = law.explain(rule.code, day)
        console.print(f"\n[bold]{explanation.title.to(lang)}[/bold]")
        for text in (explanation.summary, *(step.text for step in explanation.steps)):
            console.print(f"  {text.to(lang)}", soft_wrap=True, markup=False)


def print_law_page() -> None:
    """Print docs/law.md."""
    sys.stdout.write(law_page())


def rebuild(
    check: Annotated[  # noqa: FBT002 (a flag of the command line)
        bool, typer.Option("--check", help="Compare only; exit 1 if anything differs.")
    ] = False,
    preview: Annotated[  # noqa: FBT002 (a flag of the command line)
        bool,
        typer.Option("--preview", help="Tell what the law in the settings changes."),
    ] = False,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="List what --preview tells, as CSV.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make the deadlines anew from the events, while the service goes on."""
    chosen = settings_of(data_dir)
    with owned(chosen) as database:
        schema.require_newest(database)
        if preview:
            with measuring("batches of cases") as advance:
                changes = list(
                    law_service.preview(database, chosen.law, on_progress=advance)
                )
            _print_changes(changes)
            if csv_file is not None:
                _write_changes(changes, csv_file)
        elif check:
            with measuring("batches of cases") as advance:
                found = list(rebuild_service.check(database, on_progress=advance))
            for difference in found:
                typer.echo(_told(difference))
            typer.echo(f"{len(found)} differences.")
            raise SystemExit(1 if found else 0)
        else:
            with measuring("batches of cases") as advance:
                cases = rebuild_service.rebuild(database, on_progress=advance)
            typer.echo(f"{cases} cases rebuilt.")


@law_cli.command("activate")
def activate_law(data_dir: DataDir = None) -> None:
    """Compute deadlines by the law in the settings from now on.

    Look at `maaraaika rebuild --preview` first, and restart the service afterwards
    with the same settings. Earlier answers stay as they were.
    """
    chosen = settings_of(data_dir)
    with connected(chosen) as database, measuring("batches of cases") as advance:
        schema.require_newest(database)
        changed = law_service.activate(database, chosen.law, on_progress=advance)
    typer.echo(f"{changed} rows changed.")


def _print_changes(changes: Sequence[Change]) -> None:
    """Print how many dates and verdicts change, per rule and unit."""
    table = Table("rule", "unit", "dates change", "verdicts flip")
    groups = Counter((each.before.rule, each.unit or "") for each in changes)
    for rule, unit in sorted(groups):
        group = [
            each
            for each in changes
            if each.before.rule == rule and (each.unit or "") == unit
        ]
        dates = sum(each.before.due_on != each.after.due_on for each in group)
        flips = sum(each.verdict_before != each.verdict_after for each in group)
        table.add_row(rule, unit, str(dates), str(flips))
    Console().print(table)


def _write_changes(changes: Sequence[Change], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(
            [
                *("source", "case_ref", "rule", "started_on", "unit"),
                *("due_before", "due_after", "verdict_before", "verdict_after"),
            ]
        )
        for each in changes:
            writer.writerow(
                [
                    *each.case,
                    each.before.rule,
                    each.before.started_on,
                    each.unit,
                    each.before.due_on,
                    each.after.due_on,
                    each.verdict_before,
                    each.verdict_after,
                ]
            )


def _told(difference: Difference) -> str:
    version = difference.version
    where = "only stored" if difference.is_stored else "only in the events"
    key = version.key
    return (
        f"{key.source} {key.case_ref} {key.subject}, "
        f"known since {version.recorded_at}: {where}"
    )
