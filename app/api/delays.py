"""POST /v1/cases/.../delays: a lead tells why a deadline is late, and what is done."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from app import clock
from app.api import outcomes
from app.api.bodies import IdempotencyKey, described, strict_body
from app.api.outcomes import Accepted
from app.api.parameters import Code, Day
from app.api.problems import refusals
from app.api.strict_json import MAX_TEXT_LENGTH
from app.api.viewing import viewing
from app.domain.access import Permission
from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.events import (
    CaseKey,
    DelayExplained,
)
from app.services import delays as service
from app.services.intake import Status
from app.services.viewing import Viewer

router = APIRouter(tags=["cases"])


class DelayIn(BaseModel):
    """Why a deadline is late and what is done about it: codes, never prose."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "rule": "initiation",
                "cause": "staff_shortage",
                "action": "extra_staff",
                "follow_up_on": "2026-12-01",
            }
        },
    )

    rule: DutyRule
    cause: DelayCause
    action: DelayAction
    follow_up_on: Day | None = Field(
        default=None, description="The day on which it is looked at again"
    )
    explains: Annotated[str, Field(min_length=1, max_length=MAX_TEXT_LENGTH)] | None = (
        Field(
            default=None,
            description="Id of a notification, where not the last late run is meant",
        )
    )


@router.post(
    "/v1/cases/{source}/{case_ref:path}/delays",
    status_code=201,
    response_model=Accepted,
    responses={
        200: {
            "model": Accepted,
            "description": "It was said before under this `Idempotency-Key`",
        },
        **refusals("not_found", "key_reused", "nothing_late"),
    },
    openapi_extra=described(DelayIn),
)
def explain_delay(
    source: Annotated[Code, Path(examples=["client-a"])],
    case_ref: Annotated[Code, Path(examples=["A-2026-0001"])],
    # Before the body, which nobody without the right key gets read.
    viewer: Annotated[Viewer, viewing(Permission.EXPLAIN_DELAYS)],
    told: Annotated[
        DelayIn, Depends(strict_body(DelayIn, frozenset(DelayIn.model_fields)))
    ],
    idempotency_key: IdempotencyKey,
) -> Response:
    """Tell why a deadline of a case is late, and what is done about it.

    For leads of units that are responsible or accountable for a deadline of the case.
    It becomes an event of the source `maaraaika`, with a receipt. Without `explains` it
    is about every deadline of the rule that is late in the last run that has one. The
    same again under the same `Idempotency-Key` gets its first receipt.
    """
    outcome = service.explain(
        viewer,
        CaseKey(source, case_ref),
        DelayExplained(**told.model_dump()),
        idempotency_key=idempotency_key,
        now=clock.now(),
    )
    answer: dict[str, Any] = {
        "receipt": outcomes.receipt(outcome),
        "deadlines": outcomes.clocks(outcome, clock.today()),
    }
    return Response(
        json.dumps(answer, ensure_ascii=False),
        status_code=201 if outcome.status is Status.CREATED else 200,
        media_type="application/json",
    )
