"""Every number of a table opens into its deadlines, as many as it says."""

import csv
import io
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from app.domain.access import Role
from app.domain.ageing import Number as Ageing
from app.domain.flow import Number as Flow
from app.domain.report_settings import ReportSettings
from app.main import create_app
from app.services import report_settings
from app.web.figures import listing
from tests.api.asking import County
from tests.api.asking import county as asked_county
from tests.conftest import bearer
from tests.web.county import OTHER, OWN, ago
from tests.web.document import Document, said
from tests.web.opened_county import UNITS, made_up
from tests.web.reading import Reader, reader, session

PERIOD = f"{ago(330)}..{ago(0)}"
MONTHS = "3"
TABLES = (
    "/figures/waiting",
    f"/figures/waiting?unit={OTHER}",
    f"/figures/flow?months={MONTHS}",
    f"/figures/flow?months={MONTHS}&rule=assessment&unit=espoo",
    f"/figures/days?period={PERIOD}",
    "/figures/trend?months=12",
    "/figures/trend?months=12&unit=espoo&rule=assessment",
    f"/figures/gaps?period={PERIOD}&by=nationality_group&unit=espoo",
)


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    with asked_county(server_url, template, UNITS, *made_up()) as found:
        report_settings.put(found.database, ReportSettings(minimum_n=1))
        yield found


@pytest.fixture(scope="module", params=[(), (OWN,)], ids=["all units", "one unit"])
def lead(request: pytest.FixtureRequest, espoo: County) -> Iterator[Reader]:
    app = create_app(espoo.database)
    with reader(app) as somebody:
        name, value = session(app, espoo.database, Role.LEAD, *request.param)
        somebody.client.cookies.set(name, value)
        yield somebody


def rows(page: Document) -> int:
    return len(page.text("tr")[1:])


def opened(page: Document) -> dict[str, int]:
    """Return what each number that opens says, by where it leads."""
    return {
        address: int(said(link))
        for link in page.all("a")
        if "cases?" in (address := link.get("href", ""))
    }


@pytest.mark.parametrize("path", TABLES)
def test_each_number_of_a_table_opens_into_as_many_cases_as_it_says(
    lead: Reader, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 1_000)
    page = lead.visit(path, Accept_Language="en")
    numbers = opened(page)

    # Of units of others there is nothing.
    assert len(numbers) > 1 or path.endswith(OTHER)
    for address, number in numbers.items():
        listed = lead.answer(address).text
        assert listed.count("<tr>") - 1 == number > 0, address
    # And there is no other number but zero; shares have a sign.
    plain = [said(td) for td in page.all("td") if td.find("a") is None]
    assert {each for each in plain if each.isdigit()} <= {"0"}


def test_units_are_rolled_up_to_the_level_that_is_asked_for(espoo: County) -> None:
    app = create_app(espoo.database)
    with reader(app) as lead:
        name, value = session(app, espoo.database, Role.LEAD)
        lead.client.cookies.set(name, value)
        page = lead.visit(f"/figures?period={PERIOD}", Accept_Language="en")
        (field,) = [each for each in page.all("select") if each.get("id") == "level"]
        assert [said(each) for each in field.iter("option")] == [
            "as it was sent",
            "level 1: espoo",
            f"level 2: {OTHER}, {OWN}",
        ]
        rolled = lead.visit(f"/figures?period={PERIOD}&level=0", Accept_Language="en")
        deeper = lead.visit(f"/figures?period={PERIOD}&level=1", Accept_Language="en")
        _is_opened_by_level(lead, deeper)

    assert "espoo in all" in deeper.text("th")
    assert len(rolled.text("tr")) < len(page.text("tr")) < len(deeper.text("tr"))


def _is_opened_by_level(lead: Reader, page: Document) -> None:
    """See that *page* keeps its level: in its numbers, its steps and its files."""
    (chosen,) = [
        each.get("value", "")
        for field in page.all("select")
        for each in field.iter("option")
        if field.get("id") == "level" and "selected" in each.attrib
    ]
    numbers = {to: number for to, number in opened(page).items() if "=espoo" in to}
    assert any("level=0" in address for address in numbers)
    for address, number in numbers.items():
        assert lead.answer(address).text.count("<tr>") - 1 == min(number, listing.ROWS)
    steps = [a.get("href", "") for a in page.all("a") if a.get("rel") == "prev"]
    files = [href for text, href in page.links().items() if text in {"PDF", "CSV"}]
    for href in (*steps, *files):
        assert f"level={chosen}" in href
    other = steps[0].replace(f"level={chosen}", f"level={chosen}&by=age_band")
    assert "level" not in [each.get("id") for each in lead.visit(other).all("select")]


def test_a_link_says_what_it_opens_and_the_list_what_it_is(lead: Reader) -> None:
    for path, named in (
        ("/figures/waiting", "working days"),
        ("/figures/flow?months=3", "pending"),
        (f"/figures/days?period={PERIOD}", "Count"),
    ):
        page = lead.visit(path, Accept_Language="en")
        links = [a for a in page.all("a") if "cases?" in a.get("href", "")]
        labels = [link.get("aria-label", "") for link in links]
        assert any(named in label for label in labels), labels
        assert all(
            label.startswith(f"{said(link)}: ")
            for label, link in zip(labels, links, strict=True)
        )
        listed = lead.visit(links[0].get("href", ""), Accept_Language="en")
        assert "Initiation of the service-needs assessment" in listed.title
        # The way back leads to where the number stands.
        back = next(listed.all("nav")[-1].iter("a"))
        assert back.get("href", "").startswith(path.partition("?")[0])


def test_a_list_goes_on_where_it_ended(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = opened(lead.visit("/figures/flow?months=2", Accept_Language="en"))
    address = max(numbers, key=lambda each: numbers[each])
    number, seen = numbers[address], 0
    monkeypatch.setattr(listing, "ROWS", 6)
    while address:
        page = lead.visit(address, Accept_Language="en")
        seen += rows(page)
        address = page.links().get("Next page", "")
    assert seen == number > 6


def test_a_list_is_taken_away_as_a_file_that_has_all_of_it(
    lead: Reader, espoo: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 2)
    for path in (
        "/figures/waiting",
        "/figures/flow?months=3",
        f"/figures?period={PERIOD}",
        f"/figures/days?period={PERIOD}",
    ):
        numbers = opened(lead.visit(path, Accept_Language="en"))
        address = max(numbers, key=lambda each: numbers[each])
        asked, way = form_of_file(lead.visit(address, Accept_Language="en"))
        file = lead.client.get(
            way,
            params={**asked, "format": "csv", "reason": "supervision"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert file.status_code == 200, file.text
        taken = list(
            csv.DictReader(io.StringIO(file.text.lstrip("\ufeff")), delimiter=";")
        )
        assert len(taken) == numbers[address] > 2, path
        assert len({(each["case_ref"], each["started_on"]) for each in taken}) > 2
        (code,) = {each["watermark"] for each in taken}
        looks = espoo.client.get(
            "/v1/access-log",
            params={"watermark": code},
            headers=bearer(espoo.database, Role.AUDITOR),
        ).json()["items"]
        assert [(each["rows"], each["reason"]) for each in looks] == [
            (len(taken), "supervision")
        ]


def form_of_file(page: Document) -> tuple[dict[str, str], str]:
    """Return what the form of *page* asks for as a file, and where it asks."""
    (form,) = [
        each for each in page.all("form") if each.get("action", "").startswith("/v1/")
    ]
    fields = {
        each.get("name", ""): each.get("value", "") for each in form.iter("input")
    }
    return fields, form.get("action", "")


@pytest.mark.parametrize(
    "path",
    [
        "/figures/waiting/cases?bin=99",
        "/figures/waiting/cases?column=open_long",
        "/figures/waiting/cases?rule=none",
        "/figures/waiting/cases?cursor=made-up",
        "/figures/flow/cases?month=2026",
        "/figures/flow/cases?month=2026-13",
        "/figures/flow/cases?month=0001-01&column=backlog",
        "/figures/flow/cases?column=backlog_before",
        "/figures/cases?days_taken=-1",
        "/figures/cases?days_taken=soon",
    ],
)
def test_what_is_no_number_of_a_table_is_refused(lead: Reader, path: str) -> None:
    lead.visit(path, status=422)


def test_a_list_without_a_question_is_one_that_is_asked_most(lead: Reader) -> None:
    for path in ("/figures/waiting/cases", "/figures/flow/cases"):
        assert lead.visit(path, Accept_Language="en").title


# And by the API


@pytest.fixture(params=[(), (OWN,)], ids=["all units", "one unit"])
def key(request: pytest.FixtureRequest, espoo: County) -> dict[str, str]:
    return espoo.lead_of(*request.param)


def length(county: County, key: dict[str, str], link: str, **more: str) -> int:
    """Return how many deadlines the pages of a list have."""
    found = 0
    link = f"{link}&{urlencode({**more, 'limit': 100})}"
    while link:
        answer = county.client.get(link, headers=key)
        assert answer.status_code == 200, answer.text
        found += len(answer.json()["items"])
        link = answer.links.get("next", {}).get("url", "")
    return found


@pytest.mark.parametrize("unit", [{}, {"unit": OTHER}], ids=str)
def test_each_number_of_the_ageing_opens(
    espoo: County, key: dict[str, str], unit: dict[str, str]
) -> None:
    report = espoo.ask_as(key, "ageing", by="unit", **unit)

    for row in (
        row for each in report["rules"] for row in (each["total"], *each["rows"])
    ):
        for column in (Ageing.OPEN_IN_TIME, Ageing.OPEN_LATE, Ageing.JOINED):
            assert length(espoo, key, row["cases"], column=column) == row[column]
        open_ = row[Ageing.OPEN_IN_TIME] + row[Ageing.OPEN_LATE]
        assert length(espoo, key, row["cases"]) == open_
        told = {
            (code, column): number
            for code, numbers in row["bins"].items()
            for column, number in numbers.items()
            if number or code == "8-14"
        }
        for (code, column), number in told.items():
            listed = length(espoo, key, row["cases"], bin=code, column=column)
            assert listed == number, (row["cases"], code, column)


@pytest.mark.parametrize("unit", [{}, {"unit": OTHER}], ids=str)
def test_each_number_of_the_flow_opens(
    espoo: County, key: dict[str, str], unit: dict[str, str]
) -> None:
    report = espoo.ask_as(key, "flow", by="unit", months="2", **unit)

    for each in report["rules"]:
        for row in ({"months": each["total"], "cases": each["cases"]}, *each["rows"]):
            told = {
                (month["month"], column): month[column]
                for month in row["months"]
                for column in Flow
                if month[column] or column is Flow.ENDED
            }
            for (month, column), number in told.items():
                listed = length(espoo, key, row["cases"], month=month, column=column)
                assert listed == number, (row["cases"], month, column)


@pytest.mark.parametrize("basis", ["due", "thl"])
def test_each_number_of_days_to_done_opens(
    espoo: County, key: dict[str, str], basis: str
) -> None:
    report = espoo.ask_as(
        *(key, "compliance"),
        period=PERIOD,
        by="unit",
        basis=basis,
        include="distribution",
    )

    told = [
        (row["cases"], str(each["days"]), each["deadlines"])
        for kind in ("rows", "totals")
        for row in report[kind]
        for each in row.get("days_taken", ())
    ]
    assert len(told) > 8
    for link, days, number in told:
        assert length(espoo, key, link, days_taken=days) == number, (link, days)
    # A column besides is of what was done as well.
    total = report["totals"][0]
    assert sum(
        length(espoo, key, total["cases"], days_taken="0-", column=column)
        for column in ("in_time", "late", "met_not_yet_due")
    ) == sum(each["deadlines"] for each in total["days_taken"])


def test_only_leads_may_open_a_number(espoo: County) -> None:
    report = espoo.ask("ageing")
    link = report["rules"][0]["total"]["cases"]
    analyst = bearer(espoo.database, Role.ANALYST)

    for path in (link, f"{link}&month=2026-01&column=done".replace("ageing", "flow")):
        assert espoo.client.get(path).status_code == 401
        assert espoo.client.get(path, headers=analyst).status_code == 403
