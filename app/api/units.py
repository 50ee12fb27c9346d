"""The unit tree: county, areas, teams."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from app.api.access import permitted
from app.api.bodies import described, refuse_unfit_texts, strict_body
from app.api.problems import refusals
from app.api.strict_json import check_texts
from app.db.units import Unit
from app.domain.access import Actor, Permission
from app.domain.texts import Text
from app.services import units as service
from app.visits import database_of

router = APIRouter(tags=["units"])


def _fit(text: str) -> str:
    """Refuse what no text of an event may hold either, as an identity code."""
    for found in check_texts(text):
        raise ValueError(found.message.removesuffix("."))
    return text


Name = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$"),
    AfterValidator(_fit),
]


class Names(BaseModel):
    """A name in the three languages."""

    model_config = ConfigDict(extra="forbid")

    fi: Name
    sv: Name
    en: Name


class UnitIn(BaseModel):
    """What a unit is called and what it stands below."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "parent": "espoo",
                "names": {"fi": "Leppävaara", "sv": "Alberga", "en": "Leppävaara"},
            }
        },
    )

    parent: Name | None = None
    names: Names


class UnitOut(UnitIn):
    """A unit of the tree."""

    code: str


KNOWN = frozenset({"parent", "names", "fi", "sv", "en"})


@router.put(
    "/v1/units/{code}",
    responses=refusals("unit_cycle"),
    openapi_extra=described(UnitIn),
)
def put_unit(
    code: Annotated[Name, Path(examples=["leppavaara"])],
    # Before the body, which nobody without the right key gets read.
    actor: Annotated[Actor, permitted(Permission.MANAGE_UNITS)],
    unit: Annotated[UnitIn, Depends(strict_body(UnitIn, KNOWN))],
    request: Request,
) -> UnitOut:
    """Record a unit, new or changed; earlier answers keep the tree as it was."""
    refuse_unfit_texts([code], KNOWN)
    names = Text(fi=unit.names.fi, sv=unit.names.sv, en=unit.names.en)
    service.put(
        database_of(request, actor),
        [Unit(code=code, parent=unit.parent, name=names)],
        by=actor.key_id,
    )
    return UnitOut(code=code, parent=unit.parent, names=unit.names)


@router.get("/v1/units")
def list_units(
    request: Request, actor: Annotated[Actor, permitted(Permission.READ_UNITS)]
) -> list[UnitOut]:
    """List the unit tree."""
    return [
        UnitOut(
            code=unit.code,
            parent=unit.parent,
            names=Names(fi=unit.name.fi, sv=unit.name.sv, en=unit.name.en),
        )
        for unit in service.all_units(database_of(request, actor))
    ]
