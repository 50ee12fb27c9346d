"""``maaraaika report-settings``: how figures are counted and shown."""

import json
import sys
import tomllib
from pathlib import Path

import typer

from app.cli.common import DataDir, database_of, fail
from app.domain.figures_page import figures_page
from app.domain.report_settings import describe, described
from app.services import report_settings as settings_service

settings_cli = typer.Typer(
    no_args_is_help=True, help="How figures are counted and shown."
)


@settings_cli.command("show")
def show_settings(data_dir: DataDir = None) -> None:
    """Print the settings in use, as JSON."""
    with database_of(data_dir) as database:
        _, settings = settings_service.known(database)
    typer.echo(json.dumps(describe(settings), indent=2))


@settings_cli.command("set")
def set_settings(file: Path, data_dir: DataDir = None) -> None:
    """Use the settings of a TOML file from now on; earlier answers keep theirs.

    What the file leaves out has its default.
    """
    try:
        settings = described(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        fail(f"{file}: {error}")
    with database_of(data_dir) as database:
        settings_service.put(database, settings)


def print_figures_page() -> None:
    """Print docs/figures.md."""
    sys.stdout.write(figures_page())
