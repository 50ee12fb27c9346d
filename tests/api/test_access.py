"""Every route says who may call it, and nobody else gets an answer."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from app.api.access import Gate, ensure_declared
from app.domain.access import PERMISSIONS, Permission, Role
from tests.api.small_county import County
from tests.conftest import bearer


class Gated(NamedTuple):
    """A route with a gate before it."""

    method: str
    path: str
    permission: Permission


def gated(client: TestClient) -> Iterator[Gated]:
    assert isinstance(client.app, FastAPI)
    for context in iter_route_contexts(client.app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            for each in route.dependant.dependencies:
                if isinstance(each.call, Gate):
                    for method in route.methods or ():
                        yield Gated(method, route.path, each.call.permission)


def test_a_route_that_declares_nothing_stops_the_service() -> None:
    app = FastAPI(redoc_url=None)

    @app.get("/v1/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(RuntimeError, match="/v1/forgotten"):
        ensure_declared(app)


def test_without_a_key_every_gate_is_closed(county: County) -> None:
    for route in gated(county.client):
        answer = county.client.request(route.method, route.path)

        assert answer.status_code == 401, route
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", Role)
def test_a_role_meets_closed_gates_where_the_table_permits_nothing(
    county: County, role: Role
) -> None:
    source = "client-a" if role is Role.INTEGRATOR else None
    key = bearer(county.database, role, source=source)

    refused = {
        route
        for route in gated(county.client)
        if county.client.request(route.method, route.path, headers=key).status_code
        == 403
    }

    assert refused == {
        route
        for route in gated(county.client)
        if route.permission not in PERMISSIONS[role]
    }


def test_an_analyst_sees_figures_but_no_case(county: County) -> None:
    analyst = bearer(county.database, Role.ANALYST)
    figures = {"period": "2025-03", "as_of": "2025-04-01"}

    counted, listed = (
        county.client.get(f"/v1/reports/{path}", params=figures, headers=analyst)
        for path in ("compliance", "compliance/cases")
    )

    assert [row["due"] for row in counted.json()["totals"]] == [4, 3]
    assert listed.status_code == 403
