"""Every route of the OpenAPI document and every page, called about every place."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import httpx2
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app import clock
from app.db.database import Database
from app.domain.access import PERMISSIONS, AccessDeclaration, Permission, Role
from tests.isolation.county import Isolated
from tests.isolation.marks import Place, places_in, text_of
from tests.web.reading import ACCEPT
from tests.web.recipes import FORM, Recipe, page_routes, recipes_of

Json: TypeAlias = dict[str, Any]
# Whose cases somebody sees: of the lead's unit, of the integrator's source.
SEEN: Mapping[Role, frozenset[Place]] = {
    Role.LEAD: frozenset({Place.OWN, Place.ABROAD}),
    Role.ANALYST: frozenset(),
    Role.INTEGRATOR: frozenset(Place) - {Place.ABROAD},
    Role.AUDITOR: frozenset(Place),
    Role.ADMIN: frozenset(),
}
ASKED = (Place.OWN, Place.SIBLING, Place.PARENT, Place.FOREIGN, Place.ABROAD)
# What is asked for besides what a route requires, where it is known there.
WIDENED = {"by": "unit", "within": "260", "limit": "100"}
# Routes by which everybody who may call them learns the names of all units.
TELL_UNITS = frozenset({Permission.READ_UNITS, Permission.MANAGE_UNITS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A route and method; *says* is what the OpenAPI document says of it.

    A page is in no such document: what may be asked of it is told by its *recipes*.
    """

    method: str
    path: str
    permission: Permission | None
    says: Json = field(repr=False, default_factory=dict)
    recipes: tuple[Recipe, ...] = ()
    is_for_everybody: bool = False

    def parameters(self, place: str) -> dict[str, Json]:
        """Return the parameters in *place* by name."""
        given = self.says.get("parameters", [])
        return {each["name"]: each for each in given if each["in"] == place}

    @property
    def body(self) -> tuple[str, object] | None:
        """The media type and example of the first form of body."""
        forms = self.says.get("requestBody", {}).get("content", {})
        for media_type, form in forms.items():
            return media_type, form["example"]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An operation with all that it needs, about the cases of *about*."""

    operation: Operation
    about: Place
    path: str
    query: Mapping[str, str]
    content: bytes | None
    headers: Mapping[str, str]

    @property
    def wire(self) -> str:
        """What is sent, by which calls that are about no place are alike."""
        return f"{self.path} {self.query} {self.content!r}"


def operations(app: FastAPI) -> list[Operation]:
    """Return every operation of the API and every page that shows something."""
    return [*_of_document(app), *_of_pages(app)]


def public_pages(app: FastAPI) -> Iterator[str]:
    """Give the paths of what everybody may read, unless they need to be filled in."""
    for page in page_routes(app):
        if page.permission is None and page.method == "GET" and "{" not in page.path:
            yield page.path


def _of_document(app: FastAPI) -> Iterator[Operation]:
    permissions = dict(_permissions(app))
    for path, methods in app.openapi()["paths"].items():
        for method, says in methods.items():
            yield Operation(
                method=method.upper(),
                path=path,
                permission=permissions.get((method.upper(), path)),
                says=says,
            )


def _of_pages(app: FastAPI) -> Iterator[Operation]:
    for page in page_routes(app):
        if page.permission is not None:
            yield Operation(
                method=page.method,
                path=page.path,
                permission=page.permission,
                recipes=tuple(recipes_of(page.name)),
                is_for_everybody=page.is_for_everybody,
            )


def calls(county: Isolated, operation: Operation, about: Place) -> Iterator[Call]:
    """Give the calls of *operation* about a place: as required, and asking for more.

    Raises:
        LookupError: a parameter that is required has neither a value here nor an
            example in the document.
    """
    names = _names(county, about)
    for recipe in operation.recipes:
        yield _of_page(operation, about, recipe, names, county.database)
    if operation.recipes:
        return
    path = operation.path
    for name, parameter in operation.parameters("path").items():
        path = path.replace(f"{{{name}}}", names.get(name) or _example(parameter))
    known = operation.parameters("query")
    required = {
        name: names.get(name) or _example(parameter)
        for name, parameter in known.items()
        if parameter.get("required")
    } | {name: "true" for name in known if name == "dry_run"}
    more = {
        name: value for name, value in (WIDENED | names).items() if name in known
    } | {name: "all" for name in known if name == "status"}
    questions = [required]
    if operation.method == "GET":
        formats = ("csv", "xlsx") if "format" in known else ()
        questions += [required | more] if more else []
        stated = {name: "self_monitoring" for name in known if name == "reason"}
        questions += [required | stated | {"format": each} for each in formats]
    for question in questions:
        media_type, content = _content(operation, names)
        yield Call(
            operation=operation,
            about=about,
            path=path,
            query=question,
            content=content,
            headers={} if media_type is None else {"Content-Type": media_type},
        )


def _of_page(
    operation: Operation,
    about: Place,
    recipe: Recipe,
    names: Mapping[str, str],
    database: Database,
) -> Call:
    path, form = recipe.about(names, database)
    return Call(
        operation=operation,
        about=about,
        path=path,
        query={},
        content=form,
        headers={"Accept": ACCEPT, "Content-Type": FORM},
    )


def ask(county: Isolated, call: Call, key: Mapping[str, str]) -> httpx2.Response:
    """Return what who has *key* is answered."""
    return county.client.request(
        call.operation.method,
        call.path,
        params=dict(call.query) or None,
        content=call.content,
        headers={**key, **call.headers},
        follow_redirects=False,
    )


def leaks(
    county: Isolated,
    role: Role,
    chosen: Iterable[Operation],
    places: Iterable[Place] = ASKED,
) -> Iterator[tuple[str, str, set[str]]]:
    """Give each call of *chosen* that tells *role* of cases or units of others."""
    hidden = frozenset(Place) - SEEN[role]
    for operation in chosen:
        asked = set()
        for about in places:
            for call in calls(county, operation, about):
                if call.wire in asked:
                    continue
                asked.add(call.wire)
                text = _but_what_was_asked(ask(county, call, county.keys[role]), call)
                found = {each.value for each in places_in(text, hidden)}
                found |= units_in(text, role, call)
                if found:
                    yield call.path, str(call.query), found


def _but_what_was_asked(answer: httpx2.Response, call: Call) -> str:
    """Return what *answer* says, without what a form repeats of what was typed."""
    text = text_of(answer)
    for _, asked in parse_qsl(urlsplit(call.path).query):
        text = text.replace(asked, "")
    return text


def units_in(text: str, role: Role, call: Call) -> set[str]:
    """Return the units of others that *text* names, and the call did not."""
    if role not in {Role.LEAD, Role.ANALYST} or (
        call.operation.permission in TELL_UNITS
    ):
        return set()
    # Figures of a unit may stand in the row of the unit that it is below.
    others = {Place.SIBLING.unit, Place.FOREIGN.unit}
    return {unit for unit in others if unit and unit in text and unit not in call.wire}


def may(role: Role, operation: Operation) -> bool:
    """Tell whether the table permits *operation* to *role*."""
    return operation.permission is None or operation.permission in PERMISSIONS[role]


def _names(county: Isolated, about: Place) -> dict[str, str]:
    """Return what is said of *about* wherever a parameter or member has the name."""
    return {
        "source": about.source,
        "case_ref": f"{about.mark}late",
        "case": f"{about.mark}late",
        "child": f"{about.mark}child",
        "worker": f"{about.mark}worker",
        "unit": about.unit or "",
        "id": county.findings[about],
        "finding": county.findings[about],
        "number": str(county.seals[about]),
        "look": "1-1",
        "week": f"{clock.today():%G-W%V}",
    }


def _content(
    operation: Operation, names: Mapping[str, str]
) -> tuple[str | None, bytes | None]:
    if operation.body is None:
        return None, None
    media_type, example = operation.body
    return media_type, json.dumps(_renamed(example, names)).encode()


def _renamed(example: object, names: Mapping[str, str]) -> object:
    """Return *example* about the place of *names*; ids of events stay their own."""
    if isinstance(example, dict):
        return {
            key: names[key]
            if key in {"source", "case_ref", "unit"}
            else _renamed(value, names)
            for key, value in example.items()
        }
    if isinstance(example, list):
        return [_renamed(value, names) for value in example]
    return example


def _example(parameter: Json) -> str:
    schema = parameter["schema"]
    for given in (parameter, schema, *schema.get("anyOf", ())):
        if "example" in given:
            return str(given["example"])
        for values in (given.get("examples"), given.get("enum")):
            if values:
                return str(values[0])
    raise LookupError(f"{parameter['name']} has no example in the document")


def _permissions(app: FastAPI) -> Iterator[tuple[tuple[str, str], Permission | None]]:
    for context in iter_route_contexts(app.routes):
        if isinstance(route := context.original_route, APIRoute):
            for method in route.methods or ():
                yield (method, route.path_format), _permission(route)


def _permission(route: APIRoute) -> Permission | None:
    """Return what the declaration before *route* asks for."""
    for each in route.dependant.dependencies:
        call: object = each.call
        if isinstance(call, AccessDeclaration):
            found = getattr(call, "permission", None)
            if isinstance(found, Permission):
                return found
    return None
