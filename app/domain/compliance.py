"""What "in time" is, as numerator and denominator; the SQL must give the same."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import NormalDist, fmean

from app.domain.cases import ENDING_DECISIONS
from app.domain.deadlines import ASSESSMENT, Deadline, Verdict
from app.domain.events import Entry, InitiationOutcome
from app.domain.reporting_periods import Period
from app.domain.texts import Text

Z_95 = NormalDist().inv_cdf(0.975)
DECIMALS = 6
# Which matters THL's form counts is not confirmed: the first notification of a run,
# without these outcomes, is our assumption, and the report says so.
THL_EXCLUDED_OUTCOMES = frozenset({InitiationOutcome.EXISTING_CLIENT}) | (
    ENDING_DECISIONS
)


class Basis(StrEnum):
    """Which deadlines a figure counts."""

    DUE = "due"
    THL = "thl"


class Column(StrEnum):
    """The one column of a report in which a deadline is counted."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN_LATE = "open_late"
    OPEN_IN_TIME = "open_in_time"
    MET_NOT_YET_DUE = "met_not_yet_due"
    JOINED = "joined"
    ANTICIPATORY = "anticipatory"
    VOID = "void"
    EXCLUDED = "excluded"


DENOMINATOR = {
    Basis.DUE: (Column.IN_TIME, Column.LATE, Column.OPEN_LATE),
    Basis.THL: (Column.IN_TIME, Column.LATE),
}
DEFINITIONS = {
    Basis.DUE: Text(
        fi="Määräajat, jotka päättyivät jaksolla ennen tarkastelupäivää: ajoissa / "
        "(ajoissa + myöhässä + avoinna ja myöhässä). Rauenneet, käynnissä olevaan "
        "arviointiin liitetyt ja ennakolliset ilmoitukset näytetään erikseen.",
        sv="Tidsfrister som löpte ut under perioden före granskningsdagen: i tid / "
        "(i tid + försenade + öppna och försenade). Förfallna ärenden, anmälningar "
        "som anslutits till en pågående bedömning och föregripande anmälningar "
        "redovisas separat.",
        en="Deadlines that fell due in the period and before the day of the answer: "
        "in time / (in time + late + open and late). Void, joined and anticipatory "
        "ones stand beside the rate.",
    ),
    Basis.THL: Text(
        fi="THL:n laskentapa (rajaus vahvistamatta): jaksolla vireille tulleet asiat "
        "(7 arkipäivää) ja jaksolla valmistuneet arvioinnit (3 kuukautta): ajoissa / "
        "(ajoissa + myöhässä). Avoimet näytetään erikseen.",
        sv="THL:s beräkningssätt (avgränsningen obekräftad): ärenden som inletts "
        "under perioden (7 vardagar) och bedömningar som slutförts under perioden "
        "(3 månader): i tid / (i tid + försenade). Öppna redovisas separat.",
        en="THL basis (inclusion unconfirmed): matters that became pending in the "
        "period (7 working days) and assessments completed in it (3 months): in time "
        "/ (in time + late). Open ones stand beside the rate.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysOver:
    """How late the late ones are, in calendar days after the due date."""

    median: float
    p90: float
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The counts of one cell of a report, and the rate they make.

    Beside the rate stand *recorded_late*, in time but entered only after the due date,
    *entry_unknown*, in time and nothing tells when it was entered, and *corrected*,
    what an amendment made look better.
    """

    basis: Basis
    counts: dict[Column, int]
    recorded_late: int
    entry_unknown: int
    corrected: int
    days_over: DaysOver | None

    @property
    def due(self) -> int:
        """Return how many deadlines the rate is taken of."""
        return sum(self.counts[column] for column in DENOMINATOR[self.basis])

    @property
    def rate(self) -> float | None:
        """Return the share done in time; None where nothing was due."""
        if not self.due:
            return None
        return round(self.counts[Column.IN_TIME] / self.due, DECIMALS)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % Wilson interval of the rate."""
        if not self.due:
            return None
        return wilson_interval(self.counts[Column.IN_TIME], self.due)


def figures(
    deadlines: Iterable[Deadline],
    *,
    period: Period,
    as_of: date,
    basis: Basis,
    live_since: date | None = None,
) -> Figures:
    """Return the figures of *deadlines* in *period* as they stand on *as_of*.

    *live_since* is that of their source.
    """
    counts = dict.fromkeys(Column, 0)
    entered: Counter[bool | None] = Counter()
    corrected = 0
    over = []
    for deadline in deadlines:
        column = column_of(deadline, period=period, as_of=as_of, basis=basis)
        if column is None:
            continue
        counts[column] += 1
        corrected += deadline.corrected
        if column is Column.IN_TIME:
            entered[deadline.recorded_late(live_since)] += 1
        if column in (Column.LATE, Column.OPEN_LATE):
            over.append(days_over(deadline, as_of))
    return Figures(
        basis=basis,
        counts=counts,
        recorded_late=entered[True],
        entry_unknown=entered[None],
        corrected=corrected,
        days_over=severity(over),
    )


def column_of(
    deadline: Deadline, *, period: Period, as_of: date, basis: Basis
) -> Column | None:
    """Return the column that counts *deadline*; None if the period does not."""
    if deadline.started_on > as_of:
        return None
    if basis is Basis.DUE:
        return _due_column(deadline, period, as_of)
    if deadline.rule == ASSESSMENT:
        return _thl_assessment_column(deadline, period, as_of)
    return _thl_initiation_column(deadline, period, as_of)


def days_over(deadline: Deadline, as_of: date) -> int:
    """Return by how many calendar days *deadline*, which is late, was missed."""
    return ((deadline.closed_by(as_of) or as_of) - deadline.due_on).days


def severity(over: Sequence[int]) -> DaysOver | None:
    """Return median, 90th percentile and mean of *over*; None if nothing is late."""
    if not over:
        return None
    return DaysOver(
        median=round(percentile(over, 0.5), DECIMALS),
        p90=round(percentile(over, 0.9), DECIMALS),
        mean=round(fmean(over), DECIMALS),
    )


def percentile(values: Sequence[int], share: float) -> float:
    """Return the value below which *share* lies, interpolated between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of *successes* of *n*, with n > 0."""
    share = successes / n
    centre = share + Z_95**2 / (2 * n)
    margin = Z_95 * math.sqrt(share * (1 - share) / n + Z_95**2 / (4 * n * n))
    scale = 1 + Z_95**2 / n
    low = max(0.0, (centre - margin) / scale)
    high = min(1.0, (centre + margin) / scale)
    return round(low, DECIMALS), round(high, DECIMALS)


def _due_column(deadline: Deadline, period: Period, as_of: date) -> Column | None:
    if deadline.due_on not in period:
        return None
    verdict = deadline.verdict(as_of)
    if aside := _aside(deadline, verdict):
        return aside
    if deadline.due_on >= as_of and verdict is Verdict.IN_TIME:
        return Column.MET_NOT_YET_DUE
    return Column(verdict.value)


def _thl_initiation_column(
    deadline: Deadline, period: Period, as_of: date
) -> Column | None:
    if deadline.started_on not in period:
        return None
    verdict = deadline.verdict(as_of)
    if aside := _aside(deadline, verdict):
        return aside
    is_decided = deadline.closed_on is not None and deadline.closed_on <= as_of
    if not deadline.first or (is_decided and deadline.outcome in THL_EXCLUDED_OUTCOMES):
        return Column.EXCLUDED
    return Column(verdict.value)


def _thl_assessment_column(
    deadline: Deadline, period: Period, as_of: date
) -> Column | None:
    verdict = deadline.verdict(as_of)
    met_on = deadline.met_on
    if met_on is not None and met_on <= as_of and met_on in period:
        return _aside(deadline, verdict) or Column(verdict.value)
    is_open = verdict in (Verdict.OPEN_IN_TIME, Verdict.OPEN_LATE)
    if is_open and deadline.started_on <= period.last:
        return _aside(deadline, verdict) or Column(verdict.value)
    return None


def _aside(deadline: Deadline, verdict: Verdict) -> Column | None:
    """Return the column of a deadline that stands outside every rate."""
    if deadline.joined:
        return Column.JOINED
    if deadline.entry is Entry.ANTICIPATORY:
        return Column.ANTICIPATORY
    return Column.VOID if verdict is Verdict.VOID else None
