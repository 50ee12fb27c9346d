"""What is kept of a case: its clocks and its findings, from one reading of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.amendments import meaning
from app.domain.cases import Finding, fold, looked_over
from app.domain.deadlines import Deadline, deadlines_as_meant
from app.domain.events import CaseEvent
from app.domain.law import Law


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The clocks of a case, and what is odd in it."""

    deadlines: tuple[Deadline, ...] = ()
    findings: tuple[Finding, ...] = ()


def case_file(history: Iterable[CaseEvent], law: Law) -> CaseFile:
    """Return the file of the case whose events are *history*, given in any order."""
    meant = meaning(history := tuple(history))
    state = fold(meant.events)
    return CaseFile(
        deadlines_as_meant(state, meant, history, law),
        looked_over(state, meant, history).findings,
    )
