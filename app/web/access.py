"""Who may see a page: each declares its permission, or that it is for everybody."""

from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from app.db.database import DatabaseUnavailableError
from app.domain.access import OF_CASES, AccessDeclaration, Actor, Permission
from app.security.personal_data import holds_personal_data
from app.services.callers import Callers
from app.web.questions import refuse_telling_address

_FORBIDDEN = 403
_SEE_OTHER = 303


class SignedOutError(Exception):
    """A page is for people who have signed in, and this one has not."""


class Everybody(AccessDeclaration):
    """Lets everybody in: what the page shows is in the law, or about the service."""

    async def __call__(self, request: Request) -> None:
        """Let the request pass, and note who has signed in."""
        refuse_telling_address(request)
        try:
            request.state.actor = await signed_in(request)
        except DatabaseUnavailableError:
            request.state.actor = None  # what everybody may see does not need it


@dataclass(frozen=True, slots=True)
class Page(AccessDeclaration):
    """Gives the person who has signed in, if their role permits what the page shows."""

    permission: Permission

    async def __call__(self, request: Request) -> Actor:
        """Return who has signed in.

        Raises:
            SignedOutError: nobody has.
            HTTPException: their role does not permit it.
            TellingAddressError: the address tells who someone is.
        """
        actor = await signed_in(request)
        if actor is None:
            raise SignedOutError
        request.state.actor = actor
        request.state.caller = actor.key_id  # for the line that tells of the request
        if not actor.may(self.permission):
            raise HTTPException(_FORBIDDEN)
        refuse_telling_address(request)
        return actor


PUBLIC = Depends(Everybody())


def permitted(permission: Permission) -> object:
    """Declare what a page shows: the way, and the only one, to who has signed in."""
    if permission in OF_CASES:
        raise RuntimeError(f"{permission} shows cases: write the look down first")
    return Depends(Page(permission))


async def signed_in(request: Request) -> Actor | None:
    """Return who has signed in with the browser that asks, None if nobody has."""
    callers: Callers = request.app.state.callers
    secret = request.cookies.get(callers.cookie)
    return None if secret is None else await callers.sessions.actor(secret)


def install(app: FastAPI) -> None:
    """Send who has not signed in to where they can, and back afterwards."""
    app.add_exception_handler(SignedOutError, _to_sign_in)


def _to_sign_in(request: Request, _: Exception) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What was posted cannot be posted again from there, and what tells who someone is
    # must not go on from address to address.
    kept = request.method == "GET" and not holds_personal_data(unquote_plus(asked))
    query = f"?{urlencode({'return_to': asked})}" if kept else ""
    return RedirectResponse(f"/sign-in{query}", _SEE_OTHER)
