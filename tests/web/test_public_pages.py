"""Pages for everybody: the front page, the calculator, the law."""

import re
from urllib.parse import urljoin

import pytest

from app.web.static_files import FILES
from tests.web.reading import Reader

PATHS = (
    "/",
    "/calculator",
    "/calculator?received_on=2026-12-22",
    "/calculator?received_on=2025-11-29",
    "/calculator/month?year=2026&month=12",
    "/law",
    "/law?year=2015",
)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_in_order_in_every_language(
    anyone: Reader, path: str, language: str
) -> None:
    page = anyone.visit(path, Accept_Language=language)

    assert page.root.get("lang") == language


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_nothing_of_another_host(anyone: Reader, path: str) -> None:
    page = anyone.visit(path)

    for address in page.attributes("href") + page.attributes("src"):
        assert address.startswith(("/", "#", "?")), address
        assert not address.startswith("//")


@pytest.mark.parametrize("path", PATHS)
def test_every_link_leads_somewhere(anyone: Reader, path: str) -> None:
    page = anyone.visit(path)

    leading = {urljoin(path, link).partition("#")[0] for link in page.links().values()}
    for address in leading - {"/docs"}:
        assert anyone.answer(address).status_code == 200, address


# --- the calculator ---


def test_the_calculator_tells_both_deadlines(anyone: Reader) -> None:
    page = anyone.visit("/calculator?received_on=2026-12-22", Accept_Language="fi")

    assert page.text("h2") == [
        "Palvelutarpeen arvioinnin aloittaminen",
        "Palvelutarpeen arviointi",
    ]
    # Seven working days without both eves and New Year's Day; three months.
    assert page.text("dd") == [
        *("ti 5.1.2027", "ma 4.1.2027", "ti 22.12.2026"),
        *("ma 22.3.2027", "ti 22.12.2026"),
    ]
    assert "to 24.12.2026: ei lueta, jouluaatto" in page.words
    assert "Jos aatot luettaisiin arkipäiviksi, määräpäivä olisi ma 4.1.2027" in (
        page.words
    )


def test_the_calendar_numbers_the_days_that_are_counted(anyone: Reader) -> None:
    page = anyone.visit("/calculator?received_on=2026-12-22", Accept_Language="en")
    days = [text for text in page.text("td") if re.search(r"\.\s\d\b", text)]

    assert days == [
        "23.12. 1",
        "28.12. 2",
        "29.12. 3",
        "30.12. 4",
        "31.12. 5",
        "4.1. 6 safe date",
        "5.1. 7 due date",
    ]
    assert "24.12. Christmas Eve" in page.text("td")
    assert "… 12 weeks …" in page.text("td")


def test_a_day_may_be_written_as_people_write_it(anyone: Reader) -> None:
    by_hand = anyone.visit("/calculator?received_on=22.12.2026")
    by_form = anyone.visit("/calculator?received_on=2026-12-22")

    assert by_hand.text("dd") == by_form.text("dd")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "Give a day"),
        ("tomorrow", "Give a day"),
        ("2026-02-30", "Give a day"),
        ("2007-12-31", "have not been verified"),
        ("2100-12-31", "have not been verified"),
    ],
)
def test_what_is_wrong_with_a_day_stands_at_its_field(
    anyone: Reader, asked: str, told: str
) -> None:
    page = anyone.visit(
        f"/calculator?received_on={asked}", status=422, Accept_Language="en"
    )

    (field,) = page.all("input")
    assert field.get("aria-invalid") == "true"
    flaw = next(each for each in page.all("p") if each.get("id"))
    assert field.get("aria-describedby") == flaw.get("id")
    assert told in "".join(flaw.itertext())


def test_a_month_has_the_deadlines_of_each_of_its_days(anyone: Reader) -> None:
    page = anyone.visit("/calculator/month?year=2024&month=2", Accept_Language="en")

    rows = page.text("tr")
    assert len(rows) == 1 + 29
    assert rows[-1].startswith("Thu 29 Feb 2024 Mon 11 Mar 2024 Wed 29 May 2024")
    assert page.links()["January 2024"] == "/calculator/month?year=2024&month=1"
    assert page.links()["March 2024"] == "/calculator/month?year=2024&month=3"
    day = page.links()["Thu 29 Feb 2024"]
    assert "Wed 29 May 2024" in anyone.visit(day, Accept_Language="en").text("dd")


def test_the_last_month_says_what_it_cannot_tell(anyone: Reader) -> None:
    page = anyone.visit("/calculator/month?year=2100&month=12", Accept_Language="en")

    assert "outside the verified years" in page.words
    assert "January 2101" not in page.words


# --- the law ---


def test_the_law_has_every_version_with_its_sections(anyone: Reader) -> None:
    page = anyone.visit("/law", Accept_Language="sv")

    assert {"LSL-26-2008", "LSL-26-2015", "LSL-27-2008", "SHL-36-2015"} == set(
        page.text("code")
    )
    assert "26 § i barnskyddslagen (417/2007)" in page.words
    assert "7 vardagar" in page.words
    assert "3 månader" in page.words


def test_the_law_tells_the_days_off_of_a_year(anyone: Reader) -> None:
    page = anyone.visit("/law?year=2027", Accept_Language="en")

    # 25 and 26 December and others of 2027 are on a weekend, and are days off too.
    assert len(page.text("tr")) == 1 + 15
    assert any("Fri 25 Jun 2027 Midsummer Eve" in row for row in page.text("tr"))
    assert page.links()["2028"] == "/law?year=2028#days-off"


def test_the_law_tells_what_the_other_readings_would_change(anyone: Reader) -> None:
    page = anyone.visit("/law?year=2026", Accept_Language="en")

    assert "In use: no, the eves are not counted." in page.words
    assert re.search(r"Of the 365 days of 2026 .* \d+ would have another", page.words)


# --- static files ---


def test_a_static_file_is_kept_for_ever_under_an_address_of_its_content(
    anyone: Reader,
) -> None:
    page = anyone.visit("/")
    (sheet, _) = [link.get("href", "") for link in page.all("link")]
    answer = anyone.answer(sheet)

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == FILES["site.css"].content
    assert anyone.answer("/static/000000000000/site.css").status_code == 404
    assert anyone.answer("/static/000000000000/none.css").status_code == 404
    assert sum(len(file.content) for file in FILES.values()) < 50_000
