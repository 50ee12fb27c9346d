"""Figures on pages: the same as in the reports, and each leads to its cases."""

from collections.abc import Iterator

import pytest
from httpx2 import Response

from app import clock
from app.domain.access import Actor, Role
from app.domain.reporting_periods import month_before, parse_period
from app.exports.numbers import DASH
from app.services import publications
from app.services.publications import publish
from app.services.sealed_reports import find
from app.web.figures import listing
from app.web.figures import sealed as sealed_pages
from tests.api.sending import notification, send
from tests.conftest import bearer
from tests.web.county import OWN, County, ago, county
from tests.web.document import Document, parse, said
from tests.web.reading import ACCEPT, Reader

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


@pytest.fixture(scope="module")
def sender(service: County) -> dict[str, str]:
    """Give the key of the client system."""
    return bearer(service.database, Role.INTEGRATOR, source="client-a")


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
    monkeypatch.setattr(listing, "ROWS", 2)
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


# --- THL's report, sealing, comparing ---

MONTH = f"{ago(40)[:7]}"
COMMENT = {"comment_fi": "Kaksi\r\nriviä.", "comment_sv": "Två\r\nrader."}


def fields(page: Document) -> dict[str, str]:
    """Return what the form of *page* would send."""
    sent = {
        each.get("name", ""): each.get("value", "")
        for each in page.all("input")
        if each.get("name")
    }
    return sent | {each.get("name", ""): said(each) for each in page.all("textarea")}


def press(reader: Reader, sent: dict[str, str], **headers: str) -> Response:
    """Return the answer to the form of sealing."""
    return reader.client.post(
        "/figures/seal",
        data=sent,
        headers={"Accept": ACCEPT, "Sec-Fetch-Site": "same-origin"} | headers,
        follow_redirects=False,
    )


def sealed(reader: Reader, period: str) -> str:
    """Seal the report of *period*, and return where it is."""
    page = see(reader, f"/figures/seal?period={period}&by=unit")
    answer = press(reader, fields(page))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_the_half_year_for_thl_is_sealed_and_taken(lead: Reader) -> None:
    page = see(lead, "/figures/thl?compare=year_ago")
    assert "Owed to THL on" in page.words
    assert "Change, percentage points" in page.text("th")
    question = see(lead, page.links()["Seal this report"])
    assert "What sealing means" in question.text("h2")
    answer = press(lead, fields(question))
    report = see(lead, answer.headers["location"])

    assert report.text("h2")[:3] == [
        "Four figures",
        "Deadlines that fell due in the window",
        "Comment",
    ]
    assert report.text("td")[0] == page.text("td")[0]
    for form, begins in (("PDF", b"%PDF"), ("XLSX", b"PK"), ("CSV", b"row,")):
        file = lead.client.get(
            report.links()[form], headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert file.content.startswith(begins), file.text
    others = see(lead, "/figures/thl").links().values()
    assert answer.headers["location"] in others


def test_the_figures_of_thl_open_into_their_cases(
    lead: Reader, analyst: Reader
) -> None:
    path = "/figures/thl"
    numbers = opened(see(lead, path))

    assert numbers
    for address, number in numbers.items():
        assert len(rows(see(lead, address))) == number
    assert opened(see(analyst, path)) == {}


def test_a_form_that_is_sent_twice_seals_once(lead: Reader) -> None:
    sent = fields(see(lead, f"/figures/seal?period={MONTH}&by=unit"))

    first, again = press(lead, sent), press(lead, sent)

    assert first.headers["location"] == again.headers["location"]


def test_what_is_sealed_is_what_was_looked_at(service: County, lead: Reader) -> None:
    link = see(lead, f"/figures?period={MONTH}").links()["Seal this report"]
    asked = fields(see(lead, link))

    assert f"known_at={asked['known_at']}".replace(":", "%3A") in link
    report = see(lead, press(lead, asked | COMMENT).headers["location"])
    number = int(report.title.split()[2].rstrip(","))
    content = find(service.database, Actor(role=Role.LEAD), number).content
    assert content["known_at"] == asked["known_at"]
    assert content["comment"] == {"fi": "Kaksi\nriviä.", "sv": "Två\nrader."}
    assert [each.get("lang") for each in report.all("p") if each.get("lang")] == [
        *("fi", "fi", "sv", "sv")
    ]


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ({"comment_fi": "Vain suomeksi."}, "in both languages"),
        ({"comment_fi": "a 131052-308T", "comment_sv": "b"}, "who someone is"),
        ({"comment_fi": "a\n131052-\n308T", "comment_sv": "b"}, "who someone is"),
        ({"comment_fi": "x" * 4001, "comment_sv": "y"}, "too long"),
    ],
)
def test_a_comment_that_cannot_be_sealed_is_given_back(
    lead: Reader, comment: dict[str, str], told: str
) -> None:
    sent = fields(see(lead, f"/figures/seal?period={MONTH}&by=unit"))
    before = len(rows(see(lead, "/figures/sealed")))

    answer = press(lead, sent | comment, **{"Accept-Language": "en"})

    assert answer.status_code == 422
    page = parse(answer.text)
    (alert,) = [each for each in page.all("p") if each.get("role") == "alert"]
    assert told in said(alert)
    assert len(rows(see(lead, "/figures/sealed"))) == before


def test_what_is_sealed_keeps_the_level_of_its_units(
    service: County, lead: Reader
) -> None:
    link = see(lead, f"/figures?period={MONTH}&level=0").links()["Seal this report"]
    report = press(lead, fields(see(lead, link))).headers["location"]

    number = int(report.rpartition("/")[2])
    content = find(service.database, Actor(role=Role.LEAD), number).content
    assert (content["by"], content["level"]) == (["unit"], 0)


def test_another_site_seals_nothing(lead: Reader) -> None:
    sent = fields(see(lead, f"/figures/seal?period={MONTH}&by=unit"))
    before = len(rows(see(lead, "/figures/sealed")))

    answer = press(lead, sent, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert len(rows(see(lead, "/figures/sealed"))) == before


def test_who_may_not_seal_is_not_led_to_it(service: County) -> None:
    with service.reader(Role.ADMIN) as admin:
        admin.visit(f"/figures/seal?period={MONTH}", status=403)
        admin.visit("/figures/sealed", status=403)


@pytest.mark.parametrize("period", ["2026-H1", "2026-Q1", f"{ago(9)}..{ago(2)}"])
def test_a_period_that_no_report_is_owed_of_is_not_sealed(
    lead: Reader, period: str
) -> None:
    page = see(lead, f"/figures?period={period}")

    assert "Seal this report" not in page.links()
    lead.visit(f"/figures/seal?period={period}", status=422)


def test_a_report_of_other_units_is_not_seen(service: County, lead: Reader) -> None:
    whole = sealed(lead, MONTH)
    with service.reader(Role.LEAD, OWN) as other:
        own = sealed(other, MONTH)

        other.visit(own)
        other.visit(whole, status=404)
        other.visit(f"{whole}/changes", status=404)
        other.visit(f"{own}/changes?to={whole.rpartition('/')[2]}", status=404)
        assert len(rows(other.visit("/figures/sealed"))) == 1


def test_sealed_reports_go_on_where_they_ended(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        sealed(lead, MONTH)
    whole = rows(see(lead, "/figures/sealed?kind=monthly"))
    monkeypatch.setattr(sealed_pages, "ROWS", 2)
    seen: list[str] = []
    address = "/figures/sealed?kind=monthly"
    while address:
        page = see(lead, address)
        seen += rows(page)
        address = page.links().get("Next page", "")

    assert seen == whole
    assert len(seen) > 2


def test_each_change_of_a_report_has_its_cause(
    service: County, sender: dict[str, str]
) -> None:
    with service.reader(Role.LEAD) as lead:
        first = sealed(lead, MONTH)
        assert "No figure has changed." in see(lead, f"{first}/changes").words
        day = f"{MONTH}-03"
        send(lead.client, sender, notification("came-late", day, unit=OWN))
        today = see(lead, f"{first}/changes")
        second = sealed(lead, MONTH)
        number = second.rpartition("/")[2]
        both = see(lead, f"{first}/changes?to={number}")

    assert "every figure is as it was sealed" in today.words
    assert "came-late" in today.links()
    changed = [each for each in rows(today) if each.startswith(OWN)]
    assert any("news that arrived late +1" in each for each in changed)
    assert "not explained" not in today.words + both.words
    assert [each for each in rows(both) if each.startswith(OWN)] == changed
    assert both.title.startswith("Sealed reports ")
    assert f"Compare with sealed report {number}" in see(lead, first).links()


def test_an_analyst_sees_changes_without_cases(
    service: County, sender: dict[str, str]
) -> None:
    with service.reader(Role.ANALYST) as analyst, service.reader(Role.LEAD) as lead:
        first = sealed(analyst, MONTH)
        late = notification("late-again", f"{MONTH}-04", unit=OWN)
        send(lead.client, sender, late)
        page = see(analyst, f"{first}/changes")

    assert "Deadlines that moved: 1." in page.words
    assert "late-again" not in page.words


def test_only_reports_of_one_question_are_compared(lead: Reader) -> None:
    month = sealed(lead, MONTH)
    year = sealed(lead, ago(0)[:4])

    lead.visit(f"{month}/changes?to={year.rpartition('/')[2]}", status=422)
    later = sealed(lead, MONTH).rpartition("/")[2]
    first = month.rpartition("/")[2]
    lead.visit(f"/figures/sealed/{later}/changes?to={first}", status=422)
    lead.visit("/figures/sealed/99999", status=404)


# --- What was published ---


@pytest.fixture(scope="module")
def january(service: County) -> str:
    """Publish the first month of a year, and return the year."""
    year = month_before(clock.today()).first.year
    publish(
        service.database,
        Actor(role=Role.LEAD),
        month=parse_period(f"{year}-01"),
        as_of=None,
        known_at=None,
    )
    return str(year)


def test_what_was_published_is_listed_with_its_files(
    service: County, january: str
) -> None:
    with service.reader(Role.LEAD, OWN) as lead:
        page = see(lead, see(lead, "/figures/sealed").links()["Published figures"])
        (line,) = rows(page)
        by_unit = see(lead, f"/figures/published?year={january}&by=unit")
        for form in ("PDF", "XLSX", "CSV"):
            address = by_unit.links()[form]
            file = lead.client.get(address, headers={"Sec-Fetch-Site": "same-origin"})
            assert file.status_code == 200, file.text
            assert f"audience=public&lang=en&period={january}-01&by=unit" in address
        before = see(lead, "/figures/published?year=2015")

    assert line.startswith(f"1 January {january}")
    (publication,) = publications.listed(service.database)
    assert publication.digest.hex() in page.words
    assert line.endswith(" 5 PDF, XLSX, CSV")
    assert "Nothing was published of 2015." in before.words


def test_administrators_see_what_is_public_but_take_no_figures(
    service: County, january: str
) -> None:
    with service.reader(Role.ADMIN) as admin:
        page = see(admin, see(admin, "/settings").links()["Published figures"])

    assert [each.split()[:3] for each in rows(page)] == [["1", "January", january]]
    assert not any("/v1/" in address for address in page.links().values())


def test_no_other_tables_are_public(lead: Reader) -> None:
    lead.visit("/figures/published?by=source", status=422)
    lead.visit("/figures/published?year=1", status=422)
