"""``maaraaika report``: reports and lists as files."""

import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import DataDir, database_of, day_of, fail
from app.domain.texts import Language
from app.exports.document import Document
from app.exports.files import FileFormat, Form, file_name, written
from app.exports.separated_values import Dialect, Separator
from app.services.deadlines import Query, Status
from app.services.documents.worklist import TooManyRowsError
from app.services.keys import Actor, Role

report_cli = typer.Typer(
    no_args_is_help=True, help="Reports and lists as CSV, XLSX or PDF."
)
# Whoever may run commands on the server may see all units.
OPERATOR = Actor(role=Role.LEAD)

Lang = Annotated[Language, typer.Option("--lang", help="Language of the document.")]
AsOf = Annotated[str | None, typer.Option(help="The day asked about; default: today.")]
KnownAt = Annotated[
    str | None,
    typer.Option(help="What was known then, as in 2026-11-02T08:00+02:00."),
]
FormatOption = Annotated[
    FileFormat | None,
    typer.Option("--format", help="Default: by the name of the file, else pdf."),
]
Out = Annotated[
    str | None,
    typer.Option(help="The file, or - for the standard output; default: by its name."),
]
SeparatorOption = Annotated[
    Separator, typer.Option("--separator", help="Of CSV; `;` brings decimal commas.")
]
Bom = Annotated[
    bool, typer.Option("--bom", help="Begin CSV with a byte order mark, for Excel.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a document goes, and in which form."""

    form: Form
    out: str | None


@report_cli.command("worklist")
def report_worklist(
    status: Annotated[
        Status, typer.Option(help="Which deadlines are listed.")
    ] = Status.OVERDUE,
    unit: Annotated[
        str | None, typer.Option(help="A unit, with what is below it.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="`initiation` or `assessment`.")
    ] = None,
    within: Annotated[int, typer.Option(min=0, help="Working days, for due_soon.")] = 5,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write the worklist: every deadline that is asked for."""
    from app.services.documents import worklist

    target = _target(file_format, out, separator, byte_order_mark=bom)
    query = Query(
        status=status,
        unit=unit,
        rule=rule,
        language_group=None,
        nationality_group=None,
        entry=None,
        worker=None,
        joined=None,
        within=within,
        as_of=day_of(as_of) if as_of else None,
        known_at=_instant_of(known_at) if known_at else None,
        limit=1,
        cursor=None,
    )
    with database_of(data_dir) as database:
        try:
            document = worklist.export(
                database, OPERATOR, query, target.form.format, lang
            )
        except TooManyRowsError as error:
            fail(str(error))
    _deliver(document, target)


def _target(
    file_format: FileFormat | None,
    out: str | None,
    separator: Separator,
    *,
    byte_order_mark: bool,
) -> Target:
    ending = Path(out or "").suffix.removeprefix(".").lower()
    with suppress(ValueError):
        file_format = file_format or FileFormat(ending)
    dialect = Dialect(separator=separator, byte_order_mark=byte_order_mark)
    form = Form(format=file_format or FileFormat.PDF, dialect=dialect)
    return Target(form=form, out=out)


def _deliver(document: Document, target: Target) -> None:
    """Write *document* and say on the standard error what was written where."""
    content = written(document, target.form)
    where = target.out or file_name(document, target.form)
    if where == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        try:
            _replace(Path(where), content)
        except OSError as error:
            fail(f"{where} cannot be written: {error.strerror}.")
    rows = len(document.data.rows)
    typer.echo(f"{where}: {rows:,} rows, {len(content):,} bytes.", err=True)


def _replace(file: Path, content: bytes) -> None:
    """Write *file* so that nobody ever reads half of it."""
    number, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(number, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # As any file that a program writes: what the process's mask leaves.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _instant_of(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 (as one without offset, refused below)
    if instant.tzinfo is None:
        fail("Write the instant as in 2026-11-02T08:00+02:00.")
    return instant.astimezone(UTC)
