"""A county that a module's tests ask about and leave as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from tests.api.sending import Wire, put_units, send
from tests.conftest import bearer, fresh_database


@dataclass(frozen=True)
class County:
    """A service that knows what it was told, to be asked and not changed."""

    client: TestClient
    database: Database
    lead: dict[str, str]

    def ask(self, path: str, **parameters: str) -> Wire:
        """Return what a lead of all units is answered."""
        return self.ask_as(self.lead, path, **parameters)

    def ask_as(self, key: dict[str, str], path: str, **parameters: str) -> Wire:
        """Return what the caller with *key* is answered."""
        answer = self.client.get(f"/v1/reports/{path}", params=parameters, headers=key)
        assert answer.status_code == 200, answer.text
        report: Wire = answer.json()
        return report

    def lead_of(self, *units: str) -> dict[str, str]:
        """Return the key of a lead of *units*."""
        return bearer(self.database, Role.LEAD, units=units)


@contextmanager
def county(
    server_url: str, template: str, units: dict[str, str | None], *events: Wire
) -> Iterator[County]:
    """Give a county of *units* in which *events* have happened."""
    with fresh_database(server_url, template) as database:
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        admin = bearer(database, Role.ADMIN)
        with TestClient(create_app(database)) as client:
            put_units(client, admin, units)
            for start in range(0, len(events), 1_000):
                send(client, integrator, *events[start : start + 1_000])
            yield County(client, database, bearer(database, Role.LEAD))
