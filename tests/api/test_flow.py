"""Ageing and flow of a county small enough to count by hand."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.domain.access import Role
from tests.api.asking import County, county
from tests.api.sending import (
    Wire,
    assessment,
    closure,
    decision,
    event,
    notification,
    send,
    transfer,
)
from tests.conftest import Headers, bearer

WEST = "espoonlahti"
EAST = "leppavaara"
UNITS = {"espoo": None, WEST: "espoo", EAST: "espoo"}
DAY = "2025-04-01"  # a Tuesday
CASES = (
    # Open on the day; working days since the start in the margin.
    notification("o1", "2025-04-01", unit=EAST),  # 0
    notification("o2", "2025-03-21", unit=EAST),  # 7: due on the day itself
    notification("o3", "2025-03-20", unit=EAST),  # 8: late since 31.3.
    notification("o4", "2025-03-12", unit=WEST),  # 14
    notification("o5", "2025-03-11", unit=WEST),  # 15
    # Decided on 3.1.; n2 joins the running assessment, and waits for 14 working days.
    notification("j", "2025-01-02", event_id="j-1", unit=WEST),
    decision("j", "2025-01-03"),
    notification("j", "2025-03-12", event_id="j-2", unit=WEST),
    # Handed over when it was late already: EAST has the figure, WEST the work.
    notification("t", "2025-03-03", unit=EAST),  # 21
    transfer("t", "2025-03-28", WEST),
    # Done, and ended otherwise.
    notification("d", "2025-01-07", unit=EAST),
    decision("d", "2025-01-10"),
    assessment("d", "2025-03-05"),
    notification("e", "2025-02-03", unit=EAST),
    decision("e", "2025-02-10"),
    closure("e", "2025-03-31", "moved_away"),
    # Ended by a decision, completed after all.
    notification("r", "2025-01-13", unit=EAST),
    decision("r", "2025-01-15", "obviously_unnecessary"),
    assessment("r", "2025-02-20"),
    # Taken back: it never was.
    notification("x", "2025-03-03", event_id="x-1", unit=EAST),
    event("retraction", "x", "2025-03-04", {"target": "x-1", "reason": "wrong_entry"}),
)


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template, UNITS, *CASES) as found:
        yield found


def of_rule(report: Wire, rule: str) -> Wire:
    (found,) = [each for each in report["rules"] if each["rule"] == rule]
    assert isinstance(found, dict)
    return found


def counted(report: Wire) -> Wire:
    """Return what *report* counts, without the links, which know the instant."""

    def bare(part: object) -> object:
        if isinstance(part, dict):
            return {name: bare(of) for name, of in part.items() if name != "cases"}
        return [bare(each) for each in part] if isinstance(part, list) else part

    return {"rules": bare(report["rules"])}


def filled(row: Wire) -> dict[str, tuple[int, int]]:
    """Return what is open in time and open late in each bin that holds anything."""
    return {
        code: (counts["open_in_time"], counts["open_late"])
        for code, counts in row["bins"].items()
        if counts["open_in_time"] or counts["open_late"]
    }


# Ageing


def test_open_clocks_stand_in_the_bins_of_their_working_days(espoo: County) -> None:
    ageing = of_rule(espoo.ask("ageing", as_of=DAY), "initiation")

    assert ageing["measured_in"] == "working_days"
    assert ageing["limit_after"] == "7"
    assert [each["code"] for each in ageing["bins"]] == [
        *("0", "1", "2", "3", "4", "5", "6", "7"),
        *("8-14", "15-"),
    ]
    assert filled(ageing["total"]) == {
        "0": (1, 0),
        "7": (1, 0),
        "8-14": (0, 3),  # o3, o4 and the joined one
        "15-": (0, 2),  # o5 and t
    }
    assert ageing["total"]["joined"] == 1
    assert (ageing["total"]["open_in_time"], ageing["total"]["open_late"]) == (2, 5)


def test_open_assessments_stand_in_the_month_in_which_they_run(espoo: County) -> None:
    ageing = of_rule(espoo.ask("ageing", as_of=DAY), "assessment")

    assert ageing["measured_in"] == "months"
    assert ageing["limit_after"] == "3"
    assert [each["code"] for each in ageing["bins"]] == [
        "1",
        "2",
        "3",
        "4",
        "5-6",
        "7-",
    ]
    # j has run since 2.1., so it is due tomorrow; o1 to o5 and t began in March.
    assert filled(ageing["total"]) == {"1": (6, 0), "3": (1, 0)}


def test_a_due_date_that_days_off_move_stays_in_time_behind_the_limit(
    espoo: County,
) -> None:
    # 2.4. is a Wednesday; j, as of 2.7., is in its sixth month.
    ageing = of_rule(espoo.ask("ageing", as_of="2025-07-02"), "assessment")

    assert filled(ageing["total"])["5-6"] == (0, 1)
    # o3 and o2: three months end on Midsummer Eve and Day, and move to Monday, 23.6.
    moved = of_rule(espoo.ask("ageing", as_of="2025-06-23"), "assessment")
    assert filled(moved["total"])["4"] == (2, 3)  # beside o4, o5 and t


def test_the_ages_of_each_unit_add_up_to_the_worklist(espoo: County) -> None:
    for rule in ("initiation", "assessment"):
        ageing = of_rule(espoo.ask("ageing", as_of=DAY, by="unit"), rule)
        worklist = espoo.client.get(
            f"/v1/deadlines?as_of={DAY}&rule={rule}", headers=espoo.lead
        ).json()["counts"]

        assert [row["unit"] for row in ageing["rows"]] == [WEST, EAST]
        assert sum(row["open_late"] for row in ageing["rows"]) == worklist["overdue"]
        in_time = sum(row["open_in_time"] for row in ageing["rows"])
        assert in_time == worklist["open"] - worklist["overdue"]


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("fi", {"1": "1 arkipäivä", "8-14": "8–14 arkipäivää"}),  # noqa: RUF001
        ("sv", {"0": "0 vardagar", "15-": "mer än 14 vardagar"}),
        ("en", {"1": "1 working day", "15-": "over 14 working days"}),
    ],
)
def test_bins_have_names(espoo: County, lang: str, labels: dict[str, str]) -> None:
    ageing = of_rule(espoo.ask("ageing", as_of=DAY, lang=lang), "initiation")

    names = {each["code"]: each["label"] for each in ageing["bins"]}
    assert {code: names[code] for code in labels} == labels


# Flow


def test_the_flow_of_initiations(espoo: County) -> None:
    flow = of_rule(
        espoo.ask("flow", as_of=DAY, months="4", rule="initiation"), "initiation"
    )

    months = [
        (
            m["month"],
            m["backlog_before"],
            m["pending"],
            m["done"],
            m["ended"],
            m["backlog"],
        )
        for m in flow["total"]
    ]
    assert months == [
        ("2025-01", 0, 3, 3, 0, 0),  # j, d and r
        ("2025-02", 0, 1, 1, 0, 0),  # e
        ("2025-03", 0, 6, 0, 0, 6),  # o2 to o5, j-2 and t; x never was
        ("2025-04", 6, 1, 0, 0, 7),  # o1
    ]


def test_the_flow_of_assessments(espoo: County) -> None:
    flow = of_rule(espoo.ask("flow", as_of=DAY, months="3"), "assessment")

    assert flow["total"][0] == {
        "month": "2025-02",
        "backlog_before": 2,  # j and d; r had ended
        "pending": 1,  # e
        "done": 0,
        "ended": 0,
        "done_after_ending": 1,  # r
        "backlog": 3,
    }
    months = [
        (m["pending"], m["done"], m["ended"], m["backlog"]) for m in flow["total"]
    ]
    # In March o2 to o5 and t came, d was completed and e moved away.
    assert months[1:] == [(5, 1, 1, 6), (1, 0, 0, 7)]


def test_the_flow_of_each_unit_is_that_of_the_unit_with_the_figure(
    espoo: County,
) -> None:
    flow = of_rule(espoo.ask("flow", as_of=DAY, months="1", by="unit"), "initiation")

    backlog = {row["unit"]: row["months"][-1]["backlog"] for row in flow["rows"]}
    assert backlog == {WEST: 3, EAST: 4}  # o4, o5, j-2; o1, o2, o3, t


def test_a_lead_sees_the_own_units_and_what_is_below(espoo: County) -> None:
    east, all_of_espoo = espoo.lead_of(EAST), espoo.lead_of("espoo")

    for path in ("ageing", "flow"):
        report = espoo.ask_as(east, path, as_of=DAY, by="unit")
        assert {row["unit"] for each in report["rules"] for row in each["rows"]} == {
            EAST
        }
        everything = counted(espoo.ask(path, as_of=DAY))
        assert counted(espoo.ask_as(all_of_espoo, path, as_of=DAY)) == everything
        assert counted(espoo.ask_as(east, path, as_of=DAY, unit=WEST)) != everything
        asked = espoo.ask(path, as_of=DAY, unit=EAST, by="unit")
        assert counted(asked) == counted(report)


def test_a_unit_of_others_is_empty(espoo: County) -> None:
    east = espoo.lead_of(EAST)

    report = espoo.ask_as(east, "flow", as_of=DAY, unit=WEST, by="unit", months="1")

    for each in report["rules"]:
        assert each["rows"] == []
        assert [month["backlog"] for month in each["total"]] == [0]


# Both


@pytest.mark.parametrize(
    ("path", "lang", "begins"),
    [
        ("ageing", "fi", "Tarkastelupäivänä avoinna olevat määräajat"),
        ("ageing", "sv", "Tidsfrister som är öppna på granskningsdagen"),
        ("ageing", "en", "Deadlines that are open on the day asked about"),
        ("flow", "fi", "Kuukausittain vireille tulleet"),
        ("flow", "sv", "Per månad tidsfrister"),
        ("flow", "en", "By month, the clocks"),
    ],
)
def test_an_answer_says_what_it_counts(
    espoo: County, path: str, lang: str, begins: str
) -> None:
    report = espoo.ask(path, as_of=DAY, lang=lang)

    assert report["definition"].startswith(begins)
    assert (report["as_of"], report["law"]["roll"]) == (DAY, "on")


@pytest.mark.parametrize("path", ["ageing", "flow"])
@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("by=worker", "invalid-parameter"),
        ("period=2025", "invalid-parameter"),
        ("rule=unheard_of", "unknown-rule"),
        ("as_of=1999-12-31", "unverified-year"),
        ("as_of=0001-01-01", "unverified-year"),
        ("known_at=2120-01-01T00:00:00Z", "future-knowledge"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    espoo: County, path: str, query: str, problem: str
) -> None:
    answer = espoo.client.get(f"/v1/reports/{path}?{query}", headers=espoo.lead)

    assert answer.status_code in {404, 422}
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"


@pytest.mark.parametrize("months", ["0", "121", "x"])
def test_a_flow_has_one_to_120_months(espoo: County, months: str) -> None:
    answer = espoo.client.get(f"/v1/reports/flow?months={months}", headers=espoo.lead)

    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["ageing", "flow"])
def test_only_a_lead_reads_them(espoo: County, path: str) -> None:
    integrator = bearer(espoo.database, Role.INTEGRATOR, source=f"client-{path}")
    admin = bearer(espoo.database, Role.ADMIN)

    statuses = [
        espoo.client.get(f"/v1/reports/{path}", headers=key).status_code
        for key in ({}, integrator, admin, espoo.lead)
    ]

    assert statuses == [401, 403, 403, 200]


@pytest.mark.parametrize("path", ["ageing", "flow"])
def test_what_arrives_later_does_not_change_an_earlier_answer(
    client: TestClient, headers: Headers, path: str
) -> None:
    send(client, headers.integrator, *CASES)
    url = f"/v1/reports/{path}?as_of={DAY}&by=unit"
    earlier = client.get(url, headers=headers.lead)
    send(client, headers.integrator, decision("o3", "2025-03-28"))

    known_at = earlier.json()["known_at"]
    again = client.get(f"{url}&known_at={known_at}", headers=headers.lead)

    assert again.content == earlier.content
    assert (
        client.get(url, headers=headers.lead).json()["rules"]
        != (earlier.json()["rules"])
    )
