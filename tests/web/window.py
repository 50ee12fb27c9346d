"""A browser in front of the service, and what every page must bear in it."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect

from app.domain.access import Role
from app.main import served
from tests.web import chromium
from tests.web.county import County, county

PATIENCE = 60_000  # milliseconds: the machine may have much else to do
AXE = Axe()


@dataclass
class Seen:
    """What a page asked for, and what the browser complained of."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.hosts.clear()
        self.complaints.clear()

    def request(self, request: Request) -> None:
        self.hosts.add(urlsplit(request.url).netloc)

    def console(self, said: ConsoleMessage) -> None:
        # That a page is an error page is told by its status, and by the test.
        if said.type == "error" and not said.text.startswith("Failed to load"):
            self.complaints.append(said.text)

    def error(self, error: Exception) -> None:
        self.complaints.append(str(error))


@dataclass(frozen=True)
class Window:
    """A browser in front of the service."""

    browser: Browser
    address: str
    county: County
    # Readers who are still there, each before a page of their own.
    readers: dict[frozenset[tuple[str, object]], tuple[Page, Seen]]
    end: ExitStack

    @contextmanager
    def open(self, role: Role | None = None, **how: Any) -> Iterator[Page]:  # noqa: ANN401 (Playwright's own)
        """Give a page that must ask nothing of another host, and complain of nothing.

        *how* is how Playwright is told of a reader: locale, width, colours.
        """
        with self._new(role, **how) as (page, seen):
            yield page
            self._ensure_calm(seen)

    @contextmanager
    def visit(self, role: Role | None = None, **how: Any) -> Iterator[Page]:  # noqa: ANN401 (as above)
        """Give the page, as `open` does, of a reader who may have come before.

        A browser takes longer over a new reader than over an address more.
        """
        reader = frozenset({"role": role, **how}.items())
        if reader not in self.readers:
            self.readers[reader] = self.end.enter_context(self._new(role, **how))
        page, seen = self.readers[reader]
        seen.forget()
        yield page
        self._ensure_calm(seen)

    @contextmanager
    def _new(self, role: Role | None, **how: Any) -> Iterator[tuple[Page, Seen]]:  # noqa: ANN401 (as above)
        context = self.browser.new_context(base_url=self.address, **how)
        context.set_default_timeout(PATIENCE)
        if role is not None:
            name, value = self.county.session(role)
            context.add_cookies([{"name": name, "value": value, "url": self.address}])
        page = context.new_page()
        seen = Seen()
        page.on("request", seen.request)
        page.on("console", seen.console)
        page.on("pageerror", seen.error)
        yield page, seen
        context.close()

    def _ensure_calm(self, seen: Seen) -> None:
        assert seen.hosts <= {urlsplit(self.address).netloc}
        assert seen.complaints == []


@contextmanager
def opened(server_url: str, template: str) -> Iterator[Window]:
    """Give a browser, and a service for it."""
    expect.set_options(timeout=PATIENCE)
    with (
        county(server_url, template) as made,
        served(made.database, 0) as address,
        chromium.browser() as browser,
        ExitStack() as end,
    ):
        yield Window(browser, address, made, {}, end)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page."""
    found = AXE.run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        for node in each["nodes"]
    ]


def keep(page: Page, language: str) -> None:
    """Write a picture of what is to be seen, where the run keeps pictures."""
    folder = chromium.pictures()
    if folder is None:
        return
    name = re.sub(r"\W+", "-", page.url.partition("//")[2].partition("/")[2]) or "front"
    page.screenshot(path=folder / language / f"{name[:100]}.png")


def width_of(page: Page) -> float:
    """Return how wide the page is, whether its scripts may run or not."""
    browser = page.context.new_cdp_session(page)
    found = browser.send("Page.getLayoutMetrics")
    return float(found["cssContentSize"]["width"])


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tab key until *wanted* has the focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError("the keyboard does not reach it")
