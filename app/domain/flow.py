"""What came in and what went out, month by month, and what was left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.deadlines import AMENDED, Deadline
from app.domain.reporting_periods import Period
from app.domain.texts import Text

DEFINITION = Text(
    fi="Kuukausittain vireille tulleet, täytetyt (alkuvaiheessa ratkaistut, "
    "valmistuneet arvioinnit) ja muuten päättyneet määräajat sekä kuukauden viimeisenä "
    "päivänä avoinna olevat. Avoinna lopussa = avoinna alussa + vireille tulleet - "
    "täytetyt - muuten päättyneet. Käynnissä olevaan arviointiin liitetyt ja "
    "ennakolliset ilmoitukset ovat mukana, perutut eivät. Arviointi, joka valmistui "
    "vasta päätyttyään muuten, näytetään erikseen eikä enää muuta avointen määrää. "
    "Yksikkö on tunnusluvusta vastaava.",
    sv="Per månad tidsfrister som börjat löpa, uppfyllts (avgjorda i inledningsskedet, "
    "slutförda bedömningar) och avslutats på annat sätt samt de som är öppna månadens "
    "sista dag. Öppna i slutet = öppna i början + inledda - uppfyllda - på annat sätt "
    "avslutade. Anmälningar som anslutits till en pågående bedömning och föregripande "
    "anmälningar ingår, återkallade inte. En bedömning som slutfördes först efter att "
    "den avslutats på annat sätt redovisas separat och ändrar inte längre antalet "
    "öppna. Enheten är den som svarar för nyckeltalet.",
    en="By month, the clocks that started, were met (initiations decided, assessments "
    "completed) and closed otherwise, and those open on the last day. Backlog at the "
    "end = backlog at the start + pending - done - ended. Notifications joined to a "
    "running assessment and anticipatory ones are included, retracted ones are not. An "
    "assessment completed only after it had ended otherwise stands apart and moves no "
    "backlog. The unit is the accountable one.",
)


class Number(StrEnum):
    """Every number of a month: the clocks that took a step in it, or were open."""

    PENDING = "pending"
    DONE = "done"
    ENDED = "ended"
    DONE_AFTER_ENDING = "done_after_ending"
    BACKLOG_BEFORE = "backlog_before"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The clocks of one month that started, were met, or ended unmet.

    *done_after_ending* were met although they had ended before: they are not open
    twice, and stand beside.
    """

    pending: int = 0
    done: int = 0
    ended: int = 0
    done_after_ending: int = 0

    @property
    def net(self) -> int:
        """Return by how many clocks the backlog has grown."""
        return self.pending - self.done - self.ended

    def __add__(self, other: "Movement") -> "Movement":
        """Return both together."""
        return Movement(
            pending=self.pending + other.pending,
            done=self.done + other.done,
            ended=self.ended + other.ended,
            done_after_ending=self.done_after_ending + other.done_after_ending,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The movement of a month, and the clocks open before and after it."""

    period: Period
    backlog_before: int
    movement: Movement

    @property
    def backlog(self) -> int:
        """Return how many clocks are open at the end of the month."""
        return self.backlog_before + self.movement.net


def flow(movements: Sequence[tuple[Period, Movement]], backlog: int) -> list[Month]:
    """Return the months that follow each other, from the backlog before the first."""
    months = []
    for period, movement in movements:
        month = Month(period=period, backlog_before=backlog, movement=movement)
        months.append(month)
        backlog = month.backlog
    return months


def together(flows: Sequence[Sequence[Month]]) -> list[Month]:
    """Return several flows through the same months as one."""
    return [
        Month(
            period=months[0].period,
            backlog_before=sum(month.backlog_before for month in months),
            movement=sum((month.movement for month in months), Movement()),
        )
        for months in zip(*flows, strict=True)
    ]


def movement(deadlines: Iterable[Deadline], period: Period, as_of: date) -> Movement:
    """Return what moved in *period* by *as_of*; the SQL must give the same."""
    counted = [each for each in deadlines if each.outcome != AMENDED]

    def happened(day: date | None) -> bool:
        return day is not None and day in period and day <= as_of

    return Movement(
        pending=sum(happened(each.started_on) for each in counted),
        done=sum(happened(e.met_on) and not _revived(e) for e in counted),
        ended=sum(happened(e.ended_on) and _ended_first(e) for e in counted),
        done_after_ending=sum(happened(e.met_on) and _revived(e) for e in counted),
    )


def backlog(deadlines: Iterable[Deadline], as_of: date) -> int:
    """Return how many of *deadlines* are open at the end of *as_of*."""
    return sum(
        each.outcome != AMENDED
        and each.started_on <= as_of
        and (each.closed_on is None or each.closed_on > as_of)
        for each in deadlines
    )


def _revived(each: Deadline) -> bool:
    """Tell whether *each*, which was met, had ended before."""
    return each.met_on != each.closed_on


def _ended_first(each: Deadline) -> bool:
    return each.met_on is None or _revived(each)
