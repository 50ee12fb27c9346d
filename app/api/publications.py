"""Publish a month, and list what was published."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import permitted
from app.api.bodies import described, strict_body
from app.api.parameters import Day, Instant
from app.api.problems import Flaw, ProblemError, problem, refusals
from app.domain.access import Actor, Permission
from app.domain.reporting_periods import parse_period
from app.services import publications as service
from app.services import sealed_reports
from app.services.publications import Publication
from app.services.sealed_reports import Sealed
from app.visits import database_of

router = APIRouter(tags=["reports"])


class PublicationIn(BaseModel):
    """What is to be published, and from which knowledge."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"month": "2026-01"}}
    )

    month: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}$")
    as_of: Day | None = None
    known_at: Instant | None = None
    sealed: int | None = Field(
        default=None,
        ge=1,
        le=2**62,
        description="The number of the month's sealed report, whose `as_of` and "
        "`known_at` are taken",
    )


class PublicationOut(BaseModel):
    """A month that was published; `number` and `digest` name what was shown of it."""

    number: int
    month: str
    as_of: date
    known_at: datetime
    published_at: datetime
    threshold: int
    minimum_n: int
    digest: str = Field(
        description="SHA-256 of everything that the public was shown of the month and "
        "of the longer periods that end with it; see docs/publishing.md"
    )
    hash: str = Field(
        description="Over number, digest and the hash of the publication before; see "
        "docs/proof.md"
    )


KNOWN = frozenset(PublicationIn.model_fields)


@router.post(
    "/v1/publications",
    status_code=201,
    responses=refusals(
        "not_found", "already_published", "earlier_month_missing", "month_not_over"
    ),
    openapi_extra=described(PublicationIn),
)
def publish_month(
    actor: Annotated[Actor, permitted(Permission.PUBLISH_FIGURES)],
    asked: Annotated[PublicationIn, Depends(strict_body(PublicationIn, KNOWN))],
    request: Request,
) -> PublicationOut:
    """Publish a month and the longer periods that end with it, once and for good.

    For a lead of all units. The months of a calendar year are published in their order.
    """
    if actor.units:
        raise ProblemError(problem("forbidden"))
    database = database_of(request, actor)
    if asked.sealed is not None:
        asked = _as_sealed(asked, sealed_reports.find(database, actor, asked.sealed))
    made = service.publish(
        database,
        actor,
        month=parse_period(asked.month),
        as_of=asked.as_of,
        known_at=asked.known_at,
    )
    return _out(made)


@router.get("/v1/publications")
def list_publications(
    request: Request, actor: Annotated[Actor, permitted(Permission.READ_PUBLICATIONS)]
) -> list[PublicationOut]:
    """List the published months, the newest first."""
    return [_out(each) for each in service.listed(database_of(request, actor))]


def _as_sealed(asked: PublicationIn, sealed: Sealed) -> PublicationIn:
    """Return what is asked for, with the day and the instant of the *sealed* report."""
    is_alone = asked.as_of is None and asked.known_at is None
    if not is_alone or sealed.content["period"] != asked.month:
        flaw = Flaw(
            pointer="/sealed",
            code="does_not_fit",
            message="The sealed report is of another period, or a day or an instant "
            "is given beside it.",
            remedy="Name a sealed report of the month, and neither `as_of` nor "
            "`known_at`.",
        )
        raise ProblemError(problem("invalid_body", [flaw]))
    query = sealed_reports.query_of(sealed.content)
    return asked.model_copy(update={"as_of": query.as_of, "known_at": query.known_at})


def _out(publication: Publication) -> PublicationOut:
    return PublicationOut(
        number=publication.number,
        month=publication.month,
        as_of=publication.as_of,
        known_at=publication.known_at,
        published_at=publication.published_at,
        threshold=publication.threshold,
        minimum_n=publication.minimum_n,
        digest=publication.digest.hex(),
        hash=publication.hash.hex(),
    )
