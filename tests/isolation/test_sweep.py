"""No route, page or file tells anybody of cases that are not theirs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType

import httpx2
import pytest
from sqlalchemy import text

from app.db.database import driver
from app.db.policies import SEEN as POLICIES
from app.db.tables import held_deadline
from app.domain.access import PERMISSIONS, Actor, Role
from app.services import cases, deadlines, delays, found, report_changes, reports
from app.services.scopes import scope_of
from tests import databases
from tests.isolation.county import Isolated, whole
from tests.isolation.marks import Place, places_in, text_of
from tests.isolation.sweep import (
    ASKED,
    SEEN,
    Operation,
    ask,
    calls,
    leaks,
    may,
    operations,
    public_pages,
)

# Answers of calls that were understood; a month may have been published before, and
# what was posted to a page leads to another.
UNDERSTOOD = {200, 201, 207, 303, 409}
NO_KEY: Mapping[str, str] = {}
FEW = (Place.OWN, Place.FOREIGN)


@pytest.fixture(scope="module")
def every(county: Isolated) -> list[Operation]:
    """Give all operations, those that change something last."""
    found = operations(county.app)
    return sorted(found, key=lambda each: each.method != "GET")


def is_turned_away(answer: httpx2.Response) -> bool:
    """Tell whether the role of who asks, or that they have none, is the reason."""
    way_in = answer.headers.get("location", "").partition("?")[0]
    return answer.status_code in {401, 403} or way_in == "/sign-in"


def permitted(role: Role, every: list[Operation]) -> list[Operation]:
    return [each for each in every if each.permission and may(role, each)]


def questions(every: list[Operation]) -> list[Operation]:
    return [each for each in permitted(Role.LEAD, every) if each.method == "GET"]


def test_every_operation_can_be_called_by_some_role_about_its_own(
    county: Isolated, every: list[Operation]
) -> None:
    not_understood = []
    for operation in every:
        keys = [county.keys[role] for role in Role if may(role, operation)]
        answers = [
            ask(county, call, key).status_code
            for key in (*keys, county.whole)
            for call in calls(county, operation, Place.OWN)
        ]
        if not UNDERSTOOD.intersection(answers):
            not_understood.append((operation.method, operation.path, answers))

    assert not_understood == []


def test_without_a_key_nothing_but_what_is_public_is_answered(
    county: Isolated, every: list[Operation]
) -> None:
    closed = [
        each
        for each in every
        if each.permission is not None and not each.is_for_everybody
    ]
    answers: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
    for operation in closed:
        for about in ASKED:
            for call in calls(county, operation, about):
                answer = ask(county, call, NO_KEY)
                way_in = answer.headers.get("location", "").partition("?")[0]
                answers[bool(operation.recipes)].add((answer.status_code, way_in))

    # A program is told, and a person led to where one signs in; who has sent a form is
    # told how to send it again.
    assert answers == {False: {(401, "")}, True: {(303, "/sign-in"), (401, "")}}
    assert len(closed) > 30


def test_what_everybody_may_read_tells_of_no_case(
    county: Isolated, every: list[Operation]
) -> None:
    for path in (
        *public_pages(county.app),
        *(each.path for each in every if each.is_for_everybody),
    ):
        answer = county.client.get(path, follow_redirects=False)
        assert not places_in(text_of(answer), Place), path


@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_the_table_permits_and_nowhere_else(
    county: Isolated, every: list[Operation], role: Role
) -> None:
    # Of the whole county: what some may only do for all of it is permitted as well.
    is_program = role is Role.INTEGRATOR
    key = county.keys[role] if is_program else whole(county.app, county.database, role)
    let_in = {
        (each.method, each.path)
        for each in every
        if each.permission
        and not is_turned_away(ask(county, next(calls(county, each, Place.OWN)), key))
    }

    assert let_in == {
        (each.method, each.path)
        for each in every
        if each.is_for_everybody
        or (
            each.permission in PERMISSIONS[role]
            # A client system does not sign in, and sees no page.
            and not (each.recipes and role is Role.INTEGRATOR)
        )
    }


@pytest.mark.parametrize("role", [Role.LEAD, Role.ANALYST, Role.INTEGRATOR, Role.ADMIN])
def test_no_answer_tells_a_role_of_cases_of_others(
    county: Isolated, every: list[Operation], role: Role
) -> None:
    assert list(leaks(county, role, permitted(role, every))) == []


def test_every_role_is_told_of_its_own(
    county: Isolated, every: list[Operation]
) -> None:
    """See that the marks are where the sweep looks for them."""
    told: dict[Role, set[Place]] = {role: set() for role in Role}
    told_by_pages: set[Place] = set()
    for role in Role:
        for operation in permitted(role, every):
            for call in calls(county, operation, Place.OWN):
                if call.operation.method == "GET":
                    answer = ask(county, call, county.keys[role])
                    told[role] |= places_in(text_of(answer), Place)
                    if operation.recipes and role is Role.LEAD:
                        told_by_pages |= places_in(answer.text, Place)

    assert told == {role: set(SEEN[role]) for role in Role}
    assert told_by_pages == SEEN[Role.LEAD]


# Each of the two layers by itself


def raw_leaks(county: Isolated) -> set[str]:
    """Return the tables in which a question without any condition finds others."""
    lead = Actor(role=Role.LEAD, units=frozenset({str(Place.OWN.unit)}))
    hidden = frozenset(Place) - SEEN[Role.LEAD]
    with county.database.seen_by(scope_of(lead)).read() as question:
        raw = driver(question.connection)
        return {
            table
            for table in (*POLICIES, held_deadline.name)
            for row in raw.execute(f"SELECT t::text FROM {table} t".encode())  # noqa: S608
            # Of a table that questions see nothing of, every row is one too many.
            if POLICIES.get(table, "") is None or places_in(row[0], hidden)
        }


@contextmanager
def without_policies(server_url: str, county: Isolated, *tables: str) -> Iterator[None]:
    """Let the policies of *tables* hold nobody."""
    with databases.owned(server_url, county.database) as owned:
        for state in ("DISABLE", "ENABLE"):
            with owned.write() as connection:
                for table in tables:
                    change = f"ALTER TABLE {table} {state} ROW LEVEL SECURITY"
                    connection.execute(text(change))
            if state == "DISABLE":
                yield


def forget(module: ModuleType, patch: pytest.MonkeyPatch) -> None:
    """Let *module* forget its condition on the units of who asks."""
    patch.setattr(module, "allowed_units", lambda *_: None)


def test_the_policies_hide_what_a_question_without_any_condition_would_find(
    county: Isolated,
) -> None:
    assert raw_leaks(county) == set()


@pytest.mark.parametrize("table", sorted(POLICIES))
def test_a_policy_that_is_dropped_is_missed(
    server_url: str, county: Isolated, table: str
) -> None:
    with without_policies(server_url, county, table):
        assert table in raw_leaks(county)


def test_the_conditions_of_the_services_hold_without_the_policies(
    server_url: str, county: Isolated, every: list[Operation]
) -> None:
    with without_policies(server_url, county, *POLICIES):
        assert list(leaks(county, Role.LEAD, questions(every), FEW)) == []


def test_the_policies_hold_without_the_conditions_of_the_services(
    county: Isolated, every: list[Operation], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (cases, deadlines, found, report_changes, reports):
        forget(module, monkeypatch)

    hidden = {place.value for place in frozenset(Place) - SEEN[Role.LEAD]}
    told = list(leaks(county, Role.LEAD, questions(every), FEW))
    assert [each for each in told if each[2] & hidden] == []


@pytest.mark.parametrize("module", [cases, deadlines, found, reports])
def test_a_condition_that_is_forgotten_is_missed(
    server_url: str,
    county: Isolated,
    every: list[Operation],
    module: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with without_policies(server_url, county, *POLICIES):
        forget(module, monkeypatch)

        found = leaks(county, Role.LEAD, questions(every), (Place.FOREIGN,))
        assert next(found, None) is not None


def test_an_explanation_is_not_taken_of_who_only_forgot_to_be_refused(
    server_url: str,
    county: Isolated,
    every: list[Operation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (operation,) = (
        each
        for each in every
        if each.method == "POST" and each.path.endswith("/delays")
    )
    (call,) = calls(county, operation, Place.FOREIGN)
    key = county.keys[Role.LEAD]
    forget(delays, monkeypatch)

    held = ask(county, call, key).status_code
    with without_policies(server_url, county, *POLICIES):
        let_through = ask(county, call, key).status_code

    assert (held, let_through) == (404, 201)
