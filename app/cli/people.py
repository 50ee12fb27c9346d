"""``maaraaika sign-in-link`` and ``maaraaika session``: people who sign in."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import clock
from app.cli.common import DataDir, database_of, fail, operator, settings_of
from app.db.database import Database
from app.domain.access import Role
from app.services import exposure, sessions, signing_in
from app.settings import Settings

WIDTH_IN_FILES = 120

session_cli = typer.Typer(no_args_is_help=True, help="People who are signed in.")


def sign_in_link(
    role: Annotated[Role, typer.Option(help="What who signs in may do.")],
    unit: Annotated[
        list[str] | None,
        typer.Option(
            help="A unit of a lead or analyst, with what is below; repeatable."
        ),
    ] = None,
    person: Annotated[
        str | None,
        typer.Option(
            help="Whose it is, by a name that logs show: the same name is the same "
            "person, with the views that they keep."
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Make a link to sign in with, good once and for ten minutes, and print it."""
    chosen = settings_of(data_dir)
    if any(provider.sign_in for provider in chosen.providers):
        fail("People sign in with the provider of MAARAAIKA_IDENTITY_FILE.")
    with database_of(data_dir) as database:
        made = link(
            database, base_url(chosen), role, units=tuple(unit or ()), person=person
        )
        typer.echo(made)


@session_cli.command("list")
def list_sessions(data_dir: DataDir = None) -> None:
    """List who is signed in, and when they were last seen."""
    table = Table("person", "name", "last seen (UTC)")
    with database_of(data_dir) as database:
        for person_id, name, used_at in sessions.listed(database, now=clock.now()):
            table.add_row(person_id, escape(name), f"{used_at:%Y-%m-%d %H:%M}")
    Console(width=None if sys.stdout.isatty() else WIDTH_IN_FILES).print(table)


@session_cli.command("end")
def end_sessions(person: str, data_dir: DataDir = None) -> None:
    """Sign a person out everywhere; within five seconds no process knows them."""
    with database_of(data_dir) as database:
        ended = sessions.end_all_of(database, person, now=clock.now())
    if not ended:
        fail(f"{person} is not signed in; see `maaraaika session list`.")


def link(
    database: Database,
    address: str,
    role: Role,
    *,
    units: tuple[str, ...] = (),
    person: str | None = None,
) -> str:
    """Return a new sign-in link to the service at *address*, for *person* or nobody."""
    code = signing_in.make_link(
        database,
        role=role,
        units=units,
        now=clock.now(),
        made_by=operator(),
        name=person,
    )
    return f"{address}/sign-in/link?code={code}"


def base_url(chosen: Settings) -> str:
    """Return where people on this machine, or elsewhere, reach the service."""
    host = chosen.host if exposure.is_loopback(chosen.host) else "127.0.0.1"
    name = f"[{host}]" if ":" in host else host
    return chosen.public_url or f"http://{name}:{chosen.port}"
