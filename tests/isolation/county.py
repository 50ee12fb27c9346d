"""A county of several units, with cases in each that bear the mark of their place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
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
from tests.web.reading import session

TREE = {
    "county": None,
    "unit-of-parent": "county",
    "unit-of-own": "unit-of-parent",
    "unit-of-sibling": "unit-of-parent",
    "unit-of-foreign": "county",
}
# As many as are taken here: how few a day allows is no matter of whose they are.
FILES = 10_000
SEALED = {"kind": "monthly", "period": "2026-10", "by": "unit"}


@dataclass(frozen=True)
class Isolated:
    """The service of that county; *keys* are of each role, and of some of its units.

    Each is what callers send: the header with a key and, of people, the cookie of a
    session. *findings* and *seals* are one of each place, *whole* is the key of a lead
    of the whole county.
    """

    client: TestClient
    database: Database
    keys: Mapping[Role, dict[str, str]]
    whole: dict[str, str]
    findings: Mapping[Place, str]
    seals: Mapping[Place, int]

    @property
    def app(self) -> FastAPI:
        """The service itself."""
        assert isinstance(self.client.app, FastAPI)
        return self.client.app


@contextmanager
def isolated(server_url: str, template: str) -> Iterator[Isolated]:
    """Give that county."""
    with fresh_database(server_url, template) as database:
        app = create_app(database, exports_per_day=FILES)
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
                keys={role: _key(app, database, role) for role in Role},
                whole=whole(app, database, Role.LEAD),
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


def _key(app: FastAPI, database: Database, role: Role) -> dict[str, str]:
    """Return what lets somebody of *role* in: a key, and for pages a session."""
    own = str(Place.OWN.unit)
    match role:
        case Role.LEAD | Role.ANALYST:
            key = bearer(database, role, units=(own,))
            return key | _signed_in(app, database, role, own)
        case Role.INTEGRATOR:
            return bearer(database, role, source=Place.OWN.source)
        case _:
            return whole(app, database, role)


def whole(app: FastAPI, database: Database, role: Role) -> dict[str, str]:
    """Return what lets somebody of *role* in who may see the whole county."""
    return bearer(database, role) | _signed_in(app, database, role)


def _signed_in(
    app: FastAPI, database: Database, role: Role, *units: str
) -> dict[str, str]:
    """Return the header of somebody's browser."""
    name, secret = session(app, database, role, *units)
    return {"Cookie": f"{name}={secret}"}


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
