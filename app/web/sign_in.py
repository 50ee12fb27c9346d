"""/sign-in, /sign-out: with the county's provider, or, where there is none, a link."""

import json
import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from app import clock
from app.identity import browser_flow
from app.identity.browser_flow import Attempt
from app.identity.errors import ProviderUnavailableError
from app.identity.trusted import TrustedProvider
from app.observability.logs import log
from app.services import sessions, signing_in
from app.services.callers import Callers
from app.services.signing_in import NoAccessError, Return, SignInRefusedError
from app.web.access import PUBLIC
from app.web.navigation import N_
from app.web.questions import PageQuestion
from app.web.rendering import page

router = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

_SEE_OTHER = 303
_ATTEMPT_SECONDS = 600
_LONGEST = 2_000
_CODE = re.compile(r"[A-Za-z0-9_-]{43}")
# What the browser may keep of pages that were seen is to go; the choice of a language,
# which is a cookie too, may stay.
_CLEARED = '"cache", "storage"'

_STALE = N_("Signing in took too long, or was begun in another window. Begin again.")
_REFUSED = N_("Signing in did not succeed. Begin again.")
_NO_ACCESS = N_(
    "You have signed in, but your account gives you no access to this service. Ask "
    "the administrator of the service for it."
)
_AWAY = N_("The sign-in service does not answer right now. Try again in a moment.")
_LINK_IS_OVER = N_("This sign-in link has been used, or is too old. Ask for a new one.")
_SIGNED_OUT = N_("You have signed out.")


class SignInQuestion(PageQuestion):
    """Where somebody wanted to go."""

    return_to: Annotated[str, Field(max_length=_LONGEST)] = "/"


class StartQuestion(SignInQuestion):
    """With which provider somebody signs in, by its place in the operator's file."""

    provider: int = Field(default=0, ge=0, le=100)


class LinkQuestion(PageQuestion):
    """The secret of a sign-in link."""

    code: Annotated[str, Field(max_length=100)] = ""


class NoQuestion(PageQuestion):
    """Nothing is asked of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A provider to sign in or out with, and where that is done."""

    name: str
    href: str


@router.get("/sign-in")
def sign_in(request: Request, question: Annotated[SignInQuestion, Query()]) -> Response:
    """Show with what one can sign in."""
    return _page(request, return_to=question.return_to)


@router.get("/sign-in/start")
def start(request: Request, question: Annotated[StartQuestion, Query()]) -> Response:
    """Send the browser to the provider, and remember in it what for."""
    offered = _offered(request)
    if question.provider >= len(offered):
        return _page(request, _REFUSED, status=404)
    trusted = offered[question.provider]
    attempt = Attempt.begun(
        trusted.provider.issuer, signing_in.own_path(question.return_to)
    )
    try:
        address = browser_flow.address(trusted, attempt, _redirect_uri(request))
    except ProviderUnavailableError:
        return _page(request, _AWAY, status=503, return_to=question.return_to)
    response = RedirectResponse(address, _SEE_OTHER)
    _set_cookie(
        request,
        response,
        _callers(request).attempt_cookie,
        urlsafe_b64encode(json.dumps(attempt.content()).encode()).decode(),
        max_age=_ATTEMPT_SECONDS,
    )
    return response


@router.get("/sign-in/callback")
def callback(request: Request) -> Response:
    """Let in whom the provider has sent back with what makes us believe it."""
    callers = _callers(request)
    attempt = _attempt(request)
    trusted = callers.trusted.get(attempt.issuer) if attempt else None
    answer = _return(request)
    if attempt is None or trusted is None or answer is None:
        return _refused(request, _STALE, "there is no attempt that it answers")
    now = clock.now()
    try:
        secret = signing_in.finish(
            callers.database,
            trusted,
            attempt,
            answer,
            _redirect_uri(request),
            now=now,
        )
    except NoAccessError as error:
        return _refused(request, _NO_ACCESS, str(error), status=403)
    except SignInRefusedError as error:
        return _refused(request, _REFUSED, str(error))
    except ProviderUnavailableError as error:
        return _refused(request, _AWAY, str(error), status=503)
    return _let_in(request, secret, attempt.return_to)


@router.get("/sign-in/link")
def confirm_link(
    request: Request, question: Annotated[LinkQuestion, Query()]
) -> Response:
    """Ask for a press of a button: what only looks at links must not use one up."""
    if not _callers(request).takes_links:
        return _page(request, status=404)
    # What is no code of ours is not written into a page.
    if _CODE.fullmatch(question.code) is None:
        return RedirectResponse("/sign-in", _SEE_OTHER)
    return page(request, "sign_in_link.html", code=question.code)


@router.post("/sign-in/link")
def use_link(request: Request, code: Annotated[str, Form(max_length=100)]) -> Response:
    """Let in who comes with a link that is good, once."""
    if not _callers(request).takes_links:
        return _page(request, status=404)
    try:
        secret = signing_in.use_link(_callers(request).database, code, now=clock.now())
    except SignInRefusedError as error:
        return _refused(request, _LINK_IS_OVER, str(error))
    return _let_in(request, secret, "/")


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """End the session here and at once, and offer to end the provider's as well."""
    _end_session(request)
    log.info("signed_out")
    response = RedirectResponse("/signed-out", _SEE_OTHER)
    _set_cookie(request, response, _callers(request).cookie, "", max_age=0)
    response.headers["Clear-Site-Data"] = _CLEARED
    return response


@router.get("/signed-out")
def signed_out(
    request: Request,
    question: Annotated[NoQuestion, Query()],  # noqa: ARG001 (refuses parameters)
) -> Response:
    """Say that it is done, and where to sign out of the provider."""
    ways = [_way_out(request, trusted) for trusted in _offered(request)]
    return _page(request, _SIGNED_OUT, ways_out=[way for way in ways if way])


def _callers(request: Request) -> Callers:
    callers: Callers = request.app.state.callers
    return callers


def _offered(request: Request) -> list[TrustedProvider]:
    trusted = _callers(request).trusted.values()
    return [each for each in trusted if each.provider.sign_in is not None]


def _page(
    request: Request,
    told: str = "",
    *,
    status: int = 200,
    return_to: str = "/",
    ways_out: list[Way] | None = None,
) -> Response:
    ways = [
        Way(name=trusted.provider.sign_in.name, href=_start(place, return_to))
        for place, trusted in enumerate(_offered(request))
        if trusted.provider.sign_in is not None
    ]
    return page(
        request,
        "sign_in.html",
        status=status,
        told=told,
        ways=ways,
        ways_out=ways_out or [],
        takes_links=_callers(request).takes_links,
    )


def _start(place: int, return_to: str) -> str:
    query = {"provider": place, "return_to": signing_in.own_path(return_to)}
    return f"/sign-in/start?{urlencode(query)}"


def _way_out(request: Request, trusted: TrustedProvider) -> Way | None:
    try:
        endpoint = trusted.endpoints.end_session
    except ProviderUnavailableError:
        return None
    sign_in = trusted.provider.sign_in
    if endpoint is None or sign_in is None:
        return None
    back = {
        "client_id": sign_in.client_id,
        "post_logout_redirect_uri": f"{_origin(request)}/sign-in",
    }
    joint = "&" if "?" in endpoint else "?"
    return Way(name=sign_in.name, href=f"{endpoint}{joint}{urlencode(back)}")


def _refused(
    request: Request, told: str, reason: str, *, status: int = 400
) -> Response:
    log.warning("sign_in_refused", reason=reason)
    response = _page(request, told, status=status)
    _set_cookie(request, response, _callers(request).attempt_cookie, "", max_age=0)
    return response


def _let_in(request: Request, secret: str, return_to: str) -> Response:
    """Put the new session in the place of one that this browser had."""
    _end_session(request)
    log.info("signed_in")
    callers = _callers(request)
    response = RedirectResponse(return_to, _SEE_OTHER)
    _set_cookie(request, response, callers.attempt_cookie, "", max_age=0)
    _set_cookie(request, response, callers.cookie, secret)
    return response


def _end_session(request: Request) -> None:
    callers = _callers(request)
    secret = request.cookies.get(callers.cookie)
    if secret is not None:
        sessions.end(_callers(request).database, secret, now=clock.now())
        callers.sessions.forget(secret)


def _set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    max_age: int | None = None,
) -> None:
    """Set a cookie that no script reads and no other site's form brings along.

    Lax, not Strict: a provider sends the browser back from its own site, and links in
    mails lead to pages. What changes something is posted, with its origin checked.
    """
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=_callers(request).is_secure,
        httponly=True,
        samesite="lax",
    )


def _attempt(request: Request) -> Attempt | None:
    kept = request.cookies.get(_callers(request).attempt_cookie, "")
    try:
        return Attempt.remembered(json.loads(urlsafe_b64decode(kept.encode())))
    except (ValueError, RecursionError):
        return None


def _return(request: Request) -> Return | None:
    """Return what the provider says, None if it says something twice, or too much."""
    said: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name in said or len(value) > _LONGEST:
            return None
        said[name] = value
    return Return(
        state=said.get("state", ""),
        code=said.get("code"),
        iss=said.get("iss"),
        error=said.get("error"),
    )


def _redirect_uri(request: Request) -> str:
    return f"{_origin(request)}/sign-in/callback"


def _origin(request: Request) -> str:
    """Return where people reach us: as configured, or else where they just did."""
    configured = _callers(request).public_origin
    return configured or f"{request.url.scheme}://{request.url.netloc}"
