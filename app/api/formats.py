"""In which format an answer is given: by ``format=``, else by ``Accept``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from app.api.problems import Flaw, ProblemError, problem, refusals
from app.exports.document import Document
from app.exports.files import MEDIA_TYPES, FileFormat, Form, file_name, written
from app.exports.separated_values import Dialect, Separator


class Format(StrEnum):
    """The formats of answers."""

    JSON = "json"
    CSV = FileFormat.CSV.value
    XLSX = FileFormat.XLSX.value
    PDF = FileFormat.PDF.value


_MEDIA_TYPES = {
    Format.JSON: "application/json",
    **{Format(file.value): media_type for file, media_type in MEDIA_TYPES.items()},
}
# How the OpenAPI document shows an answer of any format.
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {media_type: {} for media_type in _MEDIA_TYPES.values()}},
    **refusals("not_acceptable"),
}


class Formatted(BaseModel):
    """What may be asked of the form of an answer."""

    format: Format | None = Field(
        default=None, description="Default: what the header `Accept` asks for, or JSON"
    )
    separator: Separator = Field(
        default=Separator.COMMA,
        description="Of CSV; with `;` numbers have decimal commas, as in Finland",
    )
    bom: bool = Field(
        default=False, description="Begin CSV with a byte order mark, as Excel wants it"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Range:
    """One entry of an ``Accept`` header."""

    media_type: str
    quality: float
    parameters: dict[str, str]

    def covers(self, media_type: str) -> bool:
        if self.media_type == "*/*":
            return True
        kind, _, rest = self.media_type.partition("/")
        if rest == "*":
            return media_type.startswith(f"{kind}/")
        return media_type == self.media_type


def form_of(request: Request, query: Formatted) -> Form | None:
    """Return the form of the file that is asked for; None where JSON is.

    Raises:
        ProblemError: the header accepts none of our formats.
    """
    if query.format is not None:
        return _form(query.format, query, {})
    accepted = list(_ranges(",".join(request.headers.getlist("accept"))))
    if not accepted:
        return None
    refused = {each.media_type for each in accepted if not each.quality}
    welcome = [each for each in accepted if each.quality]
    for wanted in sorted(welcome, key=lambda each: -each.quality):
        for format_, media_type in _MEDIA_TYPES.items():
            if wanted.covers(media_type) and media_type not in refused:
                return _form(format_, query, wanted.parameters)
    raise ProblemError(problem("not_acceptable"))


def refuse_parts(query: Formatted) -> None:
    """Refuse what asks for a part in a file: a list that looks whole must be whole.

    Raises:
        ProblemError: a place in the list or a number of rows is asked for.
    """
    flaws = [
        Flaw(
            pointer=name,
            code="not_with_a_file",
            message="A file has all rows of the question.",
            remedy="Leave it out, or ask for JSON.",
        )
        for name in ("cursor", "limit")
        if name in query.model_fields_set
    ]
    if flaws:
        raise ProblemError(problem("invalid_parameter", flaws))


def file_answer(document: Document, form: Form) -> Response:
    """Return *document* as a file to keep, named for what it says."""
    media_type = MEDIA_TYPES[form.format]
    charset = "; charset=utf-8" if form.format is FileFormat.CSV else ""
    name = file_name(document, form)
    return Response(
        written(document, form),
        media_type=f"{media_type}{charset}",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Vary": "Accept",
        },
    )


def _form(format_: Format, query: Formatted, parameters: dict[str, str]) -> Form | None:
    if format_ is Format.JSON:
        return None
    mark = query.bom or parameters.get("bom") in ("1", "true")
    return Form(
        format=FileFormat(format_.value),
        dialect=Dialect(separator=query.separator, byte_order_mark=mark),
    )


def _ranges(header: str) -> Iterator[_Range]:
    for entry in filter(None, map(str.strip, header.split(","))):
        media_type, *pairs = (part.strip().lower() for part in entry.split(";"))
        parameters = {
            name.strip(): value.strip().strip('"')
            for name, _, value in (pair.partition("=") for pair in pairs)
        }
        yield _Range(
            media_type=media_type,
            quality=_quality(parameters.pop("q", "1")),
            parameters=parameters,
        )


def _quality(text: str) -> float:
    # What is not a weight by RFC 9110 weighs as if there were none.
    return float(text) if re.fullmatch(r"[01](\.[0-9]{0,3})?", text) else 1.0
