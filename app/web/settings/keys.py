"""/settings/keys: which API keys there are; made, renewed and revoked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_network
from types import MappingProxyType
from typing import Annotated, Self

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app import clock
from app.db.accounts import ApiKey
from app.db.database import Database
from app.domain.access import MADE_BY_ADMINS, Actor, Network, Permission, Role
from app.security import api_keys
from app.services import keys as service
from app.services import sources as source_service
from app.services.keys import InvalidKeyRequestError, KeyFlaw
from app.services.units import all_units
from app.visits import database_of
from app.web import forms
from app.web.access import permitted
from app.web.choices import Choice
from app.web.forms import Flaws, Written
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import PageQuestion, parse_day
from app.web.rendering import page
from app.web.settings.shown_keys import Names, shown_key
from app.web.unit_tree import tree

router = APIRouter(include_in_schema=False)

Admin = Annotated[Actor, permitted(Permission.MANAGE_KEYS)]
KeyId = Annotated[str, Field(pattern=r"^[a-z0-9]{1,32}$")]

_KEYS = "/settings/keys"
_NOT_FOUND = 404
_FORBIDDEN = 403
_LAST_YEAR = 2100
_NO_NETWORKS = N_("Write networks as 10.1.2.0/24, with commas between them.")
_NO_UNITS = N_("Choose all units, or some of them.")
_UNITS_TWICE = N_("Choose either all units, or some of them.")
# The field in which it stands, and what to do about it.
_FLAWS: Mapping[KeyFlaw, tuple[str, str]] = MappingProxyType(
    {
        KeyFlaw.OWN_SOURCE: (
            "held_by",
            N_("This name is the service's own. Give that of the client system."),
        ),
        KeyFlaw.PERSONAL_DATA: ("held_by", forms.PERSONAL_DATA),
        KeyFlaw.OVER: ("expires", N_("The key would have ended already.")),
        KeyFlaw.TWO_GOOD_KEYS: (
            "held_by",
            N_("There are two good keys for this already. Revoke the unused one."),
        ),
        KeyFlaw.NO_GOOD_KEY: (
            "expires",
            N_("The key is not good any more. Make a new one instead."),
        ),
        KeyFlaw.MADE_ALREADY: (
            "expires",
            N_(
                "This key has been made already, and is not shown again. If it was not "
                "copied, revoke it and make another one."
            ),
        ),
    }
)


class Done(StrEnum):
    """What has just been done."""

    REVOKED = "revoked"
    WAS_OVER = "was_over"


_DONE = MappingProxyType(
    {
        Done.REVOKED: N_(
            "The key has been revoked: within five seconds it is refused."
        ),
        Done.WAS_OVER: N_("The key had been revoked before."),
    }
)


class KeysQuestion(PageQuestion):
    """What has just been done, after which the list is shown."""

    done: Done | None = None


class NewKeyQuestion(PageQuestion):
    """What the new key is for."""

    role: Role


class TermForm(BaseModel):
    """Until when a key is to be good; under *key_id* it is made once, and not twice."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    key_id: KeyId
    expires: Written = ""

    @classmethod
    def empty(cls) -> Self:
        """Return the form as it is before somebody has written into it."""
        return cls(key_id=api_keys.new_key_id())

    @property
    def end(self) -> datetime | None:
        """The end of the day that was written; None if there is none."""
        day = parse_day(self.expires)
        return clock.end_of(day) if day and day.year <= _LAST_YEAR else None

    def flaws(self) -> dict[str, str]:
        """Return what is wrong in it."""
        is_day = not self.expires or self.end is not None
        return {} if is_day else {"expires": forms.NOT_A_DAY}


class KeyForm(TermForm):
    """A new key, as somebody wrote it; *everywhere* is empty, or `all`."""

    held_by: Written = ""
    everywhere: Written = ""
    unit: list[Written] = []
    networks: Written = ""

    def networks_written(self) -> tuple[Network, ...]:
        """Return from where the key may come; from everywhere, if none is written.

        Raises:
            ValueError: one of them is no network.
        """
        return tuple(map(ip_network, self.networks.replace(",", " ").split()))

    def flaws_for(self, role: Role, known: Collection[str]) -> dict[str, str]:
        """Return what is wrong in it, for a key of *role* and the *known* units."""
        found = {**forms.flaws_of({"held_by": self.held_by}), **self.flaws()}
        if role is Role.ANALYST and bool(self.everywhere) == bool(self.unit):
            found["units"] = _UNITS_TWICE if self.unit else _NO_UNITS
        try:
            self.networks_written()
        except ValueError:
            found["networks"] = _NO_NETWORKS
        if not set(self.unit) <= set(known):
            found["units"] = _NO_UNITS
        return found


@router.get("/settings/keys")
def keys(
    request: Request, question: Annotated[KeysQuestion, Query()], actor: Admin
) -> Response:
    """Show every key, those first that open something."""
    database = database_of(request, actor)
    names, now = Names.known(database, language_of(request)), clock.now()
    listed = service.listed(database)
    return page(
        request,
        "settings/keys.html",
        done=_DONE[question.done] if question.done else "",
        good=tuple(shown_key(key, names, now) for key in listed if key.is_good(now)),
        over=tuple(
            shown_key(key, names, now) for key in listed if not key.is_good(now)
        ),
    )


@router.get("/settings/keys/new")
def new_key(
    request: Request, question: Annotated[NewKeyQuestion, Query()], actor: Admin
) -> Response:
    """Ask what a new key is for."""
    role = _made_here(question.role)
    return _new(request, actor, role, KeyForm.empty(), {})


@router.post("/settings/keys/new")
def make_key(
    request: Request,
    question: Annotated[NewKeyQuestion, Query()],
    written: Annotated[KeyForm, Form()],
    actor: Admin,
) -> Response:
    """Make a key, and show it this one time."""
    role = _made_here(question.role)
    database, is_source = database_of(request, actor), role is Role.INTEGRATOR
    known = {unit.code for unit in all_units(database)}
    flaws = written.flaws_for(role, known)
    if flaws:
        return _new(request, actor, role, written, flaws)
    try:
        made = service.create(
            database,
            role=role,
            source=written.held_by if is_source else None,
            units=tuple(written.unit),
            holder=None if is_source else written.held_by,
            created_at=clock.now(),
            created_by=actor.key_id,
            expires_at=written.end,
            key_id=written.key_id,
            networks=written.networks_written(),
        )
    except InvalidKeyRequestError as error:
        return _new(request, actor, role, written, dict([_FLAWS[error.flaw]]))
    return _made(request, made, written.held_by, rotated="")


@router.get("/settings/keys/{key_id}")
def key(
    request: Request,
    key_id: str,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Admin,
) -> Response:
    """Show a key, and what can be done with it."""
    return _shown(request, actor, key_id, TermForm.empty(), {})


@router.post("/settings/keys/{key_id}")
def renew_key(
    request: Request, key_id: str, written: Annotated[TermForm, Form()], actor: Admin
) -> Response:
    """Make the next key for what a key is for, and show it this one time."""
    database = database_of(request, actor)
    old = _found(database, key_id)
    _made_here(Role(old.role))
    flaws = written.flaws()
    if flaws:
        return _shown(request, actor, key_id, written, flaws)
    try:
        made = service.rotate(
            database,
            key_id,
            created_at=clock.now(),
            created_by=actor.key_id,
            expires_at=written.end,
            new_key_id=written.key_id,
        )
    except InvalidKeyRequestError as error:
        _, flaw = _FLAWS[error.flaw]
        return _shown(request, actor, key_id, written, {"expires": flaw})
    return _made(request, made, old.holder, rotated=key_id)


@router.get("/settings/keys/{key_id}/revoke")
def confirm_revocation(
    request: Request,
    key_id: str,
    question: Annotated[PageQuestion, Query()],  # noqa: ARG001 (refuses other parameters)
    actor: Admin,
) -> Response:
    """Ask whether a key is really to be revoked, and say what follows."""
    database = database_of(request, actor)
    found, now = _found(database, key_id), clock.now()
    if not found.is_good(now):
        return forms.done(_KEYS, Done.WAS_OVER)
    names = Names.known(database, language_of(request))
    shown = shown_key(found, names, now)
    return page(request, "settings/revoke_key.html", key=shown)


@router.post("/settings/keys/{key_id}/revoke")
def revoke_key(request: Request, key_id: str, actor: Admin) -> Response:
    """Revoke a key."""
    database = database_of(request, actor)
    _found(database, key_id)
    was_good = service.revoke(
        database, key_id, revoked_at=clock.now(), revoked_by=actor.key_id
    )
    return forms.done(_KEYS, Done.REVOKED if was_good else Done.WAS_OVER)


def _made_here(role: Role) -> Role:
    """Return *role*, whose keys are made on pages.

    Raises:
        HTTPException: they are made on the server only.
    """
    if role not in MADE_BY_ADMINS:
        raise HTTPException(_FORBIDDEN)
    return role


def _found(database: Database, key_id: str) -> ApiKey:
    for each in service.listed(database):
        if each.key_id == key_id:
            return each
    raise HTTPException(_NOT_FOUND)


def _new(
    request: Request, actor: Actor, role: Role, written: KeyForm, flaws: Flaws
) -> Response:
    database, language = database_of(request, actor), language_of(request)
    units = {unit.code: unit for unit in all_units(database)}
    return page(
        request,
        "settings/new_key.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        is_source=role is Role.INTEGRATOR,
        written=written,
        flaws=flaws,
        sources=tuple(source_service.settings(database)),
        units=tuple(
            Choice(code, name, code in written.unit)
            for code, name in tree(units, None, language).items()
        ),
    )


def _shown(
    request: Request, actor: Actor, key_id: str, written: TermForm, flaws: Flaws
) -> Response:
    database, now = database_of(request, actor), clock.now()
    found = _found(database, key_id)
    names = Names.known(database, language_of(request))
    return page(
        request,
        "settings/key.html",
        status=forms.UNPROCESSABLE if flaws else 200,
        key=shown_key(found, names, now),
        is_made_here=Role(found.role) in MADE_BY_ADMINS,
        written=written,
        flaws=flaws,
    )


def _made(request: Request, made: str, holder: str, *, rotated: str) -> Response:
    # Not behind a redirect: the key would have to be kept for the page that shows it.
    return page(
        request, "settings/made_key.html", key=made, holder=holder, rotated=rotated
    )
