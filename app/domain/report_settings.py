"""How a county wants its figures counted: recorded, dated, printed on each report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain.deadlines import Deadline
from app.domain.errors import InvalidPeriodError
from app.domain.events import (
    AssessmentOutcome,
    ClosureReason,
    Entry,
    InitiationOutcome,
    Matter,
)
from app.domain.reporting_periods import month_of, parse_period

OUTCOMES = frozenset[str](
    (*InitiationOutcome, *AssessmentOutcome, *ClosureReason),
)


class InvalidReportSettingsError(Exception):
    """Report settings are not written as they should be; the message says how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """Which matters the figures for THL count from *in_force_from* on.

    Excluded are those of the named outcomes, entries and matters, and notifications
    that repeat one of the same run unless *counts_repeated*. *confirmed* tells that
    the county has asked THL.
    """

    in_force_from: date
    excluded_outcomes: tuple[str, ...]
    excluded_entries: tuple[Entry, ...] = ()
    excluded_matters: tuple[Matter, ...] = ()
    counts_repeated: bool = False
    confirmed: bool = False

    def excludes(self, deadline: Deadline, as_of: date) -> bool:
        """Tell whether *deadline*, as it stands on *as_of*, is left out."""
        return (
            (not deadline.first and not self.counts_repeated)
            or deadline.entry in self.excluded_entries
            or deadline.matter in self.excluded_matters
            or deadline.outcome_by(as_of) in self.excluded_outcomes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The months that a run chart is compared with, and the day this was fixed on."""

    first: date
    last: date
    fixed_on: date


# What the issue of THL's form leaves open is answered here until a county confirms it:
# the first notification of a run counts, without these outcomes.
ASSUMED = Inclusion(
    in_force_from=date(2014, 4, 1),
    excluded_outcomes=(
        InitiationOutcome.EXISTING_CLIENT,
        InitiationOutcome.JOINED_RUNNING_ASSESSMENT,
        InitiationOutcome.TRANSFERRED_TO_OTHER_COUNTY,
        InitiationOutcome.WRONG_OR_DUPLICATE,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """The settings of reports at an instant.

    Of fewer than *minimum_n* no rate, interval or percentile is shown. In what is
    published, counts from 1 to below *disclosure_threshold* are hidden.
    """

    inclusions: tuple[Inclusion, ...] = (ASSUMED,)
    minimum_n: int = 5
    disclosure_threshold: int = 5
    baseline: Baseline | None = None

    def inclusion_on(self, day: date) -> Inclusion:
        """Return the inclusion in force on *day*; the first one before it was."""
        for inclusion in reversed(self.inclusions):
            if inclusion.in_force_from <= day:
                return inclusion
        return self.inclusions[0]


def describe(settings: ReportSettings) -> dict[str, Any]:
    """Return *settings* as they are recorded and printed."""
    baseline = settings.baseline
    return {
        "minimum_n": settings.minimum_n,
        "disclosure_threshold": settings.disclosure_threshold,
        "baseline": baseline
        and {
            "first": f"{baseline.first:%Y-%m}",
            "last": f"{baseline.last:%Y-%m}",
            "fixed_on": str(baseline.fixed_on),
        },
        "inclusion": [describe_inclusion(each) for each in settings.inclusions],
    }


def describe_inclusion(inclusion: Inclusion) -> dict[str, Any]:
    """Return *inclusion* as it is recorded and printed."""
    return {
        "in_force_from": str(inclusion.in_force_from),
        "excluded_outcomes": [str(each) for each in inclusion.excluded_outcomes],
        "excluded_entries": [each.value for each in inclusion.excluded_entries],
        "excluded_matters": [each.value for each in inclusion.excluded_matters],
        "counts_repeated": inclusion.counts_repeated,
        "confirmed": inclusion.confirmed,
    }


def described(description: Mapping[str, Any]) -> ReportSettings:
    """Return the settings of *description*; what it leaves out has its default.

    Inverse of ``describe``. Days may be dates, as TOML knows them, or texts.

    Raises:
        InvalidReportSettingsError: a member is unknown, or its value is not possible.
    """
    default = ReportSettings()
    _refuse_unknown(description, describe(default))
    baseline = description.get("baseline")
    inclusions = description.get("inclusion")
    return ReportSettings(
        minimum_n=_number(description, "minimum_n", default.minimum_n),
        disclosure_threshold=_number(
            description, "disclosure_threshold", default.disclosure_threshold
        ),
        baseline=None if baseline is None else _baseline(_table("baseline", baseline)),
        inclusions=(
            default.inclusions if inclusions is None else _inclusions(inclusions)
        ),
    )


def _baseline(description: Mapping[str, Any]) -> Baseline:
    names = ("first", "last", "fixed_on")
    _refuse_unknown(description, names)
    if not all(name in description for name in names):
        raise InvalidReportSettingsError("baseline has first, last and fixed_on")
    baseline = Baseline(
        first=_month("first", description["first"]),
        last=_month("last", description["last"]),
        fixed_on=_day("fixed_on", description["fixed_on"]),
    )
    if baseline.first > baseline.last:
        raise InvalidReportSettingsError("the baseline ends before it begins")
    return baseline


def _inclusions(descriptions: object) -> tuple[Inclusion, ...]:
    if not isinstance(descriptions, list) or not descriptions:
        raise InvalidReportSettingsError("inclusion is a list of one table or more")
    found = sorted(
        (_inclusion(_table("inclusion", each)) for each in descriptions),
        key=lambda each: each.in_force_from,
    )
    if len({each.in_force_from for each in found}) < len(found):
        raise InvalidReportSettingsError("two inclusions are in force from one day")
    return tuple(found)


def _inclusion(description: Mapping[str, Any]) -> Inclusion:
    _refuse_unknown(description, describe_inclusion(ASSUMED))
    if "in_force_from" not in description:
        raise InvalidReportSettingsError("an inclusion has in_force_from")
    return Inclusion(
        in_force_from=_day("in_force_from", description["in_force_from"]),
        excluded_outcomes=_codes(
            description, "excluded_outcomes", ASSUMED.excluded_outcomes, OUTCOMES
        ),
        excluded_entries=tuple(
            map(Entry, _codes(description, "excluded_entries", (), frozenset(Entry)))
        ),
        excluded_matters=tuple(
            map(Matter, _codes(description, "excluded_matters", (), frozenset(Matter)))
        ),
        counts_repeated=_flag(description, "counts_repeated"),
        confirmed=_flag(description, "confirmed"),
    )


def _refuse_unknown(
    description: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...]
) -> None:
    for name in description:
        if name not in known:
            raise InvalidReportSettingsError(f"{name} is not one of {', '.join(known)}")


def _table(name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidReportSettingsError(f"{name} is a table")
    return value


def _number(description: Mapping[str, Any], name: str, default: int) -> int:
    value = description.get(name, default)
    if type(value) is not int or value < 1:
        raise InvalidReportSettingsError(f"{name} is a whole number from 1 on")
    return value


def _flag(description: Mapping[str, Any], name: str) -> bool:
    value = description.get(name, False)
    if type(value) is not bool:
        raise InvalidReportSettingsError(f"{name} is true or false")
    return value


def _codes(
    description: Mapping[str, Any],
    name: str,
    default: tuple[str, ...],
    known: frozenset[str],
) -> tuple[str, ...]:
    codes = description.get(name, list(default))
    if not isinstance(codes, list) or not known.issuperset(map(str, codes)):
        raise InvalidReportSettingsError(
            f"{name} is a list of any of {', '.join(sorted(known))}"
        )
    return tuple(sorted(set(codes)))


def _day(name: str, value: object) -> date:
    try:
        return value if type(value) is date else date.fromisoformat(str(value))
    except ValueError:
        raise InvalidReportSettingsError(f"{name} is a day, as in 2026-04-01") from None


def _month(name: str, value: object) -> date:
    try:
        first = parse_period(str(value)).first
    except InvalidPeriodError:
        first = None
    if first is None or month_of(first).code != value:
        raise InvalidReportSettingsError(f'{name} is a month, as in "2026-04"')
    return first
