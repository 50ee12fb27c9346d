"""THL's half-years: when each is owed, and what the county writes with it."""

from collections import Counter
from datetime import date

import pytest

from app.domain.finding_texts import CATALOGUE
from app.domain.findings import FindingKind
from app.domain.report_changes import Cause
from app.domain.reporting_periods import parse_period
from app.domain.texts import Text
from app.domain.thl import due_date, owed_on, window_owed_next
from app.domain.thl_texts import Facts, FourFigures, InTimeAndLate, comment, notice
from app.domain.working_days import FINLAND

WINDOW = parse_period("thl:2026-04")
FIGURES = FourFigures(InTimeAndLate(1203, 45), InTimeAndLate(512, 88))


@pytest.mark.parametrize(
    ("today", "window"),
    [
        pytest.param(date(2026, 1, 1), "thl:2025-10", id="while it runs"),
        pytest.param(date(2026, 4, 17), "thl:2025-10", id="on the day"),
        pytest.param(date(2026, 4, 18), "thl:2026-04", id="on the day after"),
        pytest.param(date(2026, 10, 17), "thl:2026-04", id="on the day, October"),
        pytest.param(date(2026, 10, 18), "thl:2026-10", id="on the day after, October"),
        pytest.param(date(2026, 12, 31), "thl:2026-10", id="at the end of a year"),
    ],
)
def test_the_window_owed_next(today: date, window: str) -> None:
    assert window_owed_next(today).code == window


@pytest.mark.parametrize(
    ("window", "due"),
    [("thl:2026-04", date(2026, 10, 17)), ("thl:2026-10", date(2027, 4, 17))],
)
def test_figures_are_owed_on_the_seventeenth_of_the_month_after(
    window: str, due: date
) -> None:
    assert owed_on(parse_period(window)) == due


def test_days_left_are_counted_to_the_day_and_become_negative() -> None:
    # 17 October 2026 is a Saturday; the last working day before it is Friday.
    left = due_date(WINDOW, date(2026, 10, 12), FINLAND)
    over = due_date(WINDOW, date(2026, 10, 20), FINLAND)

    assert (left.due_on, left.days_left) == (date(2026, 10, 17), 5)
    assert left.send_by == date(2026, 10, 16)
    assert left.weekday == Text("lauantai", "lördag", "Saturday")
    assert over.days_left == -3


def test_a_due_date_on_a_working_day_is_that_day() -> None:
    assert due_date(parse_period("thl:2024-10"), WINDOW.first, FINLAND).send_by == date(
        2025, 4, 17
    )


def test_the_comment_says_what_the_counts_say() -> None:
    facts = Facts(
        as_of=date(2026, 10, 12),
        figures=FIGURES,
        open_late=(3, 12),
        reasons=[
            (Text("Tulkin tarve", "Behov av tolk", "An interpreter was needed"), 4),
            (Text("Henkilöstövaje", "Personalbrist", "Shortage of staff"), 100),
        ],
        without_reason=29,
        findings=[
            (CATALOGUE[FindingKind.ACT_BEFORE_NOTIFICATION].explanation, 2),
        ],
    )

    said = comment(facts)

    assert said.fi.split("\n") == [
        "Luvut ovat tilanteesta 12.10.2026.",
        "Arvioinnin aloittaminen, 7 arkipäivää: ajoissa 1\xa0203, myöhässä 45.",
        "Palvelutarpeen arviointi, 3 kuukautta: ajoissa 512, myöhässä 88.",
        (
            "Lisäksi määräaika oli ylittynyt asioissa, jotka ovat vielä kesken: "
            "arvioinnin aloittaminen 3, palvelutarpeen arviointi 12. Ne eivät sisälly "
            "edellä oleviin lukuihin."
        ),
        (
            "Jaksolla päättyneiden määräaikojen ylittymisen syyt: henkilöstövaje 100, "
            "tulkin tarve 4."
        ),
        "Ylityksiä, joiden syytä ei ole vielä kirjattu: 29.",
        "Kirjaamisen avoimia poikkeamia, jotka voivat vaikuttaa lukuihin: 2.",
        "2 kpl: Asiassa on tehty jotakin ennen kuin siitä on yhtään ilmoitusta.",
    ]
    assert said.sv.split("\n") == [
        "Talen avser läget 12.10.2026.",
        "Påbörjande av bedömningen, 7 vardagar: i tid 1\xa0203, försenade 45.",
        "Bedömning av servicebehovet, 3 månader: i tid 512, försenade 88.",
        (
            "Dessutom hade tidsfristen överskridits i ärenden som ännu pågår: "
            "påbörjande av bedömningen 3, bedömning av servicebehovet 12. De ingår "
            "inte i talen ovan."
        ),
        (
            "Orsaker till att tidsfrister som löpte ut under perioden har "
            "överskridits: personalbrist 100, behov av tolk 4."
        ),
        "Överskridningar vars orsak ännu inte antecknats: 29.",
        "Öppna avvikelser i antecknandet som kan påverka talen: 2.",
        "2 st.: I ärendet har något gjorts innan det finns någon anmälan.",
    ]


def test_what_there_is_nothing_of_is_not_mentioned() -> None:
    facts = Facts(
        as_of=date(2026, 10, 12),
        figures=FIGURES,
        open_late=(0, 0),
        reasons=(),
        without_reason=0,
        findings=(),
    )

    assert len(comment(facts).fi.split("\n")) == 3


def test_the_notice_asks_for_the_old_figures_to_become_the_new_ones() -> None:
    after = FourFigures(InTimeAndLate(1205, 45), InTimeAndLate(511, 88))

    said = notice(
        WINDOW,
        number=3,
        sealed_on=date(2026, 10, 12),
        before=FIGURES,
        after=after,
        causes=Counter({Cause.CORRECTED: 1, Cause.ARRIVED_LATE: 2}),
    )

    assert said is not None
    assert said.fi.split("\n") == [
        (
            "Pyydämme korjaamaan lähettämämme tiedot lastensuojelun käsittelyajoista "
            "ajalta 1.4.2026\N{EN DASH}30.9.2026 (raporttimme nro 3, laadittu "
            "12.10.2026)."
        ),
        "Arvioinnin aloittaminen, 7 arkipäivää, ajoissa: 1\xa0203 → 1\xa0205.",
        "Arvioinnin aloittaminen, 7 arkipäivää, myöhässä: 45 (ei muutu).",
        "Palvelutarpeen arviointi, 3 kuukautta, ajoissa: 512 → 511.",
        "Palvelutarpeen arviointi, 3 kuukautta, myöhässä: 88 (ei muutu).",
        (
            "Muutoksen syyt asioittain: myöhässä saapuneet tiedot 2, korjatut "
            "kirjaukset 1."
        ),
    ]
    assert "Vi ber er rätta" in said.sv
    assert "inkommit i efterhand 2, rättade anteckningar 1." in said.sv


def test_where_the_four_figures_stand_there_is_nothing_to_correct() -> None:
    assert (
        notice(
            WINDOW,
            number=3,
            sealed_on=date(2026, 10, 12),
            before=FIGURES,
            after=FIGURES,
            causes={},
        )
        is None
    )
