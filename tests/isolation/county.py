"""A county of several units, with cases in each that bear the mark of their place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from app.services import signing_in
from tests.api.sending import (
    Wire,
    closure,
    decision,
    explanation,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import bearer, fresh_database
from tests.isolation.marks import Place

TREE = {
    "county": None,
    "unit-of-parent": "county",
    "unit-of-own": "unit-of-parent",
    "unit-of-sibling": "unit-of-parent",
    "unit-of-foreign": "county",
}
SEALED = {"kind": "monthly", "period": "2026-10", "by": "unit"}


@dataclass(frozen=True)
class Isolated:
    """The service of that county; *keys* are of each role, and of some of its units.

    *findings* and *seals* are one of each place, *whole* is the key of a lead of the
    whole county.
    """

    client: TestClient
    database: Database
    keys: Mapping[Role, dict[str, str]]
    whole: dict[str, str]
    cookie: str
    findings: Mapping[Place, str]
    seals: Mapping[Place, int]


@contextmanager
def isolated(server_url: str, template: str) -> Iterator[Isolated]:
    """Give that county."""
    with fresh_database(server_url, template) as database:
        app = create_app(database)
        with TestClient(app) as client:
            put_units(client, bearer(database, Role.ADMIN), TREE)
            senders = {
                source: bearer(database, Role.INTEGRATOR, source=source)
                for source in sorted({place.source for place in Place})
            }
            for place in Place:
                for events in batches(place):
                    send(client, senders[place.source], *events)
                _contradict(client, senders[place.source], place)
            yield Isolated(
                client=client,
                database=database,
                keys={role: _key(database, role) for role in Role},
                whole=bearer(database, Role.LEAD),
                cookie=_cookie(app, database),
                findings=_findings(client, database),
                seals=_seals(client, database),
            )


def batches(place: Place) -> Iterator[list[Wire]]:
    """Give what happens in the cases of *place*, in batches.

    One is late and explained, one met, one merged, one moves away, one is odd, and two
    are of one child.
    """
    mark, unit = place.mark, place.unit
    child = {"ref": f"{mark}child", "age_years": 7, "mother_tongue": "fi"}
    worker = f"{mark}worker"

    def received(name: str, child: Wire | None = None) -> Wire:
        return notification(
            f"{mark}{name}", "2026-10-01", unit=unit, worker=worker, child=child
        )

    events = [
        received("late"),
        explanation(f"{mark}late", "2026-10-20"),
        received("met"),
        decision(f"{mark}met", "2026-10-05"),
        received("twin-1", child=child),
        received("twin-2", child=child),
        received("moved"),
        decision(f"{mark}odd", "2026-10-05"),
        received("gone"),
    ]
    merged = closure(f"{mark}gone", "2026-10-06", "merged")
    events.append({**merged, "data": {**merged["data"], "into": f"{mark}met"}})
    yield [{**each, "source": place.source} for each in events]
    away = transfer(f"{mark}moved", "2026-10-08", "unit-of-elsewhere")
    yield [{**away, "source": place.source}]


def _contradict(client: TestClient, sender: dict[str, str], place: Place) -> None:
    """Send an event of the place again with other content, and count too many."""
    (first, *_), _ = batches(place)
    otherwise = {**first, "occurred_on": "2026-10-02"}
    assert client.post("/v1/events", json=otherwise, headers=sender).status_code == 409
    counted = client.post(
        f"/v1/sources/{place.source}/control-counts",
        json={"day": "2026-10-01", "counts": {"notification": 99}},
        headers=sender,
    )
    assert counted.status_code == 200, counted.text


def _key(database: Database, role: Role) -> dict[str, str]:
    match role:
        case Role.LEAD | Role.ANALYST:
            return bearer(database, role, units=(str(Place.OWN.unit),))
        case Role.INTEGRATOR:
            return bearer(database, role, source=Place.OWN.source)
        case _:
            return bearer(database, role)


def _cookie(app: FastAPI, database: Database) -> str:
    """Return the cookie of a lead of one unit who has signed in."""
    now, units = clock.now(), (str(Place.OWN.unit),)
    link = signing_in.make_link(database, role=Role.LEAD, units=units, now=now)
    secret = signing_in.use_link(database, link, now=now)
    return f"{app.state.callers.cookie}={secret}"


def _findings(client: TestClient, database: Database) -> dict[Place, str]:
    """Return an open finding in a case of each place, beside one that is closed."""
    lead = bearer(database, Role.LEAD)
    answer = client.get(
        "/v1/findings",
        params={"kind": "two_open_cases_of_one_child", "limit": 100},
        headers=lead,
    )
    found = {each["case_ref"]: each["id"] for each in answer.json()["items"]}
    for place in Place:
        closed = client.post(
            f"/v1/findings/{found[f'{place.mark}twin-2']}/closure",
            json={"reason": "known_and_accepted"},
            headers=lead,
        )
        assert closed.status_code == 200, closed.text
    return {place: found[f"{place.mark}twin-1"] for place in Place}


def _seals(client: TestClient, database: Database) -> dict[Place, int]:
    """Return a sealed report of the unit of each place."""
    found = {}
    for place in Place:
        units = () if place.unit is None else (place.unit,)
        answer = client.post(
            "/v1/reports/sealed",
            json=SEALED,
            headers=bearer(database, Role.LEAD, units=units),
        )
        assert answer.status_code == 201, answer.text
        found[place] = int(answer.json()["number"])
    return found
