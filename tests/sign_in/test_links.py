"""Sign-in links: good once, for ten minutes, where there is no provider."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Actor, Role
from app.services import signing_in
from app.services.signing_in import InvalidLinkRequestError
from tests.sign_in.conftest import browser, emptied
from tests.sign_in.provider import for_sign_in, hidden_code

SESSION = "maaraaika-session"


@pytest.fixture(scope="module")
def on_the_machine(shared: Database) -> Iterator[TestClient]:
    """Give a browser on the machine of a service without any provider."""
    with browser(shared, public_url=None) as client:
        yield client


@pytest.fixture
def client(on_the_machine: TestClient, shared: Database) -> TestClient:
    """Give the browser without anything in it."""
    return emptied(on_the_machine, shared)


def link(database: Database, role: Role = Role.LEAD, **more: object) -> str:
    asked = {"units": (), "now": clock.now()} | more
    return signing_in.make_link(database, role=role, **asked)  # type: ignore[arg-type] # as the test says


def use(client: TestClient, code: str) -> int:
    return client.post("/sign-in/link", data={"code": code}).status_code


def test_a_link_opens_a_session_once(client: TestClient, shared: Database) -> None:
    code = link(shared, units=("leppavaara",), made_by="operator")

    shown = client.get("/sign-in/link", params={"code": code})
    assert hidden_code(shown.text) == code
    answer = client.post("/sign-in/link", data={"code": code})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/v1/units").status_code == 200
    callers = client.app.state.callers  # type: ignore[attr-defined] # ours
    actor = callers.sessions.look_up(client.cookies[SESSION]).actor
    assert (actor.role, actor.units) == (Role.LEAD, {"leppavaara"})
    client.cookies.clear()
    assert use(client, code) == 400
    assert SESSION not in client.cookies


def test_to_look_at_a_link_does_not_use_it_up(
    client: TestClient, shared: Database
) -> None:
    code = link(shared)

    for _ in range(3):
        assert client.get("/sign-in/link", params={"code": code}).status_code == 200
        assert client.head("/sign-in/link", params={"code": code}).status_code == 405

    assert use(client, code) == 303


def test_a_link_is_good_for_ten_minutes(client: TestClient, shared: Database) -> None:
    now = clock.now()
    over = link(shared, now=now - timedelta(minutes=10))
    fresh = link(shared, now=now - timedelta(minutes=9))

    assert use(client, over) == 400
    assert use(client, fresh) == 303


@pytest.mark.parametrize("code", ["xyz", "x" * 42, "é" * 43, "0" * 100, "'><b>"])
def test_a_code_that_is_none_opens_nothing(client: TestClient, code: str) -> None:
    shown = client.get("/sign-in/link", params={"code": code})
    assert (shown.status_code, shown.headers["location"]) == (303, "/sign-in")
    assert use(client, code) == 400


def test_a_code_that_nobody_made_opens_nothing(client: TestClient) -> None:
    assert use(client, "x" * 43) == 400


@pytest.mark.parametrize("data", [{}, {"code": ""}, {"code": "x" * 101}])
def test_a_form_that_is_not_ours_is_refused(
    client: TestClient, data: dict[str, str]
) -> None:
    assert client.post("/sign-in/link", data=data).status_code == 422


def test_where_there_is_a_provider_links_are_no_way_in(shared: Database) -> None:
    code = link(shared)
    with browser(shared, for_sign_in("https://login.example.fi")) as client:
        assert client.get("/sign-in/link", params={"code": code}).status_code == 404
        assert use(client, code) == 404
        assert "sign-in-link" not in client.get("/sign-in").text


def test_the_page_tells_how_to_get_a_link(client: TestClient) -> None:
    assert "maaraaika sign-in-link" in client.get("/sign-in").text


def test_a_link_cannot_be_for_a_system_or_for_units_of_an_admin(
    shared: Database,
) -> None:
    with pytest.raises(InvalidLinkRequestError, match="key create"):
        link(shared, Role.INTEGRATOR)
    with pytest.raises(InvalidLinkRequestError, match="role lead"):
        link(shared, Role.ADMIN, units=("a",))


def test_links_of_one_name_are_one_persons(
    client: TestClient, shared: Database
) -> None:
    def comes(name: str | None) -> Actor:
        client.cookies.clear()
        assert use(client, link(shared, name=name)) == 303
        callers = client.app.state.callers  # type: ignore[attr-defined] # ours
        actor: Actor = callers.sessions.look_up(client.cookies[SESSION]).actor
        return actor

    first, again, other = (comes(name) for name in ("A. Lead", "A. Lead", "B."))
    assert first == again != other
    assert not signing_in.is_nameless(first)
    unknown, another = comes(None), comes(None)
    assert unknown != another
    assert signing_in.is_nameless(unknown)


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb", "131052-308T"])
def test_a_link_has_no_name_that_logs_could_not_show(
    shared: Database, name: str
) -> None:
    with pytest.raises(InvalidLinkRequestError, match=r"[Nn]ame"):
        link(shared, name=name)


def test_the_database_keeps_no_link_that_could_be_used(
    database: Database,
) -> None:
    code = link(database, now=clock.now() - timedelta(days=91))
    fresh = link(database)

    with database.write() as connection:
        stored = connection.execute(text("SELECT * FROM sign_in_link")).all()
    assert len(stored) == 1
    assert code not in str(stored)
    assert fresh not in str(stored)
