"""Flow: what came in and went out, month by month, and the backlog it left."""

from dataclasses import dataclass
from datetime import date, datetime

from app.db import flow as flow_table
from app.db.database import Database
from app.db.deadlines import Place, Row
from app.db.flow import Question
from app.db.opened import Units
from app.domain.access import Actor
from app.domain.flow import Month, Movement, Number, flow, together
from app.domain.reporting_periods import Period, months_until
from app.services.opened import Cases, Part, shown
from app.services.reports import Asked, Inquiry, Query, inquiry, last_without
from app.services.viewing import Viewer


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
    with inquiry(database, actor, query) as asking:
        asked = asking.asked
        questions = [
            _question(asking, code, asking.allowed) for code in asked.rules(rule)
        ]
        periods = months_until(asked.as_of, months)
        by_rule = {
            question.rule: flow_table.months(asking.connection, question, periods)
            for question in questions
        }
    nothing = flow([(period, Movement()) for period in periods], 0)
    return FlowReport(
        asked=asked,
        rules=[
            RuleFlow(
                rule=code,
                total=together([nothing, *by_unit.values()]),
                by_unit={
                    unit: by_unit[unit] for unit in sorted(by_unit, key=last_without)
                },
            )
            for code, by_unit in by_rule.items()
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Which number of which month is opened.

    With *row* it is that of the row of a unit; one that is empty is of no unit.
    """

    rule: str
    month: Period
    number: Number
    row: str | None = None


def cases(viewer: Viewer, query: Query, opened: Opened, part: Part) -> Cases:
    """Show a part of the clocks that a number of the flow counts.

    Raises:
        ExportQuotaError: the viewer has taken as many files today.
        FutureKnowledgeError: *known_at* lies in the future.
        LookNotWrittenError: the look cannot be written down.
        TooManyRowsError: there are more than a whole list may have.
        UnknownRuleError: there is no rule of the name that is asked for.
        UnverifiedYearError: *as_of* or the month lies outside the verified years.
    """

    def find(asking: Inquiry, after: Place | None, limit: int) -> list[Row]:
        asking.asked.law.rule(opened.rule)
        asking.asked.law.calendar.verify(opened.month.first)
        return flow_table.page(
            asking.connection,
            _question(asking, opened.rule, asking.of_row(opened.row)),
            opened.number,
            opened.month,
            after=after,
            limit=limit,
        )

    return shown(viewer, query, find, part)


def _question(asking: Inquiry, rule: str, units: Units | None) -> Question:
    asked = asking.asked
    asked.law.calendar.verify(asked.as_of)
    return Question(rule=rule, as_of=asked.as_of, known_at=asked.known_at, units=units)
