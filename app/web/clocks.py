"""A deadline as pages show it: where it stands, and why it is on a list."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from urllib.parse import quote, urlencode

from app.db.deadlines import Row
from app.db.units import Unit
from app.domain import labels
from app.domain.deadlines import ASSESSMENT, INITIATION, Deadline, Verdict
from app.domain.delays import CAUSES
from app.domain.events import CaseKey
from app.domain.law import Law
from app.domain.law.explanations import Explanation
from app.domain.texts import Language
from app.exports import numbers
from app.services.client_links import ClientLinks
from app.services.deadlines import days_left
from app.web.navigation import N_
from app.web.unit_tree import unit_name

# From so many working days to the safe date on a deadline is near.
NEAR = 5
NO_LINKS = ClientLinks({})
# The duties in a word, where the title would take three lines of a table.
_SHORT = {INITIATION: N_("initiation"), ASSESSMENT: N_("assessment")}
_WAITS_FOR = {
    INITIATION: N_("received, not yet decided"),
    ASSESSMENT: N_("the assessment is not finished"),
}


class Shown(Protocol):
    """What a service found, as far as its deadlines are shown by it."""

    @property
    def as_of(self) -> date:
        """The day asked about."""

    @property
    def law(self) -> Law:
        """The law in use at the instant asked for."""

    @property
    def live_since(self) -> Mapping[str, date | None]:
        """Since which day each source is live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a clock stands: its *shape* and *verdict* say the same.

    *left* are the working days to the due date, negative if it is over; of a closed
    clock they are counted from the day it closed.
    """

    shape: str
    verdict: str
    is_open: bool
    left: int
    calendar_left: int
    safe_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What there is to know of a clock besides its dates; a template words it.

    *waits_for* is a text to translate, empty of a closed clock. A follow-up *is over*
    where its day has passed and the clock still runs.
    """

    waits_for: str
    joined: bool
    corrected: bool
    recorded_late: bool
    unit_is_known: bool
    cause: str
    follow_up: str
    follow_up_is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A deadline in a list, with its case.

    *short_duty* is a text to translate; *client_href* is empty where nobody has said
    how the case is found in its client system.
    """

    href: str
    client_href: str
    source: str
    case_ref: str
    rule: str
    duty: str
    short_duty: str
    unit: str
    entry: str
    worker: str
    started: str
    due: str
    safe: str
    closed: str
    standing: Standing
    why: Why


def case_address(source: str, case_ref: str) -> str:
    """Return the address of the page of a case."""
    return f"/cases/{quote(source, safe='')}/{quote(case_ref, safe='')}"


def explanation_address(case: CaseKey, clock: Deadline) -> str:
    """Return the address of the page that explains the due date of *clock*."""
    asked = {"rule": clock.rule, "notification": clock.started_by}
    return f"{case_address(*case)}/explanation?{urlencode(asked)}"


def explanation_of(clock: Deadline, shown: Shown) -> Explanation:
    """Return how the due date of *clock* came about, and whether it was kept.

    A void clock is neither kept nor missed.
    """
    if clock.verdict(shown.as_of) is Verdict.VOID:
        return shown.law.explain(clock.rule, clock.started_on)
    return shown.law.explain(
        clock.rule,
        clock.started_on,
        done_on=clock.closed_by(shown.as_of),
        as_of=shown.as_of,
    )


def item(
    row: Row,
    shown: Shown,
    units: Mapping[str, Unit],
    language: Language,
    links: ClientLinks = NO_LINKS,
) -> Item:
    """Return the deadline of *row* as a list shows it."""
    clock = row.deadline
    closed_on = clock.closed_by(shown.as_of)
    unit = clock.responsible_unit(shown.as_of)
    duty = shown.law.rule(clock.rule).title.to(language)
    return Item(
        href=case_address(row.source, row.case_ref),
        client_href=links.to(row.source, row.case_ref) or "",
        source=row.source,
        case_ref=row.case_ref,
        rule=clock.rule,
        duty=duty,
        short_duty=_SHORT.get(clock.rule, duty),
        unit=unit_name(unit, units, language),
        entry=labels.label("entry", clock.entry, language),
        worker=clock.worker_of(unit) or "",
        started=numbers.day(clock.started_on, language),
        due=numbers.day(clock.due_on, language),
        safe=numbers.day(clock.safe_on, language),
        closed=numbers.day(closed_on, language) if closed_on else "",
        standing=standing(clock, shown, language),
        why=why(clock, row.source, shown, units, language),
    )


def standing(clock: Deadline, shown: Shown, language: Language) -> Standing:
    """Return how *clock* stands on the day that is shown."""
    verdict = clock.verdict(shown.as_of)
    calendar = shown.law.calendar
    left, calendar_left = days_left(clock, shown.as_of, calendar)
    safe_left = calendar.working_days_between(shown.as_of, clock.safe_on)
    return Standing(
        shape=_shape(verdict, safe_left),
        verdict=labels.label("status", verdict, language),
        is_open=clock.closed_by(shown.as_of) is None,
        left=left,
        calendar_left=calendar_left,
        safe_left=safe_left,
    )


def why(
    clock: Deadline,
    source: str,
    shown: Shown,
    units: Container[str],
    language: Language,
) -> Why:
    """Return what there is to know of *clock* besides its dates."""
    delay = clock.delay(shown.as_of)
    follow_up_on = delay.follow_up_on if delay else None
    met = clock.met_on is not None and clock.met_on <= shown.as_of
    is_open = clock.closed_by(shown.as_of) is None
    return Why(
        waits_for=_WAITS_FOR.get(clock.rule, "") if is_open else "",
        joined=clock.joined,
        corrected=clock.corrected,
        recorded_late=met and bool(clock.recorded_late(shown.live_since.get(source))),
        unit_is_known=clock.responsible_unit(shown.as_of) in units,
        cause=CAUSES[delay.cause].to(language) if delay else "",
        follow_up=numbers.day(follow_up_on, language) if follow_up_on else "",
        follow_up_is_over=is_open and bool(follow_up_on and follow_up_on < shown.as_of),
    )


def _shape(verdict: Verdict, safe_left: int) -> str:
    if verdict is Verdict.OPEN_IN_TIME:
        return "near" if safe_left <= NEAR else "running"
    return {
        Verdict.OPEN_LATE: "over",
        Verdict.IN_TIME: "kept",
        Verdict.LATE: "missed",
        Verdict.VOID: "void",
    }[verdict]
