"""Two worlds, one of which has a case that must not be known, look the same."""

import re
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter

import pytest
from fastapi.testclient import TestClient
from hypothesis import settings
from sqlalchemy import event

from app.db.database import connect
from app.domain.access import Permission, Role
from app.main import create_app
from tests import databases
from tests.api.sending import decision, notification, send
from tests.conftest import bearer
from tests.isolation.county import FILES, Isolated, isolated
from tests.isolation.marks import Place, body_of
from tests.isolation.sweep import Call, ask, calls, may, operations

SECRET = "canary-foreign-secret"
# An instant, the number of a request, what is signed or sealed with either, a place in
# a list, and how long ago something was.
PASSING = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[\d:.]|%3A)+(?:Z|\+\d\d:\d\d)"
    r"|urn:uuid:[\da-f-]{36}|[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}"
    r"|\b[\da-f]{64}\b|\b[\da-f]{32}\b|cursor=[\w%.-]+|\"lag_[^,}]*|etag: \S+"
    # On pages, as the clocks of Helsinki show it.
    r"|\d{1,2}\.\d{1,2}\.20\d\d klo\s\d\d\.\d\d|request_key\" value=\"[\w-]{22}"
    # In files: an instant as workbooks count it, and the code that each file has.
    r"|<v>4\d{4}\.\d+</v>|[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}"
)
# Of all events, or of all keys, of which the other world has one more.
# What is one's own, and where the case is: in its unit, and in its client system.
PLACES = (Place.OWN, Place.FOREIGN, Place.ABROAD)
OF_ALL_CASES = frozenset({Permission.READ_SOURCES, Permission.MANAGE_KEYS})
HEADERS_THAT_PASS = {"x-request-id", "content-length", "date"}
ROUNDS = 200 if settings().max_examples >= 100 else 0
# A difference that comes of what else the machine does is not there every time.
ATTEMPTS = 5


@pytest.fixture(scope="module")
def without(server_url: str, template: str) -> Iterator[Isolated]:
    """Give the world without the case."""
    with isolated(server_url, template) as county:
        yield county


@pytest.fixture(scope="module")
def with_it(server_url: str, without: Isolated) -> Iterator[Isolated]:
    """Give the same world, but for cases of a unit that is foreign to who asks."""
    original = without.database.engine.url.database
    without.database.dispose()
    name = databases.create(server_url, original)
    database = connect(databases.service_url(server_url, name))
    child = {"ref": SECRET, "age_years": 9, "mother_tongue": "so"}
    secret = [
        notification(
            f"{SECRET}-{number}", "2026-10-02", unit="unit-of-foreign", child=child
        )
        for number in range(3)
    ]
    secret.append(decision(f"{SECRET}-odd", "2026-10-05"))
    with TestClient(create_app(database, exports_per_day=FILES)) as client:
        sender = bearer(database, Role.INTEGRATOR, source="client-b")
        send(client, sender, *({**each, "source": "client-b"} for each in secret))
        yield Isolated(
            client=client,
            database=database,
            keys=without.keys,
            whole=without.whole,
            findings=without.findings,
            seals=without.seals,
        )
    database.dispose()
    databases.drop(server_url, name)


def every_call(county: Isolated, role: Role) -> Iterator[Call]:
    """Give what *role* may ask about every place."""
    for operation in operations(county.app):
        if operation.permission and may(role, operation):
            for about in PLACES:
                yield from calls(county, operation, about)


def about_the_secret(county: Isolated) -> Iterator[Call]:
    """Give what a lead may ask about a case: about the one that is in one world."""
    for call in every_call(county, Role.LEAD):
        if "{case_ref}" in call.operation.path and call.about is Place.ABROAD:
            known, secret = f"{Place.ABROAD.mark}late", f"{SECRET}-0"
            yield replace(call, path=call.path.replace(known, secret))


def told(county: Isolated, call: Call, role: Role) -> tuple[object, ...]:
    """Return what *role* is answered, but for what passes."""
    answer = ask(county, call, county.keys[role])
    headers = {
        name: PASSING.sub("*", value)
        for name, value in answer.headers.items()
        if name not in HEADERS_THAT_PASS
    }
    return answer.status_code, headers, PASSING.sub("*", body_of(answer))


@pytest.mark.parametrize("role", [Role.LEAD, Role.ANALYST, Role.INTEGRATOR, Role.ADMIN])
def test_no_call_tells_the_worlds_apart(
    without: Isolated, with_it: Isolated, role: Role
) -> None:
    asked = set()
    for call in every_call(without, role):
        # A day's figures are published once, for everybody; and an admin is told how
        # many events each client system has sent in all.
        if (
            call.wire in asked
            or call.operation.method == "PUT"
            or (role is Role.ADMIN and call.operation.permission in OF_ALL_CASES)
        ):
            continue
        asked.add(call.wire)

        assert told(without, call, role) == told(with_it, call, role), call


def test_a_case_that_is_hidden_is_as_one_that_there_is_not(
    without: Isolated, with_it: Isolated
) -> None:
    for call in about_the_secret(without):
        missing, hidden = (told(each, call, Role.LEAD) for each in (without, with_it))

        assert missing == hidden
        assert missing[0] == 404, call
        known = told(with_it, call, Role.AUDITOR)
        assert known[0] == 403


def test_a_hidden_case_is_looked_for_with_the_same_statements_as_a_missing_one(
    with_it: Isolated,
) -> None:
    said: list[str] = []
    engine = with_it.client.app.state.database.engine  # type: ignore[attr-defined] # a FastAPI

    @event.listens_for(engine, "before_cursor_execute")
    def _note(*arguments: object) -> None:
        said.append(str(arguments[2]))

    sequences = []
    for case_ref in (f"{SECRET}-0", "there-is-none"):
        said.clear()
        answer = with_it.client.get(
            f"/v1/cases/client-b/{case_ref}", headers=with_it.keys[Role.LEAD]
        )
        assert answer.status_code == 404
        sequences.append(tuple(said))
    event.remove(engine, "before_cursor_execute", _note)

    assert sequences[0] == sequences[1]


def test_hidden_and_missing_take_the_same_time(with_it: Isolated) -> None:
    def difference() -> float:
        """Return by how much the medians of interleaved questions differ."""
        took: dict[str, list[float]] = {f"{SECRET}-0": [], "there-is-none": []}
        for _ in range(ROUNDS):
            for case_ref, times in took.items():
                began = perf_counter()
                with_it.client.get(
                    f"/v1/cases/client-b/{case_ref}", headers=with_it.keys[Role.LEAD]
                )
                times.append(perf_counter() - began)
        hidden, missing = map(median, took.values())
        return abs(hidden - missing)

    if ROUNDS:
        assert any(difference() < 0.005 for _ in range(ATTEMPTS))
