"""Whatever is erased of one child, all that is said of others stays, to the byte."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clock import rfc3339
from app.db.database import Database, driver
from app.domain.access import Actor, Role
from app.domain.erasure import ErasureGround
from app.domain.events import CaseEvent, CaseKey
from app.domain.linked_cases import mentions
from app.main import create_app
from app.services import erasure, intake, rebuild
from app.services.erasure import NothingToEraseError
from tests import databases
from tests.amended_histories import amended_cases, told_by
from tests.conftest import bearer, fresh_database
from tests.factories import submission

# Each asks the service dozens of questions.
HISTORIES = 40 if settings().max_examples >= 100 else 8
TWO = (
    Actor(role=Role.AUDITOR, key_id="anna"),
    Actor(role=Role.ADMIN, key_id="bertil"),
)


@dataclass(frozen=True)
class County:
    """A service with its database, as it and as its owner comes to it."""

    database: Database
    owner: Database
    client: TestClient
    lead: dict[str, str]

    def answers(self, cases: Iterable[CaseKey], known_at: datetime) -> list[bytes]:
        """Return what is said of each of *cases*: the answer, and what is kept."""
        return [
            each
            for case in sorted(cases)
            for each in (self._answer(case, known_at), *self._rows(case))
        ]

    def _answer(self, case: CaseKey, known_at: datetime) -> bytes:
        answer = self.client.get(
            f"/v1/cases/{case.source}/{case.case_ref}",
            params={"known_at": rfc3339(known_at)},
            headers=self.lead,
        )
        assert answer.status_code in {200, 404}, answer.text
        return answer.content if answer.status_code == 200 else b"none"

    def _rows(self, case: CaseKey) -> Iterator[bytes]:
        with self.owner.write() as connection:
            for table in ("case_event", "deadline", "case_finding", "case_link"):
                rows = driver(connection).execute(
                    f"""
                    SELECT t::text FROM {table} t
                    WHERE source = %s AND case_ref = %s ORDER BY 1
                    """.encode(),  # noqa: S608 (names of our own)
                    case,
                )
                yield repr(rows.fetchall()).encode()


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[County]:
    """Give one service for many examples, each of them sources of its own."""
    with (
        fresh_database(server_url, template) as database,
        databases.owned(server_url, database) as owner,
        TestClient(create_app(database)) as client,
    ):
        yield County(database, owner, client, bearer(database, Role.LEAD))


def alone(events: Iterable[CaseEvent]) -> set[CaseKey]:
    """Return the cases of *events* that neither mention others nor are mentioned."""
    events = list(events)
    places = {event.key: event.case for event in events}
    linked = {
        case
        for event in events
        for other in mentions(event)
        for case in (
            event.case,
            other if isinstance(other, CaseKey) else places.get(other, event.case),
        )
    }
    return {event.case for event in events} - linked


def test_what_is_said_of_others_stays(county: County) -> None:
    @settings(max_examples=HISTORIES)
    @given(st.tuples(amended_cases(most=3), amended_cases(most=2)))
    def stays(told: tuple[list[CaseEvent], list[CaseEvent]]) -> None:
        child, others = (f"{name}-{uuid.uuid4().hex[:8]}" for name in "co")
        events = [*told_by(told[0], child), *told_by(told[1], others)]
        sent = [submission(event) for event in events]
        intake.record(county.database, sent)
        named = {each.event.case for each in sent if '"p-1"' in each.data}
        apart = {case for case in alone(events) if case.source == child} - named
        apart |= {event.case for event in events if event.source == others}
        with county.database.read() as question:
            known_at = question.known_at
        before = county.answers(apart, known_at)

        gone = _erase(county.owner, child)

        assert county.answers(apart, known_at) == before
        with county.owner.write() as connection:
            left = driver(connection).execute(
                "SELECT count(*) FROM deadline WHERE source = %s AND child_ref = 'p-1'",
                [child],
            )
            assert gone is None or gone.kept or left.fetchone() == (0,)

    stays()

    assert list(rebuild.check(county.database)) == []


def _erase(owner: Database, source: str) -> erasure.Erasure | None:
    try:
        return erasure.erase_child(
            owner,
            source=source,
            child_ref="p-1",
            ground=ErasureGround.REQUEST_OF_PERSON,
            by=TWO,
        )
    except NothingToEraseError:
        return None
