"""Errors become problems: of each that a caller may meet, the code of its problem."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from app import clock
from app.api.flaws import parameter_flaws, strict_json_problem
from app.api.problems import ProblemError, answer, problem
from app.api.strict_json import StrictJsonError
from app.db.database import DatabaseUnavailableError, FutureKnowledgeError
from app.domain.errors import (
    InvalidPeriodError,
    UnknownBinError,
    UnknownRuleError,
    UnverifiedYearError,
)
from app.domain.events import legal_day
from app.domain.public_tables import NotPublicError
from app.identity.errors import ProviderUnavailableError
from app.security.personal_data import PersonalDataError
from app.services.access_log import LookNotFoundError, ReasonRequiredError
from app.services.cases import CaseNotFoundError
from app.services.delays import KeyReusedError, NothingLateError
from app.services.findings import FindingClosedError, FindingNotFoundError
from app.services.health import NotDecidedError
from app.services.public_yearly import YearNotPublishedError
from app.services.publications import (
    AlreadyPublishedError,
    EarlierMonthMissingError,
    MonthNotOverError,
    NotPublishedError,
)
from app.services.sealed_reports import (
    FutureReportError,
    SealConflictError,
    SealNotFoundError,
)
from app.services.units import UnitCycleError
from app.services.viewing import ExportQuotaError, LookNotWrittenError, TooManyRowsError

RETRY_AFTER_SECONDS = 2
UNAUTHORIZED = 401
TOO_MANY_REQUESTS = 429
UNAVAILABLE = 503

# Every error of ours that a caller may meet, and its problem.
CODES: dict[type[Exception], str] = {
    CaseNotFoundError: "not_found",
    DatabaseUnavailableError: "database_unavailable",
    ExportQuotaError: "export_quota_used",
    FindingClosedError: "finding_closed",
    FindingNotFoundError: "not_found",
    FutureKnowledgeError: "future_knowledge",
    FutureReportError: "future_report",
    InvalidPeriodError: "invalid_period",
    KeyReusedError: "key_reused",
    NotDecidedError: "retention_undecided",
    LookNotFoundError: "not_found",
    LookNotWrittenError: "look_not_written",
    NothingLateError: "nothing_late",
    PersonalDataError: "invalid_body",
    ProviderUnavailableError: "provider_unavailable",
    ReasonRequiredError: "reason_required",
    SealConflictError: "key_reused",
    SealNotFoundError: "not_found",
    TooManyRowsError: "too_many_rows",
    AlreadyPublishedError: "already_published",
    EarlierMonthMissingError: "earlier_month_missing",
    MonthNotOverError: "month_not_over",
    NotPublicError: "not_public",
    NotPublishedError: "not_published",
    YearNotPublishedError: "year_not_published",
    UnitCycleError: "unit_cycle",
    UnknownBinError: "invalid_parameter",
    UnknownRuleError: "unknown_rule",
    UnverifiedYearError: "unverified_year",
}
# The messages of these errors name forms and bounds, and nothing that was sent.
_TOLD_IN_DETAIL = frozenset(
    {
        "invalid_period",
        "not_public",
        "retention_undecided",
        "too_many_rows",
        "year_not_published",
    }
)
_CODES_OF_STATUS = {
    400: "malformed_body",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}


def install(app: FastAPI) -> None:
    """Make *app* answer every error as a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(StrictJsonError, _on_strict_json)
    app.add_exception_handler(RequestValidationError, _on_invalid_parameter)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_surprise)
    for error in CODES:
        app.add_exception_handler(error, _on_known_error)


def _on_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 (registered for it)
    found = error.problem
    # RFC 9110, 15.5.2: who is refused for want of a key is told which kind to send.
    headers = {"WWW-Authenticate": "Bearer"} if found.status == UNAUTHORIZED else None
    return answer(found, headers)


def _on_strict_json(_: Request, error: Exception) -> Response:
    assert isinstance(error, StrictJsonError)  # noqa: S101 (registered for it)
    return answer(strict_json_problem(error))


def _on_invalid_parameter(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it)
    if any(each["type"] == "json_invalid" for each in error.errors()):
        return answer(problem("malformed_body"))
    return answer(problem("invalid_parameter", parameter_flaws(error.errors())))


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for it)
    code = _CODES_OF_STATUS.get(error.status_code, "internal_error")
    if code == "method_not_allowed":
        return answer(problem(code), {"Allow": ", ".join(sorted(_allowed(request)))})
    headers = dict(error.headers) if error.headers else None
    return answer(problem(code), headers)


def _allowed(request: Request) -> set[str]:
    """Return the methods of the address; the framework names those of one route."""
    return {
        method
        for route in iter_route_contexts(request.app.routes)
        if route.original_route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def _on_known_error(_: Request, error: Exception) -> Response:
    code = CODES[type(error)]
    detail = str(error) if code in _TOLD_IN_DETAIL else None
    found = problem(code, detail=detail)
    if found.status == TOO_MANY_REQUESTS:
        return answer(found, {"Retry-After": str(_seconds_left_today())})
    if found.status == UNAVAILABLE:
        return answer(found, {"Retry-After": str(RETRY_AFTER_SECONDS)})
    return answer(found)


def _seconds_left_today() -> int:
    now = clock.now()
    return int((clock.end_of(legal_day(now)) - now).total_seconds()) + 1


def _on_surprise(_: Request, __: Exception) -> Response:
    # Starlette raises the error again after this answer, and the server logs it.
    return answer(problem("internal_error"))
