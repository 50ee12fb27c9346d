"""Sealed reports: /v1/reports/sealed, what was reported and can be shown to be so."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import Lead
from app.api.bodies import (
    LONGEST_PROSE,
    IdempotencyKey,
    described,
    strict_body,
)
from app.api.compliance import DEEPEST_LEVEL, dimensions, report_json
from app.api.errors import Flaw, ProblemError, problem
from app.api.parameters import Code, Day, Instant
from app.api.strict_json import MAX_TEXT_LENGTH
from app.api.thl import in_every_language, thl_json
from app.clock import rfc3339
from app.domain.cells import Span
from app.domain.compliance import Dimension
from app.domain.events import legal_day
from app.domain.report_changes import Cause, Move, Standing
from app.domain.reporting_periods import FORMS, parse_period
from app.domain.sealed_reports import EXPLANATIONS, ReportKind
from app.domain.texts import Language
from app.domain.thl_texts import notice
from app.services import recomputation, report_changes, thl
from app.services import sealed_reports as service
from app.services.compliance import BASES
from app.services.compliance import Query as ReportQuery
from app.services.report_changes import Account, Changes
from app.services.sealed_reports import Order, Render, Sealed, query_of, sealer_of

router = APIRouter(tags=["sealed reports"])

LARGEST_PAGE = 200
LARGEST_LIST = 10_000
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
    responses={200: {"model": SealOut, "description": "Sealed before, by this key"}},
    openapi_extra=described(SealingIn),
)
async def seal_report(
    request: Request,
    # Before the body, which nobody without the right key gets read.
    actor: Lead,
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
        request.app.state.database,
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
    actor: Lead,
) -> dict[str, Any]:
    """List the sealed reports that the caller may see, the newest first.

    A report is visible to those who may see all the units that it is about.
    """
    found = service.listed(
        request.app.state.database,
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


@router.get("/v1/reports/sealed/{number}", response_model=SealOut)
def get_sealed_report(number: Number, request: Request, actor: Lead) -> Response:
    """Return a sealed report as it was sealed."""
    return _answer(service.find(request.app.state.database, actor, number), status=200)


class RecomputeQuery(BaseModel):
    """What may be asked of a recomputation."""

    model_config = ConfigDict(extra="forbid")

    lang: Language = Language.EN


@router.get("/v1/reports/sealed/{number}/recompute")
def recompute_sealed_report(
    number: Number,
    query: Annotated[RecomputeQuery, Query()],
    request: Request,
    actor: Lead,
) -> dict[str, Any]:
    """Compute a sealed report again, from what was known then and by the rules of then.

    `equal` tells whether every figure is as it was sealed; `differences` where not, and
    `explanations` what may be the reason.
    """
    database = request.app.state.database
    sealed = service.find(database, actor, number)
    found = recomputation.recompute(database, sealed, _render(sealed))
    return {
        "number": number,
        "equal": found.is_equal,
        "differences": [
            {
                "cell": each.cell,
                "figure": each.figure,
                "sealed": each.sealed,
                "computed": each.computed,
            }
            for each in found.differences
        ],
        "explanations": [
            {"code": each.value, "text": EXPLANATIONS[each].to(query.lang)}
            for each in found.explanations
        ],
    }


class ChangesQuery(BaseModel):
    """What may be asked of the changes since a report was sealed."""

    model_config = ConfigDict(extra="forbid")

    to: Literal["now"] | Instant = Field(
        default="now", description="The instant to compare with"
    )
    cause: Cause | None = Field(
        default=None, description="Only deadlines of this cause"
    )
    limit: int = Field(default=200, ge=0, le=LARGEST_LIST, description="Of deadlines")


@router.get("/v1/reports/sealed/{number}/changes")
def list_changes(
    number: Number,
    query: Annotated[ChangesQuery, Query()],
    request: Request,
    actor: Lead,
) -> dict[str, Any]:
    """Tell what a sealed report would say otherwise by now, and why.

    The day of the report is kept: no time passes, only knowledge and rules change. Each
    deadline that moved has one cause, so that the causes of a figure add up to its
    change. `deadlines` shows those of units that the caller may see now. For THL's
    report `notice_draft` asks THL to correct the figures it was sent.
    """
    database = request.app.state.database
    sealed = service.find(database, actor, number)
    content = sealed.content
    asked = query_of(content)
    to = None if query.to == "now" else query.to
    if to is not None and asked.known_at is not None and to < asked.known_at:
        raise ProblemError(problem("invalid_parameter", [_TOO_EARLY]))
    found = report_changes.changes(
        database,
        actor,
        query=asked,
        period=parse_period(content["period"]),
        sealer=sealer_of(content),
        to=to,
    )
    by = tuple(content["by"])
    shown = [move for move in found.visible if query.cause in {None, move.cause}]
    return {
        "number": number,
        "kind": content["kind"],
        "period": content["period"],
        "as_of": content["as_of"],
        "known_at": content["known_at"],
        "to": rfc3339(found.after.asked.known_at),
        "recomputation_is_equal": recomputation.is_as_sealed(
            sealed, _render(sealed)(found.before)
        ),
        "moved": {
            "deadlines": len(found.moves),
            "by_cause": {
                cause.value: sum(move.cause is cause for move in found.moves)
                for cause in Cause
            },
        },
        "figures": [_account_json(each, by) for each in found.accounts],
        "deadlines": {
            "count": len(shown),
            "items": [_move_json(move) for move in shown[: query.limit]],
        },
        "notice_draft": _notice(content, found),
    }


_TOO_EARLY = Flaw(
    pointer="to",
    code="before_known_at",
    message="The instant lies before that of the report.",
    remedy="Compare with an instant that is not before the report's `known_at`.",
)


RENDERS: Mapping[ReportKind, Render] = {
    ReportKind.MONTHLY: report_json,
    ReportKind.THL: thl_json,
    ReportKind.YEARLY: report_json,
}


def _render(sealed: Sealed) -> Render:
    return RENDERS[ReportKind(sealed.content["kind"])]


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


def _account_json(account: Account, by: tuple[str, ...]) -> dict[str, Any]:
    basis, place, number = account.figure
    groups = dict(zip(by, place.groups, strict=True))
    if place.span is Span.TOTAL:
        groups = {}
    elif place.span is Span.SUBTOTAL:
        groups = {Dimension.UNIT.value: groups[Dimension.UNIT.value]}
    return {
        "span": place.span.value,
        "rule": place.rule,
        **groups,
        "basis": basis.value,
        "figure": number.value,
        "from": account.before,
        "to": account.after,
        "by_cause": {
            cause.value: change for cause, change in account.by_cause.items() if change
        },
        "unexplained": account.unexplained,
    }


def _move_json(move: Move) -> dict[str, Any]:
    return {
        "source": move.source,
        "case_ref": move.case_ref,
        "rule": move.rule,
        "started_by": move.started_by,
        "cause": move.cause.value,
        "from": _standing_json(move.before),
        "to": _standing_json(move.after),
    }


def _standing_json(standing: Standing) -> dict[str, Any] | None:
    """Return where a deadline is counted; None if it is not."""
    if not standing.columns:
        return None
    return {
        "unit": standing.unit,
        **{basis.value: column.value for basis, column in standing.columns.items()},
    }


def _notice(content: Mapping[str, Any], found: Changes) -> dict[str, str] | None:
    """Return the draft that asks THL to correct what it was sent, if it must be."""
    if content["kind"] != ReportKind.THL:
        return None
    draft = notice(
        found.before.period,
        number=content["number"],
        sealed_on=legal_day(datetime.fromisoformat(content["sealed_at"])),
        before=thl.four_figures(found.before),
        after=thl.four_figures(found.after),
        causes=thl.causes_of_change(found.moves),
    )
    return None if draft is None else in_every_language(draft)


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
