"""Ageing: how long the open clocks have run, around the limit of the law."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app.db import ageing as open_clock_table
from app.db.ageing import Counted, Question
from app.db.database import Database
from app.db.deadlines import Place, Row
from app.db.opened import Units
from app.domain.access import Actor
from app.domain.ageing import Bin, Number, bin_of, bins, first_days
from app.domain.periods import Period
from app.services.opened import Cases, Part, shown
from app.services.reports import Asked, Inquiry, Query, inquiry, last_without
from app.services.viewing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """The open clocks of one bin; *joined* are some of the others."""

    open_in_time: int = 0
    open_late: int = 0
    joined: int = 0

    def __add__(self, other: "Aged") -> "Aged":
        """Return both together."""
        return Aged(
            open_in_time=self.open_in_time + other.open_in_time,
            open_late=self.open_late + other.open_late,
            joined=self.joined + other.joined,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAgeing:
    """The open clocks of one rule by bin, of all units together and of each."""

    rule: str
    limit: Period
    bins: tuple[Bin, ...]
    total: list[Aged]
    by_unit: dict[str | None, list[Aged]]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeingReport:
    """The open clocks of each rule."""

    asked: Asked
    rules: list[RuleAgeing]


def report(
    database: Database,
    actor: Actor,
    *,
    rule: str | None,
    unit: str | None,
    as_of: date | None,
    known_at: datetime | None,
) -> AgeingReport:
    """Return how long the clocks that are open in the actor's units have run.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* lies outside the verified years.
    """
    query = Query(unit=unit, as_of=as_of, known_at=known_at)
    with inquiry(database, actor, query) as asking:
        asked = asking.asked
        counted = {
            code: open_clock_table.counted(
                asking.connection, _question(asking, code, asking.allowed)
            )
            for code in asked.rules(rule)
        }
    return AgeingReport(
        asked=asked, rules=[_of_rule(asked, *each) for each in counted.items()]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number is opened: of a bin by its code, or of all.

    With *row* it is that of the row of a unit; one that is empty is of no unit.
    """

    rule: str
    number: Number
    bin: str | None
    row: str | None = None


def cases(viewer: Viewer, query: Query, opened: Opened, part: Part) -> Cases:
    """Show a part of the open clocks that a number of the ageing counts.

    Raises:
        ExportQuotaError: the viewer has taken as many files today.
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there are more than a whole list may have.
        UnknownBinError: there is no bin of the name that is asked for.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* lies outside the verified years.
    """

    def find(asking: Inquiry, after: Place | None, limit: int) -> list[Row]:
        bin_ = None
        if opened.bin is not None:
            limit_of_law = _limit(asking.asked, opened.rule)
            place = bins(limit_of_law).index(bin_of(limit_of_law, opened.bin))
            bin_ = _number(limit_of_law, place)
        return open_clock_table.page(
            asking.connection,
            _question(asking, opened.rule, asking.of_row(opened.row)),
            opened.number,
            bin_=bin_,
            after=after,
            limit=limit,
        )

    return shown(viewer, query, find, part)


def _question(asking: Inquiry, rule: str, units: Units | None) -> Question:
    asked = asking.asked
    calendar = asked.law.calendar
    calendar.verify(asked.as_of)
    return Question(
        rule=rule,
        as_of=asked.as_of,
        known_at=asked.known_at,
        units=units,
        first_days=first_days(_limit(asked, rule), asked.as_of, calendar),
    )


def _limit(asked: Asked, rule: str) -> Period:
    return asked.law.rule(rule).version_on(asked.as_of).period


def _number(limit: Period, place: int) -> int:
    """Return the number of the bin at *place* where the oldest is counted as 0."""
    return len(bins(limit)) - 1 - place


def _of_rule(asked: Asked, code: str, counted: list[Counted]) -> RuleAgeing:
    limit = _limit(asked, code)
    by_unit: dict[str | None, list[Counted]] = defaultdict(list)
    for each in counted:
        by_unit[each.unit].append(each)
    return RuleAgeing(
        rule=code,
        limit=limit,
        bins=bins(limit),
        total=_aged(limit, counted),
        by_unit={
            unit: _aged(limit, by_unit[unit])
            for unit in sorted(by_unit, key=last_without)
        },
    )


def _aged(limit: Period, counted: Iterable[Counted]) -> list[Aged]:
    found: dict[int, Aged] = defaultdict(Aged)
    for each in counted:
        found[each.bin] += Aged(
            open_in_time=each.open_in_time,
            open_late=each.open_late,
            joined=each.joined,
        )
    return [found[_number(limit, place)] for place in range(len(bins(limit)))]
