"""Figures on pages: the same as in the reports, and each leads to its cases."""

from collections.abc import Iterator

import pytest

from app.domain.access import Role
from app.exports.numbers import DASH
from app.web.figures import cases
from tests.web.county import OWN, County, ago, county
from tests.web.document import Document, said
from tests.web.reading import Reader

LATELY = f"{ago(300)}..{ago(1)}"
RATES = f"/figures?period={LATELY}"
CHARTS = (
    "/figures/trend?months=12",
    f"/figures/days?period={LATELY}",
    f"/figures/gaps?period={LATELY}",
    "/figures/waiting",
    "/figures/flow?months=12",
)


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture(scope="module")
def lead(service: County) -> Iterator[Reader]:
    with service.reader(Role.LEAD) as somebody:
        yield somebody


@pytest.fixture(scope="module")
def analyst(service: County) -> Iterator[Reader]:
    with service.reader(Role.ANALYST) as somebody:
        yield somebody


def see(reader: Reader, path: str) -> Document:
    return reader.visit(path, Accept_Language="en")


def opened(page: Document) -> dict[str, int]:
    """Return what each number that opens says, by where it leads."""
    return {
        address: int(said(link))
        for link in page.all("a")
        if (address := link.get("href", "")).startswith("/figures/cases?")
    }


def rows(page: Document) -> list[str]:
    return page.text("tr")[1:]


@pytest.mark.parametrize("by", ["unit", "language_group", "outcome", "source"])
def test_each_number_opens_into_as_many_cases_as_it_says(lead: Reader, by: str) -> None:
    numbers = opened(see(lead, f"{RATES}&by={by}"))

    assert len(numbers) > 8
    for address, number in numbers.items():
        assert len(rows(see(lead, address))) == number, address


def test_a_number_opens_as_it_was_though_more_has_become_known(lead: Reader) -> None:
    page = see(lead, RATES)
    address = next(iter(opened(page)))

    assert "as_of=" in address
    assert "known_at=" in address


def test_a_list_behind_a_number_goes_on_where_it_ended(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = max((numbers := opened(see(lead, RATES))), key=lambda each: numbers[each])
    whole = rows(see(lead, address))
    monkeypatch.setattr(cases, "ROWS", 2)
    seen: list[str] = []
    while address:
        page = see(lead, address)
        seen += rows(page)
        address = page.links().get("Next page", "")

    assert seen == whole
    assert len(seen) > 2


def test_who_may_see_no_cases_is_led_to_none(analyst: Reader, lead: Reader) -> None:
    page = see(analyst, RATES)

    assert opened(page) == {}
    assert page.text("td") == see(lead, RATES).text("td")
    assert "worklist" not in " ".join(page.links().values())
    assert "worklist" not in " ".join(see(analyst, "/figures/waiting").links().values())
    analyst.visit(f"/figures/cases?period={LATELY}&rule=initiation", status=403)


def test_figures_are_those_of_the_report(lead: Reader) -> None:
    page = see(lead, RATES)

    assert page.text("h2")[:2] == [
        "Initiation of the service-needs assessment",
        "Service-needs assessment",
    ]
    told = lead.client.get(
        page.links()["CSV"], headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert told.status_code == 200
    assert told.text.count("\n") > 4


@pytest.mark.parametrize("path", CHARTS)
def test_a_chart_has_its_table_its_meaning_and_its_files(
    analyst: Reader, path: str
) -> None:
    page = see(analyst, path)

    pictures = [each for each in page.all("svg") if each.get("role") == "img"]
    assert pictures
    assert len(page.all("table")) >= len(pictures)
    assert "What the words mean" in page.text("h3")
    for form in ("PDF", "XLSX", "CSV"):
        assert f"format={form.lower()}" in page.links()[form]
    told = analyst.client.get(
        page.links()["CSV"], headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert told.status_code == 200, told.text


def test_what_is_open_is_as_much_as_the_worklist_lists(lead: Reader) -> None:
    page = see(lead, "/figures/waiting")
    listed = rows(see(lead, page.links()["All that is open, in the worklist"]))
    late = rows(see(lead, page.links()["All that is overdue, in the worklist"]))

    told = [each for each in page.text("p") if " open, of which " in each]
    numbers = [[int(word) for word in each.split() if word.isdigit()] for each in told]
    assert [sum(each) for each in zip(*numbers, strict=True)] == [
        len(listed),
        len(late),
    ]


def test_the_period_is_changed_step_by_step(lead: Reader) -> None:
    page = see(lead, "/figures?period=2026-04&by=age_band&compare=year_ago")
    later = see(lead, page.links()["May 2026"])

    assert page.links()["March 2026"].startswith("/figures?period=2026-03&by=age_band")
    assert later.title.startswith(
        f"Compliance with the deadlines, 1 May 2026{DASH}31 May 2026"
    )
    assert "April 2026" in later.links()
    assert page.links()["Days taken"] == "/figures/days?period=2026-04"


def test_a_period_that_has_not_begun_is_not_offered(lead: Reader) -> None:
    page = see(lead, f"/figures?period={ago(0)}..{ago(-9)}")

    (step,) = [each for each in page.all("a") if each.get("rel") in {"prev", "next"}]
    assert step.get("rel") == "prev"


def test_a_share_of_too_few_is_said_to_be_so(lead: Reader) -> None:
    assert "too few" in see(lead, f"{RATES}&compare=previous").text("td")


def test_a_period_in_which_nothing_fell_due_says_so(lead: Reader) -> None:
    page = see(lead, "/figures?period=2015")
    days = see(lead, "/figures/days?period=2015")

    assert "No deadline of your units fell due in this period." in page.words
    assert "Nothing that fell due in this period was done." in days.words


def test_charts_are_of_the_units_that_are_asked_for(lead: Reader) -> None:
    every = see(lead, "/figures/waiting").text("td")
    own = see(lead, f"/figures/waiting?unit={OWN}").text("td")

    assert own != every


@pytest.mark.parametrize(
    "path",
    [
        "/figures?period=yesterday",
        "/figures?by=shoe_size",
        "/figures?known_at=2026",
        "/figures/trend?months=0",
        "/figures/trend?rule=none",
        "/figures/gaps?by=unit",
        "/figures/waiting?colour=red",
        "/figures/cases?period=2026-10&rule=none",
        "/figures/cases?period=2026-10&rule=initiation&cursor=made-up",
    ],
)
def test_an_address_that_is_wrong_is_refused(lead: Reader, path: str) -> None:
    lead.visit(path, status=422)
