"""The command line: ``serve``, ``demo``, ``explain`` and the operator's tools."""

import csv
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
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
from app.imports import run as imports
from app.imports import summary
from app.imports.errors import ImportFileError
from app.imports.mapping_file import read_mapping
from app.imports.results import RowStatus
from app.imports.run import Job
from app.main import (
    checkpoint_paths,
    connected,
    create_app,
    open_database,
    served,
)
from app.services import checkpoint_key, checkpoints, keys, verification
from app.services import law as law_service
from app.services import rebuild as rebuild_service
from app.services import sources as source_service
from app.services import units as unit_service
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoint_file import CheckpointFileError
from app.services.checkpoint_key import CheckpointKeyError
from app.services.checkpoints import CheckpointWriter
from app.services.keys import InvalidKeyRequestError, Role
from app.services.law import Change, OtherLawInUseError
from app.services.rebuild import CircumstancesChangedError, Difference
from app.services.sources import SuccessionError
from app.services.tampering import REMEDIES, Finding
from app.services.units import IdentityCodeError, UnitCycleError
from app.settings import Settings, SettingsError

EXPECTED = (
    SettingsError,
    EmbeddedPostgresError,
    PendingMigrationsError,
    ServerTooOldError,
    OtherLawInUseError,
    CircumstancesChangedError,
    ImportFileError,
    SuccessionError,
    CheckpointFileError,
    CheckpointKeyError,
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
    InvalidKeyRequestError,
    IdentityCodeError,
    UnitCycleError,
    DomainError,
    RefusedError,
)
DEMO_WIDTH = 120

cli = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
key_cli = typer.Typer(no_args_is_help=True, help="API keys.")
unit_cli = typer.Typer(no_args_is_help=True, help="The unit tree.")
law_cli = typer.Typer(no_args_is_help=True, help="The law in use.")
source_cli = typer.Typer(no_args_is_help=True, help="Client systems.")
cli.add_typer(key_cli, name="key")
cli.add_typer(unit_cli, name="unit")
cli.add_typer(law_cli, name="law")
cli.add_typer(source_cli, name="source")
checkpoint_cli = typer.Typer(no_args_is_help=True, help="Signed heads of the ledgers.")
cli.add_typer(checkpoint_cli, name="checkpoint")

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
            create_app(database, checkpoint_paths(chosen)),
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
    ] = Language.FI,
    data_dir: DataDir = None,
) -> None:
    """Explain both deadlines of a notification received on a day."""
    law = _settings(data_dir).law
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
    chosen = _settings(data_dir)
    with connected(chosen) as database:
        schema.require_newest(database)
        if preview:
            with _counting("cases") as advance:
                changes = list(
                    law_service.preview(database, chosen.law, on_progress=advance)
                )
            _print_changes(changes)
            if csv_file is not None:
                _write_changes(changes, csv_file)
        elif check:
            with _counting("cases") as advance:
                found = list(rebuild_service.check(database, on_progress=advance))
            for difference in found:
                typer.echo(_told(difference))
            typer.echo(f"{len(found)} differences.")
            raise SystemExit(1 if found else 0)
        else:
            with _counting("cases") as advance:
                cases = rebuild_service.rebuild(database, on_progress=advance)
            typer.echo(f"{cases} cases rebuilt.")


@law_cli.command("activate")
def activate_law(data_dir: DataDir = None) -> None:
    """Compute deadlines by the law in the settings from now on.

    Look at `maaraaika rebuild --preview` first, and restart the service afterwards
    with the same settings. Earlier answers stay as they were.
    """
    chosen = _settings(data_dir)
    with connected(chosen) as database, _counting("cases") as advance:
        schema.require_newest(database)
        changed = law_service.activate(database, chosen.law, on_progress=advance)
    typer.echo(f"{changed} rows changed.")


@source_cli.command("succeed")
def succeed_source(
    old: str,
    new: str,
    live_from: Annotated[
        str, typer.Option("--from", help="The day from which NEW is live.")
    ],
    data_dir: DataDir = None,
) -> None:
    """Let source NEW continue the cases of OLD under the same references."""
    with _database(data_dir) as database:
        changed = source_service.succeed(database, old, new, _date(live_from))
    typer.echo(f"{new} continues {old}; {changed} rows changed.")


@source_cli.command("live")
def put_source_live(
    source: str,
    since: Annotated[str, typer.Option(help="The first day that is not imported.")],
    data_dir: DataDir = None,
) -> None:
    """Say since when events of a source come as they happen."""
    with _database(data_dir) as database:
        source_service.put_live(database, source, _date(since))


@cli.command("import")
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
    job = Job(
        file=file,
        mapping=read_mapping(mapping),
        source=source,
        result=result or file.with_suffix(f".result{file.suffix}"),
    )
    take = imports.store if commit else imports.rehearse
    with _database(data_dir) as database, _measuring("rows") as on_progress:
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


@cli.command()
def verify(
    read_model: Annotated[  # noqa: FBT002 (a flag of the command line)
        bool, typer.Option(help="Compare the deadlines with the events, too.")
    ] = True,
    copy: Annotated[
        Path | None,
        typer.Option("--checkpoints", help="A copy of the checkpoints kept elsewhere."),
    ] = None,
    public_key: Annotated[
        Path | None, typer.Option(help="The PEM of the key that signed them.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Find out whether anything recorded was changed, lost or made up since.

    Exits with 0 if nothing was, else with a code for the gravest finding: 2 changed
    line, 3 missing line, 4 ledger shorter than a checkpoint, 5 checkpoint file broken
    or missing, 6 read model differs, 7 chain rewritten, 8 head of a ledger changed.
    """
    chosen = _settings(data_dir)
    paths = checkpoint_paths(chosen)
    key = (
        checkpoint_key.verifying_key(public_key)
        if public_key
        else checkpoint_key.known_key(paths.key)
    )
    evidence = Evidence(
        path=copy or paths.lines, public_key=key, is_copy=copy is not None
    )
    with connected(chosen) as database, _counting("lines") as advance:
        schema.require_newest(database)
        report = verification.verify(
            database, evidence, with_read_model=read_model, on_progress=advance
        )
    typer.echo(
        f"{report.lines} lines of {report.ledgers} ledgers ({report.erased} erased), "
        f"{report.checkpoints} checkpoints, in {report.seconds:.1f} s."
    )
    for notice in report.notices:
        typer.echo(notice)
    for finding in report.findings:
        typer.echo(_reported(finding))
    typer.echo(f"{len(report.findings) or 'No'} findings.")
    raise SystemExit(report.exit_code)


@checkpoint_cli.command("write")
def write_checkpoint(data_dir: DataDir = None) -> None:
    """Write a checkpoint of every ledger that has moved."""
    chosen = _settings(data_dir)
    with open_database(chosen) as database:
        writer = CheckpointWriter(database, checkpoint_paths(chosen))
        written = writer.write(clock.now())
    for checkpoint in written:
        typer.echo(f"{checkpoint.source} {checkpoint.position} {checkpoint.hash.hex()}")
    typer.echo(f"{len(written)} checkpoints written.")


@checkpoint_cli.command("public-key")
def print_public_key(data_dir: DataDir = None) -> None:
    """Print the public key, for those who verify checkpoints elsewhere."""
    paths = checkpoint_paths(_settings(data_dir))
    key = checkpoint_key.signing_key(paths.key)
    typer.echo(checkpoint_key.pem(key.public_key()), nl=False)


@checkpoint_cli.command("restart")
def restart_checkpoints(data_dir: DataDir = None) -> None:
    """Set the checkpoint file aside, once what was wrong is explained; begin anew."""
    chosen = _settings(data_dir)
    with open_database(chosen) as database:
        aside = checkpoints.restart(database, checkpoint_paths(chosen), clock.now())
    typer.echo(f"The old checkpoints are in {aside}." if aside else "There were none.")


@source_cli.command("rhythm")
def put_source_rhythm(
    source: str,
    working_hours: Annotated[
        int, typer.Option(min=1, help="It is heard at least every so many.")
    ],
    data_dir: DataDir = None,
) -> None:
    """Say how long a source may be silent before that is a finding."""
    with _database(data_dir) as database:
        source_service.put_rhythm(database, source, working_hours)


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


@contextmanager
def _counting(things: str) -> Iterator[Callable[[int], None]]:
    """Show how many *things* are done, while they are being done."""
    columns = (SpinnerColumn(), TextColumn("{task.completed} {task.description}"))
    with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
        task = progress.add_task(things, total=None)
        yield lambda done: progress.update(task, completed=done)


@contextmanager
def _measuring(things: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many *things* are done of all that there are."""
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as progress:
        task = progress.add_task(things, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


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


def _reported(finding: Finding) -> str:
    where = finding.place + (f", line {finding.position}" if finding.position else "")
    more = f" (and {finding.more} more)" if finding.more else ""
    return (
        f"{finding.tampering.upper()} {where}: {finding.what}{more}.\n"
        f"    {REMEDIES[finding.tampering]}"
    )


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
