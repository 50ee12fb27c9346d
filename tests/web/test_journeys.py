"""Somebody comes, works, and goes: in a real browser, by keyboard, in two languages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app import clock
from app.domain.access import Role
from app.services import signing_in
from tests.web.county import OWN
from tests.web.window import Window, opened, tab_to, violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def window(server_url: str, template: str) -> Iterator[Window]:
    with opened(server_url, template) as made:
        yield made


def test_a_lead_signs_in_and_opens_a_case_by_keyboard_in_swedish_and_signs_out(
    window: Window,
) -> None:
    code = signing_in.make_link(
        window.county.database, role=Role.LEAD, units=(OWN,), now=clock.now()
    )
    with window.open(locale="fi") as page:
        page.goto(f"/sign-in/link?code={code}")
        tab_to(page, page.get_by_role("main").get_by_role("button"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tänään")
        expect(page).to_have_url(f"{window.address}/")

        # In the middle another language, which stays.
        tab_to(page, page.get_by_role("link", name="Svenska"))
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_attribute("lang", "sv")
        menu = page.get_by_role("navigation", name="Huvudmeny")
        tab_to(page, menu.get_by_role("link", name="Arbetslista"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Arbetslista")

        # Past the menu, to the longest overdue, with the focus always to be seen.
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        focused = page.locator("main :focus")
        expect(focused).to_have_count(1)
        assert focused.evaluate("each => getComputedStyle(each).outlineWidth") == "3px"
        first = page.get_by_role("table").locator("tbody a[href^='/cases/']").first
        tab_to(page, first)
        page.keyboard.press("Enter")
        expect(page.get_by_text("antecknats i användningsloggen")).to_be_visible()
        assert page.pdf().startswith(b"%PDF")

        tab_to(page, page.get_by_role("button", name="Logga ut"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Du har loggat ut.")
        page.go_back()
        page.goto("/worklist")
        expect(page.get_by_role("heading", level=1)).to_have_text("Logga in")
        expect(page.locator("html")).to_have_attribute("lang", "sv")


def test_an_administrator_makes_a_key_and_ends_it(window: Window) -> None:
    with window.open(Role.ADMIN, locale="fi") as page:
        page.goto("/settings")
        page.get_by_role("link", name="API-avaimet").click()
        page.get_by_role("link", name="Luo avain asiakastietojärjestelmälle").click()
        page.get_by_label("Lähde").fill("client-b")
        page.get_by_role("button", name="Luo avain").click()
        expect(page.get_by_role("main").get_by_role("status")).to_contain_text(
            "client-b"
        )
        key = page.locator(".secret code").inner_text()
        assert key.startswith("mk_")
        assert violations(page) == []

        page.get_by_role("link", name="Takaisin avaimiin").click()
        page.get_by_role("link", name=key.split("_")[1]).click()
        page.get_by_role("link", name="Mitätöi avain …").click()
        assert violations(page) == []
        page.get_by_role("button", name="Mitätöi avain").click()

        expect(page.get_by_role("main").get_by_role("status")).to_contain_text(
            "Avain on mitätöity"
        )
        expect(page.get_by_role("link", name=key.split("_")[1])).to_have_count(0)
