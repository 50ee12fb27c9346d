import json
from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.law import RULES, Law
from app.domain.law.explanations import Explanation, StepCode
from app.domain.periods import Eves, LegalReading, Roll
from app.domain.texts import Language, Text
from app.domain.working_days import Calendar, ExtraDay, RemovedDay

LAW = Law()
CHRISTMAS = date(2025, 12, 22)

SKIPPED_AT_CHRISTMAS = {
    Language.FI: """
        ma 22.12.2025: vireilletulopäivää
        ke 24.12.2025: ei lueta, jouluaatto
        to 25.12.2025: ei lueta, joulupäivä
        pe 26.12.2025: ei lueta, toinen joulupäivä
        la 27.12.2025: ei lueta, lauantai
        su 28.12.2025: ei lueta, sunnuntai
        to 1.1.2026: ei lueta, uudenvuodenpäivä
        la 3.1.2026: ei lueta, lauantai
        su 4.1.2026: ei lueta, sunnuntai
        ti 6.1.2026: ei lueta, loppiainen
    """,
    Language.SV: """
        mån 22.12.2025: dagen då ärendet inleddes
        ons 24.12.2025: räknas inte, julafton
        tors 25.12.2025: räknas inte, juldagen
        fre 26.12.2025: räknas inte, annandag jul
        lör 27.12.2025: räknas inte, lördag
        sön 28.12.2025: räknas inte, söndag
        tors 1.1.2026: räknas inte, nyårsdagen
        lör 3.1.2026: räknas inte, lördag
        sön 4.1.2026: räknas inte, söndag
        tis 6.1.2026: räknas inte, trettondagen
    """,
    Language.EN: """
        Mon 22 Dec 2025: the day of pendency
        Wed 24 Dec 2025: not counted, Christmas Eve
        Thu 25 Dec 2025: not counted, Christmas Day
        Fri 26 Dec 2025: not counted, Boxing Day
        Sat 27 Dec 2025: not counted, Saturday
        Sun 28 Dec 2025: not counted, Sunday
        Thu 1 Jan 2026: not counted, New Year's Day
        Sat 3 Jan 2026: not counted, Saturday
        Sun 4 Jan 2026: not counted, Sunday
        Tue 6 Jan 2026: not counted, Epiphany
    """,
}


def texts(
    explanation: Explanation, code: StepCode, language: Language = Language.EN
) -> list[str]:
    return [step.text.to(language) for step in explanation.steps if step.code is code]


def codes(explanation: Explanation) -> list[str]:
    return [step.code.value for step in explanation.steps]


def test_the_dates_of_a_christmas_notification() -> None:
    initiation = LAW.explain("initiation", CHRISTMAS)
    assessment = LAW.explain("assessment", CHRISTMAS)

    assert (initiation.due_on, initiation.safe_on) == (
        date(2026, 1, 7),
        date(2026, 1, 5),
    )
    assert (assessment.unrolled_on, assessment.due_on, assessment.safe_on) == (
        date(2026, 3, 22),
        date(2026, 3, 23),
        date(2026, 3, 20),
    )


@pytest.mark.parametrize("language", Language)
def test_every_skipped_day_is_named_in_every_language(language: Language) -> None:
    initiation = LAW.explain("initiation", CHRISTMAS)

    expected = SKIPPED_AT_CHRISTMAS[language].strip().splitlines()
    skipped = texts(initiation, StepCode.SKIPPED, language)
    assert len(skipped) == len(expected)
    for text, beginning in zip(skipped, expected, strict=True):
        assert text.startswith(beginning.strip())
        assert "150/1930" in text


def test_the_story_of_working_days_is_told_in_order() -> None:
    initiation = LAW.explain("initiation", date(2026, 2, 2))

    assert codes(initiation) == [
        *("received", "skipped", "counted", "counted", "counted", "counted"),
        *("skipped", "skipped", "counted", "counted", "counted"),
        *("due", "safe", "alternative", "version"),
        *["citation"] * 4,
    ]
    assert texts(initiation, StepCode.COUNTED)[-1] == (
        "Wed 11 Feb 2026: working day 7 of 7."
    )


def test_the_story_of_months_is_told_without_their_days() -> None:
    # D31: 31.8. + 3 months is 30.11.2024, a Saturday.
    assessment = LAW.explain("assessment", date(2024, 8, 31))

    assert codes(assessment) == [
        *("received", "ends", "clamped", "rolled", "rolled"),
        *("due", "safe", "alternative", "version"),
        *["citation"] * 4,
    ]
    assert texts(assessment, StepCode.CLAMPED, Language.FI) == [
        (
            "Kuukaudessa ei ole 31. päivää, joten aika päättyy sen viimeisenä päivänä"
            " (laki 150/1930 3 §)."
        ),
    ]
    assert texts(assessment, StepCode.ROLLED, Language.SV) == [
        (
            "lör 30.11.2024: lördag, den sista dagen flyttas framåt"
            " (5 § i lag 150/1930, helgfri lördag)."
        ),
        (
            "sön 1.12.2024: söndag, den sista dagen flyttas framåt"
            " (5 § i lag 150/1930, helgdag)."
        ),
    ]


def test_the_summary_is_one_sentence_with_all_dates() -> None:
    assert LAW.explain("assessment", CHRISTMAS).summary == Text(
        fi="Palvelutarpeen arviointi: vireille ma 22.12.2025,"
        " määräpäivä ma 23.3.2026, varma päivä pe 20.3.2026.",
        sv="Bedömning av servicebehovet: inlett mån 22.12.2025,"
        " tidsfristen löper ut mån 23.3.2026, säker dag fre 20.3.2026.",
        en="Service-needs assessment: pending since Mon 22 Dec 2025,"
        " due Mon 23 Mar 2026, safe date Fri 20 Mar 2026.",
    )


def test_an_eve_that_counts_is_told_apart() -> None:
    initiation = Law(LegalReading(Eves.WORKING)).explain("initiation", CHRISTMAS)

    assert texts(initiation, StepCode.COUNTED)[1] == (
        "Wed 24 Dec 2025: working day 2 of 7;"
        " Christmas Eve counts as a working day in this reading."
    )
    assert texts(initiation, StepCode.ALTERNATIVE) == [
        (
            "If the eves did not count as working days,"
            " the due date would be Wed 7 Jan 2026."
        ),
    ]


def test_a_last_day_that_stays_on_a_day_off_is_told() -> None:
    assessment = Law(LegalReading(roll=Roll.OFF)).explain("assessment", CHRISTMAS)

    assert assessment.due_on == date(2026, 3, 22)
    assert texts(assessment, StepCode.NOT_ROLLED, Language.FI) == [
        (
            "su 22.3.2026: sunnuntai, mutta tässä tulkinnassa viimeinen päivä"
            " ei siirry: lain 150/1930 5 § koskee toimia viranomaisessa."
        ),
    ]
    assert texts(assessment, StepCode.ALTERNATIVE) == [
        (
            "If section 5 of Act 150/1930 applied to time counted in months,"
            " the due date would be Mon 23 Mar 2026."
        ),
    ]


def test_the_other_reading_stands_in_every_explanation() -> None:
    plain = LAW.explain("assessment", date(2026, 2, 4))  # D03: no roll

    (other,) = plain.alternatives
    assert (other.reading.roll, other.due_on) == (Roll.OFF, plain.due_on)
    assert (other.missed, other.changes_verdict, plain.missed) == (None, False, None)
    assert texts(plain, StepCode.ALTERNATIVE) == [
        (
            "If section 5 of Act 150/1930 did not apply to time counted in months,"
            " the due date would be the same, Mon 4 May 2026."
        ),
    ]


@pytest.mark.parametrize(
    ("done_on", "as_of", "missed", "verdict", "other_verdict"),
    [
        pytest.param(
            *(date(2026, 1, 7), None, False),
            *("Done on Wed 7 Jan 2026: in time.", "late"),
            id="done on the due date, after the other one",
        ),
        pytest.param(
            *(date(2026, 1, 5), None, False),
            *("Done on Mon 5 Jan 2026: in time.", None),
            id="done on the safe date",
        ),
        pytest.param(
            *(date(2026, 1, 8), None, True),
            *("Done on Thu 8 Jan 2026: late.", None),
            id="done the day after",
        ),
        pytest.param(
            *(None, date(2026, 1, 7), False),
            *("Open on Wed 7 Jan 2026: within the time limit.", "late"),
            id="open on the due date",
        ),
        pytest.param(
            *(None, date(2026, 1, 8), True),
            *("Open on Thu 8 Jan 2026: past the time limit.", None),
            id="open the day after",
        ),
        pytest.param(
            *(date(2026, 1, 8), date(2026, 1, 5), False),
            *("Open on Mon 5 Jan 2026: within the time limit.", None),
            id="an act after as_of has not happened",
        ),
        pytest.param(
            *(date(2026, 1, 5), date(2026, 3, 1), False),
            *("Done on Mon 5 Jan 2026: in time.", None),
            id="done before as_of",
        ),
    ],
)
def test_the_verdict_and_whether_the_other_reading_changes_it(
    done_on: date | None,
    as_of: date | None,
    missed: bool,  # noqa: FBT001 - a column of the table
    verdict: str,
    other_verdict: str | None,
) -> None:
    explanation = LAW.explain("initiation", CHRISTMAS, done_on=done_on, as_of=as_of)

    (other,) = explanation.alternatives
    assert explanation.missed is missed
    assert other.changes_verdict is (other_verdict is not None)
    assert texts(explanation, StepCode.VERDICT) == [verdict]
    assert texts(explanation, StepCode.OTHER_VERDICT) == (
        [f"The verdict would then be another: {other_verdict}."]
        if other_verdict
        else []
    )


def test_a_verdict_can_change_to_in_time() -> None:
    law = Law(LegalReading(Eves.WORKING))

    explanation = law.explain("initiation", CHRISTMAS, done_on=date(2026, 1, 7))

    assert explanation.missed is True
    assert texts(explanation, StepCode.OTHER_VERDICT) == [
        "The verdict would then be another: in time."
    ]


def test_extra_and_removed_days_are_told_with_their_statute() -> None:
    calendar = Calendar(
        extra=(
            ExtraDay(
                date(2026, 1, 5),
                Text("surupäivä", "sorgedag", "Mourning"),
                "laki 1/2026",
            ),
        ),
        removed=(
            RemovedDay(date(2026, 1, 6), "laki 2/2025"),
            RemovedDay(date(2027, 1, 6), "laki 2/2025"),
        ),
    )
    law = Law(calendar=calendar)

    initiation = law.explain("initiation", CHRISTMAS)
    assert "Mon 5 Jan 2026: not counted, Mourning (laki 1/2026)." in texts(
        initiation, StepCode.SKIPPED
    )
    assert texts(initiation, StepCode.REMOVED) == [
        "Tue 6 Jan 2026 is no longer a day off (laki 2/2025)."
    ]
    # D37: three months from 6.10.2025 end on the former Epiphany.
    assessment = law.explain("assessment", date(2025, 10, 6))
    assert assessment.due_on == date(2026, 1, 6)
    assert len(texts(assessment, StepCode.REMOVED)) == 1
    assert texts(law.explain("assessment", CHRISTMAS), StepCode.REMOVED) == []


def test_an_explanation_can_be_sent_as_json() -> None:
    explanation = LAW.explain("initiation", CHRISTMAS, as_of=date(2026, 1, 8))

    sent = json.loads(json.dumps(asdict(explanation), default=date.isoformat))

    assert sent["due_on"] == "2026-01-07"
    assert sent["reading"] == {"eves": "non-working", "roll": "on"}
    assert sent["steps"][0] == {
        "code": "received",
        "text": {
            "fi": "Asia tuli vireille ma 22.12.2025.",
            "sv": "Ärendet inleddes mån 22.12.2025.",
            "en": "The matter became pending on Mon 22 Dec 2025.",
        },
        "day": "2025-12-22",
    }


@given(
    st.sampled_from([rule.code for rule in RULES]),
    st.dates(date(2008, 1, 2), date(2100, 9, 1)),
    st.builds(LegalReading, st.sampled_from(Eves), st.sampled_from(Roll)),
)
def test_an_explanation_always_agrees_with_the_limits(
    rule_code: str, started_on: date, reading: LegalReading
) -> None:
    law = Law(reading)

    explanation = law.explain(rule_code, started_on)
    limits = law.limits(rule_code, started_on)

    assert (explanation.due_on, explanation.safe_on, explanation.version_id) == (
        limits.due_on,
        limits.safe_on,
        limits.version_id,
    )
    for alternative in explanation.alternatives:
        other = Law(alternative.reading).limits(rule_code, started_on)
        assert alternative.due_on == other.due_on >= limits.safe_on
    for step in explanation.steps:
        assert all(step.text.to(language) for language in Language)
