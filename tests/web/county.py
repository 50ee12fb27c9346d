"""A county that pages are looked at with: something of everything, in two units."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.domain.access import Role
from app.main import create_app
from tests.api.sending import (
    Wire,
    assessment,
    decision,
    event,
    explanation,
    notification,
    put_units,
    send,
)
from tests.conftest import bearer, fresh_database
from tests.web.reading import Reader, reader, session

TODAY = clock.today()
OWN, OTHER = "leppavaara", "espoonlahti"
# What stands nowhere but in what is the other unit's.
FOREIGN = "canary"
# Would run if a page took it for markup, in whichever place.
HOSTILE = """x"'><img src=/x onerror=alert(1)><script>alert(2)</script>{{7*7}}"""
HOSTILE_CASE = "hostile<svg onload=alert(3)>"


def this_week() -> str:
    """Return the week that it is, as one asks for it."""
    return f"{clock.today():%G-W%V}"


def ago(days: int) -> str:
    """Return the day so many days before today."""
    return (TODAY - timedelta(days)).isoformat()


def events() -> list[Wire]:
    """Return what has happened in the county."""
    child = {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
    twice = {**child, "ref": "child-1"}
    return [
        # Overdue for long, and explained.
        notification("overdue", ago(60), unit=OWN, child=child, worker="w-7"),
        explanation("overdue", ago(40), follow_up_on=ago(-7)),
        # Due soon.
        notification("soon", ago(3), unit=OWN, child=child),
        # The assessment is overdue; a notification came while it was running.
        notification("assessing", ago(130), unit=OWN, child=child),
        decision("assessing", ago(125)),
        notification("assessing", ago(20), unit=OWN, child=child),
        # Done, and corrected afterwards.
        notification("corrected", ago(200), unit=OWN, child=child),
        decision("corrected", ago(180), event_id="first said"),
        event(
            "correction",
            "corrected",
            ago(170),
            {
                "target": "first said",
                "reason": "wrong_date",
                "occurred_on": ago(195),
                "data": {"outcome": "assessment_started"},
            },
        ),
        assessment("corrected", ago(150)),
        # Closed, and reopened soon.
        notification("before", ago(90), unit=OWN, child=twice),
        decision("before", ago(88)),
        assessment("before", ago(50)),
        notification("again", ago(40), unit=OWN, child=twice),
        decision("again", ago(36)),
        # Odd: a decision before any notification.
        decision("odd", ago(9)),
        notification("odd", ago(8), unit=OWN, child=child),
        # Nobody's, and hostile.
        notification(HOSTILE_CASE, ago(30), unit=HOSTILE, child=child, worker=HOSTILE),
        decision(HOSTILE_CASE, ago(28), event_id=HOSTILE),
        # Another unit's.
        notification(f"{FOREIGN}-1", ago(70), unit=OTHER, child=child, worker=FOREIGN),
        notification(f"{FOREIGN}-2", ago(2), unit=OTHER, child=child, worker=FOREIGN),
    ]


@dataclass(frozen=True)
class County:
    """The service of the county."""

    app: FastAPI
    database: Database

    def session(self, role: Role, *units: str) -> tuple[str, str]:
        """Return the cookie of one who has signed in: its name and its value."""
        return session(self.app, self.database, role, *units)

    @contextmanager
    def reader(self, role: Role, *units: str) -> Iterator[Reader]:
        """Give somebody who has signed in."""
        with reader(self.app) as somebody:
            name, value = self.session(role, *units)
            somebody.client.cookies.set(name, value)
            yield somebody


@contextmanager
def county(server_url: str, template: str) -> Iterator[County]:
    """Give the county."""
    with fresh_database(server_url, template) as database:
        app = create_app(database)
        integrator = bearer(database, Role.INTEGRATOR, source="client-a")
        with TestClient(app) as client:
            admin = bearer(database, Role.ADMIN)
            put_units(client, admin, {"espoo": None, OWN: "espoo", OTHER: "espoo"})
            names = {"fi": HOSTILE, "sv": HOSTILE, "en": HOSTILE}
            answer = client.put(
                "/v1/units/hostile",
                json={"parent": None, "names": names},
                headers=admin,
            )
            assert answer.status_code == 200, answer.text
            send(client, integrator, *events())
            # Somebody has looked, and not only at what is theirs.
            stranger = bearer(database, Role.LEAD, units=(OTHER,))
            for asked in ("overdue?reason=substitution", "none?reason=supervision"):
                client.get(f"/v1/cases/client-a/{asked}", headers=stranger)
            client.get("/v1/deadlines?status=all", headers=bearer(database, Role.LEAD))
        yield County(app, database)
