"""Equity: a county whose one unit is late, and where most of a group live."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.domain.access import Role
from tests.api.asking import County, county
from tests.api.sending import Wire, decision, notification, send
from tests.conftest import Headers, bearer

WEST = "espoonlahti"
EAST = "leppavaara"
UNITS = {"espoo": None, WEST: "espoo", EAST: "espoo"}
DAY = "2025-04-01"
IN_TIME, LATE = "2025-03-05", "2025-03-20"
IN_MARCH = {"period": "2025-03", "as_of": DAY, "rule": "initiation"}


def told(
    name: str, kept: tuple[int, int], unit: str, tongue: str | None, *, age: int = 7
) -> list[Wire]:
    """Return matters of children who speak *tongue*: *kept* in time, of how many."""
    in_time, of = kept
    child = {"age_years": age, "citizenship": "SO" if tongue == "so" else "FI"}
    if tongue is not None:
        child["mother_tongue"] = tongue
    return [
        event
        for number in range(of)
        for event in (
            notification(f"{name}{number}", "2025-03-03", unit=unit, child=child),
            # Due on 12.3.
            decision(
                f"{name}{number}", f"2025-03-{'05' if number < in_time else '20'}"
            ),
        )
    ]


CASES = [
    # West keeps 38 of 40, East half of its 80, whatever the language.
    *told("a", (37, 38), WEST, "fi"),
    *told("b", (1, 2), WEST, "so"),
    *told("c", (20, 40), EAST, "fi"),
    *told("d", (20, 40), EAST, "so"),
    # Swedish-speakers do about as well as the others of West.
    *told("e", (5, 6), WEST, "sv", age=16),
    # Too few for a rate, and of some nobody knows.
    *told("f", (0, 3), WEST, "se"),
    *told("g", (2, 5), WEST, None),
]


@pytest.fixture(scope="module")
def espoo(server_url: str, template: str) -> Iterator[County]:
    with county(server_url, template, UNITS, *CASES) as found:
        yield found


def groups(report: Wire) -> dict[str, Wire]:
    return {each["group"]: each for each in report["groups"]}


def test_each_group_stands_beside_the_reference(espoo: County) -> None:
    report = espoo.ask("equity", **IN_MARCH)

    assert (report["dimension"], report["minimum_n"]) == ("language_group", 5)
    reference = report["reference"]
    assert (reference["group"], reference["due"]) == ("fi", 78)
    assert reference["rate"] == pytest.approx(57 / 78, abs=1e-6)
    found = groups(report)
    assert {name: (g["due"], g["rate"]) for name, g in found.items()} == {
        "sv": (6, pytest.approx(5 / 6, abs=1e-6)),
        "sami": (3, None),
        "foreign": (42, 0.5),
        "unknown": (5, 0.4),
    }
    assert found["sami"]["interval"] is None


def test_a_gap_has_points_and_an_interval(espoo: County) -> None:
    foreign = groups(espoo.ask("equity", **IN_MARCH))["foreign"]

    gap = foreign["difference"]
    assert gap["points"] == pytest.approx(50 - 100 * 57 / 78, abs=1e-3)
    assert gap["interval"][0] < gap["points"] < gap["interval"][1] < 0
    assert (gap["standing"], gap["why_not"]) == ("lower", None)


def test_within_the_units_there_is_none_to_tell(espoo: County) -> None:
    foreign = groups(espoo.ask("equity", **IN_MARCH))["foreign"]

    gap = foreign["standardised"]
    # Weights 38 · 2 / 40 = 1.9 and 40 · 40 / 80 = 20; differences 0.5 - 37/38 and 0.
    assert gap["points"] == pytest.approx(100 * 1.9 * (0.5 - 37 / 38) / 21.9, abs=1e-3)
    assert gap["compared_due"] == 42
    assert gap["standing"] == "cannot_tell"


def test_a_group_that_is_not_compared_has_a_reason(espoo: County) -> None:
    found = groups(espoo.ask("equity", **IN_MARCH))

    reasons = {
        name: (
            (each["difference"]["why_not"] or {}).get("code"),
            (each["standardised"]["why_not"] or {}).get("code"),
        )
        for name, each in found.items()
    }
    assert reasons == {
        # No Finnish-speaker of 16 years in West.
        "sv": (None, "no_counterpart"),
        "sami": ("too_few", "too_few"),
        "foreign": (None, None),
        "unknown": ("unknown_group", "unknown_group"),
    }
    assert found["sami"]["difference"]["points"] is None
    assert found["sv"]["difference"]["standing"] == "cannot_tell"


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        (
            "fi",
            (
                "Vertailuryhmä: suomi (73,1\u00a0%, n = 78).",
                "Osuus erottuu matalampana: muu kieli (vieraskieliset) (50,0\u00a0%, n",
                "ero −23,1 prosenttiyksikköä, 95 %:n luottamusväli −39,9 … −5,0).",
                "Aineisto ei kerro, eroaako osuus: ruotsi (83,3\u00a0%, n = 6, ero 10",
                "Saman yksikön ja ikäryhmän lapsiin verrattuna aineisto ei kerro",
                "Ryhmä ei ole tiedossa, joten sitä ei verrata: ei tiedossa (40,0",
                "Liian vähän määräaikoja osuuden näyttämiseen: saame (n = 3).",
            ),
        ),
        (
            "sv",
            (
                "Jämförelsegrupp: finska (73,1\u00a0%, n = 78).",
                "Andelen är statistiskt urskiljbart lägre: annat språk",
                "Materialet visar inte om andelen skiljer sig: svenska",
                "För få tidsfrister för att visa en andel: samiska (n = 3).",
            ),
        ),
        (
            "en",
            (
                "Reference: Finnish (73.1%, n = 78).",
                "The rate is distinguishably lower: another language (50.0%, n = 42,",
                "difference −23.1 percentage points, 95% interval −39.9 to −5.0).",
                "The data cannot tell whether the rate differs: Swedish (83.3%",
                "No unit and age band has children of both groups: Swedish",
            ),
        ),
    ],
)
def test_it_is_told_in_plain_sentences(
    espoo: County, lang: str, parts: tuple[str, ...]
) -> None:
    sentence = espoo.ask("equity", lang=lang, **IN_MARCH)["sentence"]

    places = [sentence.find(part) for part in parts]
    assert -1 not in places, sentence
    assert places == sorted(places)


def test_nationality_groups_are_compared_with_finnish_citizens(espoo: County) -> None:
    report = espoo.ask("equity", dimension="nationality_group", **IN_MARCH)

    assert (report["reference"]["group"], report["reference"]["due"]) == ("finnish", 92)
    found = groups(report)
    assert set(found) == {"foreign", "unknown"}
    assert found["unknown"]["due"] == 0
    assert found["unknown"]["difference"]["why_not"]["code"] == "unknown_group"


def test_of_few_finnish_speakers_nothing_is_compared(espoo: County) -> None:
    report = espoo.ask("equity", **{**IN_MARCH, "rule": "assessment"})

    assert report["reference"]["rate"] is None
    assert {g["difference"]["standing"] for g in report["groups"]} == {None}


def test_a_reference_of_too_few_is_a_reason(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *told("a", (3, 6), EAST, "so"))

    report = client.get(
        "/v1/reports/equity", params=IN_MARCH, headers=headers.lead
    ).json()

    found = groups(report)["foreign"]
    assert found["rate"] == 0.5
    assert found["difference"]["why_not"]["code"] == "too_few_in_reference"
    assert "The reference has too few deadlines" in report["sentence"]


def test_what_is_higher_is_told_too(client: TestClient, headers: Headers) -> None:
    send(
        client,
        headers.integrator,
        *told("a", (10, 60), EAST, "fi"),
        *told("b", (30, 30), EAST, "sv"),
    )

    report = client.get(
        "/v1/reports/equity", params=IN_MARCH, headers=headers.lead
    ).json()

    found = groups(report)["sv"]
    assert found["difference"]["standing"] == "higher"
    assert found["standardised"]["standing"] == "higher"
    assert "The rate is distinguishably higher: Swedish (100.0%" in report["sentence"]


def test_a_lead_compares_within_the_own_units(espoo: County) -> None:
    report = espoo.ask_as(espoo.lead_of(WEST), "equity", **IN_MARCH)

    assert report["reference"]["due"] == 38
    assert espoo.ask("equity", unit=WEST, **IN_MARCH)["groups"] == report["groups"]


@pytest.mark.parametrize(
    ("lang", "begins"),
    [
        ("fi", "Ajoissa tehtyjen"),
        ("sv", "Skillnaden i andelen"),
        ("en", "The difference"),
    ],
)
def test_an_answer_says_what_it_compares(espoo: County, lang: str, begins: str) -> None:
    report = espoo.ask("equity", lang=lang, **IN_MARCH)

    assert report["definition"].startswith(begins)
    assert "Bonferroni" in report["definition"]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("period=2025", "invalid-parameter"),
        ("rule=initiation", "invalid-parameter"),
        ("period=2025&rule=unheard_of", "unknown-rule"),
        ("period=2025&rule=initiation&dimension=unit", "invalid-parameter"),
        ("period=2025&rule=initiation&by=unit", "invalid-parameter"),
        ("period=2025-13&rule=initiation", "invalid-period"),
    ],
)
def test_what_cannot_be_asked_is_a_problem(
    espoo: County, query: str, problem: str
) -> None:
    answer = espoo.client.get(f"/v1/reports/equity?{query}", headers=espoo.lead)

    assert answer.status_code in {404, 422}
    assert answer.json()["type"] == f"urn:maaraaika:problem:{problem}"


def test_only_a_lead_compares(espoo: County) -> None:
    integrator = bearer(espoo.database, Role.INTEGRATOR, source="client-a")

    statuses = [
        espoo.client.get("/v1/reports/equity", params=IN_MARCH, headers=key).status_code
        for key in ({}, integrator, espoo.lead)
    ]

    assert statuses == [401, 403, 200]


def test_what_arrives_later_does_not_change_an_earlier_answer(
    client: TestClient, headers: Headers
) -> None:
    send(client, headers.integrator, *told("a", (4, 8), EAST, "fi"))
    send(client, headers.integrator, *told("b", (4, 8), EAST, "so"))
    url = "/v1/reports/equity"
    earlier = client.get(url, params=IN_MARCH, headers=headers.lead)
    send(client, headers.integrator, *told("c", (4, 8), EAST, "so"))

    known_at = earlier.json()["known_at"]
    again = client.get(
        url, params={**IN_MARCH, "known_at": known_at}, headers=headers.lead
    )

    assert again.content == earlier.content
    now = client.get(url, params=IN_MARCH, headers=headers.lead).json()
    assert now["groups"] != earlier.json()["groups"]
