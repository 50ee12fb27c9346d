"""``maaraaika key``: API keys."""

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import clock
from app.cli.common import DataDir, database_of, fail
from app.domain.access import Role
from app.services import keys

key_cli = typer.Typer(no_args_is_help=True, help="API keys.")


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
    with database_of(data_dir) as database:
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
    with database_of(data_dir) as database:
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
    with database_of(data_dir) as database:
        was_valid = keys.revoke(database, key_id, revoked_at=clock.now())
    if not was_valid:
        fail(f"There is no valid key {key_id}; see `maaraaika key list`.")
