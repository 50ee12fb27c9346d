"""What missed deadlines are put down to: causes, actions, and what nobody has told."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from app.domain.compliance import MISSED, Column, Frame, column_of
from app.domain.deadlines import Deadline
from app.domain.delay_codes import DelayAction, DelayCause
from app.domain.delays import NOT_ACCEPTED
from app.domain.figures import DECIMALS
from app.domain.texts import Text

DEFINITION = Text(
    fi="Määräajat, jotka päättyivät jaksolla ja ovat myöhässä tai avoinna ja "
    "myöhässä, kuten määräaikaraportissa: kustakin viimeksi kirjattu syy ja toimi "
    "tarkastelupäivänä. Ilman syytä: mitään ei ole kirjattu.",
    sv="Tidsfrister som löpte ut under perioden och är försenade eller öppna och "
    "försenade, som i rapporten om tidsfrister: av var och en den orsak och åtgärd "
    "som antecknats senast på granskningsdagen. Utan orsak: inget har antecknats.",
    en="Deadlines that fell due in the period and are late or open and late, as in the "
    "compliance report: of each the cause and action that had been told last on the "
    "day of the answer. Without a cause: nothing has been told.",
)


class DelayFact(NamedTuple):
    """What a report counts of one missed deadline; None where nothing was told.

    *is_overdue* marks one that is open although the day of its follow-up has passed.
    """

    column: Column
    cause: DelayCause | None
    action: DelayAction | None
    is_overdue: bool


@dataclass(slots=True)
class DelayTally:
    """How many missed deadlines are put down to what; the empty one adds nothing."""

    facts: Counter[DelayFact] = field(default_factory=Counter)

    def add(self, other: "DelayTally") -> None:
        """Count also what *other* has counted."""
        self.facts.update(other.facts)


class DelayFigures:
    """The numbers of one cell; their sum over causes and none is *breaches*."""

    def __init__(self, tally: DelayTally, minimum_n: int = 1) -> None:
        """Make the figures of *tally*; of less than *minimum_n* no share."""
        facts = tally.facts
        self.late = sum(n for f, n in facts.items() if f.column is Column.LATE)
        self.breaches = facts.total()
        self.open_late = self.breaches - self.late
        self.without_cause = sum(n for f, n in facts.items() if f.cause is None)
        self.overdue_follow_ups = sum(n for f, n in facts.items() if f.is_overdue)
        self.pairs: Counter[tuple[DelayCause, DelayAction]] = Counter()
        for fact, times in facts.items():
            if fact.cause is not None and fact.action is not None:
                self.pairs[fact.cause, fact.action] += times
        self.causes = {
            cause: sum(n for (of, _), n in self.pairs.items() if of is cause)
            for cause in DelayCause
        }
        self.actions = {
            action: sum(n for (_, of), n in self.pairs.items() if of is action)
            for action in DelayAction
        }
        self.not_accepted = sum(self.causes[cause] for cause in NOT_ACCEPTED)
        self._minimum_n = minimum_n

    @property
    def share_without_cause(self) -> float | None:
        """Return the share of breaches without a cause; None of too few."""
        if self.breaches < max(self._minimum_n, 1):
            return None
        return round(self.without_cause / self.breaches, DECIMALS)


def delay_fact(deadline: Deadline, frame: Frame) -> DelayFact | None:
    """Return what *frame* counts of *deadline*; None if it does not count it as missed.

    Only the basis of what fell due has its sums in the compliance report.
    """
    column = column_of(deadline, frame)
    if column not in MISSED:
        return None
    told = deadline.delay(frame.as_of)
    if told is None:
        return DelayFact(column, None, None, is_overdue=False)
    is_overdue = (
        column is Column.OPEN_LATE
        and told.follow_up_on is not None
        and told.follow_up_on < frame.as_of
    )
    return DelayFact(column, told.cause, told.action, is_overdue)


def delay_tally(deadlines: Iterable[Deadline], frame: Frame) -> DelayTally:
    """Return the tally of *deadlines*."""
    return DelayTally(
        Counter(fact for each in deadlines if (fact := delay_fact(each, frame)))
    )
