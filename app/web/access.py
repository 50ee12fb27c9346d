"""Who may see a page: each declares its permission, or that it is for everybody."""

from dataclasses import dataclass

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from app.db.database import DatabaseUnavailableError
from app.domain.access import OF_CASES, AccessDeclaration, Actor, Permission
from app.services.callers import Callers
from app.web.questions import refuse_telling_address

_FORBIDDEN = 403


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
    session = None if secret is None else await callers.sessions.known(secret)
    # For the line of the page that says when it ends.
    request.state.session = session
    return None if session is None else session.actor
