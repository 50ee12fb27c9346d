"""What became of a sealed report: computed again, and compared with today."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import FigureReader
from app.api.parameters import Instant
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.api.sealed_reports import Number
from app.api.viewing import viewing
from app.clock import rfc3339
from app.domain.access import Permission
from app.domain.cells import Span
from app.domain.compliance import Dimension
from app.domain.report_changes import Cause, Move, Standing
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import EXPLANATIONS, ReportKind
from app.domain.texts import Language
from app.services import recomputation, report_changes, sealed_reports
from app.services.plain_reports import RENDERS
from app.services.recomputation import Recomputation
from app.services.report_changes import Account
from app.services.sealed_reports import Render, Sealed, query_of, sealer_of
from app.services.viewing import Viewer
from app.visits import database_of

router = APIRouter(tags=["sealed reports"])

LARGEST_LIST = 10_000


class RecomputeQuery(BaseModel):
    """What may be asked of a recomputation."""

    model_config = ConfigDict(extra="forbid")

    lang: Language = Language.EN


@router.get("/v1/reports/sealed/{number}/recompute", responses=refusals("not_found"))
def recompute_sealed_report(
    number: Number,
    query: Annotated[RecomputeQuery, Query()],
    request: Request,
    actor: FigureReader,
) -> dict[str, Any]:
    """Compute a sealed report again, from what was known then and by the rules of then.

    `equal` tells whether every figure is as it was sealed; `differences` where not, and
    `explanations` what may be the reason.
    """
    database = database_of(request, actor)
    sealed = sealed_reports.find(database, actor, number)
    found = recomputation.recompute(database, sealed, _render(sealed))
    return {"number": number, **_recomputation_json(found, query.lang)}


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


@router.get("/v1/reports/sealed/{number}/changes", responses=refusals("not_found"))
def list_changes(
    number: Number,
    query: Annotated[ChangesQuery, Query()],
    viewer: Annotated[Viewer, viewing(Permission.READ_FIGURES)],
) -> dict[str, Any]:
    """Tell what a sealed report would say otherwise by now, and why.

    The day of the report is kept: no time passes, only knowledge and rules change. Each
    deadline that moved has one cause, so that the causes of a figure add up to its
    change. What differs because data were erased is no move: `recomputation` tells it,
    as `/recompute` does. `deadlines` counts those of units that the caller may see
    now, and lists them for those who may see cases. For THL's report `notice_draft`
    asks THL to correct the figures it was sent.
    """
    sealed = sealed_reports.find(viewer.database, viewer.actor, number)
    content = sealed.content
    asked = query_of(content)
    to = None if query.to == "now" else query.to
    if to is not None and asked.known_at is not None and to < asked.known_at:
        raise ProblemError(problem("invalid_parameter", [_TOO_EARLY]))
    found = report_changes.changes(
        viewer,
        query=asked,
        period=parse_period(content["period"]),
        sealer=sealer_of(content),
        to=to,
        cause=query.cause,
        limit=query.limit,
    )
    by = tuple(content["by"])
    draft = report_changes.correction_notice(content, found)
    return {
        "number": number,
        "kind": content["kind"],
        "period": content["period"],
        "as_of": content["as_of"],
        "known_at": content["known_at"],
        "to": rfc3339(found.after.asked.known_at),
        "recomputation": _recomputation_json(
            recomputation.compared(
                viewer.database, sealed, _render(sealed)(found.before)
            ),
            Language.EN,
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
            "count": found.visible,
            "items": [_move_json(move) for move in found.shown],
        },
        "notice_draft": None if draft is None else draft.by_language(),
    }


_TOO_EARLY = Flaw(
    pointer="to",
    code="before_known_at",
    message="The instant lies before that of the report.",
    remedy="Compare with an instant that is not before the report's `known_at`.",
)


def _recomputation_json(found: Recomputation, language: Language) -> dict[str, Any]:
    return {
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
            {"code": each.value, "text": EXPLANATIONS[each].to(language)}
            for each in found.explanations
        ],
    }


def _render(sealed: Sealed) -> Render:
    return RENDERS[ReportKind(sealed.content["kind"])]


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
