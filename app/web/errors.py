"""Errors as pages: what is wrong, and what to do next, for who reads pages."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import isawaitable
from types import MappingProxyType
from urllib.parse import unquote_plus, urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.db.database import DatabaseUnavailableError
from app.observability import request_ids
from app.security.personal_data import holds_personal_data
from app.web.access import SignedOutError, signed_in
from app.web.navigation import N_
from app.web.questions import TellingAddressError, UnfitAddressError
from app.web.rendering import page

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]

_SEE_OTHER = 303
_UNAUTHORIZED = 401
_UNPROCESSABLE = 422
_OURS = 500
_PROBLEM = "application/problem+json"
_TYPE = "urn:maaraaika:problem:"
# What these answer is read by programs, whatever they accept,
_NO_PAGES = ("/health/", "/openapi.json", "/static/", "/static-offline-docs/")
# and the same is so of the API, unless a browser was led there: to a file, from a page.
_API = "/v1/"
# Of the headers of a problem those that tell what to do next, and not how long it is.
_KEPT = ("allow", "connection", "retry-after", "www-authenticate")


@dataclass(frozen=True, slots=True)
class Told:
    """A problem in words: what is wrong, and what to do; a template translates both.

    *leads_to_sign_in* where the page has a link to it.
    """

    title: str
    remedy: str
    leads_to_sign_in: bool = False


_INVALID = Told(
    N_("The address is not understood"),
    N_("Something in the address is wrong or not known. Begin again from a page."),
)
_TOLD = MappingProxyType(
    {
        "not-found": Told(
            N_("The page was not found"),
            N_(
                "Check the address. What you may not see is not found either: if you "
                "should see it, ask the administrator of the service for access."
            ),
        ),
        "method-not-allowed": Told(
            N_("This cannot be done here"),
            N_("Go back to the page you came from, and try again from there."),
        ),
        "personal-data": Told(
            N_("The address tells who someone is"),
            N_(
                "Nobody is asked about by identity code, phone number or e-mail "
                "address here: an address stays in the history of the browser. Use the "
                "references of the client system."
            ),
        ),
        "invalid-parameter": _INVALID,
        "malformed-request": _INVALID,
        "headers-too-large": _INVALID,
        "invalid-period": _INVALID,
        "unknown-rule": _INVALID,
        "unverified-year": Told(
            N_("The calendar does not reach so far"),
            N_("Ask about days whose deadlines end in the years 2008–2100."),
        ),
        "future-knowledge": Told(
            N_("That moment lies in the future"),
            N_("Ask about what is known by now."),
        ),
        "unauthenticated": Told(
            N_("Sign in first"),
            N_(
                "You are not signed in, or have been signed out meanwhile. Sign in, go "
                "back to the page that you came from, and try again there."
            ),
            leads_to_sign_in=True,
        ),
        "forbidden": Told(
            N_("Your role does not include this"),
            N_("If your work needs it, ask the administrator of the service."),
        ),
        "export-quota-used": Told(
            N_("You can take no more files today"),
            N_(
                "How many files with cases one person takes in a day is limited, and "
                "yours are used up. The same can be looked at on its page, and taken "
                "tomorrow. If your work needs more, ask the administrator of the "
                "service."
            ),
        ),
        "too-many-rows": Told(
            N_("The file would be too large"),
            N_(
                "Go back, narrow the question by its filters, and take the file in "
                "parts."
            ),
        ),
        "year-not-published": Told(
            N_("The year has not been published"),
            N_("A report for the public is made of a year whose months are published."),
        ),
        "cross-site": Told(
            N_("This was sent from another place than the pages of this service"),
            N_(
                "Nothing has been done. Open the service by its own address, and try "
                "again from there."
            ),
        ),
        "misdirected": Told(
            N_("The service is not known under this address"),
            N_("Open it by the address that the administrator of the service gives."),
        ),
        "too-many-requests": Told(
            N_("Too much is asked for at once"),
            N_(
                "Answers to you are still being made. Wait for them, or try again in "
                "a moment."
            ),
        ),
        "service-busy": Told(
            N_("The service has more to do right now than it can"),
            N_("Nothing has been lost. Try again in a moment."),
        ),
        "reason-required": Told(
            N_("A reason is required"),
            N_("Begin again from the page you came from, and say why there."),
        ),
        "look-not-written": Told(
            N_("The service cannot write down who looks right now"),
            N_(
                "Cases are shown only after that is in the access log, so nothing has "
                "been shown. Try again in a moment. If it stays, tell the "
                "administrator of the service."
            ),
        ),
        "finding-closed": Told(
            N_("This finding is closed already"),
            N_("Somebody has closed it, or it was closed twice. Nothing more to do."),
        ),
        "database-unavailable": Told(
            N_("The service cannot reach its data right now"),
            N_("Nothing has been lost. Try again in a moment."),
        ),
    }
)
_UNTOLD = Told(
    N_("This cannot be done so"),
    N_(
        "Go back to the page you came from, and try again from there. If it stays, "
        "tell the administrator of the service what you did, and this number."
    ),
)
_SURPRISE = Told(
    N_("Something went wrong here"),
    N_(
        "Try again. If it stays, tell the administrator of the service what you did, "
        "and this number."
    ),
)


def install(app: FastAPI) -> None:
    """Tell every problem that *app* has a handler for as a page, to who reads pages."""
    for error, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(error, _told_as_page(handler))

    for unfit in (UnfitAddressError, TellingAddressError):
        app.add_exception_handler(unfit, _on_unfit_address)
    app.add_exception_handler(SignedOutError, _to_sign_in)


def reads_pages(request: Request) -> bool:
    """Tell whether *request* is that of a browser for what it shows to somebody."""
    if "text/html" not in request.headers.get("accept", ""):
        return False
    # Not of the whole address: its host may be anything, and unreadable.
    path: str = request.scope["path"]
    if path.startswith(_API):
        return request.headers.get("sec-fetch-mode") == "navigate"
    return not path.startswith(_NO_PAGES)


def for_readers(request: Request, response: Response) -> Response:
    """Return *response*, or if it tells a problem to who reads pages, a page of it."""
    is_problem = response.headers.get("content-type") == _PROBLEM
    return _page(request, response) if is_problem and reads_pages(request) else response


def _told_as_page(handler: Handler) -> Handler:
    async def handle(request: Request, error: Exception) -> Response:
        answer = handler(request, error)
        response = await answer if isawaitable(answer) else answer
        if reads_pages(request) and response.status_code < _OURS:
            await _recognise(request)
        return for_readers(request, response)

    return handle


async def _recognise(request: Request) -> None:
    """Note who has signed in, whom also a page of an error is to show as such."""
    if hasattr(request.state, "actor"):
        return
    try:
        request.state.actor = await signed_in(request)
    except DatabaseUnavailableError:
        request.state.actor = None


def _on_unfit_address(request: Request, error: Exception) -> Response:
    code = error.code if isinstance(error, UnfitAddressError) else ""
    return _told(request, _UNPROCESSABLE, code)


def _to_sign_in(request: Request, _: Exception) -> Response:
    """Send who has not signed in to where they can, and back afterwards."""
    if request.method != "GET":
        # Sent on elsewhere, the form would be lost; the page that answers it can be
        # loaded again, by which browsers send again what was sent.
        return page(request, "sign_in_again.html", status=_UNAUTHORIZED)
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What tells who someone is must not go on from address to address.
    kept = not holds_personal_data(unquote_plus(asked))
    query = f"?{urlencode({'return_to': asked})}" if kept else ""
    return RedirectResponse(f"/sign-in{query}", _SEE_OTHER)


def _told(request: Request, status: int, code: str) -> Response:
    told = _TOLD.get(code, _SURPRISE if status >= _OURS else _UNTOLD)
    # Of what went wrong here, or is told in no words, the logs tell more.
    is_ours = status >= _OURS or told is _UNTOLD
    number = request_ids.current() if is_ours else None
    return page(request, "error.html", status=status, told=told, number=number)


def _page(request: Request, problem: Response) -> Response:
    code = json.loads(bytes(problem.body))["type"].removeprefix(_TYPE)
    shown = _told(request, problem.status_code, code)
    for name in _KEPT:
        if value := problem.headers.get(name):
            shown.headers[name] = value
    return shown
