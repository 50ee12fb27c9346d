"""Which language a page is in."""

from urllib.parse import unquote

import pytest

from tests.web.reading import Reader


@pytest.mark.parametrize(
    ("preferred", "language"),
    [
        pytest.param("", "fi", id="nothing told"),
        pytest.param("sv-FI,sv;q=0.9,en;q=0.8", "sv", id="by region"),
        pytest.param("de,en;q=0.5,fi;q=0.7", "fi", id="by weight"),
        pytest.param("de", "fi", id="none of ours"),
        pytest.param("sv;q=0,en;q=0.1", "en", id="one refused"),
        pytest.param("en;q=x,sv", "en", id="a weight that is none"),
    ],
)
def test_the_browser_tells_the_language(
    anyone: Reader, preferred: str, language: str
) -> None:
    page = anyone.visit("/law", Accept_Language=preferred)

    assert page.root.get("lang") == language


def test_a_language_that_is_chosen_is_remembered(anyone: Reader) -> None:
    anyone.visit("/law?lang=sv", Accept_Language="en")

    assert anyone.visit("/calculator", Accept_Language="en").root.get("lang") == "sv"
    assert anyone.visit("/law?lang=en").root.get("lang") == "en"
    assert anyone.visit("/calculator").root.get("lang") == "en"


def test_the_cookie_is_not_for_scripts_or_other_sites(anyone: Reader) -> None:
    cookie = anyone.answer("/law?lang=sv").headers["set-cookie"].lower()

    assert "maaraaika_language=sv" in cookie
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_link_leads_to_the_same_page_in_another_language(anyone: Reader) -> None:
    page = anyone.visit("/calculator?received_on=2026-12-22&lang=fi")

    assert page.links()["Svenska"] == "?received_on=2026-12-22&lang=sv"
    chosen = [a for a in page.all("a") if a.get("aria-current") == "true"]
    assert [a.get("lang") for a in chosen] == ["fi"]


def test_a_cookie_of_no_language_is_as_none(anyone: Reader) -> None:
    page = anyone.visit("/law", Cookie="maaraaika_language=xx", Accept_Language="sv")

    assert page.root.get("lang") == "sv"


def test_a_page_of_an_error_links_to_nothing_that_was_asked(anyone: Reader) -> None:
    page = anyone.visit("/law?colour=red&year=2026&lang=sv", status=422)

    assert page.links()["Suomi"] == "?lang=fi"


@pytest.mark.parametrize(
    "told", ["131052-308T", "%31%33%31%30%35%32A308T", "050-1234567", "a%40b.fi"]
)
@pytest.mark.parametrize("path", ["/calculator?received_on=", "/law?x=", "/sign-in?y="])
def test_an_address_that_tells_who_someone_is_goes_on_in_no_link(
    anyone: Reader, path: str, told: str
) -> None:
    answer = anyone.answer(path + told, Accept_Language="en")

    assert answer.status_code == 422
    assert told not in answer.text
    assert unquote(told) not in answer.text
