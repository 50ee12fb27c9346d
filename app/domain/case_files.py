"""What is kept of a case: its clocks and its findings, from one reading of it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from app.domain.amendments import meaning
from app.domain.case_states import CaseState, Finding, FindingCode
from app.domain.cases import fold, looked_over
from app.domain.deadlines import Deadline, deadlines_as_meant
from app.domain.events import CaseEvent
from app.domain.law import Law


# A named tuple, because the intake makes many.
class CaseFile(NamedTuple):
    """The clocks of a case, and what is odd in it."""

    deadlines: tuple[Deadline, ...] = ()
    findings: tuple[Finding, ...] = ()


def case_file(
    history: Iterable[CaseEvent], law: Law, as_of: date = date.max
) -> CaseFile:
    """Return the file of a case on *as_of*; its events are *history*, in any order."""
    history = tuple(history)
    meant = meaning(history).by(as_of)
    state = fold(meant.events)
    clocks = deadlines_as_meant(state, meant, history, law)
    findings = looked_over(state, meant, history).findings
    if state.explanations:
        findings = (*findings, *_without_breach(state, clocks))
    return CaseFile(clocks, findings)


def _without_breach(state: CaseState, clocks: Iterable[Deadline]) -> Iterable[Finding]:
    """Give the explanations of *state* that explain none of its *clocks*."""
    explaining = {delay.told_by for clock in clocks for delay in clock.delays}
    for event in state.explanations:
        if event.key not in explaining:
            yield Finding(
                code=FindingCode.EXPLANATION_WITHOUT_BREACH,
                event=event.key,
                day=event.occurred_on,
            )
