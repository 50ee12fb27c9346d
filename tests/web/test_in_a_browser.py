"""Pages in a real browser: for every eye, hand, width and sheet of paper."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from hypothesis import settings
from playwright.sync_api import Page, expect

from app import clock
from app.domain.access import Actor, Role
from app.domain.reporting_periods import month_before, parse_period
from app.services.publications import publish
from app.web.pages import ROUTERS
from tests.web.county import (
    HOSTILE,
    HOSTILE_CASE,
    ago,
    this_week,
)
from tests.web.window import Window, keep, opened, tab_to, violations, width_of

pytestmark = pytest.mark.browser

READERS = (("fi", "light"), ("sv", "dark"), ("en", "light"))
NARROW, TWICE_AS_LARGE = 320, 640
CALCULATED = "/calculator?received_on=2026-12-22"
PUBLIC = (
    "/",
    "/calculator",
    CALCULATED,
    "/calculator?received_on=tomorrow",
    "/calculator/month?year=2026&month=12",
    "/law",
    "/nothing",
    "/sign-in",
    "/sign-in/link?code=none",
    "/signed-out",
)
HOSTILE_PAGE = f"/cases/client-a/{quote(HOSTILE_CASE, safe='')}"
OF_CASES = (
    "/",
    "/worklist?status=all",
    "/worklist?status=open&sort=-started_on&as_of=" + ago(1),
    "/worklist?worker=nobody",
    "/worklist/views",
    "/session",
    "/cases/client-a/overdue",
    "/cases/client-a/corrected",
    "/cases/client-a/again",
    "/cases/client-a/assessing/explanation?rule=assessment",
    HOSTILE_PAGE,
    f"/figures?period={ago(300)}..{ago(1)}",
    f"/figures?period={ago(300)}..{ago(1)}&level=1",
    "/figures/trend?months=12",
    f"/figures/days?period={ago(300)}..{ago(1)}",
    f"/figures/gaps?period={ago(300)}..{ago(1)}",
    "/figures/waiting",
    "/figures/flow",
    f"/figures/thl?period=thl:{ago(0)[:4]}-04&compare=year_ago",
    f"/figures/cases?period={ago(300)}..{ago(1)}&rule=initiation",
    f"/figures/cases?period={ago(300)}..{ago(1)}&days_taken=0-",
    "/figures/waiting/cases?bin=15-",
    "/figures/flow/cases?column=backlog&unit=leppavaara",
    f"/figures/seal?period=thl:{ago(0)[:4]}-04",
    "/figures/sealed",
    "/figures/published",
    "/findings",
    "/sources",
)
OF_SETTINGS = (
    "/settings",
    "/settings/units",
    "/settings/units/new",
    "/settings/units/change?code=leppavaara",
    "/settings/keys",
    "/settings/keys/new?role=analyst",
    "/settings/sources",
    "/settings/sources/change?source=client-a",
    "/settings/changes",
)
OF_LOOKS = (
    "/access-log",
    "/access-log?case=overdue&source=client-a",
    "/access-log?child=nobody",
    "/access-log?from=2020-01-01",
    f"/access-log/elsewhere?week={this_week()}",
    "/access-log/elsewhere?week=2026-W02",
    "/access-log/1-1",
)
OF_ROLES = (
    (None, PUBLIC),
    (Role.LEAD, OF_CASES),
    (Role.AUDITOR, OF_LOOKS),
    (Role.ADMIN, OF_SETTINGS),
)
STATES = tuple((path, role) for role, paths in OF_ROLES for path in paths)
# Pages of what has a number of its own: where one begins, and what one follows.
BEHIND = (
    (Role.LEAD, "/findings", ('a[href$="/close"]',)),
    (
        Role.LEAD,
        f"/figures/seal?period=thl:{ago(0)[:4]}-04",
        ('main form[method="post"] button', 'a[href*="/changes"]'),
    ),
    (
        Role.ADMIN,
        "/settings/keys",
        ('tbody a[href^="/settings/keys/"]', 'a[href$="/revoke"]'),
    ),
)
# They send on, or are no pages.
NO_PAGES = {"/sign-in/start", "/sign-in/callback", "/static/{digest}/{name}"}


@pytest.fixture(scope="module")
def window(server_url: str, template: str) -> Iterator[Window]:
    with opened(server_url, template) as made:
        yield made


def readers(turn: int) -> tuple[tuple[str, str], ...]:
    """Return the languages and colours in which a page is looked at: one, or all.

    axe-core takes a second for each, so the quick profile lets pages take turns.
    """
    if settings.get_current_profile_name() == "full":
        return READERS
    return (READERS[turn % len(READERS)],)


@pytest.mark.parametrize("state", STATES, ids="{0[0]} {0[1]}".format)
def test_nobody_is_shut_out(window: Window, state: tuple[str, Role | None]) -> None:
    path, role = state
    found = {}
    for language, colours in readers(STATES.index(state)):
        with window.visit(role, locale=language, color_scheme=colours) as page:
            page.goto(path)
            expect(page.locator("html")).to_have_attribute("lang", language)
            found[language, colours] = violations(page)
            keep(page, language)

    assert not any(found.values()), found


@pytest.mark.parametrize("way", BEHIND, ids="{0[1]}".format)
def test_nor_from_what_lies_behind_a_page(
    window: Window, way: tuple[Role, str, tuple[str, ...]]
) -> None:
    role, start, followed = way
    found = {}
    for language, colours in readers(BEHIND.index(way)):
        with window.visit(role, locale=language, color_scheme=colours) as page:
            page.goto(start)
            for link in followed:
                page.locator(link).first.click()
                page.wait_for_load_state()
                found[language, link] = violations(page)
                keep(page, language)

    assert not any(found.values()), found


def test_nor_from_what_was_published(window: Window) -> None:
    month = parse_period(f"{month_before(clock.today()).first.year}-01")
    publish(
        window.county.database,
        Actor(role=Role.LEAD),
        month=month,
        as_of=None,
        known_at=None,
    )
    viewport = {"width": NARROW, "height": 600}
    with window.open(Role.LEAD, locale="sv", viewport=viewport) as page:
        page.goto("/figures/published?by=unit")

        expect(page.get_by_role("row")).to_have_count(2)
        assert violations(page) == []
        assert width_of(page) <= NARROW


def test_no_page_is_forgotten() -> None:
    begun = {path.partition("?")[0] for path, _ in STATES}
    behind = {"/findings/1/close", "/figures/sealed/1", "/figures/sealed/1/changes"}
    behind |= {"/settings/keys/1", "/settings/keys/1/revoke"}
    routes = {
        route.path: route.path_regex
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }

    forgotten = {
        path
        for path, pattern in routes.items()
        if not any(map(pattern.match, begun | behind))
    }

    assert forgotten == NO_PAGES


def pages_of_everybody(window: Window, width: int, **how: bool) -> Iterator[Page]:
    """Give every page in Swedish, whose words are long, in a window of that width."""
    viewport = {"width": width, "height": 600}
    for role, paths in OF_ROLES:
        with window.open(role, locale="sv", viewport=viewport, **how) as page:
            for path in paths:
                page.goto(path)
                yield page


def test_every_page_fits_a_phone_and_needs_no_script(window: Window) -> None:
    for page in pages_of_everybody(window, NARROW, java_script_enabled=False):
        assert width_of(page) <= NARROW, page.url
        assert page.get_by_role("heading", level=1).is_visible(), page.url


def test_every_page_fits_at_twice_the_size_and_is_printed_without_its_menus(
    window: Window,
) -> None:
    for page in pages_of_everybody(window, TWICE_AS_LARGE):
        assert width_of(page) <= TWICE_AS_LARGE, page.url
        page.emulate_media(media="print")
        assert page.get_by_role("navigation").count() == 0, page.url
        assert page.get_by_role("heading", level=1).is_visible(), page.url
        page.emulate_media(media="screen")


def test_what_is_wrong_in_a_form_is_reached_at_once(window: Window) -> None:
    with window.open(Role.ADMIN, locale="sv", color_scheme="dark") as page:
        page.goto("/settings/units/new")
        page.get_by_label("Kod").fill("team")
        page.get_by_role("button", name="Lägg till").click()

        expect(page.get_by_role("group", name="Något behöver rättas")).to_be_focused()
        assert violations(page) == []
        page.get_by_role("link", name="Namn på finska: Detta saknas.").click()
        expect(page.get_by_label("Namn på finska")).to_be_focused()
        expect(page.get_by_label("Kod")).to_have_value("team")


def test_the_calculator_needs_no_script(window: Window) -> None:
    with window.open(locale="fi", java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_role("link", name="Määräaikalaskuri").click()
        page.get_by_label("Vireille").fill("2026-12-22")
        page.get_by_role("button", name="Laske").click()

        expect(page).to_have_url(f"{window.address}{CALCULATED}")
        expect(page.get_by_text("ti 5.1.2027", exact=True)).to_be_visible()


def test_the_keyboard_reaches_everything_and_shows_where_it_is(window: Window) -> None:
    with window.open(locale="en") as page:
        page.goto(CALCULATED)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Pending since")).to_be_focused()

        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"


def test_the_language_changes_in_the_middle_and_stays(window: Window) -> None:
    with window.open(locale="fi") as page:
        page.goto(CALCULATED)
        page.get_by_role("link", name="Svenska").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Tidsfristräknare")
        expect(page.get_by_text("tis 5.1.2027", exact=True)).to_be_visible()

        page.get_by_role("navigation", name="Huvudmeny").get_by_text("Lag").click()
        expect(page.locator("html")).to_have_attribute("lang", "sv")


def test_paper_has_the_answer_and_not_the_way_to_it(window: Window) -> None:
    with window.open(locale="en") as page:
        page.goto(CALCULATED)
        page.emulate_media(media="print")

        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_text("Tue 5 Jan 2027", exact=True)).to_be_visible()
        assert page.pdf().startswith(b"%PDF")


def test_a_lead_understands_what_waits_longest_and_tells_why_by_keyboard(
    window: Window,
) -> None:
    viewport = {"width": NARROW, "height": 800}
    with window.open(Role.LEAD, locale="fi", viewport=viewport) as page:
        page.goto("/findings")
        unexplained = page.get_by_role("region", name="syytä ja toimia")
        unexplained = unexplained.get_by_role("row")
        longest = unexplained.filter(has=page.get_by_role("link", name="canary-1"))
        expect(longest).to_have_count(1)

        page.goto("/")
        first = page.get_by_role("listitem").filter(has_text="canary-1").first
        expect(first).to_contain_text("avoinna ja myöhässä")
        tab_to(page, first.get_by_role("link"))
        page.keyboard.press("Enter")
        expect(page.get_by_text("merkintä käyttölokiin")).to_be_visible()

        tab_to(page, page.get_by_text("Miksi tämä päivä").first)
        page.keyboard.press("Enter")
        expect(page.get_by_text("vireilletulopäivää ei lueta").first).to_be_visible()

        tab_to(page, page.get_by_text("Kirjaa, miksi ollaan myöhässä").first)
        page.keyboard.press("Enter")
        tab_to(page, page.get_by_label("Miksi ollaan myöhässä").first)
        page.keyboard.type("Tulk")
        tab_to(page, page.get_by_role("button", name="Kirjaa", exact=True).first)
        page.keyboard.press("Enter")
        flaw = page.get_by_role("link", name="Valitse, mitä asialle tehdään.")
        expect(flaw).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW

        tab_to(page, flaw)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Mitä asialle tehdään").first).to_be_focused()
        page.keyboard.type("Tulkki")
        tab_to(page, page.get_by_role("button", name="Kirjaa", exact=True).first)
        page.keyboard.press("Enter")
        told = page.get_by_role("main").get_by_role("status")
        expect(told).to_contain_text("Syy on kirjattu.")
        expect(page.get_by_text("syy: Tulkin tarve")).to_be_visible()

        page.goto("/findings")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(longest).to_have_count(0)


def test_the_worklist_is_narrowed_without_a_script(window: Window) -> None:
    with window.open(Role.LEAD, locale="sv", java_script_enabled=False) as page:
        page.goto("/worklist")
        page.get_by_label("Enhet").select_option(label="leppavaara")
        page.get_by_label("Handläggare").fill("w-7")
        page.get_by_role("button", name="Visa").click()

        rows = page.get_by_role("table").get_by_role("row")
        expect(rows).to_have_count(2)
        expect(rows.last).to_contain_text("mottagen, ännu inte avgjord")


def test_the_end_of_a_session_is_told_and_put_off(window: Window) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        page.clock.install()
        page.goto("/cases/client-a/overdue")
        notice = page.locator(".session")
        went_on = page.get_by_role("button", name="Stay signed in")
        page.clock.fast_forward("24:00")
        expect(notice.get_by_role("status")).to_be_empty()

        page.clock.fast_forward("02:00")
        expect(notice).to_contain_text("You will be signed out at")
        assert violations(page) == []
        page.get_by_role("link", name="Timeline").focus()
        tab_to(page, went_on)
        page.keyboard.press("Enter")
        expect(notice).to_contain_text("You stay signed in")
        page.clock.fast_forward("04:10")
        expect(notice.get_by_role("status")).to_be_empty()

        # Work in another window keeps the session for this one too.
        page.clock.fast_forward("22:00")
        expect(went_on).to_be_visible()
        with window_beside(page) as other:
            other.goto("/law")
            expect(went_on).to_be_hidden()

        page.clock.fast_forward("31:00")
        expect(notice).to_contain_text("is still here")
        with page.expect_popup() as opened_beside:
            notice.get_by_role("link", name="Sign in in a new window").click()
        expect(opened_beside.value).to_have_title(re.compile("Sign in"))


def test_what_was_written_outlives_the_session(window: Window) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        page.goto("/cases/client-a/assessing")
        page.get_by_text("Tell why it is late").first.click()
        page.get_by_label("Why it is late").first.select_option(index=1)
        page.get_by_label("What is done about it").first.select_option(index=1)
        page.context.clear_cookies()
        page.get_by_role("button", name="Record").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in again")
        assert violations(page) == []

        name, value = window.county.session(Role.LEAD)
        page.context.add_cookies(
            [{"name": name, "value": value, "url": window.address}]
        )
        with window_beside(page) as other:
            other.goto("/session")
            expect(other.get_by_role("heading", level=1)).to_have_text(
                "You are signed in"
            )
        page.reload()
        expect(page.get_by_text("The cause is recorded.")).to_be_visible()


@contextmanager
def window_beside(page: Page) -> Iterator[Page]:
    """Give another window of the same browser."""
    other = page.context.new_page()
    yield other
    other.close()


def test_what_was_stored_is_shown_and_never_run(window: Window) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        for path in ("/", "/worklist?status=all", HOSTILE_PAGE, "/findings"):
            page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.goto("/worklist?status=all")

        expect(page.get_by_role("table").get_by_text(HOSTILE).first).to_be_visible()
        assert dialogs == []


def test_the_reasons_of_a_date_are_printed_though_they_were_folded(
    window: Window,
) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        page.goto("/cases/client-a/overdue")
        expect(page.get_by_text("is not counted").first).not_to_be_visible()
        page.emulate_media(media="print")

        expect(page.get_by_text("is not counted").first).to_be_visible()


def test_the_half_year_for_thl_is_sealed_taken_and_compared(window: Window) -> None:
    with window.open(Role.LEAD, locale="fi") as page:
        page.goto("/figures")
        page.get_by_role("link", name="THL:lle").click()
        page.get_by_label("Vertailu").select_option(label="vuosi sitten")
        page.get_by_role("button", name="Näytä").click()
        expect(page.get_by_text("Osuus vuotta aiemmin")).to_be_visible()

        page.get_by_role("link", name="Sinetöi tämä raportti").click()
        expect(page.get_by_label("Ruotsiksi")).to_have_value(re.compile("Talen avser"))
        page.get_by_role("navigation", name="Kieli").get_by_text("Svenska").click()
        page.get_by_role("button", name="Försegla rapporten").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(
            "Förseglad rapport"
        )
        assert violations(page) == []

        with page.expect_download() as taken:
            page.get_by_role("link", name="PDF").click()
        assert re.match(r"sealed-\d+-thl-", taken.value.suggested_filename)
        page.get_by_role("link", name="Hur den skulle se ut i dag").click()
        expect(page.get_by_text("varje tal detsamma")).to_be_visible()
        assert violations(page) == []


def test_the_keyboard_and_the_pointer_read_a_chart(window: Window) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        page.goto("/figures/waiting")
        told = page.get_by_role("status").first
        page.get_by_role("group", name="Ageing").first.press("ArrowRight")
        expect(told).to_have_text(re.compile(r"^0: \d+$"))
        page.locator(".picture").first.locator("rect").last.hover()
        expect(told).to_have_text(re.compile(r"^15\S: \d+$"))


def test_figures_on_paper_have_their_meaning_and_no_way_elsewhere(
    window: Window,
) -> None:
    with window.open(Role.LEAD, locale="en") as page:
        page.goto("/figures/trend?months=12")
        expect(page.get_by_role("table")).to_have_count(0)
        page.emulate_media(media="print")

        expect(page.get_by_role("navigation")).to_have_count(0)
        expect(page.get_by_role("link", name="PDF")).to_have_count(0)
        expect(page.get_by_role("table")).to_be_visible()
        expect(page.get_by_text("three standard errors")).to_be_visible()
