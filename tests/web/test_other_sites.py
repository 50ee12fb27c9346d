"""Pages of other sites change nothing here, whoever has signed in."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from app.db.database import Database
from app.domain.access import Role
from app.main import create_app, served
from app.web import pages
from tests import databases
from tests.conftest import fresh_database
from tests.web import chromium
from tests.web.county import County

# As a script does it, who learns nothing of the answer, and as a form does.
FETCH = """async address => {
    const how = {method: 'POST', mode: 'no-cors', credentials: 'include'};
    await fetch(address, {...how, body: 'a=1'}).catch(() => {});
}"""
SUBMIT = """address => {
    const form = document.body.appendChild(document.createElement('form'));
    Object.assign(form, {method: 'post', action: address});
    form.submit();
}"""
SAFE = {"GET", "HEAD", "OPTIONS"}
OWN_ORIGIN = "http://testserver"
# What a browser says of a form or a script of another site; of an old one's, little.
OTHER_SITES = [
    pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
    pytest.param({"Origin": "https://evil.example"}, id="another origin"),
    pytest.param({"Origin": "http://testserver:81"}, id="another port"),
    pytest.param({"Origin": "null"}, id="an origin that hides"),
    pytest.param({"Origin": OWN_ORIGIN, "Sec-Fetch-Site": "cross-site"}, id="both"),
    pytest.param({}, id="nothing"),
]


@pytest.fixture(scope="module")
def database(server_url: str, template: str) -> Iterator[Database]:
    with fresh_database(server_url, template) as database:
        yield database


@pytest.fixture(scope="module")
def county(database: Database) -> County:
    return County(create_app(database), database)


def unsafe() -> list[tuple[str, str]]:
    """Return method and address of every way to change something by a page."""
    return [
        (method, route.path_format.replace("{", "").replace("}", ""))
        for router in pages.ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) - SAFE
    ]


def stored(server_url: str, database: Database) -> str:
    """Return all that is stored."""
    url = database.engine.url.render_as_string(hide_password=False)
    # A dump has a word of its own, by which no other can be slipped in.
    return "\n".join(
        line
        for line in databases.dump(databases.as_owner(server_url, url)).splitlines()
        if "restrict" not in line
    )


def test_there_is_something_to_change() -> None:
    assert {("POST", "/sign-in/link"), ("POST", "/sign-out")} <= set(unsafe())


@pytest.mark.parametrize("site", OTHER_SITES)
def test_a_form_of_another_site_changes_nothing(
    server_url: str, database: Database, county: County, site: dict[str, str]
) -> None:
    with county.reader(Role.ADMIN) as admin:
        before = stored(server_url, database)
        for method, address in unsafe():
            answer = admin.client.request(
                method, address, data={"a": "1"}, headers=site
            )
            assert answer.status_code == 403, address
            assert answer.json()["type"] == "urn:maaraaika:problem:cross-site", address
        assert stored(server_url, database) == before


def test_a_form_of_ours_is_let_in(county: County) -> None:
    with county.reader(Role.ADMIN) as admin:
        answer = admin.client.post(
            "/sign-out", headers={"Origin": OWN_ORIGIN}, follow_redirects=False
        )

    assert answer.status_code == 303


@pytest.mark.browser
def test_a_browser_brings_nothing_along_from_another_site(
    server_url: str, database: Database, county: County
) -> None:
    with (
        served(database, 0) as address,
        chromium.browser() as browser,
        browser.new_context(bypass_csp=True) as context,
    ):
        name, value = county.session(Role.ADMIN)
        context.add_cookies([{"name": name, "value": value, "url": address}])
        page = context.new_page()
        before = stored(server_url, database)

        page.goto(address.replace("127.0.0.1", "localhost") + "/health/live")
        for _, path in unsafe():
            page.evaluate(FETCH, address + path)
        with page.expect_navigation() as answered:
            page.evaluate(SUBMIT, f"{address}/sign-out")
        assert answered.value.status == 403

        assert stored(server_url, database) == before
        answer = page.goto(f"{address}/sources")
        assert answer is not None
        assert answer.status == 200
