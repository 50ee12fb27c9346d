"""The law in use: its rules, the calendar and the reading, asked as one object.

Each act has its file, its sections as literals in order. A changed law is a new dated
version, never an edited one.
"""

from dataclasses import dataclass, field
from datetime import date

from app.domain.errors import UnknownRuleError, UnverifiedYearError
from app.domain.law.child_welfare_act import INITIATION
from app.domain.law.explanations import Explanation, explain
from app.domain.law.social_welfare_act import ASSESSMENT
from app.domain.periods import READINGS, LegalReading
from app.domain.rules import DeadlineRule
from app.domain.working_days import FINLAND, Calendar

RULES = (INITIATION, ASSESSMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The dates of one clock.

    Attributes:
        due_on: the last day that is in time, under the reading in use.
        safe_on: a working day by which it is in time under any reading; plan for it.
        strict_on: the earliest due date under any reading, also if it is a day off.
        version_id: the version of the rule, in force when the clock started.
    """

    due_on: date
    safe_on: date
    strict_on: date
    version_id: str


# What every report prints: the eves are days off, months roll.
DEFAULT_READING = LegalReading()


@dataclass(frozen=True)
class Law:
    """The rules, the calendar and the reading that deadlines are computed by."""

    reading: LegalReading = DEFAULT_READING
    calendar: Calendar = FINLAND
    rules: tuple[DeadlineRule, ...] = RULES

    # A county's cases start on a few thousand different days, so each is counted once.
    _known: dict[str, dict[date, Limits]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    _known_far: dict[tuple[str, date], date] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def rule(self, code: str) -> DeadlineRule:
        """Return the rule of that code.

        Raises:
            UnknownRuleError: there is none.
        """
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise UnknownRuleError(f"no rule is called {code!r}")

    def limits(self, rule_code: str, started_on: date) -> Limits:
        """Return the dates of the clock that started on *started_on*.

        Raises:
            UnknownRuleError: there is no such rule, or no version in force that day.
            UnverifiedYearError: the clock does not start and end in verified years.
        """
        try:
            return self._known[rule_code][started_on]
        except KeyError:
            return self._count(rule_code, started_on)

    def far_on(self, rule_code: str, started_on: date) -> date:
        """Return the day after which a missed clock counts as far over.

        The end of time where the law in force or the verified years do not tell: a
        report may be asked of any days, but no clock runs on those.

        Raises:
            UnknownRuleError: there is no such rule.
        """
        try:
            return self._known_far[rule_code, started_on]
        except KeyError:
            return self._count_far(rule_code, started_on)

    def explain(
        self,
        rule_code: str,
        started_on: date,
        *,
        done_on: date | None = None,
        as_of: date | None = None,
    ) -> Explanation:
        """Return how the limits came about, and what other readings would give.

        With *done_on* or *as_of* it also tells whether the deadline is kept, and
        whether another reading would change that.

        Raises:
            UnknownRuleError: there is no such rule, or no version in force that day.
            UnverifiedYearError: the clock does not start and end in verified years.
        """
        self.calendar.verify(started_on)
        return explain(
            self.rule(rule_code),
            started_on,
            calendar=self.calendar,
            reading=self.reading,
            done_on=done_on,
            as_of=as_of,
        )

    def _count_far(self, rule_code: str, started_on: date) -> date:
        rule = self.rule(rule_code)
        try:
            far_over = rule.version_on(started_on).far_over
            far_on = far_over.count(started_on, self.calendar, self.reading).due_on
        except (UnknownRuleError, UnverifiedYearError):
            far_on = date.max
        self._known_far[rule_code, started_on] = far_on
        return far_on

    def _count(self, rule_code: str, started_on: date) -> Limits:
        self.calendar.verify(started_on)
        version = self.rule(rule_code).version_on(started_on)
        period, calendar = version.period, self.calendar
        limits = Limits(
            due_on=period.count(started_on, calendar, self.reading).due_on,
            safe_on=period.safe_on(started_on, calendar),
            strict_on=min(
                period.count(started_on, calendar, reading).due_on
                for reading in READINGS
            ),
            version_id=version.version_id,
        )
        self._known.setdefault(rule_code, {})[started_on] = limits
        return limits
