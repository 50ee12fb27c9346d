"""``maaraaika retention`` and ``maaraaika erase``: what is kept no longer."""

from typing import Annotated

import typer

from app.cli.common import DataDir, counting, owned, settings_of
from app.db import schema
from app.domain.erasure import ErasureGround
from app.services import erasure, retention
from app.services.erasure import Erasure
from app.services.sessions import REMEMBERED
from app.settings import variables

DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell, and destroy nothing.")]
# The first ground is that of `retention`, which needs nobody's word.
GROUNDS = [each.value for each in ErasureGround][1:]


def retention_job(
    dry_run: DryRun = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Destroy what has been kept for its period; run it every night.

    What events said goes when the period is over since the last day of all that hangs
    together, and no clock of it runs; what is left of them, a period after that.
    Sealed reports stay.
    """
    chosen = settings_of(data_dir)
    if chosen.retention.undecided:
        raise retention.UndecidedError(
            "Decide how long data are kept: set "
            + ", ".join(variables(chosen.retention.undecided))
        )
    do = retention.preview if dry_run else retention.run
    with owned(chosen) as database, counting("cases") as advance:
        schema.require_newest(database)
        done = do(database, chosen.retention, on_progress=advance)
    verb = "would be destroyed" if dry_run else "were destroyed"
    periods = chosen.retention
    typer.echo(
        f"What {done.events} events of {done.cases} cases said {verb} "
        f"(kept for {periods.payloads}), {done.lines} lines but for their links "
        f"(kept for {periods.skeletons} more), and {done.looks} looks "
        f"(kept for {periods.access_log})."
    )
    typer.echo(
        f"Of accounts that have been over for {REMEMBERED.days} days, {done.sign_ins} "
        f"sign-ins, {done.people} people and {done.keys} keys {verb}; who is named by "
        "a look or a record is kept."
    )
    typer.echo(
        f"Technical logs are files of yours: delete what is older than "
        f"{periods.technical_logs}."
    )


def erase(
    source: Annotated[str, typer.Option(help="The client system.")],
    ground: Annotated[
        ErasureGround,
        typer.Option(help=f"Why: {', '.join(GROUNDS)}."),
    ],
    child: Annotated[
        str,
        typer.Option(
            prompt="Reference of the child",
            help="As the source names the child; asked for if it is not given, so "
            "that no history of commands keeps it.",
        ),
    ],
    dry_run: DryRun = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Destroy what a source has told of one child, whatever its age.

    Two people confirm it, each with a key of their own: auditors or administrators.
    Who did, when and on which ground is recorded; whose the data were is not.
    """
    with owned(settings_of(data_dir)) as database:
        schema.require_newest(database)
        found = erasure.preview_of_child(
            database, source=source, child_ref=child, ground=ground
        )
        typer.echo(_told(found, "To be destroyed"))
        if dry_run:
            return
        by = erasure.two_people(
            database,
            typer.prompt("Key of the first person", hide_input=True),
            typer.prompt("Key of the second person", hide_input=True),
        )
        done = erasure.erase_child(
            database, source=source, child_ref=child, ground=ground, by=by
        )
    typer.echo(_told(done, "Destroyed"))
    typer.echo("Keep these positions: after a backup is restored, erase them again.")


def _told(found: Erasure, what: str) -> str:
    data = found.data
    lines = "; ".join(f"{each.source} {each.positions}" for each in data.lines)
    kept = (
        f"\nKept: {len(found.kept)} cases that name the child and are another's. Let "
        "the source take back what names the wrong child, and ask again."
        if found.kept
        else ""
    )
    return (
        f"{what}: {data.cases} cases, {data.clocks} clocks ({data.late} missed, "
        f"{data.open} running). Lines: {lines}.{kept}"
    )
