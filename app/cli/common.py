"""What the commands share: settings, databases, failing and progress."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from app import settings as configuration
from app.db.database import Database
from app.domain.access import Actor, Role
from app.services.checkpoints import CheckpointPaths
from app.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database lives [MAARAAIKA_DATA_DIR, var]."),
]


def settings_of(data_dir: Path | None) -> Settings:
    """Load the settings, with the data directory that the command line names."""
    loaded = configuration.load()
    return replace(loaded, data_dir=data_dir) if data_dir else loaded


def open_database(chosen: Settings) -> AbstractContextManager[Database]:
    """Open the database as `app.main` does for the service."""
    from app import main

    return main.open_database(chosen)


def connected(chosen: Settings) -> AbstractContextManager[Database]:
    """Connect to the database as it is, whatever its schema and law."""
    from app import main

    return main.connected(chosen)


def owned(chosen: Settings) -> AbstractContextManager[Database]:
    """Connect to the database as its owner, who may change its tables."""
    from app import main

    return main.owned(chosen)


def checkpoint_paths(chosen: Settings) -> CheckpointPaths:
    """Return where the checkpoints and their key are."""
    from app import main

    return main.checkpoint_paths(chosen)


@contextmanager
def database_of(data_dir: Path | None) -> Iterator[Database]:
    """Open the database of the settings."""
    with open_database(settings_of(data_dir)) as database:
        yield database


def operating_as(role: Role) -> Actor:
    """Return whoever runs commands on the server, who may see all that *role* may."""
    return Actor(role=role, key_id=operator())


def day_of(text: str) -> date:
    """Return the day that is meant, or fail."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail("Write the day as in 2025-12-22.")


def operator() -> str:
    """Return whose account runs the command, as the machine knows it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def fail(message: str) -> NoReturn:
    """Say in a line what went wrong, and exit with 1."""
    typer.echo(message, err=True)
    raise SystemExit(1)


@contextmanager
def counting(things: str) -> Iterator[Callable[[int], None]]:
    """Show how many *things* are done, while they are being done."""
    columns = (SpinnerColumn(), TextColumn("{task.completed} {task.description}"))
    with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
        task = progress.add_task(things, total=None)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def measuring(things: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many *things* are done of all that there are."""
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
        task = progress.add_task(things, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
