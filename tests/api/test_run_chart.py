"""Run charts of a county whose months were made to stand out."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from app.db.database import Database
from app.domain.access import Role
from app.domain.report_settings import Baseline, ReportSettings
from app.services import report_settings
from tests.api.asking import County, county
from tests.api.sending import Wire, decision, notification, send
from tests.conftest import Headers, bearer

WEST = "espoonlahti"
EAST = "leppavaara"
UNITS = {"espoo": None, WEST: "espoo", EAST: "espoo"}
DAY = "2025-01-10"
# How many of six are in time in each month of 2023 and 2024: 63 of 72 in 2023,
# one in April 2024, and all of them afterwards.
IN_TIME = (5, 6, 5, 5, 5, 6, 5, 5, 6, 5, 5, 5, 5, 5, 5, 1, 6, 6, 6, 6, 6, 6, 6, 6)


def month_of(number: int) -> str:
    return f"{2023 + number // 12}-{number % 12 + 1:02}"


def told(month: str, in_time: int, *, of: int = 6, unit: str = EAST) -> list[Wire]:
    """Return cases that began on the second of a month, and were decided."""
    events = []
    for number in range(of):
        begun = date.fromisoformat(f"{month}-02")
        decided = begun + timedelta(2 if number < in_time else 25)
        case = f"{unit} {month} {number}"
        events.append(notification(case, str(begun), unit=unit))
        events.append(decision(case, str(decided)))
    return events


CASES = [
    *(each for n, kept in enumerate(IN_TIME) for each in told(month_of(n), kept)),
    # Four in one month: too few for a rate.
    *told("2024-11", 0, of=4, unit=WEST),
    # January 2025 is not over: due on the 14th at the latest.
    *told("2025-01", 6),
]


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template, UNITS, *CASES) as found:
        yield found


def chart(espoo: County, **parameters: str) -> Wire:
    asked = {"rule": "initiation", "as_of": DAY, "unit": EAST, "months": "25"}
    return espoo.ask("run-chart", **{**asked, **parameters})


def test_a_month_has_a_rate_and_limits(espoo: County) -> None:
    report = chart(espoo)

    assert [each["month"] for each in report["months"]] == [
        *map(month_of, range(24)),
        "2025-01",
    ]
    # 63 of 72 are 0.875; 3 √(0.875 · 0.125 / 6) = 0.405046
    assert report["baseline"]["centre"] == 0.875
    assert report["months"][15] == {
        "month": "2024-04",
        "is_over": True,
        "due": 6,
        "rate": pytest.approx(1 / 6, abs=1e-6),
        "low": pytest.approx(0.469954, abs=1e-6),
        "high": 1.0,
        "signals": ["point_outside_limits"],
    }


def test_signals_name_their_months_and_rule(espoo: County) -> None:
    signals = chart(espoo)["signals"]

    assert [(s["rule"], s["side"], s["months"]) for s in signals] == [
        ("point_outside_limits", "below", ["2024-04"]),
        ("run_of_8", "above", [month_of(n) for n in range(16, 24)]),
    ]


@pytest.mark.parametrize(
    ("lang", "outside", "run"),
    [
        (
            "fi",
            "Piste alarajan alapuolella: 4/2024",
            "Vähintään 8 kuukautta peräkkäin keskiviivan yläpuolella: 5/2024, 6/2024",
        ),
        (
            "sv",
            "Punkt under den nedre gränsen: 4/2024",
            "Minst 8 månader i följd ovanför centrallinjen: 5/2024, 6/2024",
        ),
        (
            "en",
            "Point below the lower limit: 2024-04",
            "At least 8 months in a row above the centre line: 2024-05, 2024-06",
        ),
    ],
)
def test_signals_are_told_in_words(
    espoo: County, lang: str, outside: str, run: str
) -> None:
    texts = [each["text"] for each in chart(espoo, lang=lang)["signals"]]

    assert texts[0] == outside
    assert texts[1].startswith(run)


def test_a_month_that_is_not_over_has_no_signal(espoo: County) -> None:
    last = chart(espoo, as_of="2025-01-31")["months"][-1]

    assert (last["is_over"], last["due"], last["signals"]) == (False, 6, [])
    # What is not due yet is in no rate.
    assert chart(espoo)["months"][-1]["due"] == 0
    assert chart(espoo)["months"][-1]["low"] is None


def test_a_month_of_too_few_is_shown_without_a_rate(espoo: County) -> None:
    report = chart(espoo, unit=WEST, months="3")

    assert report["minimum_n"] == 5
    assert [(m["month"], m["due"], m["rate"]) for m in report["months"]] == [
        ("2024-11", 4, None),
        ("2024-12", 0, None),
        ("2025-01", 0, None),
    ]
    assert report["signals"] == []


def test_until_a_baseline_is_fixed_the_first_year_of_the_chart_serves(
    espoo: County,
) -> None:
    baseline = chart(espoo)["baseline"]

    assert (baseline["first"], baseline["last"]) == ("2023-01", "2023-12")
    assert (baseline["fixed_on"], baseline["due"]) == (None, 72)
    assert "no baseline has been fixed" in baseline["text"]
    moved = chart(espoo, months="13")["baseline"]
    assert (moved["first"], moved["last"]) == ("2024-01", "2024-12")
    assert chart(espoo, months="1")["baseline"] is None
    # Months before the first of which anything is known are no baseline.
    assert chart(espoo, months="40")["baseline"] == baseline


@pytest.mark.parametrize(
    ("lang", "begins", "told_of"),
    [
        ("fi", "Ajoissa tehtyjen osuus kuukausittain", "1/2023–12/2023"),
        ("sv", "Andelen i tid per månad", "1/2023–12/2023"),
        ("en", "The share in time by month", "2023-01 to 2023-12"),
    ],
)
def test_an_answer_says_what_it_shows(
    espoo: County, lang: str, begins: str, told_of: str
) -> None:
    report = chart(espoo, lang=lang)

    assert report["definition"].startswith(begins)
    assert told_of in report["baseline"]["text"]


def test_a_lead_sees_the_own_units(espoo: County) -> None:
    west = espoo.lead_of(WEST)

    report = espoo.ask_as(west, "run-chart", rule="initiation", as_of=DAY)

    assert sum(month["due"] for month in report["months"]) == 4


def test_on_the_basis_of_thl_it_counts_what_began(espoo: County) -> None:
    months = chart(espoo, basis="thl")["months"]

    assert months[-1]["due"] == 6
    assert months[0]["rate"] == pytest.approx(5 / 6, abs=1e-6)


def test_a_fixed_baseline_does_not_move(
    client: TestClient, database: Database, headers: Headers
) -> None:
    send(client, headers.integrator, *told("2023-01", 5), *told("2023-02", 5))
    fixed = Baseline(
        first=date(2023, 1, 1), last=date(2023, 2, 1), fixed_on=date(2023, 3, 15)
    )
    report_settings.put(database, ReportSettings(minimum_n=3))
    report_settings.put(database, ReportSettings(baseline=fixed))
    url = "/v1/reports/run-chart?rule=initiation&as_of=2023-04-30&months=4&lang="
    before = client.get(f"{url}en", headers=headers.lead).json()["baseline"]

    # Another setting changes, and then it turns out that more was late.
    report_settings.put(database, ReportSettings(baseline=fixed, minimum_n=1))
    send(client, headers.integrator, *told("2023-02", 0, of=9, unit=WEST))
    found = client.get(f"{url}en", headers=headers.lead).json()

    assert found["baseline"] == before
    assert before["centre"] == pytest.approx(10 / 12, abs=1e-6)
    assert (before["first"], before["last"]) == ("2023-01", "2023-02")
    assert before["fixed_on"] == "2023-03-15"
    assert found["months"][1]["due"] == 15
    for lang, words in (
        ("fi", "vahvistettu 15.3.2023"),
        ("sv", "fastställd 15.3.2023"),
        ("en", "fixed on 2023-03-15"),
    ):
        told_of = client.get(url + lang, headers=headers.lead).json()["baseline"]
        assert words in told_of["text"]


def test_a_baseline_of_which_nothing_was_known_has_no_centre(
    client: TestClient, database: Database, headers: Headers
) -> None:
    fixed = Baseline(
        first=date(2023, 1, 1), last=date(2023, 1, 1), fixed_on=date(2023, 3, 15)
    )
    report_settings.put(database, ReportSettings(baseline=fixed))
    send(client, headers.integrator, *told("2023-01", 0))

    found = client.get(
        "/v1/reports/run-chart?rule=initiation&as_of=2023-04-30&months=4",
        headers=headers.lead,
    ).json()

    assert found["baseline"]["centre"] is None
    assert found["months"][0]["rate"] == 0
    assert found["signals"] == []


def test_what_arrives_later_does_not_change_an_earlier_answer(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *told("2024-11", 3))
    url = f"/v1/reports/run-chart?rule=initiation&as_of={DAY}&months=3"
    earlier = client.get(url, headers=headers.lead)
    send(client, headers.integrator, *told("2024-12", 3))

    known_at = earlier.json()["known_at"]
    again = client.get(f"{url}&known_at={known_at}", headers=headers.lead)

    assert again.content == earlier.content
    assert (
        client.get(url, headers=headers.lead).json()["months"]
        != (earlier.json()["months"])
    )


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("", "invalid-parameter"),
        ("rule=unheard_of", "unknown-rule"),
        ("rule=initiation&months=0", "invalid-parameter"),
        ("rule=initiation&basis=both", "invalid-parameter"),
        ("rule=initiation&by=unit", "invalid-parameter"),
        ("rule=initiation&as_of=0001-01-01", "invalid-period"),
        ("rule=initiation&known_at=2120-01-01T00:00:00Z", "future-knowledge"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    espoo: County, query: str, problem: str
) -> None:
    answer = espoo.client.get(f"/v1/reports/run-chart?{query}", headers=espoo.lead)

    assert answer.status_code in {404, 422}
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"


def test_only_a_lead_reads_it(espoo: County) -> None:
    integrator = bearer(espoo.database, Role.INTEGRATOR, source="client-a")
    url = "/v1/reports/run-chart?rule=initiation"

    statuses = [
        espoo.client.get(url, headers=key).status_code
        for key in ({}, integrator, espoo.lead)
    ]

    assert statuses == [401, 403, 200]
