"""Sealed reports: /v1/reports/sealed, what was reported and can be shown to be so."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import FigureReader, permitted
from app.api.bodies import (
    LONGEST_PROSE,
    IdempotencyKey,
    described,
    strict_body,
)
from app.api.compliance import dimensions
from app.api.formats import Formatted, file_answer, form_of
from app.api.parameters import Code, Day, Instant
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.strict_json import MAX_TEXT_LENGTH
from app.domain.access import Actor, Permission
from app.domain.reporting_periods import FORMS, parse_period
from app.domain.sealed_reports import ReportKind
from app.domain.texts import Language
from app.exports.files import MEDIA_TYPES
from app.services import sealed_reports as service
from app.services import thl
from app.services.compliance import BASES
from app.services.compliance import Query as ReportQuery
from app.services.documents.sealed import document
from app.services.plain_reports import RENDERS
from app.services.reports import DEEPEST_LEVEL
from app.services.sealed_reports import Order, Sealed
from app.visits import database_of

router = APIRouter(tags=["sealed reports"])

_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {media_type: {} for media_type in MEDIA_TYPES.values()}}
}

LARGEST_PAGE = 200
LARGEST_NUMBER = 2**63 - 1
CREATED = 201
KNOWN = frozenset(
    {
        *("kind", "period", "by", "level", "basis", "as_of", "known_at"),
        *("comment", "fi", "sv"),
    }
)
Prose = Annotated[str, Field(max_length=LONGEST_PROSE)]
Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER, examples=[1])]


class Comment(BaseModel):
    """What the county says to its figures, in both languages of the authorities."""

    model_config = ConfigDict(extra="forbid")

    fi: Prose
    sv: Prose


class SealingIn(BaseModel):
    """Which report is to be sealed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "monthly",
                "period": "2026-10",
                "by": "unit",
                "basis": "due",
            }
        },
    )

    kind: ReportKind
    period: str = Field(description=FORMS, max_length=MAX_TEXT_LENGTH)
    by: str = Field(
        default="",
        max_length=MAX_TEXT_LENGTH,
        description="As in the compliance report; not for THL's",
    )
    level: int | None = Field(default=None, strict=True, ge=0, le=DEEPEST_LEVEL)
    basis: Literal["due", "thl", "both"] = Field(
        default="due", description="As in the compliance report; not for THL's"
    )
    as_of: Day | None = Field(
        default=None, description="The day of the report; default: that of `known_at`"
    )
    known_at: Instant | None = Field(
        default=None, description="To seal what was looked at then; default: now"
    )
    comment: Comment | None = None


class SealOut(BaseModel):
    """A sealed report; `content` is what `digest` is of."""

    number: int
    digest: str = Field(description="SHA-256 of `content`, as it stands in the answer")
    previous: str = Field(description="The hash of the seal before")
    hash: str = Field(description="Over number, digest and `previous`")
    content: dict[str, Any]


class ListedSealOut(BaseModel):
    """A sealed report in a list, without its figures."""

    number: int
    kind: ReportKind
    period: str
    by: list[str]
    basis: str
    as_of: date
    known_at: str
    scope: dict[str, Any]
    sealed_at: str
    sealed_by: str
    digest: str
    hash: str


class SealsOut(BaseModel):
    """One page of the sealed reports; the header `Link` leads to the next."""

    items: list[ListedSealOut]


class SealsQuery(BaseModel):
    """What may be asked of the list."""

    model_config = ConfigDict(extra="forbid")

    kind: ReportKind | None = None
    period: Code | None = None
    before: int | None = Field(
        default=None, ge=1, le=LARGEST_NUMBER, description="Only lower numbers"
    )
    limit: int = Field(default=50, ge=1, le=LARGEST_PAGE)


@router.post(
    "/v1/reports/sealed",
    status_code=CREATED,
    response_model=SealOut,
    responses={
        200: {"model": SealOut, "description": "Sealed before, by this key"},
        **refusals("key_reused"),
    },
    openapi_extra=described(SealingIn),
)
async def seal_report(
    request: Request,
    # Before the body, which nobody without the right key gets read.
    actor: Annotated[Actor, permitted(Permission.SEAL_REPORTS)],
    sealing: Annotated[
        SealingIn,
        Depends(strict_body(SealingIn, KNOWN, prose=frozenset({"comment"}))),
    ],
    idempotency_key: IdempotencyKey,
) -> Response:
    """Seal the figures of the caller's units, for ever.

    Twice the same makes two seals. With the header `Idempotency-Key` it makes one:
    sent again, the answer is `200` with the first; with another body, `409`.
    """
    order = Order(
        kind=sealing.kind,
        period=parse_period(sealing.period),
        query=_asked(sealing),
        comment=None if sealing.comment is None else sealing.comment.model_dump(),
        request_key=idempotency_key,
    )
    sealed, is_new = await run_in_threadpool(
        service.seal,
        database_of(request, actor),
        actor,
        order,
        RENDERS[sealing.kind],
    )
    return _answer(sealed, status=CREATED if is_new else 200)


@router.get("/v1/reports/sealed", response_model=SealsOut)
def list_sealed_reports(
    query: Annotated[SealsQuery, Query()],
    request: Request,
    response: Response,
    actor: FigureReader,
) -> dict[str, Any]:
    """List the sealed reports that the caller may see, the newest first.

    A report is visible to those who may see all the units that it is about.
    """
    found = service.listed(
        database_of(request, actor),
        actor,
        kind=query.kind,
        period=query.period,
        before=query.before,
        limit=query.limit + 1,
    )
    page = found[: query.limit]
    if len(found) > query.limit:
        url = request.url.include_query_params(before=page[-1].number)
        response.headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return {
        "items": [
            {**each.content, "digest": each.digest.hex(), "hash": each.hash.hex()}
            for each in page
        ]
    }


class SealQuery(Formatted):
    """What may be asked of the form of a sealed report."""

    model_config = ConfigDict(extra="forbid")

    lang: Language = Language.EN


@router.get(
    "/v1/reports/sealed/{number}",
    response_model=SealOut,
    responses={**_FILES, **refusals("not_found", "not_acceptable")},
)
def get_sealed_report(
    number: Number,
    query: Annotated[SealQuery, Query()],
    request: Request,
    actor: FigureReader,
) -> Response:
    """Return a sealed report as it was sealed.

    As CSV, XLSX and PDF it is made of what was sealed alone; nothing is counted anew.
    """
    form = form_of(request, query)
    database = database_of(request, actor)
    sealed = service.find(database, actor, number)
    if form is None:
        return _answer(sealed, status=200)
    words = service.words_of(database, sealed)
    return file_answer(document(sealed, words, query.lang), form)


def _asked(sealing: SealingIn) -> ReportQuery:
    if sealing.kind is ReportKind.THL:
        if {"by", "level", "basis"} & sealing.model_fields_set:
            raise ProblemError(problem("invalid_body", [_FORM_OF_ITS_OWN]))
        return thl.query_of_four_figures(as_of=sealing.as_of, known_at=sealing.known_at)
    return ReportQuery(
        by=dimensions(sealing.by, sealing.level),
        level=sealing.level,
        bases=BASES[sealing.basis],
        as_of=sealing.as_of,
        known_at=sealing.known_at,
    )


_FORM_OF_ITS_OWN = Flaw(
    pointer="/kind",
    code="form_of_its_own",
    message="THL's report has a form of its own.",
    remedy="Leave `by`, `level` and `basis` out.",
)


def _answer(sealed: Sealed, *, status: int) -> Response:
    seal = sealed.seal
    head = json.dumps(
        {
            "number": seal.number,
            "digest": seal.digest.hex(),
            "previous": sealed.previous.hex(),
            "hash": seal.hash.hex(),
        }
    )
    # The text as it was sealed, so that its digest can be computed from it.
    return Response(
        f'{head[:-1]}, "content": {seal.content}}}',
        status_code=status,
        media_type="application/json",
    )
