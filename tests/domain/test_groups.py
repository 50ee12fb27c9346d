"""Groups, band by band and code by code."""

from typing import Any

import pytest

from app.domain.events import Child, Entry, NotificationReceived
from app.domain.groups import (
    AgeBand,
    LanguageGroup,
    NationalityGroup,
    age_band,
    language_group,
    nationality_group,
)


@pytest.mark.parametrize(
    ("code", "group"),
    [
        pytest.param("fi", LanguageGroup.FI, id="Finnish"),
        pytest.param("FI", LanguageGroup.FI, id="in capitals"),
        pytest.param("sv", LanguageGroup.SV, id="Swedish"),
        pytest.param("se", LanguageGroup.SAMI, id="Northern Sámi"),
        pytest.param("smn", LanguageGroup.SAMI, id="Inari Sámi"),
        pytest.param("sms", LanguageGroup.SAMI, id="Skolt Sámi"),
        pytest.param("so", LanguageGroup.FOREIGN, id="Somali"),
        # Statistics Finland counts other Sámi languages among the foreign ones.
        pytest.param("smj", LanguageGroup.FOREIGN, id="Lule Sámi"),
        pytest.param("et", LanguageGroup.FOREIGN, id="Estonian"),
    ],
)
def test_the_language_group_is_that_of_the_mother_tongue(
    code: str, group: LanguageGroup
) -> None:
    assert language_group(code) is group


@pytest.mark.parametrize(
    ("code", "group"),
    [
        pytest.param("FI", NationalityGroup.FINNISH, id="Finnish"),
        pytest.param("fi", NationalityGroup.FINNISH, id="in small letters"),
        pytest.param("SE", NationalityGroup.FOREIGN, id="Swedish"),
        pytest.param("XX", NationalityGroup.FOREIGN, id="stateless"),
    ],
)
def test_the_nationality_group_is_that_of_the_citizenship(
    code: str, group: NationalityGroup
) -> None:
    assert nationality_group(code) is group


@pytest.mark.parametrize(
    ("ages", "band"),
    [
        (range(3), AgeBand.AGE_0_2),
        (range(3, 7), AgeBand.AGE_3_6),
        (range(7, 13), AgeBand.AGE_7_12),
        (range(13, 16), AgeBand.AGE_13_15),
        (range(16, 18), AgeBand.AGE_16_17),
        # Not a child: taken for a mistake of entry, and kept apart.
        (range(18, 121), AgeBand.UNKNOWN),
    ],
    ids=str,
)
def test_an_age_is_in_its_band_of_the_six_city_report(
    ages: range, band: AgeBand
) -> None:
    assert {age_band(age) for age in ages} == {band}


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        pytest.param({"age_years": -1}, "age_years", id="a negative age"),
        pytest.param({"age_years": 121}, "age_years", id="an age beyond all"),
        pytest.param({"mother_tongue": "Finnish"}, "mother_tongue", id="a name"),
        pytest.param({"mother_tongue": "f"}, "mother_tongue", id="one letter"),
        pytest.param({"mother_tongue": "fi\n"}, "mother_tongue", id="a line break"),
        pytest.param({"citizenship": "FIN"}, "citizenship", id="three letters"),
        pytest.param({"citizenship": "F1"}, "citizenship", id="a digit"),
    ],
)
def test_what_cannot_be_a_code_or_an_age_has_no_group(
    said: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        Child(**said)


@pytest.mark.parametrize(
    "said",
    [
        {
            "child": Child(mother_tongue="fi"),
            "language_group": LanguageGroup.FI,
        },
        {
            "child": Child(citizenship="FI"),
            "nationality_group": NationalityGroup.FINNISH,
        },
    ],
    ids=["language", "nationality"],
)
def test_a_group_is_sent_instead_of_its_code_and_never_beside_it(
    said: dict[str, Any],
) -> None:
    with pytest.raises(ValueError, match="not both"):
        NotificationReceived(entry=Entry.REPORT, **said)
