"""Texts that were stored are shown in a real browser on every page, and none runs."""

import csv
import re
from collections.abc import Iterator, Sequence
from io import BytesIO, StringIO
from urllib.parse import quote, unquote, urlsplit
from zipfile import ZipFile

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Request

from app.domain.access import Role
from app.exports.harmless import FORMULA_STARTS
from app.main import served
from app.web import pages
from tests import databases
from tests.conftest import bearer
from tests.hostile.requests import example
from tests.web import chromium
from tests.web.county import County
from tests.web.hostile_texts import ASKS_ANOTHER_HOST, COMPUTED, HOSTILE_TEXTS
from tests.web.poisoned import CASE, SOURCE, keep_views, poisoned_county, unpoisoned

PATIENCE = 60_000  # milliseconds: the machine may have much else to do
# What shows many texts at once; the rest is found by following links.
BEGINNINGS = {
    Role.LEAD: (
        *("/sign-in", "/signed-out", "/figures", "/findings", "/"),
        f"/cases/{quote(SOURCE, safe='')}/{quote(CASE, safe='')}",
        "/worklist?status=all",
    ),
    Role.AUDITOR: ("/",),
    Role.ADMIN: ("/",),
}
# They begin, tell or end a session, and show nothing that is stored.
NO_PAGES = frozenset(
    {
        "/session",
        *("/sign-in/start", "/sign-in/callback", "/sign-in/link"),
        "/static/{digest}/{name}",
    }
)
# Opens what is folded, puts the focus on everything once, and tells what there is.
TOUCH = """() => {
    for (const each of document.querySelectorAll('details')) each.open = true;
    const touchable = 'a, button, input, select, textarea, summary, [tabindex]';
    for (const each of document.querySelectorAll(touchable)) each.focus();
    const links = [...document.links];
    return {
        own: links.filter(each => each.origin === location.origin)
            .map(each => each.pathname + each.search),
        schemes: [...new Set(links.map(each => each.protocol))],
        text: document.body.textContent,
    };
}"""


@pytest.fixture(scope="module")
def poisoned(server_url: str, template: str) -> Iterator[County]:
    with poisoned_county(server_url, template) as county:
        yield county


def test_every_column_that_holds_a_text_holds_a_hostile_one(
    server_url: str, poisoned: County
) -> None:
    url = poisoned.database.engine.url.render_as_string(hide_password=False)

    # A new column is either filled in tests/web/poisoned.py, or among OURS there.
    assert unpoisoned(databases.as_owner(server_url, url)) == set()


class Watched:
    """A browser that lets everything run, and tells what has."""

    def __init__(self, browser: Browser, county: County, address: str) -> None:
        self.county = county
        self.address = address
        # Our policy would hold up what a page has let through: it is taken away here.
        self.context = browser.new_context(base_url=address, bypass_csp=True)
        self.context.set_default_timeout(PATIENCE)
        self.ran: list[object] = []
        self.hosts: set[str] = set()
        self.context.expose_function("hit", lambda place: self.ran.append(place))  # noqa: PLW0108 (Playwright marks it)
        self.context.on("dialog", lambda dialog: self.ran.append(dialog.message))
        self.context.on("request", self._note)
        self.page = self.context.new_page()

    def sign_in(self, role: Role) -> None:
        """Open a session of *role*, who has kept questions under hostile names."""
        name, value = self.county.session(role)
        actor = self.county.app.state.callers.sessions.look_up(value).actor
        keep_views(self.county.database, actor.key_id)
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def open(self, path: str) -> list[str]:
        """Open a page, touch all that can be touched, and return where it leads."""
        answer = self.page.goto(path)
        assert answer is not None
        if not answer.ok:
            return []
        seen = self.page.evaluate(TOUCH)
        assert set(seen["schemes"]) <= {"http:", "https:"}, path
        assert COMPUTED not in seen["text"], path
        return list(seen["own"])

    def crawl(
        self, begin: Sequence[str], kinds: list[APIRoute], opened: set[str]
    ) -> None:
        """Open where to *begin*, and of each kind not yet *opened* one come to."""
        followed = set(begin)
        waiting = list(begin)
        while waiting:
            path = waiting.pop()
            kind = kind_of(path, kinds)
            if kind is None or (kind in opened and path not in begin):
                continue
            found = self.open(path)
            if found:
                opened.add(kind)
            waiting += [each for each in found if each not in followed]
            followed |= set(found)

    def _note(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)


def page_kinds() -> list[APIRoute]:
    """Return every route that gives a page, in the order in which they are tried."""
    return [
        route
        for router in pages.ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and route.methods == {"GET"}
        and route.path_format not in NO_PAGES
    ]


def kind_of(path: str, kinds: list[APIRoute]) -> str | None:
    """Return the kind of the page at *path*; None if it is no page."""
    bare = unquote(urlsplit(path).path)
    found = (each.path_format for each in kinds if each.path_regex.match(bare))
    return next(found, None)


@pytest.mark.browser
def test_no_text_runs_on_any_page(poisoned: County) -> None:
    kinds = page_kinds()
    opened: set[str] = set()
    with served(poisoned.database, 0) as address, chromium.browser() as browser:
        watched = Watched(browser, poisoned, address)
        for role, begin in BEGINNINGS.items():
            watched.sign_in(role)
            watched.crawl(begin, kinds, opened)
        ran, hosts = list(watched.ran), set(watched.hosts)
        # What is taken for markup does run, and is seen.
        for text in ("<hr>".join(HOSTILE_TEXTS), ASKS_ANOTHER_HOST):
            watched.page.set_content(text)
            watched.page.evaluate(TOUCH)

    assert ran == []
    assert hosts == {urlsplit(address).netloc}
    assert opened == {each.path_format for each in kinds}
    assert len(set(watched.ran)) > 5
    assert "evil.example" in watched.hosts


def test_no_text_is_a_formula_or_a_link_in_any_file(poisoned: County) -> None:
    keys = [bearer(poisoned.database, role) for role in (Role.LEAD, Role.AUDITOR)]
    refused = []
    texts: set[str] = set()
    with TestClient(poisoned.app) as client:
        for path, query in files(poisoned):
            for form in ("csv", "xlsx"):
                asked = {**query, "format": form}
                answers = [client.get(path, params=asked, headers=key) for key in keys]
                given = [each.content for each in answers if each.status_code == 200]
                refused += [] if given else [(path, answers[-1].text)]
                for content in given:
                    if form == "csv":
                        texts |= cells(content.decode())
                    else:
                        assert active_parts(content) == [], path

    assert refused == []
    assert [text for text in texts if acts(text)] == []
    assert set(HOSTILE_TEXTS) <= texts | {text.removeprefix("'") for text in texts}


def files(county: County) -> Iterator[tuple[str, dict[str, str]]]:
    """Give every address that is answered with a file, and how it is asked."""
    for path, methods in county.app.openapi()["paths"].items():
        given = methods.get("get", {}).get("parameters", ())
        known = {each["name"]: each for each in given if each["in"] == "query"}
        if "format" in known:
            needed = {name for name, each in known.items() if each.get("required")}
            query = {name: example(known[name]) for name in needed}
            by_unit = {"by": "unit", "reason": "supervision", "status": "all"}
            asked = query | {k: v for k, v in by_unit.items() if k in known}
            yield path.replace("{number}", "1"), asked


def cells(content: str) -> set[str]:
    """Return every cell of a file of comma-separated values."""
    return {cell for row in csv.reader(StringIO(content)) for cell in row}


def acts(text: str) -> bool:
    """Tell whether a program for tables would compute a cell that is no number."""
    bare = "".join(char for char in text if char.isprintable()).lstrip()
    return bare.startswith(FORMULA_STARTS) and not re.fullmatch(r"-[0-9.]+", bare)


def active_parts(content: bytes) -> list[str]:
    """Return the parts of a workbook in which there is a formula or a link."""
    with ZipFile(BytesIO(content)) as parts:
        return [
            name
            for name in parts.namelist()
            if b"<f>" in (part := parts.read(name)) or b"hyperlink" in part
        ]
