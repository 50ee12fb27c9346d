"""GET /v1/deadlines: the worklist as a lead reads it, and the calculator."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database, connect
from app.domain.access import Role
from app.main import create_app
from tests import databases
from tests.api.sending import (
    Wire,
    closure,
    decision,
    notification,
    put_units,
    send,
    transfer,
)
from tests.conftest import Headers, bearer

FINNISH = {"ref": "p-1", "age_years": 7, "mother_tongue": "fi", "citizenship": "FI"}
SWEDISH = {"mother_tongue": "sv", "citizenship": "FI"}
SOMALI = {"mother_tongue": "so", "citizenship": "SO"}
ESTONIAN = {"mother_tongue": "et", "citizenship": "EE"}
UNITS = {
    "espoo": None,
    "leppavaara": "espoo",
    "team-1": "leppavaara",
    "espoonlahti": "espoo",
}
# Nearly every question is asked about this Wednesday.
DAY = "2025-03-12"
# i: the initiation clock, due on the seventh working day; a: the assessment clock, due
# after three months. The clocks that are open on DAY stand first, in order of due_on.
CASES = (
    # i met 20.11.2024, due 27.11. a due 18.2.: overdue.
    notification("G", "2024-11-18", unit="team-1", child=FINNISH),
    decision("G", "2024-11-20"),
    # i due 19.2.: 11-14, 17, 18, 19. a due 10.5., a Saturday: 12.5.
    notification("A", "2025-02-10", unit="team-1", child=FINNISH, worker="w-1"),
    # i due 26.2.: 18-21, 24, 25, 26. a due 17.5., a Saturday: 19.5.
    notification("B", "2025-02-17", entry="application", child=SWEDISH, worker="w-2"),
    # i due 12.3.: 4-7, 10, 11, 12: due today. a due 3.6.
    notification("C", "2025-03-03", unit="espoonlahti", child=SOMALI),
    # i due 17.3.: 7, 10-14, 17. a due 6.6.
    notification("D", "2025-03-06"),
    # i due 19.2., met 12.2. a due 10.5.: 12.5. Joined: 11-14, 17, 18, 19: i due 19.3.
    notification("E", "2025-02-10", unit="espoonlahti", child=ESTONIAN),
    decision("E", "2025-02-12"),
    notification("E", "2025-03-10", unit="espoonlahti", child=ESTONIAN),
    # i due 22.1., met 24.1.: late. a ended 24.1.: void.
    notification("F", "2025-01-13", unit="espoonlahti", child=FINNISH),
    decision("F", "2025-01-24", "obviously_unnecessary"),
)
OVERDUE = ["G a", "A i", "B i"]
DUE_SOON = ["C i", "D i", "E i joined"]
OPEN = [*OVERDUE, *DUE_SOON, "A a", "E a", "B a", "C a", "D a"]
CLOSED = ["G i", "F i", "E i", "F a"]
# From 18.11., 10.2., 17.2., 3.3., 6.3. and 10.3.: the open ones by their first day.
_PENDING = [
    *("G a", "A a", "A i", "E a", "B a", "B i"),
    *("C a", "C i", "D a", "D i", "E i joined"),
]


Parameter: TypeAlias = str | int


@dataclass(frozen=True)
class County:
    """A service that knows CASES, to be asked and not changed."""

    client: TestClient
    database: Database
    lead: dict[str, str]


@pytest.fixture(scope="module")
def county(server_url: str, template: str) -> Iterator[County]:
    """Give the one county that most questions are asked about."""
    name = databases.create(server_url, template)
    database = connect(databases.service_url(server_url, name))
    keys = Headers(
        integrator=bearer(database, Role.INTEGRATOR, source="client-a"),
        lead=bearer(database, Role.LEAD),
        admin=bearer(database, Role.ADMIN),
    )
    with TestClient(create_app(database)) as client:
        put_units(client, keys.admin, UNITS)
        send(client, keys.integrator, *CASES)
        yield County(client, database, keys.lead)
    database.dispose()
    databases.drop(server_url, name)


@pytest.fixture
def worklist(county: County) -> "Worklist":
    """Give the worklist of DAY, as a lead of all units sees it."""
    return Worklist(county.client, county.lead)


class Worklist:
    """A lead who asks."""

    def __init__(self, client: TestClient, key: dict[str, str]) -> None:
        self.client = client
        self.key = key

    def ask(self, **parameters: Parameter) -> Wire:
        answer = self.client.get(
            "/v1/deadlines", params={"as_of": DAY, **parameters}, headers=self.key
        )
        assert answer.status_code == 200, answer.text
        found: Wire = answer.json()
        return found

    def clocks(self, **parameters: Parameter) -> list[str]:
        return clocks(self.ask(**parameters)["items"])

    def item(self, clock: str, **parameters: Parameter) -> Wire:
        items = self.ask(**{"status": "all", **parameters})["items"]
        return next(item for item in items if clocks([item]) == [clock])


def clocks(items: list[Wire]) -> list[str]:
    """Return *items* as CASES writes them."""
    joined = {False: "", True: " joined"}
    return [f"{i['case_ref']} {i['rule'][0]}{joined[i['joined']]}" for i in items]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("overdue", OVERDUE),
        ("due_soon", DUE_SOON),
        ("open", OPEN),
        ("met", ["G i", "F i", "E i"]),
        ("late", ["F i"]),
    ],
)
def test_a_status_lists_its_clocks_and_the_longest_overdue_stands_first(
    worklist: Worklist, status: str, expected: list[str]
) -> None:
    assert worklist.clocks(status=status) == expected


def test_all_lists_every_clock_in_the_order_of_the_due_dates(
    worklist: Worklist,
) -> None:
    items = worklist.ask(status="all")["items"]

    assert sorted(clocks(items)) == sorted(OPEN + CLOSED)
    days = [item["due_on"] for item in items]
    assert days == sorted(days)


def test_without_a_status_the_overdue_are_listed(worklist: Worklist) -> None:
    assert worklist.clocks() == OVERDUE


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"rule": "initiation"}, ["A i", "B i", *DUE_SOON]),
        ({"rule": "assessment"}, ["G a", "A a", "E a", "B a", "C a", "D a"]),
        ({"unit": "espoo"}, OPEN),
        (
            {"unit": "leppavaara"},
            ["G a", "A i", "B i", "D i", "A a", "B a", "D a"],
        ),
        ({"unit": "team-1"}, ["G a", "A i", "A a"]),
        ({"unit": "espoonlahti"}, ["C i", "E i joined", "E a", "C a"]),
        ({"unit": "unheard-of"}, []),
        ({"language_group": "fi"}, ["G a", "A i", "A a"]),
        ({"language_group": "sv"}, ["B i", "B a"]),
        ({"language_group": "foreign"}, ["C i", "E i joined", "E a", "C a"]),
        ({"language_group": "unknown"}, ["D i", "D a"]),
        ({"language_group": "sami"}, []),
        ({"nationality_group": "finnish"}, ["G a", "A i", "B i", "A a", "B a"]),
        ({"nationality_group": "foreign"}, ["C i", "E i joined", "E a", "C a"]),
        ({"nationality_group": "unknown"}, ["D i", "D a"]),
        ({"entry": "application"}, ["B i", "B a"]),
        ({"worker": "w-1"}, ["A i", "A a"]),
        ({"joined": True}, ["E i joined"]),
        ({"joined": False}, [clock for clock in OPEN if clock != "E i joined"]),
        (
            {"unit": "leppavaara", "rule": "initiation", "language_group": "sv"},
            ["B i"],
        ),
    ],
    ids=str,
)
def test_a_filter_narrows_list_and_counts(
    worklist: Worklist, parameters: Wire, expected: list[str]
) -> None:
    found = worklist.ask(status="open", **parameters)

    assert clocks(found["items"]) == expected
    assert found["counts"] == {
        "open": len(expected),
        "overdue": len([clock for clock in expected if clock in OVERDUE]),
        "due_soon": len([clock for clock in expected if clock in DUE_SOON]),
    }


@pytest.mark.parametrize("status", ["overdue", "due_soon", "open", "met", "all"])
def test_the_counts_are_those_of_the_whole_scope_whatever_the_status(
    worklist: Worklist, status: str
) -> None:
    found = worklist.ask(status=status, limit=1)

    assert found["counts"] == {"open": 11, "overdue": 3, "due_soon": 3}


def test_due_today_is_not_overdue_and_the_day_after_it_is(worklist: Worklist) -> None:
    today = worklist.ask(as_of="2025-03-12")
    tomorrow = worklist.ask(as_of="2025-03-13")

    assert "C i" not in clocks(today["items"])
    assert worklist.item("C i", as_of="2025-03-12")["status"] == "open_in_time"
    assert clocks(tomorrow["items"]) == [*OVERDUE, "C i"]
    assert worklist.item("C i", as_of="2025-03-13")["status"] == "open_late"
    assert today["counts"]["overdue"] + 1 == tomorrow["counts"]["overdue"]


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        pytest.param(0, ["C i"], id="today only"),
        pytest.param(2, ["C i"], id="to Friday"),
        pytest.param(3, ["C i", "D i"], id="to Monday"),
        pytest.param(5, ["C i", "D i", "E i joined"], id="a week"),
        # 60 working days after 12.3. lie 18.4., 21.4., 1.5., 29.5. and then 10.6.
        pytest.param(60, [*DUE_SOON, "A a", "E a", "B a", "C a", "D a"], id="months"),
    ],
)
def test_due_soon_counts_working_days_ahead(
    worklist: Worklist, within: int, expected: list[str]
) -> None:
    found = worklist.ask(status="due_soon", within=within)

    assert clocks(found["items"]) == expected
    assert found["counts"]["due_soon"] == len(expected)


def test_due_soon_goes_by_the_safe_date(client: TestClient, headers: Headers) -> None:
    send(client, headers.integrator, notification("H", "2024-12-20"))
    worklist = Worklist(client, headers.lead)

    def is_due_soon(as_of: str, within: int) -> bool:
        found = worklist.ask(
            status="due_soon", rule="initiation", as_of=as_of, within=within
        )
        assert found["counts"]["due_soon"] == len(found["items"])
        return clocks(found["items"]) == ["H i"]

    # Safe on Fri 3.1.2025, due on Tue 7.1.: the day between is Epiphany.
    assert not is_due_soon("2024-12-31", within=1)  # to Thu 2.1.
    assert is_due_soon("2024-12-31", within=2)  # to the safe date
    assert is_due_soon("2025-01-06", within=0)  # the safe date is past
    assert is_due_soon("2025-01-07", within=0)  # the due date itself
    assert not is_due_soon("2025-01-08", within=5)  # overdue


def test_an_item_tells_the_deadline_the_case_and_the_groups(
    worklist: Worklist,
) -> None:
    expected = {
        "rule": "initiation",
        "title": "Palvelutarpeen arvioinnin aloittaminen",
        "started_on": "2025-02-10",
        "due_on": "2025-02-19",
        "safe_on": "2025-02-19",
        "met_on": None,
        "status": "open_late",
        "unit": "team-1",
        # After 19.2.: 20, 21, 24-28, 3-7 and 10-12 March.
        "working_days_left": -15,
        "calendar_days_left": -21,
        "joined": False,
        "source": "client-a",
        "case_ref": "A",
        "child_ref": "p-1",
        "language_group": "fi",
        "nationality_group": "finnish",
        "age_band": "7-12",
        "entry": "report",
        "worker": "w-1",
    }

    item = worklist.item("A i", lang="fi")

    assert {name: item[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("clock", "working_days", "calendar_days"),
    [
        pytest.param("C i", 0, 0, id="due today"),
        pytest.param("D i", 3, 5, id="13, 14 and, after the weekend, 17 March"),
        pytest.param("E i", 5, 7, id="met on 12.2., due on 19.2."),
        pytest.param("F i", -2, -2, id="met on 24.1., due on 22.1."),
    ],
)
def test_days_left_run_to_the_due_date_and_stop_when_the_clock_does(
    worklist: Worklist, clock: str, working_days: int, calendar_days: int
) -> None:
    item = worklist.item(clock)

    assert item["working_days_left"] == working_days
    assert item["calendar_days_left"] == calendar_days


def test_a_lead_sees_the_named_units_and_what_is_below_them(
    county: County,
) -> None:
    key = bearer(county.database, Role.LEAD, units=("leppavaara",))
    worklist = Worklist(county.client, key)

    assert worklist.clocks(status="open") == worklist.clocks(
        status="open", unit="espoo"
    )
    assert worklist.clocks() == OVERDUE
    assert worklist.clocks(status="open", unit="team-1") == ["G a", "A i", "A a"]
    assert worklist.ask(status="open", unit="espoonlahti")["items"] == []
    assert worklist.ask(unit="espoonlahti")["counts"]["open"] == 0


def test_following_the_links_gives_each_row_once(worklist: Worklist) -> None:
    pages = _pages(worklist, status="open", limit=2)

    assert [clock for page in pages for clock in clocks(page["items"])] == OPEN
    assert [len(page["items"]) for page in pages] == [2, 2, 2, 2, 2, 1]
    assert {json.dumps(page["counts"]) for page in pages} == {
        '{"open": 11, "overdue": 3, "due_soon": 3}'
    }


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("-due_on", [*reversed(OPEN)]),
        # C came in before D; of one day the initiation stands behind the assessment.
        ("-started_on", _PENDING[::-1]),
        ("started_on", _PENDING),
        # The three months of A and E are over on a Saturday: safe is the Friday before.
        ("safe_on", OPEN),
    ],
)
def test_a_list_is_in_the_order_that_is_asked_for_page_by_page(
    worklist: Worklist, sort: str, expected: list[str]
) -> None:
    pages = _pages(worklist, status="open", sort=sort, limit=3)

    assert [clock for page in pages for clock in clocks(page["items"])] == expected


@pytest.mark.parametrize("status", ["met", "late", "all"])
def test_what_is_closed_is_listed_by_its_due_date_alone(
    worklist: Worklist, status: str
) -> None:
    forwards = worklist.clocks(status=status)
    refused = worklist.client.get(
        "/v1/deadlines",
        params={"status": status, "sort": "started_on"},
        headers=worklist.key,
    )

    assert worklist.clocks(status=status, sort="-due_on") == forwards[::-1]
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "sort"


def test_a_list_can_be_of_one_source(worklist: Worklist) -> None:
    assert worklist.clocks(source="client-a") == OVERDUE
    assert worklist.ask(source="client-b")["counts"]["open"] == 0


def test_a_last_page_that_is_full_has_no_link(worklist: Worklist) -> None:
    pages = _pages(worklist, status="open", limit=11)

    assert len(pages) == 1


def test_pages_stay_those_of_one_moment_while_events_arrive(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)
    worklist = Worklist(client, headers.lead)
    arriving = [
        # Overdue longer than all: before the pages that were read.
        notification("X", "2024-10-01", child=FINNISH),
        # Rows of the first page and of pages to come are closed.
        decision("A", "2025-02-12"),
        closure("D", "2025-03-07", "wrong_person"),
        notification("Y", "2025-03-12"),
    ]

    pages = _pages(worklist, arriving=(headers.integrator, arriving), status="open")

    assert not arriving
    assert [clock for page in pages for clock in clocks(page["items"])] == OPEN
    assert len({(page["as_of"], page["known_at"]) for page in pages}) == 1
    assert "D i" not in worklist.clocks(status="open")


def _pages(
    worklist: Worklist,
    arriving: tuple[dict[str, str], list[Wire]] | None = None,
    **parameters: Parameter,
) -> list[Wire]:
    """Return the pages that the links lead to, *arriving* sent one by one between."""
    url = "/v1/deadlines?" + "&".join(
        f"{name}={value}"
        for name, value in ({"as_of": DAY, "limit": 2} | parameters).items()
    )
    pages = []
    while True:
        answer = worklist.client.get(url, headers=worklist.key)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        if "link" not in answer.headers:
            return pages
        assert list(answer.links) == ["next"]
        url = str(answer.links["next"]["url"])
        if arriving and arriving[1]:
            send(worklist.client, arriving[0], arriving[1].pop())


def test_what_arrives_later_does_not_change_an_earlier_answer(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *CASES)
    earlier = client.get("/v1/deadlines?status=all", headers=headers.lead)
    known_at = earlier.json()["known_at"]

    send(
        client,
        headers.integrator,
        decision("A", "2025-02-19"),
        notification("A", "2025-02-03", event_id="an older one", child=SWEDISH),
        notification("X", "2025-02-03"),
    )

    again = client.get(
        "/v1/deadlines",
        params={"status": "all", "known_at": known_at},
        headers=headers.lead,
    )
    assert again.content == earlier.content
    now = client.get("/v1/deadlines?status=all", headers=headers.lead)
    assert now.json()["items"] != earlier.json()["items"]


def test_as_of_and_known_at_are_two_times(client: TestClient, headers: Headers) -> None:
    send(client, headers.integrator, notification("A", "2025-02-10"))
    worklist = Worklist(client, headers.lead)
    before = worklist.ask(rule="initiation")["known_at"]
    send(client, headers.integrator, decision("A", "2025-02-21"))

    def status(**parameters: Parameter) -> tuple[str, str | None]:
        item = worklist.item("A i", **parameters)
        return item["status"], item["met_on"]

    # Due on 19.2., done on 21.2., heard of after *before*.
    assert status(as_of="2025-02-19") == ("open_in_time", None)
    assert status(as_of="2025-02-20") == ("open_late", None)
    assert status(as_of="2025-02-21") == ("late", "2025-02-21")
    assert status(as_of="2025-02-21", known_at=before) == ("open_late", None)
    assert status(as_of="2025-02-19", known_at=before) == ("open_in_time", None)
    assert worklist.clocks(as_of="2025-02-09", status="all") == []


def test_a_unit_that_had_the_work_is_not_told_who_works_on_it_now(
    client: TestClient, database: Database, headers: Headers
) -> None:
    put_units(client, headers.admin, UNITS)
    moved = transfer("A", "2025-02-12", "espoonlahti")
    moved["data"] = {"unit": "espoonlahti", "worker": "w-9"}
    send(client, headers.integrator, notification("A", "2025-02-10", unit="team-1"))
    send(client, headers.integrator, moved)
    former, present = (
        Worklist(client, bearer(database, Role.LEAD, units=(unit,)))
        for unit in ("team-1", "espoonlahti")
    )

    assert former.clocks(as_of="2025-02-11", status="all") == ["A i", "A a"]
    assert former.item("A i", as_of="2025-02-11", status="all")["worker"] is None
    assert former.clocks(as_of="2025-02-11", status="all", worker="w-9") == []
    assert former.clocks(status="all") == []
    assert present.item("A i", status="all")["worker"] == "w-9"
    assert present.clocks(status="all", worker="w-9") == ["A i", "A a"]


def test_the_day_of_an_answer_is_the_helsinki_day_of_known_at(
    client: TestClient, headers: Headers
) -> None:
    answer = client.get(
        "/v1/deadlines",
        params={"known_at": "2025-03-11T22:30:00Z"},  # 00:30 of the 12th there
        headers=headers.lead,
    )

    assert answer.json()["as_of"] == "2025-03-12"
    assert answer.json()["known_at"] == "2025-03-11T22:30:00Z"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("status", "missed", "invalid-parameter"),
        ("rule", "initiatoin", "unknown-rule"),
        ("rule", "\0", "invalid-parameter"),
        ("unit", "\0", "invalid-parameter"),
        ("worker", "\0", "invalid-parameter"),
        ("language_group", "Finnish", "invalid-parameter"),
        ("nationality_group", "FI", "invalid-parameter"),
        ("entry", "phone", "invalid-parameter"),
        ("joined", "perhaps", "invalid-parameter"),
        ("within", "-1", "invalid-parameter"),
        ("within", "261", "invalid-parameter"),
        ("limit", "0", "invalid-parameter"),
        ("limit", "201", "invalid-parameter"),
        ("as_of", "1741737600", "invalid-parameter"),
        ("as_of", "2007-12-31", "unverified-year"),
        ("as_of", "2101-01-01", "unverified-year"),
        ("known_at", "1741737600", "invalid-parameter"),
        ("known_at", "2025-03-12T10:00:00", "invalid-parameter"),
        ("known_at", "0001-01-01T00:00:00+14:00", "invalid-parameter"),
        ("known_at", "2120-01-01T00:00:00Z", "future-knowledge"),
        ("lang", "se", "invalid-parameter"),
        ("sort", "case_ref", "invalid-parameter"),
        ("order", "due_on", "invalid-parameter"),
        ("cursor", "ä", "invalid-parameter"),
        ("cursor", "abcde", "invalid-parameter"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_that_names_the_parameter(
    worklist: Worklist, name: str, value: str, problem: str
) -> None:
    answer = worklist.client.get(
        "/v1/deadlines", params={name: value}, headers=worklist.key
    )

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"
    named = [flaw["pointer"] for flaw in answer.json().get("errors", [])]
    # A name that is not ours may be anything, so it is not told.
    told = "*" if name == "order" else name
    assert named == ([told] if problem == "invalid-parameter" else [])


@pytest.mark.parametrize(
    ("lang", "title", "first", "christmas"),
    [
        (
            "fi",
            "Palvelutarpeen arvioinnin aloittaminen",
            "Asia tuli vireille ti 22.12.2026.",
            "joulupäivä",
        ),
        (
            "sv",
            "Påbörjande av bedömningen av servicebehovet",
            "Ärendet inleddes tis 22.12.2026.",
            "juldagen",
        ),
        (
            "en",
            "Initiation of the service-needs assessment",
            "The matter became pending on Tue 22 Dec 2026.",
            "Christmas Day",
        ),
    ],
)
def test_the_calculator_explains_in_three_languages_and_needs_no_key(
    county: County, lang: str, title: str, first: str, christmas: str
) -> None:
    answer = county.client.get(
        f"/v1/deadlines/explanation?rule=initiation&received_on=2026-12-22&lang={lang}"
    )

    assert answer.status_code == 200
    told = answer.json()
    assert told["title"] == title
    # 23.12. 1, 24. eve, 25. and 26. Christmas, 27. Sunday, 28.-31. 2-5, 1.1. New Year,
    # 2. and 3. weekend, 4. 6, 5. 7; with the eve a working day Mon 4.1.
    assert told["due_on"] == "2027-01-05"
    assert told["safe_on"] == "2027-01-04"
    assert (told["eves"], told["roll"]) == ("non-working", "on")
    texts = [step["text"] for step in told["steps"]]
    assert texts[0] == first
    skipped = [step["text"] for step in told["steps"] if step["code"] == "skipped"]
    # The day of receipt, then the eve, 25.-27.12. and 1.-3.1.
    assert len(skipped) == 8
    assert any(christmas in text for text in skipped)
    assert told["citations"]
    assert [other["due_on"] for other in told["alternatives"]] == ["2027-01-04"]


def test_the_calculator_counts_the_three_months_too(county: County) -> None:
    answer = county.client.get(
        "/v1/deadlines/explanation?rule=assessment&received_on=2025-12-22"
    )

    # 22.3.2026 is a Sunday.
    told = answer.json()
    assert told["unrolled_on"] == "2026-03-22"
    assert told["due_on"] == "2026-03-23"
    assert told["safe_on"] == "2026-03-20"


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("rule=initiation", "invalid-parameter"),
        ("received_on=22.12.2026", "invalid-parameter"),
        ("received_on=1798848000", "invalid-parameter"),
        ("received_on=2026-12-22&rule=clearing", "unknown-rule"),
        ("received_on=2007-12-31", "unverified-year"),
        ("received_on=2100-12-30", "unverified-year"),
        ("received_on=2026-12-22&lang=no", "invalid-parameter"),
    ],
)
def test_the_calculator_never_guesses(county: County, query: str, problem: str) -> None:
    answer = county.client.get(f"/v1/deadlines/explanation?{query}")

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"
