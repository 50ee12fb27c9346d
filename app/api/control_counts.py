"""POST /v1/sources/{source}/control-counts: has everything of a day arrived?"""

from datetime import date
from typing import Annotated, Literal, TypeAlias, get_args

from fastapi import APIRouter, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from app import clock
from app.api.access import Sender
from app.api.bodies import described, strict_body
from app.api.parameters import Code, Day
from app.api.problems import Flaw, ProblemError, problem
from app.api.strict_json import MAX_TEXT_LENGTH
from app.api.wire import EARLIEST
from app.domain.events import TOLERANCE, legal_day
from app.services import control_counts as service
from app.services.control_counts import Comparison, ControlCount
from app.visits import database_of

router = APIRouter(tags=["sources"])

# Amendments are left out: they are of events, not of a day.
CountedKind: TypeAlias = Literal[
    "notification",
    "transfer",
    "initiation",
    "assessment",
    "closure",
    "delay_explained",
]
KNOWN = frozenset({"day", "counts", "last_id", *get_args(CountedKind)})


class ControlCountsIn(BaseModel):
    """How many events whose legal day is `day` the source has."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "day": "2026-10-05",
                "counts": {"notification": 41, "initiation": 38},
                "last_id": "e-1001",
            }
        },
    )

    day: Day
    counts: dict[CountedKind, Annotated[int, Field(strict=True, ge=0, lt=2**31)]] = (
        Field(description="By kind; a kind that is not named is not compared")
    )
    last_id: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_LENGTH)] | None = (
        Field(default=None, description="The id of the last event that was sent")
    )


class KindComparison(BaseModel):
    """One kind of event: how many the source says it has, how many were accepted."""

    kind: str
    sent: int
    accepted: int
    difference: int = Field(
        description="Accepted less sent; negative if any are missing"
    )


class ControlCountsOut(BaseModel):
    """What was accepted of the day by now, beside what the source says."""

    source: str
    day: date
    agrees: bool
    kinds: list[KindComparison]
    last_id_is_accepted: bool | None


@router.post(
    "/v1/sources/{source}/control-counts",
    openapi_extra=described(ControlCountsIn),
)
async def post_control_counts(
    source: Annotated[Code, Path(examples=["client-a"])],
    # Before the body, which nobody without the right key gets read.
    actor: Sender,
    counted: Annotated[ControlCountsIn, Depends(strict_body(ControlCountsIn, KNOWN))],
    request: Request,
) -> ControlCountsOut:
    """Compare how many events of a day the source has with how many were accepted.

    Counted are accepted events whose legal day (`occurred_on`, or the day of
    `occurred_at` in Helsinki) is `day`, by kind, as they were first sent: a retracted
    event still counts as accepted, a corrected one on its first day, and corrections
    and retractions themselves do not count. While the latest counts of a day differ,
    that is a finding.
    """
    if actor.source != source:
        raise ProblemError(problem("wrong_source"))
    _refuse_absurd_day(counted.day)
    said = ControlCount(
        source=source,
        day=counted.day,
        counts={str(kind): count for kind, count in counted.counts.items()},
        last_id=counted.last_id,
    )
    compared = await run_in_threadpool(
        service.compare, database_of(request, actor), said
    )
    return _answer(compared)


def _answer(compared: Comparison) -> ControlCountsOut:
    said, accepted = compared.said, compared.accepted
    return ControlCountsOut(
        source=said.source,
        day=said.day,
        agrees=compared.agrees,
        kinds=[
            KindComparison(
                kind=kind,
                sent=sent,
                accepted=accepted.get(kind, 0),
                difference=accepted.get(kind, 0) - sent,
            )
            for kind, sent in said.counts.items()
        ],
        last_id_is_accepted=compared.last_is_accepted,
    )


def _refuse_absurd_day(day: date) -> None:
    if EARLIEST <= day <= legal_day(clock.now() + TOLERANCE):
        return
    flaw = Flaw(
        pointer="/day",
        code="day_out_of_range",
        message=f"The day lies in the future or before {EARLIEST}.",
        remedy="Send the counts of a day that has begun.",
    )
    raise ProblemError(problem("invalid_body", [flaw]))
