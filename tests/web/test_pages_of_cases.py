"""Pages for those who work with cases: what needs whom, and why."""

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote, urlencode

import pytest

from app import clock
from app.domain.access import Role
from app.services import sources
from app.web import static_files, worklist
from tests.web.county import (
    FOREIGN,
    HOSTILE,
    HOSTILE_CASE,
    OTHER,
    OWN,
    County,
    ago,
    county,
)
from tests.web.document import Document
from tests.web.reading import Reader

LATELY = f"{ago(300)}..{ago(1)}"
CASES = ("overdue", "assessing", "corrected", "again", "odd")
PATHS = (
    "/",
    "/worklist",
    "/worklist?status=all",
    f"/worklist?status=open&unit={OWN}&rule=initiation&entry=report",
    "/worklist?status=met&worker=nobody",
    "/findings",
    "/sources",
    f"/figures?period={LATELY}",
    "/figures/trend",
    f"/figures/days?period={LATELY}",
    f"/figures/gaps?period={LATELY}",
    "/figures/waiting",
    "/figures/flow",
    f"/figures/cases?period={LATELY}&rule=initiation",
    *(f"/cases/client-a/{case}" for case in CASES),
    f"/cases/client-a/{quote(HOSTILE_CASE, safe='')}",
    "/cases/client-a/assessing/explanation?rule=assessment",
    f"/cases/client-a/{quote(HOSTILE_CASE, safe='')}/explanation?rule=initiation",
)


@pytest.fixture(scope="module")
def service(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template) as made:
        yield made


@pytest.fixture(scope="module")
def lead(service: County) -> Iterator[Reader]:
    """Give a lead of all units, whose pages are in English."""
    with service.reader(Role.LEAD) as somebody:
        yield somebody


def rows(page: Document) -> list[str]:
    return page.text("tr")[1:]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_in_order_in_every_language(
    lead: Reader, path: str, language: str
) -> None:
    page = lead.visit(path, Accept_Language=language)

    assert page.root.get("lang") == language


@pytest.mark.parametrize("path", PATHS)
def test_what_was_stored_is_never_markup(lead: Reader, path: str) -> None:
    page = lead.visit(path, Accept_Language="en")

    assert page.all("img") == []
    # Of its own, and with nothing in them: those of charts and of the session.
    own = {static_files.address(name) for name in ("charts.js", "session.js")}
    assert {each.get("src") for each in page.all("script")} <= own
    assert "".join(page.text("script")) == ""
    assert all("javascript:" not in link for link in page.links().values())


# --- today ---


def test_today_counts_what_the_worklist_lists(lead: Reader) -> None:
    page = lead.visit("/", Accept_Language="en")
    overdue = rows(lead.visit("/worklist?status=overdue", Accept_Language="en"))
    still_open = rows(lead.visit("/worklist?status=open", Accept_Language="en"))
    figures = [
        int(each.text or "")
        for each in page.all("span")
        if each.get("class") == "figure"
    ]

    assert figures[0] == len(overdue)
    # What is due within two working days is so within five.
    assert figures[0] + figures[2] + figures[3] == len(still_open)
    assert figures[1] <= figures[2]
    assert len(overdue) > 1


def test_today_says_in_plain_words_what_is_not_told(lead: Reader) -> None:
    page = lead.visit("/", Accept_Language="en")
    overdue = rows(lead.visit("/worklist?status=overdue", Accept_Language="en"))

    # A notification while an assessment runs has no breach of its own to explain.
    untold = [each for each in overdue if "cause:" not in each]
    beside = [each for each in untold if "received while an assessment" in each]
    assert f"{len(untold) - len(beside)} have no cause told; of 0 the day" in page.words


def test_each_number_of_a_unit_is_that_of_the_list_it_leads_to(lead: Reader) -> None:
    page = lead.visit("/", Accept_Language="en")
    numbers = [
        (int(link.text or ""), link.get("href", ""))
        for cell in page.all("td")
        for link in cell.iter("a")
    ]

    assert len(numbers) > 8
    # Of a unit above others too, which has what is below it.
    assert any(re.search(r"unit=espoo(&|$)", href) for _, href in numbers)
    for number, href in numbers:
        if "sort=-due_on" not in href:
            assert len(rows(lead.visit(href))) == number, href


def test_a_lead_is_told_nothing_of_the_units_above(service: County) -> None:
    with service.reader(Role.LEAD, OWN) as lead:
        page = lead.visit("/", Accept_Language="en")

    assert OWN in page.links()
    assert "espoo" not in page.links()
    # Nor that all is well with client systems of which they are not told.
    assert "has been silent" not in page.words


def test_today_begins_with_what_has_waited_longest(lead: Reader) -> None:
    page = lead.visit("/", Accept_Language="en")

    # Due seven working days after it came in, and not decided since.
    assert page.text("ol")[0].startswith("canary-1 open and late")
    assert "received, not yet decided" in page.text("ol")[0]


# --- the worklist ---


def test_the_worklist_says_why_something_is_on_it(lead: Reader) -> None:
    page = lead.visit("/worklist?worker=w-7", Accept_Language="en")

    (row,) = rows(page)
    assert "overdue" in row
    assert "working days over" in row
    assert "received, not yet decided" in row
    assert "cause: Shortage of staff" in row
    assert "follow-up" in row


def test_a_notification_while_an_assessment_runs_is_told_apart(lead: Reader) -> None:
    page = lead.visit("/worklist?status=open&rule=initiation", Accept_Language="en")

    (row,) = [each for each in rows(page) if "assessing" in each]
    assert "received while an assessment was running" in row


def test_the_form_remembers_what_was_asked(lead: Reader) -> None:
    page = lead.visit(f"/worklist?status=open&unit={OWN}&worker=w-7&rule=&entry=")

    chosen = [
        option.get("value")
        for option in page.all("option")
        if "selected" in option.attrib
    ]
    assert chosen == ["open", OWN]
    (worker,) = [each for each in page.all("input") if each.get("id") == "worker"]
    assert worker.get("value") == "w-7"


def test_a_list_goes_on_where_it_ended(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rows(lead.visit("/worklist?status=all", Accept_Language="en"))
    monkeypatch.setattr(worklist, "ROWS", 4)
    seen: list[str] = []
    address = "/worklist?status=all"
    while address:
        page = lead.visit(address, Accept_Language="en")
        seen += rows(page)
        address = page.links().get("Next page", "")

    assert seen == whole
    assert len(seen) > 8


def test_a_list_is_sorted_by_its_headings(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = lead.visit("/worklist?status=open", Accept_Language="en")
    forwards = rows(page)
    assert [
        each.get("aria-sort") for each in page.all("th") if "aria-sort" in each.attrib
    ] == ["ascending"]
    monkeypatch.setattr(worklist, "ROWS", 4)
    backwards: list[str] = []
    address = page.links()["Due date"]
    while address:
        page = lead.visit(address, Accept_Language="en")
        backwards += rows(page)
        address = page.links().get("Next page", "")
    by_start = lead.visit(page.links()["pending since"], Accept_Language="en")

    assert backwards == forwards[::-1]
    assert "canary-1" not in rows(by_start)[0]
    # Of what is closed there may be a million: it is listed by due date alone.
    closed = lead.visit("/worklist?status=met&sort=started_on", Accept_Language="en")
    assert "Due date" in closed.links()
    assert "pending since" not in closed.links()


def test_what_is_received_and_not_yet_decided_is_one_press_away(lead: Reader) -> None:
    page = lead.visit("/worklist", Accept_Language="en")
    waiting = lead.visit(
        page.links()["Received, not yet decided"], Accept_Language="en"
    )

    assert len(rows(waiting)) > 2
    assert all("received, not yet decided" in row for row in rows(waiting))
    assert not any("assessment is not" in row for row in rows(waiting))


def test_a_list_is_taken_away_for_a_reason(lead: Reader) -> None:
    page = lead.visit(f"/worklist?unit={OWN}&sort=-due_on", Accept_Language="en")
    (form,) = [
        each for each in page.all("form") if each.get("action") == "/v1/deadlines"
    ]
    fields = {
        each.get("name", ""): each.get("value", "") for each in form.iter("input")
    }
    asked = urlencode({**fields, "format": "csv", "reason": "self_monitoring"})
    answer = lead.answer(f"/v1/deadlines?{asked}", Sec_Fetch_Site="same-origin")

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment")
    lines = answer.text.splitlines()
    assert lines[0].count(";") > 10
    assert len(lines) == len(rows(page)) + 1


def test_a_case_is_one_press_from_its_client_system(
    service: County, lead: Reader
) -> None:
    before = lead.visit("/worklist?status=all", Accept_Language="en")
    sources.put_link(
        service.database, "client-a", "https://a.example/?ref={case_ref}#x"
    )
    try:
        page = lead.visit("/worklist?status=all", Accept_Language="en")
    finally:
        sources.put_link(service.database, "client-a", None)

    assert "a.example" not in " ".join(before.attributes("href"))
    outside = page.attributes("href")
    assert f"https://a.example/?ref={quote(HOSTILE_CASE, safe='')}#x" in outside


def test_a_place_in_a_list_is_of_one_question(
    lead: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "ROWS", 1)
    page = lead.visit("/worklist?status=all", Accept_Language="en")
    other = page.links()["Next page"].replace("status=all", "status=open")

    lead.visit(other, status=422)
    lead.visit("/worklist?cursor=made-up", status=422)


@pytest.mark.parametrize(
    "path",
    [
        "/worklist?status=none",
        "/worklist?colour=red",
        "/worklist?as_of=tomorrow",
        "/worklist?rule=none",
        "/worklist?as_of=1809-03-29",
        "/findings?cursor=made-up",
        "/figures?period=yesterday",
        "/figures?by=shoe_size",
        "/cases/client-a/overdue?known_at=now",
    ],
)
def test_an_address_that_is_wrong_is_refused(lead: Reader, path: str) -> None:
    lead.visit(path, status=422)


def test_the_worklist_can_be_asked_as_it_stood(lead: Reader) -> None:
    page = lead.visit("/worklist?status=all&as_of=2020-01-01", Accept_Language="en")

    assert rows(page) == []
    assert "There is no such deadline in your units." in page.words


# --- a case ---


def test_a_case_tells_its_story_and_why_its_dates_are_so(lead: Reader) -> None:
    page = lead.visit("/cases/client-a/overdue", Accept_Language="en")

    assert "has been written into the access log" in page.words
    assert "Notification received" in page.words
    assert "Delay explained" in page.words
    assert "Why this date" in page.words
    assert "the day of pendency is not counted" in page.words
    assert "open and late" in page.words


def test_a_correction_shows_what_was_and_what_is(lead: Reader) -> None:
    page = lead.visit("/cases/client-a/corrected", Accept_Language="en")

    (was,) = page.text("del")
    (now,) = page.text("ins")
    assert was != now
    assert was.endswith("assessment started")
    assert now.endswith("assessment started")
    assert "wrong date" in page.words


def test_a_case_that_was_opened_again_shows_its_chain(lead: Reader) -> None:
    page = lead.visit("/cases/client-a/again", Accept_Language="en")

    assert page.links()["before"] == "/cases/client-a/before"
    days = clock.today() - date.fromisoformat(ago(90))
    assert f"{days.days} days in all" in page.words


def test_what_is_odd_in_a_case_stands_on_its_page(lead: Reader) -> None:
    page = lead.visit("/cases/client-a/odd", Accept_Language="en")

    assert "What is odd" in page.text("h2")


def test_each_case_of_the_worklist_can_be_opened(lead: Reader) -> None:
    page = lead.visit("/worklist?status=all", Accept_Language="en")
    addresses = {link for link in page.links().values() if link.startswith("/cases/")}

    assert len(addresses) > 5
    for address in addresses:
        lead.visit(address)


def test_a_case_that_is_not_there_is_not_found(lead: Reader) -> None:
    lead.visit("/cases/client-a/nothing", status=404)


# --- the explanation ---


def test_each_date_of_a_case_is_explained_on_a_page_of_its_own(lead: Reader) -> None:
    case = lead.visit("/cases/client-a/assessing", Accept_Language="en")
    addresses = [each for each in case.attributes("href") if "/explanation?" in each]
    pages = [lead.visit(each, Accept_Language="en") for each in addresses]

    assert len(pages) == 3
    for page in pages:
        assert page.one("h1").text
        assert "assessing" in page.words
        assert "The other reading of the law" in page.words
        assert "150/1930" in page.words
    titles = {page.text("h2")[0] for page in pages}
    assert len(titles) == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("rule=none", 404),
        ("rule=initiation&notification=none", 404),
        ("rule=initiation&as_of=2020-01-01", 404),
        ("", 422),
        ("rule=initiation&known_at=now", 422),
    ],
)
def test_what_is_not_of_the_case_has_no_explanation(
    lead: Reader, asked: str, status: int
) -> None:
    lead.visit(f"/cases/client-a/overdue/explanation?{asked}", status=status)


# --- who may see what ---


def test_who_has_not_signed_in_is_sent_to_where_they_can(service: County) -> None:
    with service.reader(Role.LEAD) as nobody:
        nobody.forget()
        answer = nobody.answer("/worklist?status=open")
        front = nobody.visit("/", Accept_Language="en")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    assert "Deadline calculator" in front.links()
    assert "Worklist" not in front.links()


def test_a_lead_of_one_unit_sees_no_trace_of_another(service: County) -> None:
    with service.reader(Role.LEAD, OWN) as lead:
        for path in PATHS:
            if path != "/sources" and HOSTILE_CASE[:7] not in path:
                answer = lead.answer(path)
                assert answer.status_code == 200
                assert FOREIGN not in answer.text, path
                assert OTHER not in answer.text, path
        lead.visit("/sources", status=403)
        for number in (1, 2):
            lead.visit(f"/cases/client-a/{FOREIGN}-{number}", status=404)


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.LEAD, ["Today", "Worklist", "Figures", "Findings", "Sources"]),
        (Role.ANALYST, ["Figures"]),
        (Role.AUDITOR, []),
        (Role.ADMIN, ["Sources"]),
    ],
)
def test_the_menu_has_what_the_role_may_see(
    service: County, role: Role, seen: list[str]
) -> None:
    sections = {
        "/worklist": "Worklist",
        "/figures": "Figures",
        "/findings": "Findings",
        "/sources": "Sources",
    }
    with service.reader(role) as somebody:
        page = somebody.visit("/", Accept_Language="en")
        statuses = {
            name: somebody.answer(path).status_code for path, name in sections.items()
        }

    menu = [each for each in page.links() if each in {"Today", *sections.values()}]
    assert menu == seen
    assert {name for name, status in statuses.items() if status == 200} == (
        set(seen) - {"Today"}
    )
    assert {status for status in statuses.values() if status != 200} <= {403}


def test_a_hostile_name_is_shown_as_it_is(lead: Reader) -> None:
    page = lead.visit("/worklist?status=all", Accept_Language="en")

    assert HOSTILE_CASE in page.links()
    assert HOSTILE in page.words
