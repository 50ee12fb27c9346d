"""/settings/units: the tree of units, added to and renamed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.db.database import Database
from app.db.units import Unit, subtree
from app.domain.access import Actor, Permission
from app.domain.texts import Text
from app.services import units as service
from app.services.units import UnitCycleError
from app.visits import database_of
from app.web import forms
from app.web.access import permitted
from app.web.choices import Choice
from app.web.forms import Flaws, Written
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion
from app.web.rendering import page
from app.web.unit_tree import STEP, tree

router = APIRouter(include_in_schema=False)

Admin = Annotated[Actor, permitted(Permission.MANAGE_UNITS)]

_UNITS = "/settings/units"
_NOT_FOUND = 404
_TAKEN = N_("There is a unit with this code already: change that one.")
_BELOW_ITSELF = N_("A unit cannot stand below itself. Choose another one.")
_NO_PARENT = N_("There is no such unit. Choose one of the list.")


class Done(StrEnum):
    """What has just been done."""

    ADDED = "added"
    CHANGED = "changed"


_DONE = MappingProxyType(
    {
        Done.ADDED: N_("The unit has been added."),
        Done.CHANGED: N_("The unit has been changed."),
    }
)


class UnitsQuestion(PageQuestion):
    """What has just been done, after which the list is shown."""

    done: Done | None = None


class UnitQuestion(PageQuestion):
    """Which unit is asked about; a code may be anything, so it is no path."""

    code: Written


class UnitForm(BaseModel):
    """What a unit is called and what it stands below, as somebody wrote it."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    parent: Written = ""
    fi: Written = ""
    sv: Written = ""
    en: Written = ""

    def unit(self, code: str) -> Unit:
        """Return the unit that it makes of *code*."""
        names = Text(fi=self.fi, sv=self.sv, en=self.en)
        return Unit(code=code, parent=self.parent or None, name=names)

    def flaws(self, units: Mapping[str, Unit]) -> dict[str, str]:
        """Return what is wrong in it."""
        found = forms.flaws_of({"fi": self.fi, "sv": self.sv, "en": self.en})
        if self.parent and self.parent not in units:
            found["parent"] = _NO_PARENT
        return found


class NewUnitForm(UnitForm):
    """A new unit, as somebody wrote it."""

    code: Written = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownUnit:
    """A unit of the tree, and below how many others it stands."""

    code: str
    name: str
    depth: int
    names: Text


@router.get("/settings/units")
def units(
    request: Request, question: Annotated[UnitsQuestion, Query()], actor: Admin
) -> Response:
    """Show the tree of units."""
    known = _known(database_of(request, actor))
    moved_in = tree(known, None, language_of(request))
    return page(
        request,
        "settings/units.html",
        done=_DONE[question.done] if question.done else "",
        units=tuple(
            ShownUnit(
                code=code,
                name=name.lstrip(STEP),
                depth=name.count(STEP),
                names=known[code].name,
            )
            for code, name in moved_in.items()
        ),
    )


@router.get("/settings/units/new")
def new_unit(
    request: Request,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Admin,
) -> Response:
    """Ask for a new unit."""
    return _new(request, NewUnitForm(), _known(database_of(request, actor)), {})


@router.post("/settings/units/new")
def add_unit(
    request: Request, written: Annotated[NewUnitForm, Form()], actor: Admin
) -> Response:
    """Add a unit to the tree."""
    database = database_of(request, actor)
    known = _known(database)
    flaws = {**forms.flaws_of({"code": written.code}), **written.flaws(known)}
    if written.code in known:
        flaws["code"] = _TAKEN
    if flaws:
        return _new(request, written, known, flaws)
    service.put(database, [written.unit(written.code)], by=actor.key_id)
    return forms.done(_UNITS, Done.ADDED)


@router.get("/settings/units/change")
def unit(
    request: Request, question: Annotated[UnitQuestion, Query()], actor: Admin
) -> Response:
    """Ask what is to be changed in a unit."""
    known = _known(database_of(request, actor))
    found = known.get(question.code)
    if found is None:
        raise HTTPException(_NOT_FOUND)
    name = found.name
    written = UnitForm(parent=found.parent or "", fi=name.fi, sv=name.sv, en=name.en)
    return _changing(request, found, written, known, {})


@router.post("/settings/units/change")
def change_unit(
    request: Request,
    question: Annotated[UnitQuestion, Query()],
    written: Annotated[UnitForm, Form()],
    actor: Admin,
) -> Response:
    """Change a unit; earlier answers keep the tree as it was."""
    database = database_of(request, actor)
    known = _known(database)
    found = known.get(question.code)
    if found is None:
        raise HTTPException(_NOT_FOUND)
    flaws = written.flaws(known)
    if flaws:
        return _changing(request, found, written, known, flaws)
    try:
        service.put(database, [written.unit(found.code)], by=actor.key_id)
    except UnitCycleError:
        flaws = {"parent": _BELOW_ITSELF}
        return _changing(request, found, written, known, flaws)
    return forms.done(_UNITS, Done.CHANGED)


def _known(database: Database) -> dict[str, Unit]:
    return {each.code: each for each in service.all_units(database)}


def _new(
    request: Request, written: NewUnitForm, known: Mapping[str, Unit], flaws: Flaws
) -> Response:
    return page(
        request,
        "settings/new_unit.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        written=written,
        flaws=flaws,
        parents=_parents(request, known, written.parent),
    )


def _changing(
    request: Request,
    found: Unit,
    written: UnitForm,
    known: Mapping[str, Unit],
    flaws: Flaws,
) -> Response:
    below = subtree(dict(known), frozenset({found.code}))
    others = {code: each for code, each in known.items() if code not in below}
    return page(
        request,
        "settings/unit.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        code=found.code,
        name=found.name.to(language_of(request)),
        written=written,
        flaws=flaws,
        parents=_parents(request, others, written.parent),
    )


def _parents(
    request: Request, units: Mapping[str, Unit], chosen: str
) -> tuple[Choice, ...]:
    """Return what a unit may stand below."""
    moved_in = tree(units, None, language_of(request))
    return tuple(Choice(code, name, code == chosen) for code, name in moved_in.items())
