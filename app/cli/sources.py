"""``maaraaika source``: client systems."""

from typing import Annotated

import typer

from app.cli.common import DataDir, database_of, day_of, operator
from app.security.hashes import References
from app.services import sources as source_service

source_cli = typer.Typer(no_args_is_help=True, help="Client systems.")


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
    with database_of(data_dir) as database:
        changed = source_service.succeed(
            database, old, new, day_of(live_from), by=operator()
        )
    typer.echo(f"{new} continues {old}; {changed} rows changed.")


@source_cli.command("live")
def put_source_live(
    source: str,
    since: Annotated[str, typer.Option(help="The first day that is not imported.")],
    data_dir: DataDir = None,
) -> None:
    """Say since when events of a source come as they happen."""
    with database_of(data_dir) as database:
        source_service.put_live(database, source, day_of(since), by=operator())


@source_cli.command("rhythm")
def put_source_rhythm(
    source: str,
    working_hours: Annotated[
        int, typer.Option(min=1, help="It is heard at least every so many.")
    ],
    data_dir: DataDir = None,
) -> None:
    """Say how long a source may be silent before that is a finding."""
    with database_of(data_dir) as database:
        source_service.put_rhythm(database, source, working_hours, by=operator())


@source_cli.command("references")
def put_source_references(
    source: str, allowed: References, data_dir: DataDir = None
) -> None:
    """Say whether references of a source may look like the hash of an identity code."""
    with database_of(data_dir) as database:
        source_service.put_references(database, source, allowed, by=operator())


@source_cli.command("link")
def put_source_link(
    source: str,
    template: Annotated[
        str | None,
        typer.Argument(help="https://.../{case_ref}; without it, there is no link."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Say where cases of a source are in its client system."""
    with database_of(data_dir) as database:
        source_service.put_link(database, source, template, by=operator())
