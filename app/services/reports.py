"""What every report asks first: what is known, of which units, under which law."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from app.db import activations, report_settings
from app.db import units as unit_table
from app.db.database import Connection, Database
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.report_settings import ReportSettings
from app.services.deadlines import scope
from app.services.keys import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The day and the instant a report is asked for, and what is in use then."""

    as_of: date
    known_at: datetime
    law: Law
    settings: ReportSettings

    def rules(self, code: str | None) -> tuple[str, ...]:
        """Return the codes of the rules asked for: that of *code*, or all.

        Raises:
            UnknownRuleError: there is no such rule.
        """
        if code is None:
            return tuple(rule.code for rule in self.law.rules)
        return (self.law.rule(code).code,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A connection on which a report is made; *units* is None where all are meant."""

    connection: Connection
    asked: Asked
    units: frozenset[str] | None


@contextmanager
def inquiry(
    database: Database,
    actor: Actor,
    *,
    as_of: date | None,
    known_at: datetime | None,
    unit: str | None = None,
) -> Iterator[Inquiry]:
    """Give what is known at *known_at* of the actor's units, or of *unit* among them.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
    """
    with database.read(known_at) as question:
        instant = question.known_at
        units = unit_table.known(question.connection, instant)
        yield Inquiry(
            connection=question.connection,
            asked=Asked(
                as_of=as_of or legal_day(instant),
                known_at=instant,
                law=activations.in_use(question.connection, known_at=instant),
                settings=report_settings.in_use(question.connection, known_at=instant),
            ),
            units=scope(units, actor, unit),
        )


def last_without(code: str | None) -> tuple[bool, str]:
    """Return the place of a group in a list: what has no code comes last."""
    return code is None, code or ""
