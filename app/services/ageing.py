"""Ageing: how long the open clocks have run, around the limit of the law."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db import ageing as open_clock_table
from app.db.ageing import Started
from app.db.database import Database
from app.domain.access import Actor
from app.domain.ageing import Bin, age, bins
from app.domain.periods import Period
from app.services.reports import Asked, Query, inquiry, last_without


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """The open clocks of one bin; *joined* are some of the others."""

    open_in_time: int = 0
    open_late: int = 0
    joined: int = 0


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
    with inquiry(database, actor, query) as question:
        asked = question.asked
        asked.law.calendar.verify(asked.as_of)
        started = {
            code: open_clock_table.open_clocks(
                question.connection,
                code,
                as_of=asked.as_of,
                known_at=asked.known_at,
                units=question.allowed,
            )
            for code in asked.rules(rule)
        }
    return AgeingReport(
        asked=asked, rules=[_of_rule(asked, *each) for each in started.items()]
    )


def _of_rule(asked: Asked, code: str, started: list[Started]) -> RuleAgeing:
    limit = asked.law.rule(code).version_on(asked.as_of).period
    # Many clocks start on one day, in many units: its age is told once.
    bin_on = {
        day: _bin(asked, limit, day) for day in {each.started_on for each in started}
    }
    by_unit: dict[str | None, list[Started]] = defaultdict(list)
    for each in started:
        by_unit[each.unit].append(each)
    return RuleAgeing(
        rule=code,
        limit=limit,
        bins=bins(limit),
        total=_aged(limit, started, bin_on),
        by_unit={
            unit: _aged(limit, by_unit[unit], bin_on)
            for unit in sorted(by_unit, key=last_without)
        },
    )


def _bin(asked: Asked, limit: Period, started_on: date) -> Bin:
    days = age(limit, started_on, asked.as_of, asked.law.calendar)
    return next(bin_ for bin_ in bins(limit) if days in bin_)


def _aged(
    limit: Period, started: Iterable[Started], bin_on: Mapping[date, Bin]
) -> list[Aged]:
    in_time, late, joined = Counter[Bin](), Counter[Bin](), Counter[Bin]()
    for each in started:
        bin_ = bin_on[each.started_on]
        in_time[bin_] += each.open_in_time
        late[bin_] += each.open_late
        joined[bin_] += each.joined
    return [
        Aged(open_in_time=in_time[b], open_late=late[b], joined=joined[b])
        for b in bins(limit)
    ]
