"""The service, the demo, and the schema of the database."""

import logging
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from app import clock
from app.cli import people
from app.cli.common import (
    DataDir,
    checkpoint_paths,
    open_database,
    owned,
    settings_of,
)
from app.db import roles, schema
from app.db.database import Database
from app.demo.run import Keys, Profile, show_the_way, year_shown
from app.demo.run import run as run_demo
from app.demo.year import SOURCES
from app.domain.access import Role
from app.observability import logs
from app.services import keys
from app.services.exposure import ensure_safe, is_loopback
from app.settings import Settings, variables

DEMO_WIDTH = 120


def serve(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="[MAARAAIKA_HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="[MAARAAIKA_PORT]")] = None,
) -> None:
    """Run the service until it is told to stop."""
    import uvicorn

    from app.main import SERVER_OPTIONS, create_app, metered

    logs.configure()
    _allow_many_connections()
    chosen = settings_of(data_dir)
    chosen = replace(chosen, host=host or chosen.host, port=port or chosen.port)
    undecided = variables(chosen.retention.undecided)
    with open_database(chosen) as database, metered(database, chosen.metrics_port):
        ensure_safe(
            database,
            chosen.host,
            public_url=chosen.public_url,
            has_providers=bool(chosen.providers),
            now=clock.now(),
        )
        _offer_link(database, chosen)
        if undecided:
            logs.log.warning(
                "not_ready",
                reason="decide how long data are kept, and set " + ", ".join(undecided),
            )
        uvicorn.run(
            create_app(
                database,
                checkpoint_paths(chosen),
                providers=chosen.providers,
                public_url=chosen.public_url,
                undecided=undecided,
                names=chosen.names,
                exports_per_day=chosen.exports_per_day,
            ),
            host=chosen.host,
            port=chosen.port,
            timeout_graceful_shutdown=20,
            **{
                **SERVER_OPTIONS,
                "proxy_headers": bool(chosen.proxies),
                "forwarded_allow_ips": list(chosen.proxies),
            },
        )


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
    from app.main import served

    logs.configure(level=logging.WARNING)
    chosen = settings_of(data_dir)
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
            year = year_shown(profile, clock.now())
            show_the_way(address, own_keys, console, year=year)
            _let_in(database, address, console)


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this version."""
    chosen = settings_of(data_dir)
    with owned(chosen) as database:
        schema.migrate(database)
        typer.echo("The database has the schema of this version.")
        if chosen.database_url is not None:
            _let_service_in(database, chosen.database_url, chosen.service_password)


def migration(message: str, data_dir: DataDir = None) -> None:
    """Write a new migration from the difference between models and database."""
    with owned(settings_of(data_dir)) as database:
        schema.migrate(database)
        schema.new_migration(database, message)


def _offer_link(database: Database, chosen: Settings) -> None:
    """Print a way in, where there is no other and nobody else can read it."""
    # Behind a proxy standard output goes to logs, which others may read.
    if chosen.providers or chosen.public_url or not is_loopback(chosen.host):
        return
    address = people.link(database, people.base_url(chosen), Role.LEAD)
    typer.echo(
        f"Sign in once, within ten minutes: {address}\n"
        "Another link: maaraaika sign-in-link --role lead"
    )


def _let_in(database: Database, address: str, console: Console) -> None:
    """Print ways in to the demo until Ctrl-C: at a terminal, one for each Enter."""
    is_asked = sys.stdin.isatty()
    more = "another link with Enter, " if is_asked else ""
    with suppress(KeyboardInterrupt, EOFError):
        while True:
            console.print(
                "Sign in to the pages, once and within ten minutes:\n"
                f"  {people.link(database, address, Role.LEAD)}\n"
                f"Serving; {more}the end with Ctrl-C.",
                highlight=False,
                markup=False,
                soft_wrap=True,
            )
            if is_asked:
                input()
            else:
                signal.pause()


def _let_service_in(database: Database, url: str, password: str | None) -> None:
    """Give the role of *url* its password; without one, tell what is missing."""
    if password is not None:
        roles.let_in(database, roles.login_of(url), password)
    elif to_make := roles.login_to_make(database):
        typer.echo(
            "No role can log in as the service yet. Have an administrator of the "
            f"server run:\n{to_make}"
        )


def _allow_many_connections() -> None:
    """Let this process have as many files open as the system allows it."""
    # Many systems begin with 1,024, which slow connections alone could use up.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
