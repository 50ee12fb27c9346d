"""Flow: what came in and went out, month by month, and the backlog it left."""

from dataclasses import dataclass
from datetime import date, datetime

from app.db import flow as flow_table
from app.db.database import Database
from app.domain.access import Actor
from app.domain.flow import Month, Movement, flow, together
from app.domain.reporting_periods import months_until
from app.services.reports import Asked, Query, inquiry, last_without


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFlow:
    """The months of one rule, of all units together and of each."""

    rule: str
    total: list[Month]
    by_unit: dict[str | None, list[Month]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowReport:
    """The flow of each rule."""

    asked: Asked
    rules: list[RuleFlow]


def report(
    database: Database,
    actor: Actor,
    *,
    rule: str | None,
    unit: str | None,
    months: int,
    as_of: date | None,
    known_at: datetime | None,
) -> FlowReport:
    """Return the flow of the actor's units through *months* until that of *as_of*.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* lies outside the verified years.
    """
    query = Query(unit=unit, as_of=as_of, known_at=known_at)
    with inquiry(database, actor, query) as question:
        asked = question.asked
        asked.law.calendar.verify(asked.as_of)
        periods = months_until(asked.as_of, months)
        rules = []
        for code in asked.rules(rule):
            by_unit = flow_table.months(
                question.connection,
                code,
                periods,
                as_of=asked.as_of,
                known_at=asked.known_at,
                units=question.allowed,
            )
            nothing = flow([(period, Movement()) for period in periods], 0)
            rules.append(
                RuleFlow(
                    rule=code,
                    total=together([nothing, *by_unit.values()]),
                    by_unit={
                        unit: by_unit[unit]
                        for unit in sorted(by_unit, key=last_without)
                    },
                )
            )
    return FlowReport(asked=asked, rules=rules)
