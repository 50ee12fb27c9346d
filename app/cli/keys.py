"""``maaraaika key``: API keys."""

import sys
from datetime import datetime
from ipaddress import ip_network
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app import clock
from app.cli.common import DataDir, database_of, day_of, fail, operator
from app.db.accounts import ApiKey
from app.domain.access import Network, Role
from app.services import keys

key_cli = typer.Typer(no_args_is_help=True, help="API keys.")

Expires = Annotated[
    str | None,
    typer.Option(help="The last day on which it is good; without it, a year."),
]
WIDTH_IN_FILES = 160


@key_cli.command("create")
def create_key(
    role: Annotated[Role, typer.Option(help="What the key permits.")],
    source: Annotated[
        str | None, typer.Option(help="The client system of an integrator's key.")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(
            help="A unit of a lead's or analyst's key, with what is below; repeatable."
        ),
    ] = None,
    holder: Annotated[
        str | None,
        typer.Option(help="Which system another key is for, by a name of your own."),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            help="Where it may come from, as 10.1.2.0/24; repeatable. Else: anywhere."
        ),
    ] = None,
    expires: Expires = None,
    data_dir: DataDir = None,
) -> None:
    """Make a key and print it, this one time."""
    with database_of(data_dir) as database:
        key = keys.create(
            database,
            role=role,
            source=source,
            units=tuple(unit or ()),
            holder=holder,
            networks=tuple(map(_network, network or ())),
            created_at=clock.now(),
            created_by=operator(),
            expires_at=_end_of(expires),
        )
    typer.echo(key)


@key_cli.command("rotate")
def rotate_key(key_id: str, expires: Expires = None, data_dir: DataDir = None) -> None:
    """Make the next key for what a key is for, and print it; the old one stays good."""
    with database_of(data_dir) as database:
        key = keys.rotate(
            database,
            key_id,
            created_at=clock.now(),
            created_by=operator(),
            expires_at=_end_of(expires),
        )
    typer.echo(key)
    typer.echo(
        f"When it is in its place, end the old one: maaraaika key revoke {key_id}",
        err=True,
    )


@key_cli.command("list")
def list_keys(data_dir: DataDir = None) -> None:
    """List the keys, without their secrets."""
    table = Table(
        *("key id", "role", "holder", "units", "from", "created", "by"),
        *("last used", "good until", "revoked"),
    )
    now = clock.now()
    with database_of(data_dir) as database:
        for key in keys.listed(database):
            table.add_row(
                key.key_id,
                key.role,
                escape("" if key.holder == key.key_id else key.holder),
                escape(", ".join(key.units)),
                ", ".join(key.networks),
                _day(key.created_at),
                escape(key.created_by or ""),
                str(key.last_used_on or "never"),
                _end(key, now),
                f"{_day(key.revoked_at)} {escape(key.revoked_by or '')}".strip(),
            )
    Console(width=None if sys.stdout.isatty() else WIDTH_IN_FILES).print(table)


@key_cli.command("revoke")
def revoke_key(key_id: str, data_dir: DataDir = None) -> None:
    """Revoke a key; within five seconds no process accepts it."""
    with database_of(data_dir) as database:
        was_valid = keys.revoke(
            database, key_id, revoked_at=clock.now(), revoked_by=operator()
        )
    if not was_valid:
        fail(f"There is no valid key {key_id}; see `maaraaika key list`.")


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        fail(f"Write the network as 10.1.2.0/24 or 2001:db8::/32: {error}")


def _end_of(day: str | None) -> datetime | None:
    return None if day is None else clock.end_of(day_of(day))


def _end(key: ApiKey, now: datetime) -> str:
    if key.expires_at is None:
        return "no end: rotate it"
    return _day(key.expires_at) + ("" if now < key.expires_at else " (over)")


def _day(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d}" if instant else ""
