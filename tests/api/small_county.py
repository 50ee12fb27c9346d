"""A county small enough to count by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.domain.report_settings import ReportSettings
from app.main import create_app
from app.services import report_settings
from tests.api.sending import (
    Wire,
    assessment,
    closure,
    decision,
    notification,
    put_units,
    send,
)
from tests.conftest import bearer, fresh_database

FI = {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
SV = {"age_years": 16, "mother_tongue": "sv", "citizenship": "FI"}
SO = {"age_years": 1, "mother_tongue": "so", "citizenship": "SO"}
WEST = "espoonlahti"
EAST = "leppavaara"
# The day of every answer: a Tuesday. March 2025 is the period of most of them.
DAY = "2025-04-01"
CASES = (
    # Initiation clocks that are due in March:
    notification("c1", "2025-03-03", unit=EAST, child=FI),  # due 12.3.
    decision("c1", "2025-03-10"),  # in time
    notification("c2", "2025-03-03", unit=EAST, child=FI),  # due 12.3.
    decision("c2", "2025-03-14"),  # late by 2 days
    notification("c3", "2025-03-04", unit=EAST, child=SV),  # due 13.3.: open, 19 days
    notification("c4", "2025-03-05", unit=EAST, child=FI),  # due 14.3.
    closure("c4", "2025-03-07", "moved_away"),  # void
    notification("c5", "2025-03-10", unit=EAST, entry="anticipatory", child=FI),
    decision("c5", "2025-03-12"),  # due 19.3.: anticipatory
    notification("c6", "2025-03-10", unit=WEST, child=SO),  # due 19.3.
    decision("c6", "2025-03-19"),  # in time, on the last day
    notification("c7", "2025-03-12", unit=WEST, child=SO),  # due 21.3.: joined to
    notification("c7", "2025-02-12", unit=WEST, child=SO),  # due 21.2.
    decision("c7", "2025-02-14"),  # in time, in February
    # Due in April:
    notification("c8", "2025-03-21", unit=WEST, child=FI),  # due 1.4.: open in time
    notification("c12", "2025-03-24", unit=WEST, child=FI),  # due 2.4.
    decision("c12", "2025-03-25", "existing_client"),  # met, not yet due
    # Assessment clocks that are due in March; their initiations were in time:
    notification("c9", "2024-12-02", unit=EAST, child=FI),  # due Sun 2.3.: Mon 3.3.
    decision("c9", "2024-12-04"),
    assessment("c9", "2025-03-03"),  # in time
    notification("c10", "2024-12-10", unit=WEST, child=FI),  # due 10.3.
    decision("c10", "2024-12-11"),
    assessment("c10", "2025-03-20"),  # late by 10 days
    notification("c11", "2024-12-17", unit=WEST, child=SV),  # due 17.3.: open, 15 days
    decision("c11", "2024-12-18"),
)
Row: TypeAlias = dict[str, object]


@dataclass(frozen=True)
class County:
    """A service that knows CASES, to be asked and not changed."""

    client: TestClient
    database: Database
    lead: dict[str, str]

    def ask(self, **parameters: str) -> Wire:
        return self.ask_as(self.lead, **parameters)

    def ask_as(self, key: dict[str, str], **parameters: str) -> Wire:
        answer = self.client.get(
            "/v1/reports/compliance",
            params={"period": "2025-03", "as_of": DAY, **parameters},
            headers=key,
        )
        assert answer.status_code == 200, answer.text
        report: Wire = answer.json()
        return report

    def totals(self, **parameters: str) -> dict[str, Row]:
        return {row["rule"]: row for row in self.ask(**parameters)["totals"]}


@contextmanager
def small_county(server_url: str, template: str) -> Iterator[County]:
    """Give a service that knows CASES, and shows rates of however few."""
    with fresh_database(server_url, template) as database:
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        admin = bearer(database, Role.ADMIN)
        report_settings.put(database, ReportSettings(minimum_n=1))
        with TestClient(create_app(database)) as client:
            put_units(client, admin, {"espoo": None, WEST: "espoo", EAST: "espoo"})
            send(client, integrator, *CASES)
            yield County(client, database, bearer(database, Role.LEAD))
