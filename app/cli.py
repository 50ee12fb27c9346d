"""The command line: ``serve``, ``demo``, ``explain`` and the operator's tools."""

import csv
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import typer
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from app import clock
from app import settings as configuration
from app.db import schema
from app.db.database import (
    Database,
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
)
from app.db.embedded import EmbeddedPostgresError
from app.db.schema import PendingMigrationsError, ServerTooOldError
from app.db.units import Unit
from app.demo.client import RefusedError
from app.demo.run import Keys, Profile, show_the_way
from app.demo.run import run as run_demo
from app.demo.year import SOURCES
from app.domain.errors import DomainError
from app.domain.law import RULES
from app.domain.law.page import law_page
from app.domain.texts import Language, Text
from app.main import connected, create_app, open_database, served
from app.services import keys
from app.services import law as law_service
from app.services import units as unit_service
from app.services.keys import InvalidKeyRequestError, Role
from app.services.law import OtherLawInUseError
from app.services.units import UnitCycleError
from app.settings import Settings, SettingsError

EXPECTED = (
    SettingsError,
    EmbeddedPostgresError,
    PendingMigrationsError,
    ServerTooOldError,
    OtherLawInUseError,
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
    InvalidKeyRequestError,
    UnitCycleError,
    DomainError,
    RefusedError,
)
DEMO_WIDTH = 120

cli = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
key_cli = typer.Typer(no_args_is_help=True, help="API keys.")
unit_cli = typer.Typer(no_args_is_help=True, help="The unit tree.")
cli.add_typer(key_cli, name="key")
cli.add_typer(unit_cli, name="unit")

DataDir = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database lives [MAARAAIKA_DATA_DIR, var]."),
]


def main() -> None:
    """Run the command line; what can be expected to go wrong is told in one line."""
    # Told to stop, a process leaves its embedded server in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli()
    except EXPECTED as error:
        _fail(str(error))


@cli.command()
def serve(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="[MAARAAIKA_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="[MAARAAIKA_PORT]")] = None,
) -> None:
    """Run the service until it is told to stop."""
    chosen = _settings(data_dir)
    with open_database(chosen) as database:
        uvicorn.run(
            create_app(database),
            host=host or chosen.host,
            port=port or chosen.port,
            log_level="warning",
            timeout_graceful_shutdown=20,
        )


@cli.command()
def demo(
    profile: Annotated[
        Profile, typer.Option(help="Which year is sent.")
    ] = Profile.SYNTHETIC_YEAR,
    serve: Annotated[  # noqa: FBT002 (a flag of the command line)
        bool, typer.Option(help="Go on serving after the tables.")
    ] = True,
    port: Annotated[int | None, typer.Option(help="[MAARAAIKA_PORT]")] = None,
    data_dir: DataDir = None,
) -> None:
    """Send a synthetic year of a county through the API of a service of its own."""
    chosen = _settings(data_dir)
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    console = Console(width=None if sys.stdout.isatty() else DEMO_WIDTH)
    console.print("Starting a PostgreSQL and the service, for this demo alone …")
    with (
        TemporaryDirectory(prefix="demo-", dir=chosen.data_dir) as own,
        open_database(
            replace(chosen, data_dir=Path(own), database_url=None)
        ) as database,
        served(database, port or chosen.port) as address,
    ):
        own_keys = _demo_keys(database)
        run_demo(
            address,
            keys=own_keys,
            profile=profile,
            console=console,
            now=clock.now(),
        )
        if serve:
            show_the_way(address, own_keys, console)
            console.print("Serving until you press Ctrl-C.")
            with suppress(KeyboardInterrupt):
                signal.pause()


@cli.command()
def explain(
    received_on: Annotated[str, typer.Argument(help="The day, as in 2025-12-22.")],
    lang: Annotated[
        Language, typer.Option(help="Language of the texts.")
    ] = Language.EN,
) -> None:
    """Explain both deadlines of a notification received on a day."""
    law = _settings(None).law
    day = _date(received_on)
    console = Console(highlight=False)
    for rule in RULES:
        explanation = law.explain(rule.code, day)
        console.print(f"\n[bold]{explanation.title.to(lang)}[/bold]")
        for text in (explanation.summary, *(step.text for step in explanation.steps)):
            console.print(f"  {text.to(lang)}", soft_wrap=True, markup=False)


@cli.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this version."""
    with connected(_settings(data_dir)) as database:
        schema.migrate(database)
    typer.echo("The database has the schema of this version.")


@cli.command()
def migration(message: str, data_dir: DataDir = None) -> None:
    """Write a new migration from the difference between models and database."""
    with connected(_settings(data_dir)) as database:
        schema.migrate(database)
        schema.new_migration(database, message)


@cli.command()
def rebuild(data_dir: DataDir = None) -> None:
    """Compute every deadline anew from the events, under the law in the settings."""
    chosen = _settings(data_dir)
    columns = (SpinnerColumn(), TextColumn("{task.completed} cases"))
    with connected(chosen) as database, Progress(*columns, transient=True) as progress:
        schema.migrate(database)
        task = progress.add_task("rebuild", total=None)
        changed = law_service.rebuild(
            database,
            chosen.law,
            on_progress=lambda done: progress.update(task, completed=done),
        )
    typer.echo(f"{changed} rows changed.")


@cli.command(name="law-page", hidden=True)
def print_law_page() -> None:
    """Print docs/law.md."""
    sys.stdout.write(law_page())


@key_cli.command("create")
def create_key(
    role: Annotated[Role, typer.Option(help="What the key permits.")],
    source: Annotated[
        str | None, typer.Option(help="The client system of an integrator's key.")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(help="A unit of a lead's key, with what is below; repeatable."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it, this one time."""
    with _database(data_dir) as database:
        key = keys.create(
            database,
            role=role,
            source=source,
            units=tuple(unit or ()),
            created_at=clock.now(),
        )
    typer.echo(key)


@key_cli.command("list")
def list_keys(data_dir: DataDir = None) -> None:
    """List the keys, without their secrets."""
    table = Table("key id", "role", "source", "units", "created", "revoked")
    with _database(data_dir) as database:
        for key in keys.listed(database):
            table.add_row(
                key.key_id,
                key.role,
                escape(key.source or ""),
                escape(", ".join(key.units)),
                f"{key.created_at:%Y-%m-%d}",
                f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else "",
            )
    Console().print(table)


@key_cli.command("revoke")
def revoke_key(key_id: str, data_dir: DataDir = None) -> None:
    """Revoke a key; within five seconds no process accepts it."""
    with _database(data_dir) as database:
        was_valid = keys.revoke(database, key_id, revoked_at=clock.now())
    if not was_valid:
        _fail(f"There is no valid key {key_id}; see `maaraaika key list`.")


@unit_cli.command("import")
def import_units(file: Path, data_dir: DataDir = None) -> None:
    """Record the units of a CSV file: code,parent,fi,sv,en."""
    try:
        units = list(_units(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        _fail(f"{file} cannot be read as CSV in UTF-8: {error}")
    with _database(data_dir) as database:
        unit_service.put(database, units)
    typer.echo(f"{len(units)} units recorded.")


def _units(file: Path) -> Iterator[Unit]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = {"code", "parent", "fi", "sv", "en"} - set(reader.fieldnames or ())
        if missing:
            _fail(f"{file}: the first line lacks {', '.join(sorted(missing))}.")
        for row in reader:
            names = (row["code"], row["fi"], row["sv"], row["en"])
            if not all(names):
                _fail(f"{file}, line {reader.line_num}: only parent may be empty.")
            yield Unit(
                code=row["code"],
                parent=row["parent"] or None,
                name=Text(fi=row["fi"], sv=row["sv"], en=row["en"]),
            )


def _demo_keys(database: Database) -> Keys:
    def make(role: Role, source: str | None = None) -> str:
        return keys.create(
            database, role=role, source=source, units=(), created_at=clock.now()
        )

    return Keys(
        admin=make(Role.ADMIN),
        lead=make(Role.LEAD),
        integrators={source: make(Role.INTEGRATOR, source) for source in SOURCES},
    )


@contextmanager
def _database(data_dir: Path | None) -> Iterator[Database]:
    with open_database(_settings(data_dir)) as database:
        yield database


def _settings(data_dir: Path | None) -> Settings:
    loaded = configuration.load()
    return replace(loaded, data_dir=data_dir) if data_dir else loaded


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _fail("Write the day as in 2025-12-22.")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
