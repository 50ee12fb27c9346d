"""``maaraaika verify`` and ``maaraaika checkpoint``: what shows tampering."""

from pathlib import Path
from typing import Annotated

import typer

from app import clock
from app.cli.common import (
    DataDir,
    checkpoint_paths,
    connected,
    counting,
    open_database,
    settings_of,
)
from app.db import schema
from app.domain.access_log import chain_number
from app.domain.ledger import PUBLICATIONS, SEALED_REPORTS
from app.services import checkpoint_key, checkpoints, verification
from app.services.checkpoint_evidence import Evidence
from app.services.checkpoints import CheckpointWriter
from app.services.tampering import REMEDIES, Finding

# What is not called by the name of its source.
NAMES = {SEALED_REPORTS: "sealed reports", PUBLICATIONS: "publications"}
checkpoint_cli = typer.Typer(no_args_is_help=True, help="Signed heads of the ledgers.")


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

    Looks at the ledgers, the access log, the sealed reports, the publications, the
    checkpoints and the read model. Exits with 0 if nothing was, else with a code for
    the gravest finding: 2 changed line, report or publication, 3 missing one, 4 fewer
    than at a checkpoint, 5 checkpoint file broken or missing, 6 read model differs, 7
    chain rewritten, 8 head of a ledger or of a chain changed, 9 erasure not as
    recorded.
    """
    chosen = settings_of(data_dir)
    paths = checkpoint_paths(chosen)
    key = (
        checkpoint_key.verifying_key(public_key)
        if public_key
        else checkpoint_key.known_key(paths.key)
    )
    evidence = Evidence(
        path=copy or paths.lines, public_key=key, is_copy=copy is not None
    )
    with connected(chosen) as database, counting("lines") as advance:
        schema.require_newest(database)
        report = verification.verify(
            database, evidence, with_read_model=read_model, on_progress=advance
        )
    typer.echo(
        f"{report.lines} lines of {report.ledgers} ledgers, {report.looks} looks "
        f"({report.erased} erased), {report.seals} sealed reports, "
        f"{report.publications} publications, {report.checkpoints} checkpoints, "
        f"in {report.seconds:.1f} s."
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
    chosen = settings_of(data_dir)
    with open_database(chosen) as database:
        writer = CheckpointWriter(database, checkpoint_paths(chosen))
        written = writer.write(clock.now())
    for checkpoint in written:
        place = _shown(checkpoint.source)
        typer.echo(f"{place} {checkpoint.position} {checkpoint.hash.hex()}")
    typer.echo(f"{len(written)} checkpoints written.")


@checkpoint_cli.command("public-key")
def print_public_key(data_dir: DataDir = None) -> None:
    """Print the public key, for those who verify checkpoints elsewhere."""
    paths = checkpoint_paths(settings_of(data_dir))
    key = checkpoint_key.signing_key(paths.key)
    typer.echo(checkpoint_key.pem(key.public_key()), nl=False)


@checkpoint_cli.command("restart")
def restart_checkpoints(data_dir: DataDir = None) -> None:
    """Set the checkpoint file aside, once what was wrong is explained; begin anew."""
    chosen = settings_of(data_dir)
    with open_database(chosen) as database:
        aside = checkpoints.restart(database, checkpoint_paths(chosen), clock.now())
    typer.echo(f"The old checkpoints are in {aside}." if aside else "There were none.")


def _reported(finding: Finding) -> str:
    where = _shown(finding.place) + (
        f", line {finding.position}" if finding.position else ""
    )
    more = f" (and {finding.more} more)" if finding.more else ""
    return (
        f"{finding.tampering.upper()} {where}: {finding.what}{more}.\n"
        f"    {REMEDIES[finding.tampering]}"
    )


def _shown(place: str) -> str:
    number = chain_number(place)
    return NAMES.get(place, place) if number is None else f"access log {number}"
