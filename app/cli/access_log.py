"""``maaraaika access-log``: who has been shown what, for the client who asks."""

from datetime import date
from typing import Annotated, get_args

import typer

from app.cli.common import DataDir, database_of, day_of, fail, operating_as
from app.cli.files import (
    Bom,
    FormatOption,
    Lang,
    Out,
    SeparatorOption,
    deliver,
    target_of,
)
from app.domain.access import Role
from app.domain.access_log import LookReason, ReasonForOldLooks
from app.domain.texts import Language
from app.exports.separated_values import Separator
from app.services import access_log as service
from app.services.viewing import TooManyRowsError, Viewer

OF_OLD_LOOKS = get_args(ReasonForOldLooks)


def write_access_log(
    child: Annotated[
        str | None, typer.Option(help="Looks at any case of the child.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Looks at the case.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Of which system child or case are.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="By whom.")] = None,
    watermark: Annotated[
        str | None, typer.Option(help="The code in an exported file.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="Default: two years before the last.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Default: today.")] = None,
    reason: Annotated[
        LookReason | None,
        typer.Option(
            help=f"For looks of more than two years ago: {', '.join(OF_OLD_LOOKS)}."
        ),
    ] = None,
    elsewhere: Annotated[
        str | None,
        typer.Option(
            help="Instead: looks of a week outside one's own units, as in 2026-W47."
        ),
    ] = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write who has been shown cases, when, by which way and why.

    With --child or --case it is the answer to a client who asks: of each look only what
    is theirs is named. With --elsewhere it is what to look at every Monday. That it was
    written is in the access log, too, under a code that the file bears.
    """
    from app.services.documents.access_log import export, export_elsewhere

    if reason not in {None, *OF_OLD_LOOKS}:
        fail(f"--reason is one of {', '.join(OF_OLD_LOOKS)}.")
    target = target_of(file_format, out, separator, byte_order_mark=bom)
    query = service.Query(
        child=child,
        case=case,
        source=source,
        person=person,
        watermark=watermark,
        first=day_of(first) if first else None,
        last=day_of(last) if last else None,
    )
    asked = {
        name: value
        for name, value in {
            "child": child,
            "case": case,
            "source": source,
            "person": person,
            "week": elsewhere,
        }.items()
        if value is not None
    }
    monday = _monday(elsewhere, query)
    with database_of(data_dir) as database:
        viewer = Viewer.asking(
            database,
            operating_as(Role.AUDITOR),
            route="maaraaika access-log",
            asked=asked,
        )
        viewer.reason = reason
        file = target.form.format
        try:
            document = (
                export(viewer, query, file, lang, most=None)
                if monday is None
                else export_elsewhere(viewer, monday, file, lang, most=None)
            )
        except service.ReasonRequiredError:
            fail("Looks of more than two years ago need a --reason.")
        except TooManyRowsError as error:
            fail(str(error))
    deliver(document, target)


def _monday(week: str | None, query: service.Query) -> date | None:
    """Return on which day the week begins that is asked for, if one is."""
    if week is None:
        return None
    if query != service.Query():
        fail("--elsewhere is asked alone: it lists the looks of a week.")
    monday = service.monday_of(week)
    if monday is None:
        fail("Write the week as in 2026-W47.")
    return monday
