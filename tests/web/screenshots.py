"""Every page of the demo's county, in three languages, as pictures.

``make screenshots`` writes them to var/screenshots/, and those that the documentation
shows to docs/screenshots/. The county is always the same; its days are today's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console

from app import clock, settings
from app.cli.serving import _demo_keys
from app.db.database import Database
from app.demo.run import Profile, run
from app.domain.access import Role
from app.domain.reporting_periods import month_before
from app.domain.texts import Language
from app.main import open_database, served
from app.services import signing_in
from tests.web import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
EVERY = ROOT / "var" / "screenshots"
SHOWN = ROOT / "docs" / "screenshots"
LARGEST = 60_000  # bytes, of a picture in the documentation
WIDTH, HEIGHT = 1100, 760
# Enough for flat colours and for the edges of letters.
COLOURS = 64

# By name: where, or the text of the link of the page before that leads there.
PAGES: Mapping[Role | None, Mapping[str, str]] = {
    None: {
        "calculator": "/calculator?received_on=2026-12-22",
        "month": "/calculator/month?year=2026&month=12",
        "law": "/law",
        "sign-in": "/sign-in",
    },
    Role.LEAD: {
        "today": "/",
        "worklist": "/worklist",
        "case": "tbody a[href^='/cases/']",
        "explanation": "main a[href*='/explanation']",
        "figures": "/figures",
        "trend": "/figures/trend",
        "days": "/figures/days",
        "gaps": "/figures/gaps",
        "waiting": "/figures/waiting",
        "flow": "/figures/flow",
        "thl": "/figures/thl",
        "sealed": "/figures/sealed",
        "findings": "/findings",
        "finding": "main a[href$='/close']",
        "sources": "/sources",
    },
    Role.AUDITOR: {
        "access-log": "/access-log",
        "elsewhere": "/access-log/elsewhere",
    },
    Role.ADMIN: {
        "settings": "/settings",
        "units": "/settings/units",
        "keys": "/settings/keys",
        "key": "/settings/keys/new?role=integrator",
        "source": "/settings/sources/change?source=client-a",
        "changes": "/settings/changes",
    },
}
# What the documentation shows, of the service's first language for English readers.
IN_DOCS = ("today", "worklist", "case", "figures", "calculator", "keys")


def main() -> None:
    """Make every picture anew."""
    with demo() as (address, database), chromium.browser() as browser:
        for language in Language:
            for role, pages in PAGES.items():
                with signed_in(browser, address, database, role, language) as page:
                    for name, way in pages.items():
                        go(page, way)
                        keep(page, name, language)


@contextmanager
def demo() -> Iterator[tuple[str, Database]]:
    """Give the address and the database of a service with the demo's year."""
    with (
        TemporaryDirectory() as folder,
        open_database(settings.load({"MAARAAIKA_DATA_DIR": folder})) as database,
        served(database, 0) as address,
    ):
        run(
            address,
            keys=_demo_keys(database),
            profile=Profile.SYNTHETIC_YEAR,
            console=Console(quiet=True),
            now=clock.now(),
        )
        yield address, database


@contextmanager
def signed_in(
    browser: "Browser",
    address: str,
    database: Database,
    role: Role | None,
    language: Language,
) -> Iterator["Page"]:
    """Give a page of somebody who has come by a sign-in link, as the demo prints it."""
    context = browser.new_context(
        base_url=address,
        locale=language.value,
        viewport={"width": WIDTH, "height": HEIGHT},
    )
    page = context.new_page()
    if role is not None:
        code = signing_in.make_link(database, role=role, units=(), now=clock.now())
        page.goto(f"/sign-in/link?code={code}")
        page.get_by_role("main").get_by_role("button").click()
    yield page
    context.close()


def go(page: "Page", way: str) -> None:
    """Open the page at an address, or the one behind the first such link."""
    if not way.startswith("/"):
        way = page.locator(way).first.get_attribute("href") or ""
    if way == "/figures":
        way = f"/figures?period={month_before(clock.today()).code}"
    answer = page.goto(way)
    assert answer is not None
    assert answer.ok, (way, answer.status)


def keep(page: "Page", name: str, language: Language) -> None:
    """Write a picture of the whole page, and perhaps the documentation's."""
    # What is here is looked at by tests that make no picture.
    from PIL import Image  # noqa: PLC0415

    folder = EVERY / language
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    if language is Language.EN and name in IN_DOCS:
        SHOWN.mkdir(parents=True, exist_ok=True)
        with Image.open(BytesIO(page.screenshot())) as seen:
            few = seen.convert("RGB").quantize(COLOURS)
            few.save(SHOWN / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
