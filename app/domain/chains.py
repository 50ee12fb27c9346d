"""Chains: runs closed and begun again so soon that they are one stretch of duty.

A county that closes a case and opens it again starts the clocks anew; what the child
has waited in all, only the chain tells (JO 2565-2016 of the Swedish ombudsman).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

REOPENED_WITHIN_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A run of a case, as far as a chain is concerned; *end* says how it ended."""

    case_ref: str
    started_on: date
    ended_on: date | None
    end: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Runs that follow each other, and the days from the first start to the end."""

    runs: tuple[Stretch, ...]
    total_days: int


def is_reopening(ended_on: date, started_on: date) -> bool:
    """Tell whether a run that began on *started_on* follows one that ended so soon."""
    return (started_on - ended_on).days <= REOPENED_WITHIN_DAYS


def chain_of(case_ref: str, runs: Iterable[Stretch], as_of: date) -> Chain | None:
    """Return the last chain among *runs* of one child that case *case_ref* is in.

    A single run is no chain. An open one lasts until *as_of*.
    """
    for found in reversed(chains(runs, as_of)):
        if len(found) > 1 and any(run.case_ref == case_ref for run in found):
            last = max(run.ended_on or as_of for run in found)
            return Chain(
                runs=tuple(found), total_days=(last - found[0].started_on).days
            )
    return None


def chains(runs: Iterable[Stretch], as_of: date) -> list[list[Stretch]]:
    """Return *runs* of one child, in order, those together that follow each other."""
    found: list[list[Stretch]] = []
    until = date.min
    for run in sorted(runs, key=lambda each: (each.started_on, each.case_ref)):
        if found and is_reopening(until, run.started_on):
            found[-1].append(run)
            until = max(until, run.ended_on or as_of)
        else:
            found.append([run])
            until = run.ended_on or as_of
    return found
