"""A county whose every case bears a mark, and every way of looking at its cases."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias

import httpx2
import psycopg
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import make_url

from app import clock
from app.api.viewing import ViewerGate
from app.db.database import Database
from app.domain.access import Role
from app.domain.events import CaseKey
from app.main import create_app
from tests.api.sending import closure, notification, put_units, send
from tests.conftest import bearer, fresh_database
from tests.databases import as_owner

# Stands in every reference, so that no byte of a case goes unnoticed.
MARK = "canary"
UNIT = "leppavaara"
AS_OF = "2025-04-01"
LATE = f"{MARK}-late"
MOVED = f"{MARK}-moved"
# Of one child, so that each is a finding.
CASES = (LATE, MOVED, *(f"{MARK}-twin-{number}" for number in range(8)))
Answer: TypeAlias = httpx2.Response
Way: TypeAlias = Callable[["Watched"], Answer]


def this_week() -> str:
    """Return the week that it is, as one asks for it."""
    return f"{clock.today():%G-W%V}"


class Route(NamedTuple):
    """A route behind which cases are shown."""

    method: str
    path: str


class Written(NamedTuple):
    """A line of the access log."""

    entry: dict[str, Any]
    chain: int
    position: int

    @property
    def cases(self) -> set[CaseKey]:
        """Return the cases that were shown."""
        return {
            CaseKey(source, case_ref)
            for source, case_refs in self.entry["cases"].items()
            for case_ref in case_refs
        }


@dataclass(frozen=True)
class Watched:
    """The service of that county, with a key of each role that sees cases.

    *findings* are ids of open ones about cases, *owner* is the address for whoever
    owns the tables.
    """

    client: TestClient
    database: Database
    keys: Mapping[Role, dict[str, str]]
    sealed: int
    findings: list[str]
    first_look: str
    owner: str

    def get(self, path: str, role: Role = Role.LEAD, **parameters: str) -> Answer:
        """Return what *role* is answered."""
        return self.client.get(path, params=parameters, headers=self.keys[role])

    def post(self, path: str, body: object) -> Answer:
        """Return what a lead is answered who sends *body*."""
        return self.client.post(path, json=body, headers=self.keys[Role.LEAD])

    def looks(self) -> list[Written]:
        """Return the access log, as it was written."""
        with self.administration() as connection:
            rows = connection.execute(
                "SELECT entry, chain, position FROM access_log ORDER BY recorded_at"
            )
            return [Written(*row) for row in rows]

    def sql(self, *statements: str) -> None:
        """Do what an administrator of the database can."""
        with self.administration() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def administration(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of an administrator's; as a context, a transaction."""
        address = make_url(self.owner).set(drivername="postgresql")
        return psycopg.connect(address.render_as_string(hide_password=False))


def close_a_finding(watched: Watched) -> Answer:
    """Close a finding about a case, if that can be."""
    finding = watched.findings[-1]
    answer = watched.post(f"/v1/findings/{finding}/closure", {"reason": "other"})
    if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        watched.findings.pop()
    return answer


# How each route is asked so that it shows a case.
WAYS: Mapping[Route, Way] = {
    Route("GET", "/v1/deadlines"): lambda asked: asked.get(
        "/v1/deadlines", as_of=AS_OF, status="all"
    ),
    Route("GET", "/v1/cases/{source}/{case_ref:path}"): lambda asked: asked.get(
        f"/v1/cases/client-a/{LATE}", as_of=AS_OF
    ),
    Route("POST", "/v1/cases/{source}/{case_ref:path}/delays"): lambda asked: (
        asked.post(
            f"/v1/cases/client-a/{LATE}/delays",
            {"rule": "initiation", "cause": "other", "action": "other"},
        )
    ),
    Route("GET", "/v1/findings"): lambda asked: asked.get("/v1/findings"),
    Route("POST", "/v1/findings/{id}/closure"): close_a_finding,
    Route("GET", "/v1/reports/compliance/cases"): lambda asked: asked.get(
        "/v1/reports/compliance/cases",
        period="2025-03",
        as_of=AS_OF,
        rule="initiation",
    ),
    Route("GET", "/v1/reports/ageing/cases"): lambda asked: asked.get(
        "/v1/reports/ageing/cases", as_of=AS_OF, rule="initiation"
    ),
    Route("GET", "/v1/reports/flow/cases"): lambda asked: asked.get(
        "/v1/reports/flow/cases",
        month="2025-03",
        column="pending",
        as_of=AS_OF,
        rule="initiation",
    ),
    Route("GET", "/v1/reports/sealed/{number}/changes"): lambda asked: asked.get(
        f"/v1/reports/sealed/{asked.sealed}/changes"
    ),
    Route("GET", "/v1/access-log"): lambda asked: asked.get(
        "/v1/access-log", Role.AUDITOR, case=LATE
    ),
    Route("GET", "/v1/access-log/elsewhere"): lambda asked: asked.get(
        "/v1/access-log/elsewhere", Role.AUDITOR, week=this_week()
    ),
    Route("GET", "/v1/access-log/{look}"): lambda asked: asked.get(
        f"/v1/access-log/{asked.first_look}", Role.AUDITOR
    ),
    Route("GET", "/v1/events"): lambda asked: asked.get("/v1/events", Role.AUDITOR),
}


def routes_of_cases(client: TestClient) -> Iterator[Route]:
    """Give every route that shows cases, as the service has declared it."""
    assert isinstance(client.app, FastAPI)
    for context in iter_route_contexts(client.app.routes):
        route = context.original_route
        if isinstance(route, APIRoute) and any(
            isinstance(each.call, ViewerGate) for each in route.dependant.dependencies
        ):
            for method in route.methods or ():
                yield Route(method, route.path)


@contextmanager
def watched_county(server_url: str, template: str) -> Iterator[Watched]:
    """Give the county."""
    with fresh_database(server_url, template) as database:
        keys = {
            role: bearer(database, role)
            for role in (Role.LEAD, Role.AUDITOR, Role.ADMIN)
        }
        keys[Role.INTEGRATOR] = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(create_app(database)) as client:
            put_units(client, keys[Role.ADMIN], {UNIT: None})
            send(client, keys[Role.INTEGRATOR], *_events())
            body = {"kind": "monthly", "period": "2025-03", "as_of": AS_OF}
            sealed = client.post(
                "/v1/reports/sealed", json=body, headers=keys[Role.LEAD]
            )
            # Known since: a case that the sealed report counts as late is none.
            moved = closure(MOVED, "2025-03-05", "wrong_person")
            send(client, keys[Role.INTEGRATOR], moved)
            listed = client.get("/v1/findings", headers=keys[Role.LEAD]).json()["items"]
            findings = [each["id"] for each in listed if each["case_ref"]]
            # A look elsewhere, for the list of these and to be looked at itself.
            stranger = bearer(database, Role.LEAD, units=("espoonlahti",))
            client.get(
                f"/v1/cases/client-a/{LATE}?reason=substitution", headers=stranger
            )
            listed = client.get(
                "/v1/access-log/elsewhere",
                params={"week": this_week()},
                headers=keys[Role.AUDITOR],
            )
            first_look = listed.json()["items"][0]["id"]
            owner = as_owner(
                server_url, database.engine.url.render_as_string(hide_password=False)
            )
            yield Watched(
                client,
                database,
                keys,
                sealed.json()["number"],
                findings,
                first_look,
                owner,
            )


def _events() -> Iterator[dict[str, Any]]:
    child = {"ref": f"{MARK}-child", "age_years": 7, "mother_tongue": "fi"}
    for case_ref in CASES:
        yield notification(case_ref, "2025-03-03", unit=UNIT, child=child)
