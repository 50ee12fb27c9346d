"""The counts beside compliance, as the six-city report (*Kuusikko*) gives them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.domain.deadlines import AMENDED, ASSESSMENT, INITIATION, Deadline
from app.domain.events import AssessmentOutcome, Entry
from app.domain.figures import DECIMALS
from app.domain.reporting_periods import Period
from app.domain.texts import Text

DEFINITION = Text(
    fi="Jaksolla vireille tulleet ilmoitukset, hakemukset, pyynnöt ja muut "
    "yhteydenotot, niistä lastensuojeluilmoitukset myös erikseen. Mukana ovat "
    "käynnissä olevaan arviointiin liitetyt ja ennakolliset ilmoitukset, perutut "
    "eivät. Lapset lasketaan lapsen viitteestä lähdejärjestelmittäin, kukin kerran "
    "kussakin solussa, joten solujen summa voi ylittää kokonaismäärän; ilman viitettä "
    "tulleet näytetään erikseen, eivätkä ne ole mukana suhdeluvuissa lasta kohti. "
    "Arvioinnit ovat jaksolla valmistuneita. Ilmoitus lasketaan jokaisen syynsä "
    "kohdalla. Yksikkö on tunnusluvusta vastaava.",
    sv="Anmälningar, ansökningar, begäranden och andra kontakter som inletts under "
    "perioden, av dem barnskyddsanmälningarna också särskilt. Anmälningar som "
    "anslutits till en pågående bedömning och föregripande anmälningar ingår, "
    "återkallade inte. Barnen räknas enligt referensen till barnet per källsystem, "
    "varje barn en gång i varje cell, så summan av cellerna kan överstiga totalen; de "
    "som kommit utan referens redovisas separat och ingår inte i kvoterna per barn. "
    "Bedömningarna är de som slutförts under perioden. En anmälan räknas vid var och "
    "en av sina orsaker. Enheten är den som svarar för nyckeltalet.",
    en="Notifications, applications, requests and other contacts that became pending "
    "in the period, child welfare notifications also apart. Those joined to a running "
    "assessment and anticipatory ones are included, retracted ones are not. Children "
    "are counted by child reference and source, each once in every cell, so cells may "
    "add up to more than the total; what came without a reference stands apart and is "
    "in no ratio per child. Assessments are those completed in the period. A "
    "notification counts under each of its reasons. The unit is the accountable one.",
)


class CountedBy(StrEnum):
    """By what the rows of the counts are told apart."""

    UNIT = "unit"
    LANGUAGE_GROUP = "language_group"
    NATIONALITY_GROUP = "nationality_group"
    AGE_BAND = "age_band"
    ENTRY = "entry"
    REASON = "reason"
    SOURCE = "source"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A deadline and the case it belongs to."""

    source: str
    case_ref: str
    deadline: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What came in and what was completed in a period.

    *children* are those with a reference, *traced* and *traced_reports* the
    notifications about them; *untraced_cases* the cases of all others.
    """

    by_entry: dict[Entry, int] = field(default_factory=dict)
    children: int = 0
    traced: int = 0
    traced_reports: int = 0
    untraced_cases: int = 0
    outcomes: dict[AssessmentOutcome, int] = field(default_factory=dict)
    completed_in_time: int = 0

    @property
    def notifications(self) -> int:
        """Return how many notifications came, in any way."""
        return sum(self.by_entry.values())

    @property
    def reports(self) -> int:
        """Return how many of them were child welfare notifications."""
        return self.by_entry.get(Entry.REPORT, 0)

    @property
    def assessments(self) -> int:
        """Return how many assessments were completed."""
        return sum(self.outcomes.values())

    def per_child(self, minimum_n: int) -> float | None:
        """Return notifications per child; None of fewer children than *minimum_n*."""
        return _ratio(self.traced, self.children, minimum_n)

    def reports_per_child(self, minimum_n: int) -> float | None:
        """Return child welfare notifications per child notified in any way."""
        return _ratio(self.traced_reports, self.children, minimum_n)

    def share_without_client(self, minimum_n: int) -> float | None:
        """Return the share of assessments that ended without client status."""
        without = self.outcomes.get(AssessmentOutcome.NO_CLIENT, 0)
        return _ratio(without, self.assessments, minimum_n)

    def share_in_time(self, minimum_n: int) -> float | None:
        """Return the share of assessments that were completed in time."""
        return _ratio(self.completed_in_time, self.assessments, minimum_n)


def counts(clocks: Sequence[Clock], period: Period, as_of: date) -> Counts:
    """Return what *clocks* amount to in *period* by *as_of*; the SQL gives the same."""
    notified = [each for each in clocks if is_notified(each.deadline, period, as_of)]
    completed = [
        each.deadline for each in clocks if is_completed(each.deadline, period, as_of)
    ]
    traced = [each for each in notified if each.deadline.child_ref is not None]
    return Counts(
        by_entry=dict(Counter(each.deadline.entry for each in notified)),
        children=len({(each.source, each.deadline.child_ref) for each in traced}),
        traced=len(traced),
        traced_reports=sum(each.deadline.entry is Entry.REPORT for each in traced),
        untraced_cases=len(
            {
                (each.source, each.case_ref)
                for each in notified
                if each.deadline.child_ref is None
            }
        ),
        outcomes=dict(
            Counter(AssessmentOutcome(str(each.outcome)) for each in completed)
        ),
        completed_in_time=sum(
            each.met_on is not None and each.met_on <= each.due_on for each in completed
        ),
    )


def is_notified(each: Deadline, period: Period, as_of: date) -> bool:
    """Tell whether *each* is the clock of a notification of *period*."""
    return (
        each.rule == INITIATION
        and each.outcome != AMENDED
        and each.started_on in period
        and each.started_on <= as_of
    )


def is_completed(each: Deadline, period: Period, as_of: date) -> bool:
    """Tell whether *each* is of an assessment that was completed in *period*."""
    met_on = each.met_on
    return (
        each.rule == ASSESSMENT
        and met_on is not None
        and met_on in period
        and met_on <= as_of
    )


def _ratio(part: int, whole: int, minimum_n: int) -> float | None:
    return round(part / whole, DECIMALS) if whole >= max(minimum_n, 1) else None
