"""Addresses, read as strictly as bodies: a path, and each known parameter once."""

from collections.abc import Iterator
from inspect import isclass
from urllib.parse import unquote_plus, unquote_to_bytes

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from app.api.flaws import text_flaws
from app.api.problems import Flaw, ProblemError, problem
from app.api.strict_json import check_texts

# The lengths of parameters are their models' to judge; cursors may be long.
_ANY_LENGTH = 1_000_000
_UNKNOWN = "*"
# Found once for each route: models are slow to look through.
_known: dict[str, frozenset[str]] = {}


def refuse_unfit_address(request: Request) -> None:
    """Refuse an address that is not what it seems, or holds what no text may hold.

    Raises:
        ProblemError: the path or a parameter is not UTF-8, holds a control character or
            what tells who someone is, or a parameter is not known or given twice. What
            is not known by name is told as `*`.
    """
    scope = request.scope
    query: bytes = scope["query_string"]
    if not query and not scope["path_params"]:
        return
    found = [*_flaws_of_path(request), *_flaws_of_query(request, query)]
    if found:
        raise ProblemError(problem("invalid_parameter", found))


def _flaws_of_path(request: Request) -> Iterator[Flaw]:
    if not request.path_params:
        return
    # What the server decoded shows no more what could not be decoded.
    if not _is_utf8(request.scope["raw_path"]):
        yield _flaw("path", "not_utf8")
    for name, value in request.path_params.items():
        yield from _flaws_of_text(name, str(value))


def _flaws_of_query(request: Request, query: bytes) -> Iterator[Flaw]:
    known = known_parameters(request.scope["route"])
    seen: set[str] = set()
    for part in filter(None, query.split(b"&")):
        if not _is_utf8(part):
            yield _flaw(_UNKNOWN, "not_utf8")
            continue
        name, _, value = map(unquote_plus, part.decode().partition("="))
        if name not in known:
            yield _flaw(_UNKNOWN, "extra_forbidden")
            continue
        if name in seen:
            yield _flaw(name, "duplicate_key")
        seen.add(name)
        yield from _flaws_of_text(name, value)


def _flaws_of_text(name: str, value: str) -> list[Flaw]:
    found = text_flaws(check_texts(value, max_length=_ANY_LENGTH))
    return [flaw.model_copy(update={"pointer": name}) for flaw in found]


def _is_utf8(sent: bytes) -> bool:
    """Tell whether *sent* is percent-encoded UTF-8."""
    try:
        unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        return False
    return sent.isascii()


def known_parameters(route: APIRoute) -> frozenset[str]:
    """Return the names of the query's parameters that *route* knows."""
    known = _known.get(route.unique_id)
    if known is None:
        by_hand = (route.openapi_extra or {}).get("parameters", ())
        names = (*_names(route.dependant), *(each["name"] for each in by_hand))
        known = _known[route.unique_id] = frozenset(names)
    return known


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isclass(model) and issubclass(model, BaseModel):
            members = model.model_fields.items()
            yield from (member.alias or name for name, member in members)
        else:
            yield field.alias
    for each in dependant.dependencies:
        yield from _names(each)


_WORDING = {
    "not_utf8": (
        "The address is not UTF-8.",
        "Percent-encode the UTF-8 bytes of every name and value.",
    ),
    "extra_forbidden": (
        "There is no such parameter.",
        "Leave it out; the documentation of the endpoint names those that there are.",
    ),
    "duplicate_key": (
        "The parameter is given twice.",
        "Give each parameter once.",
    ),
}


def _flaw(pointer: str, code: str) -> Flaw:
    message, remedy = _WORDING[code]
    return Flaw(pointer=pointer, code=code, message=message, remedy=remedy)
