"""Language, nationality and age groups, as Finnish statistics name them."""

from enum import StrEnum

FINNISH = "fi"
SWEDISH = "sv"
SAMI_LANGUAGES = frozenset({"se", "smn", "sms"})
FINLAND = "FI"


class LanguageGroup(StrEnum):
    """The registered mother tongue (*äidinkieli*), grouped.

    *foreign* is Statistics Finland's *vieraskieliset*: a mother tongue other than
    Finnish, Swedish or Sámi.
    """

    FI = "fi"
    SV = "sv"
    SAMI = "sami"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class NationalityGroup(StrEnum):
    """Citizenship, grouped; naturalised people are *finnish*."""

    FINNISH = "finnish"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Age at pendency in the bands of the six-city report (*Kuusikko*)."""

    AGE_0_2 = "0-2"
    AGE_3_6 = "3-6"
    AGE_7_12 = "7-12"
    AGE_13_15 = "13-15"
    AGE_16_17 = "16-17"
    UNBORN = "unborn"
    UNKNOWN = "unknown"


def language_group(mother_tongue: str) -> LanguageGroup:
    """Return the group of an ISO 639 code, in upper or lower case."""
    code = mother_tongue.lower()
    if code == FINNISH:
        return LanguageGroup.FI
    if code == SWEDISH:
        return LanguageGroup.SV
    return LanguageGroup.SAMI if code in SAMI_LANGUAGES else LanguageGroup.FOREIGN


def nationality_group(citizenship: str) -> NationalityGroup:
    """Return the group of an ISO 3166-1 alpha-2 code, in upper or lower case."""
    if citizenship.upper() == FINLAND:
        return NationalityGroup.FINNISH
    return NationalityGroup.FOREIGN


_OLDEST = (
    (2, AgeBand.AGE_0_2),
    (6, AgeBand.AGE_3_6),
    (12, AgeBand.AGE_7_12),
    (15, AgeBand.AGE_13_15),
    (17, AgeBand.AGE_16_17),
)


def age_band(age_years: int) -> AgeBand:
    """Return the band of an age in full years; adults are *unknown*.

    A notification about someone of 18 or more is not about a child, so the age is
    taken for a mistake of entry and the case is kept apart rather than lost.
    """
    for oldest, band in _OLDEST:
        if age_years <= oldest:
            return band
    return AgeBand.UNKNOWN
