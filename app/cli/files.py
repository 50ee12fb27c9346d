"""Documents that commands write: how a file is asked for, and how it is written."""

import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli.common import fail
from app.domain.texts import Language
from app.exports.document import Document
from app.exports.files import FileFormat, Form, file_name, written
from app.exports.separated_values import Dialect, Separator

Lang = Annotated[Language, typer.Option("--lang", help="Language of the document.")]
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


def target_of(
    file_format: FileFormat | None,
    out: str | None,
    separator: Separator,
    *,
    byte_order_mark: bool,
) -> Target:
    """Return where a document goes, and in which form."""
    ending = Path(out or "").suffix.removeprefix(".").lower()
    with suppress(ValueError):
        file_format = file_format or FileFormat(ending)
    dialect = Dialect(separator=separator, byte_order_mark=byte_order_mark)
    form = Form(format=file_format or FileFormat.PDF, dialect=dialect)
    return Target(form=form, out=out)


def deliver(document: Document, target: Target) -> None:
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
