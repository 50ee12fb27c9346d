"""Equity: whether deadlines are kept alike, whatever the language or nationality."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db.database import Database
from app.domain.access import Actor
from app.domain.compliance import Basis, Dimension
from app.domain.equity import (
    DIMENSIONS,
    REFERENCES,
    Gap,
    Gaps,
    Place,
    Reason,
    Share,
    share_of,
    strata,
    why_not_compared,
    why_not_standardised,
)
from app.domain.figures import Number, figures_of
from app.domain.reporting_periods import Period
from app.inference import difference, standardised_difference
from app.services.reports import Asked, Query, inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class EquityReport:
    """The gaps of a period under one rule."""

    asked: Asked
    period: Period
    rule: str
    basis: Basis
    found: Gaps


def report(
    database: Database,
    actor: Actor,
    *,
    period: Period,
    rule: str,
    dimension: Dimension,
    basis: Basis,
    unit: str | None,
    as_of: date | None,
    known_at: datetime | None,
) -> EquityReport:
    """Return how the groups of *dimension* differ over the actor's units.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        UnknownRuleError: there is no rule of the name that is asked for.
    """
    query = Query(
        by=(dimension, Dimension.UNIT, Dimension.AGE_BAND),
        unit=unit,
        as_of=as_of,
        known_at=known_at,
    )
    with inquiry(database, actor, query) as question:
        asked = question.asked
        asked.law.rule(rule)
        tallies = question.tallies(period, basis)
    counted = {}
    for place, tally in tallies.items():
        if place.rule == rule:
            figures = figures_of(tally, basis)
            share = Share(figures.numbers[Number.IN_TIME], figures.due)
            counted[Place(*place.groups)] = share
    return EquityReport(
        asked=asked,
        period=period,
        rule=rule,
        basis=basis,
        found=gaps(counted, dimension, asked.settings.minimum_n),
    )


def gaps(counted: Mapping[Place, Share], dimension: Dimension, minimum_n: int) -> Gaps:
    """Return each group of *dimension* beside its reference."""
    reference = REFERENCES[dimension]
    groups = [group.value for group in DIMENSIONS[dimension]]
    shares = {group: share_of(counted, group) for group in groups}
    reference_share = shares.pop(reference)
    compared = {group: strata(counted, group, reference) for group in shares}
    not_at_all = {
        group: why_not_compared(group, share, reference_share, minimum_n)
        for group, share in shares.items()
    }
    not_within = {
        group: not_at_all[group] or why_not_standardised(compared[group])
        for group in shares
    }
    at_all, within = _compared(not_at_all), _compared(not_within)
    return Gaps(
        dimension=dimension,
        reference=reference,
        reference_share=reference_share,
        minimum_n=minimum_n,
        gaps=tuple(
            Gap(
                group=group,
                share=share,
                crude=not_at_all[group]
                or difference(share, reference_share, comparisons=at_all),
                standardised=not_within[group]
                or standardised_difference(compared[group], comparisons=within),
                compared=sum(stratum.group.due for stratum in compared[group]),
            )
            for group, share in shares.items()
        ),
    )


def _compared(why_not: Mapping[str, Reason | None]) -> int:
    """Return how many groups nothing keeps from being compared."""
    return sum(reason is None for reason in why_not.values())
