from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.errors import UnknownRuleError, UnverifiedYearError
from app.domain.law import RULES, Law, Limits
from app.domain.law.page import law_page
from app.domain.periods import Eves, LegalReading, Roll, WorkingDays
from app.domain.rules import RuleVersion
from app.domain.texts import Text

ROOT = Path(__file__).parents[2]

# A rule of which only the limit changed, to show that an appended version is enough.
FIVE_DAYS = RuleVersion(
    version_id="LSL-26-2030",
    in_force_from=date(2030, 1, 1),
    period=WorkingDays(5),
    far_over=WorkingDays(10),
    citations=(),
    says=Text("viisi", "fem", "five"),
)


def test_the_rules_are_the_two_duties_in_their_order() -> None:
    assert [rule.code for rule in RULES] == ["initiation", "assessment"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_versions_of_a_rule_follow_each_other(rule: object) -> None:
    versions = next(known for known in RULES if known is rule).versions

    assert all(
        one.in_force_from < other.in_force_from for one, other in pairwise(versions)
    )
    assert all(version.citations for version in versions)


@pytest.mark.parametrize(
    ("rule_code", "started_on", "version_id"),
    [
        ("initiation", date(2008, 1, 1), "LSL-26-2008"),
        ("initiation", date(2015, 3, 31), "LSL-26-2008"),
        ("initiation", date(2015, 4, 1), "LSL-26-2015"),
        ("initiation", date(2026, 2, 2), "LSL-26-2015"),
        ("assessment", date(2008, 1, 1), "LSL-27-2008"),
        ("assessment", date(2015, 3, 31), "LSL-27-2008"),
        ("assessment", date(2015, 4, 1), "SHL-36-2015"),
        ("assessment", date(2026, 2, 2), "SHL-36-2015"),
    ],
)
def test_the_version_is_that_of_the_day_the_clock_starts(
    rule_code: str, started_on: date, version_id: str
) -> None:
    assert Law().limits(rule_code, started_on).version_id == version_id


def test_the_limits_were_the_same_before_2015() -> None:
    law = Law()

    # Tue 31.3.2015: 1.4. and 2.4. are days 1 and 2, 3.-6.4. is Easter, 7.-13.4. 3 to 7.
    assert law.limits("initiation", date(2015, 3, 31)).due_on == date(2015, 4, 13)
    assert law.limits("assessment", date(2015, 3, 31)).due_on == date(2015, 6, 30)


def test_the_act_of_an_old_version_is_cited_as_it_then_was() -> None:
    old, new = RULES[1].versions

    assert old.citations[0].text == Text(
        fi="lastensuojelulaki (417/2007) 27 §,"
        " sellaisena kuin se oli voimassa ennen 1.4.2015",
        sv="27 § i barnskyddslagen (417/2007), sådan den lydde före 1.4.2015",
        en="Child Welfare Act (417/2007), section 27, as in force before 1 Apr 2015",
    )
    assert new.citations[0].text == Text(
        fi="sosiaalihuoltolaki (1301/2014) 36 §",
        sv="36 § i socialvårdslagen (1301/2014)",
        en="Social Welfare Act (1301/2014), section 36",
    )


def test_an_appended_version_applies_from_its_day() -> None:
    initiation = replace(RULES[0], versions=(*RULES[0].versions, FIVE_DAYS))
    law = Law(rules=(initiation,))

    # Monday 31.12.2029 is counted by seven days, Tuesday 1.1.2030 by five.
    assert law.limits("initiation", date(2029, 12, 31)).due_on == date(2030, 1, 10)
    assert law.limits("initiation", date(2030, 1, 1)).due_on == date(2030, 1, 8)


def test_the_limits_carry_due_safe_and_strict_date_and_version() -> None:
    law = Law(LegalReading(Eves.NON_WORKING, Roll.ON))

    limits = law.limits("assessment", date(2025, 12, 22))

    # The three months end on Sunday 22 Mar.
    assert limits == Limits(
        due_on=date(2026, 3, 23),
        safe_on=date(2026, 3, 20),
        strict_on=date(2026, 3, 22),
        version_id="SHL-36-2015",
    )
    assert law.limits("assessment", date(2025, 12, 22)) is limits


@pytest.mark.parametrize(
    ("rule", "started_on", "strict_on"),
    [
        # Both eves count: 15, 16, 17, 18, 19, 22, 23 June; else one day later.
        pytest.param("initiation", date(2026, 6, 12), date(2026, 6, 23), id="an eve"),
        pytest.param("initiation", date(2026, 3, 2), date(2026, 3, 11), id="no eve"),
        pytest.param("assessment", date(2026, 3, 2), date(2026, 6, 2), id="a Tuesday"),
        pytest.param("assessment", date(2026, 2, 1), date(2026, 5, 1), id="1 May"),
        pytest.param("assessment", date(2025, 11, 30), date(2026, 2, 28), id="clamped"),
    ],
)
def test_the_strict_date_is_the_earliest_under_any_reading(
    rule: str, started_on: date, strict_on: date
) -> None:
    laws = [Law(LegalReading(eves, roll)) for eves in Eves for roll in Roll]

    assert {law.limits(rule, started_on).strict_on for law in laws} == {strict_on}
    assert min(law.limits(rule, started_on).due_on for law in laws) == strict_on


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_second_limit_of_a_rule_is_of_the_kind_of_its_limit(rule: object) -> None:
    versions = next(known for known in RULES if known is rule).versions

    for version in versions:
        assert type(version.far_over) is type(version.period)
        assert version.far_over.number > version.period.number


@pytest.mark.parametrize(
    ("rule", "started_on", "far_on"),
    [
        # Fourteen working days after 2 March: 9 to 20 March are days 5 to 14.
        pytest.param("initiation", date(2026, 3, 2), date(2026, 3, 20), id="14 days"),
        pytest.param("assessment", date(2026, 3, 2), date(2026, 7, 2), id="4 months"),
        # Four months from 4 March end on a Saturday.
        pytest.param("assessment", date(2026, 3, 4), date(2026, 7, 6), id="moved on"),
        pytest.param("initiation", date(2007, 12, 31), date.max, id="before the act"),
        pytest.param("initiation", date(2100, 12, 24), date.max, id="after all years"),
        pytest.param("assessment", date(1950, 1, 1), date.max, id="before all years"),
    ],
)
def test_missed_clocks_are_far_over_after_the_second_limit(
    rule: str, started_on: date, far_on: date
) -> None:
    assert Law().far_on(rule, started_on) == far_on


def test_there_is_no_second_limit_of_no_rule() -> None:
    with pytest.raises(UnknownRuleError):
        Law().far_on("nothing", date(2026, 3, 2))


def test_two_laws_are_equal_whatever_has_been_asked_of_them() -> None:
    one, other = Law(), Law()
    one.limits("initiation", date(2026, 2, 2))

    assert one == other
    assert one != Law(LegalReading(roll=Roll.OFF))


def test_a_rule_that_is_not_known_is_an_error() -> None:
    with pytest.raises(UnknownRuleError, match="'appeal'"):
        Law().limits("appeal", date(2026, 2, 2))


def test_a_day_before_the_first_version_is_an_error() -> None:
    with pytest.raises(UnknownRuleError, match="initiation is in force on 2007-12-31"):
        RULES[0].version_on(date(2007, 12, 31))


@pytest.mark.parametrize(
    ("rule_code", "started_on"),
    [
        ("initiation", date(2007, 12, 31)),
        ("assessment", date(2007, 12, 31)),
        ("initiation", date(2100, 12, 23)),
        ("assessment", date(2100, 10, 1)),
        ("initiation", date(2101, 1, 3)),
        ("assessment", date(2101, 1, 3)),
    ],
)
def test_a_clock_outside_the_verified_years_is_an_error(
    rule_code: str, started_on: date
) -> None:
    with pytest.raises(UnverifiedYearError):
        Law().limits(rule_code, started_on)
    with pytest.raises(UnverifiedYearError):
        Law().explain(rule_code, started_on)


def test_the_page_of_the_law_is_fresh() -> None:
    page = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")

    assert page == law_page(), "run `make docs`"


def test_the_page_of_the_law_names_versions_readings_and_days_off() -> None:
    page = law_page()

    for rule in RULES:
        assert all(version.version_id in page for version in rule.versions)
    for name in ("jouluaatto", "midsommarafton", "Epiphany", "non-working", "`roll`"):
        assert name in page
