"""How each page is asked: whoever adds a page adds the line by which tests find it.

A page that declares a permission is found from the router, and a test fails while it
has no line here. A line names the method and the path of the route, and gives one or
more addresses; a page that shows cases shows one at the first address. What stands in
braces is replaced by what a test asks about: `source`, `case_ref`, `child`, `worker`,
`unit`, `finding` (open, about a case), `number` (of a sealed report), `look` (in the
access log), `week` (the present one), `key` (a good API key, another one each time) and
`fresh` (what there is not yet). What a form sends stands behind the address:

    "GET /worklist": [Recipe("/worklist?status=all")],
    "POST /findings/{id}/closure": [
        Recipe("/findings/{finding}/closure", {"reason": "other"})
    ],

With that the page is in all of these: no byte of a case without a written look
(`test_looks_at_pages.py`), nothing of cases and units of others for any role
(`tests/isolation/test_sweep.py`), nothing that tells a hidden case from none
(`test_two_worlds.py`).
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from app import clock
from app.db.database import Database
from app.domain.access import AccessDeclaration, Permission, Role
from app.security.api_keys import parse_key
from app.services import keys
from app.web.access import Page
from app.web.viewing import ViewerOrNobody, ViewerPage

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Recipe:
    """An address, and the form that is posted to it."""

    address: str
    form: Mapping[str, str] = field(default_factory=dict)

    def about(
        self, names: Mapping[str, str], database: Database
    ) -> tuple[str, bytes | None]:
        """Return the address and the body about what *names* are of."""
        names = {**names, "fresh": secrets.token_hex(4)}
        if "{key}" in self.address:
            names["key"] = _new_key(database)
        quoted = {name: quote(value, safe="") for name, value in names.items()}
        filled = {key: value.format_map(names) for key, value in self.form.items()}
        body = urlencode(filled).encode() if filled else None
        return self.address.format_map(quoted), body


NAMES = {"fi": "Espoo", "sv": "Esbo", "en": "Espoo"}
_CAUSE = {"rule": "initiation", "key": "k", "cause": "other", "action": "other"}

RECIPES: Mapping[str, Sequence[Recipe]] = {
    "GET /": [Recipe("/")],
    "GET /worklist": [
        Recipe("/worklist?status=all"),
        Recipe("/worklist?status=all&unit={unit}"),
        Recipe("/worklist?status=all&worker={worker}"),
    ],
    "GET /worklist/views": [Recipe("/worklist/views")],
    "POST /worklist/views": [
        Recipe("/worklist/views", {"name": "v", "asked": "unit={unit}"}),
        Recipe("/worklist/views", {"name": "", "asked": ""}),
    ],
    "POST /worklist/views/removal": [Recipe("/worklist/views/removal", {"name": "v"})],
    "GET /cases/{source}/{case_ref}": [Recipe("/cases/{source}/{case_ref}")],
    "GET /cases/{source}/{case_ref}/explanation": [
        Recipe("/cases/{source}/{case_ref}/explanation?rule=initiation"),
        Recipe("/cases/{source}/{case_ref}/explanation?rule=assessment"),
    ],
    "POST /cases/{source}/{case_ref}": [
        Recipe("/cases/{source}/{case_ref}", _CAUSE),
        Recipe("/cases/{source}/{case_ref}", _CAUSE | {"cause": ""}),
    ],
    "GET /access-log": [
        Recipe("/access-log?case={case_ref}&source={source}"),
        Recipe("/access-log?child={child}"),
        Recipe("/access-log"),
    ],
    "GET /access-log/elsewhere": [Recipe("/access-log/elsewhere?week={week}")],
    "GET /access-log/{look}": [Recipe("/access-log/{look}")],
    "GET /findings": [
        Recipe("/findings"),
        Recipe("/findings?source={source}"),
        Recipe("/findings?unit={unit}&kind=breach_unexplained"),
        Recipe("/findings?status=closed"),
    ],
    "GET /findings/{finding}/close": [Recipe("/findings/{finding}/close")],
    "POST /findings/{finding}/close": [
        Recipe("/findings/{finding}/close", {"reason": "other"}),
        Recipe("/findings/{finding}/close", {"reason": ""}),
    ],
    "GET /figures": [
        Recipe("/figures?period=2025-03"),
        Recipe("/figures?period=2026-10&by=unit&compare=previous"),
        Recipe("/figures?period=2026-10&by=unit&level=1"),
    ],
    "GET /figures/trend": [
        Recipe("/figures/trend"),
        Recipe("/figures/trend?unit={unit}"),
    ],
    "GET /figures/days": [Recipe("/figures/days?period=2026-10")],
    "GET /figures/gaps": [
        Recipe("/figures/gaps?period=2026-10"),
        Recipe("/figures/gaps?period=2026-10&unit={unit}"),
    ],
    "GET /figures/waiting": [
        Recipe("/figures/waiting"),
        Recipe("/figures/waiting?unit={unit}"),
    ],
    "GET /figures/waiting/cases": [
        Recipe("/figures/waiting/cases"),
        Recipe("/figures/waiting/cases?column=open_in_time"),
        Recipe("/figures/waiting/cases?unit={unit}&bin=15-"),
    ],
    "GET /figures/flow": [Recipe("/figures/flow"), Recipe("/figures/flow?unit={unit}")],
    "GET /figures/flow/cases": [
        Recipe("/figures/flow/cases?column=backlog"),
        Recipe("/figures/flow/cases?column=pending&month=2025-03&unit={unit}"),
        Recipe("/figures/flow/cases?column=done&month=2026-10"),
    ],
    "GET /figures/cases": [
        Recipe("/figures/cases?period=2025-03"),
        Recipe("/figures/cases?period=2026-10"),
        Recipe("/figures/cases?period=2026-10&unit={unit}"),
        Recipe("/figures/cases?period=2026&days_taken=0-"),
    ],
    "GET /figures/thl": [Recipe("/figures/thl?period=thl:2026-10&compare=year_ago")],
    "GET /figures/seal": [
        Recipe("/figures/seal?period=2026-10&by=unit"),
        Recipe("/figures/seal?period=thl:2026-10"),
    ],
    "POST /figures/seal": [
        Recipe(
            "/figures/seal",
            {
                "period": "2026-10",
                "by": "unit",
                "request_key": "a-key-of-22-characters",
            },
        )
    ],
    "GET /figures/published": [Recipe("/figures/published")],
    "GET /figures/sealed": [Recipe("/figures/sealed")],
    "GET /figures/sealed/{number}": [Recipe("/figures/sealed/{number}")],
    "GET /figures/sealed/{number}/changes": [
        Recipe("/figures/sealed/{number}/changes")
    ],
    "GET /sources": [Recipe("/sources")],
    "GET /settings": [Recipe("/settings")],
    "GET /settings/changes": [Recipe("/settings/changes")],
    "GET /settings/units": [Recipe("/settings/units?done=added")],
    "GET /settings/units/new": [Recipe("/settings/units/new")],
    "POST /settings/units/new": [
        Recipe("/settings/units/new", {"code": "u-{fresh}", **NAMES}),
        Recipe("/settings/units/new", {"code": ""}),
    ],
    "GET /settings/units/change": [Recipe("/settings/units/change?code={unit}")],
    "POST /settings/units/change": [
        Recipe("/settings/units/change?code={unit}", NAMES),
        Recipe("/settings/units/change?code={unit}", {"fi": ""}),
    ],
    "GET /settings/keys": [Recipe("/settings/keys")],
    "GET /settings/keys/new": [Recipe("/settings/keys/new?role=integrator")],
    "POST /settings/keys/new": [
        Recipe(
            "/settings/keys/new?role=integrator",
            {"key_id": "{fresh}", "held_by": "client-{fresh}"},
        ),
        Recipe("/settings/keys/new?role=analyst", {"key_id": "{fresh}"}),
    ],
    "GET /settings/keys/{key_id}": [Recipe("/settings/keys/{key}")],
    "POST /settings/keys/{key_id}": [
        Recipe("/settings/keys/{key}", {"key_id": "{fresh}"})
    ],
    "GET /settings/keys/{key_id}/revoke": [Recipe("/settings/keys/{key}/revoke")],
    "POST /settings/keys/{key_id}/revoke": [Recipe("/settings/keys/{key}/revoke")],
    "GET /settings/sources": [Recipe("/settings/sources")],
    "GET /settings/sources/change": [
        Recipe("/settings/sources/change?source={source}")
    ],
    "POST /settings/sources/change": [
        Recipe("/settings/sources/change?source={source}", {"references": "any"}),
        Recipe("/settings/sources/change?source={source}", {"live_since": "x"}),
    ],
}


def _new_key(database: Database) -> str:
    """Return the id of a key that nobody uses."""
    key = keys.create(
        database, role=Role.ANALYST, source=None, units=(), created_at=clock.now()
    )
    parsed = parse_key(key)
    assert parsed is not None
    return parsed[0]


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page of the service; one that is public has no *permission*."""

    method: str
    path: str
    permission: Permission | None
    is_for_everybody: bool
    shows_cases: bool

    @property
    def name(self) -> str:
        """Return by which name the page has its recipes."""
        return f"{self.method} {self.path}"


def page_routes(app: FastAPI) -> Iterator[PageRoute]:
    """Give every page, as the service has declared it."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or route.include_in_schema:
            continue
        for each in route.dependant.dependencies:
            declared: object = each.call
            if not isinstance(declared, AccessDeclaration):
                continue
            for method in sorted(route.methods or ()):
                yield PageRoute(
                    method,
                    route.path_format,
                    getattr(declared, "permission", None),
                    not isinstance(declared, Page | ViewerPage),
                    isinstance(declared, ViewerPage | ViewerOrNobody),
                )


def recipes_of(name: str) -> Sequence[Recipe]:
    """Return how the page *name* is asked.

    Raises:
        LookupError: nobody has told.
    """
    if name not in RECIPES:
        raise LookupError(f"add {name!r} to tests/web/recipes.py")
    return RECIPES[name]
