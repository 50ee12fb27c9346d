"""Generated histories: what client systems tell, in good order and in none."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.events import (
    HELSINKI,
    AssessmentFinalised,
    AssessmentOutcome,
    CaseClosed,
    CaseEvent,
    CaseTransferred,
    Child,
    ClosureReason,
    DelayExplained,
    Entry,
    EventData,
    InitiationDecided,
    InitiationOutcome,
    NotificationReceived,
)

# Everything generated happens from 2024 to early 2026, so that it is past for a service
# that knows what day it is.
FIRST_DAY = date(2024, 1, 1)
UNITS = ("leppavaara", "matinkyla", "espoonlahti")
LONGEST = 8
# The same day, the next one, around the seventh working day and the third month.
GAPS = (0, 0, 1, 2, 8, 9, 10, 11, 30, 60, 89, 90, 91, 92)

# One database serves all examples of a test. A list of these replaces that of the
# profile, whose reason stays: how fast examples are drawn is up to the machine.
on_one_database = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

# How cases begin, each letter the initial of a kind of event; some begin oddly.
BEGINNINGS = (
    *("N", "NI", "NN", "NNI", "NINT", "NIA", "NTI", "NINA", "NCN", "NX", "NIX"),
    *("I", "TN", "A", "C"),
)

# The data of an event, once it is known which case it belongs to.
DataOf = Callable[[str], EventData]


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a case, *gap* days after the one before."""

    gap: int
    data_of: DataOf
    hour: int | None
    sequence: int | None
    entered_after: timedelta | None


def cases() -> SearchStrategy[list[CaseEvent]]:
    """Generate the history of one case, in order of time, of at most LONGEST events.

    It mostly begins as such cases go; after that anything may follow anything, and
    often on one day.
    """
    return st.builds(
        _history,
        st.just("A-0"),
        st.integers(0, 120),
        st.sampled_from(BEGINNINGS).flatmap(_beginning),
        st.lists(_steps(_ANYTHING), max_size=LONGEST - max(map(len, BEGINNINGS))),
    )


def several_cases(*, most: int = 5) -> SearchStrategy[list[CaseEvent]]:
    """Generate the events of one to *most* cases of one source, case by case."""
    return st.lists(cases(), min_size=1, max_size=most).map(_numbered)


def of_source(events: Iterable[CaseEvent], source: str) -> list[CaseEvent]:
    """Return *events* as another source would tell them."""
    return [each._replace(source=source) for each in events]


def by_case(events: Iterable[CaseEvent]) -> dict[str, list[CaseEvent]]:
    """Return the history of each case among *events*."""
    found: dict[str, list[CaseEvent]] = {}
    for each in events:
        found.setdefault(each.case_ref, []).append(each)
    return found


def _history(
    case_ref: str, starts_after: int, beginning: tuple[Step, ...], more: list[Step]
) -> list[CaseEvent]:
    day = FIRST_DAY + timedelta(starts_after)
    events = []
    for number, step in enumerate([*beginning, *more]):
        day += timedelta(step.gap)
        at = None if step.hour is None else _instant(day, step.hour)
        entered_after = step.entered_after
        events.append(
            CaseEvent(
                source="client-a",
                event_id=f"{case_ref}-{number}",
                case_ref=case_ref,
                occurred_on=day,
                occurred_at=at,
                registered_at=(
                    None
                    if entered_after is None
                    else (at or _instant(day, 12)) + entered_after
                ),
                sequence=step.sequence,
                data=step.data_of(case_ref),
            )
        )
    return events


def _numbered(histories: list[list[CaseEvent]]) -> list[CaseEvent]:
    """Return the events of *histories*, each a case of its own."""
    return [
        _of_case(each, f"A-{number}")
        for number, history in enumerate(histories)
        for each in history
    ]


def _of_case(each: CaseEvent, case_ref: str) -> CaseEvent:
    def renamed(event_id: str) -> str:
        return event_id.replace(each.case_ref, case_ref)

    data = each.data
    if isinstance(data, InitiationDecided):
        data = replace(data, answers=tuple(map(renamed, data.answers)))
    if isinstance(data, DelayExplained) and data.explains is not None:
        data = replace(data, explains=renamed(data.explains))
    return each._replace(case_ref=case_ref, event_id=renamed(each.event_id), data=data)


def _instant(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour, 30), HELSINKI).astimezone(UTC)


def _steps(data: SearchStrategy[DataOf]) -> SearchStrategy[Step]:
    return st.builds(
        Step,
        st.sampled_from(GAPS),
        data,
        st.none() | st.integers(0, 23),
        st.none() | st.integers(0, 3),
        st.none() | st.builds(timedelta, hours=st.sampled_from((0, 1, 24, 24 * 20))),
    )


def _beginning(kinds: str) -> SearchStrategy[tuple[Step, ...]]:
    return st.tuples(*(_steps(_KINDS[kind]) for kind in kinds))


def _itself(data: SearchStrategy[DataOf]) -> SearchStrategy[DataOf]:
    return data


def _always(data: EventData) -> DataOf:
    return lambda _: data


def _naming(
    outcome: InitiationOutcome, numbers: list[int], worker: str | None
) -> DataOf:
    """Return a decision about the events of the case that have *numbers*, if any."""
    return lambda case_ref: InitiationDecided(
        outcome=outcome,
        answers=tuple(f"{case_ref}-{number}" for number in numbers),
        worker=worker,
    )


def _explaining(
    rule: DutyRule,
    cause: DelayCause,
    action: DelayAction,
    follow_up_on: date | None,
    number: int | None,
) -> DataOf:
    """Return an explanation of the event of the case that has *number*, or of none."""
    return lambda case_ref: DelayExplained(
        rule=rule,
        cause=cause,
        action=action,
        follow_up_on=follow_up_on,
        explains=None if number is None else f"{case_ref}-{number}",
    )


_WORKERS = st.sampled_from((None, "w-1", "w-2"))
_CHILDREN = st.builds(
    Child,
    ref=st.sampled_from((None, "p-1")),
    age_years=st.sampled_from((None, 1, 7, 17, 19)),
    mother_tongue=st.sampled_from((None, "fi", "sv", "se", "so")),
    citizenship=st.sampled_from((None, "FI", "SO")),
)
_NOTIFICATIONS: SearchStrategy[DataOf] = st.builds(
    NotificationReceived,
    entry=st.sampled_from((Entry.REPORT, Entry.APPLICATION, Entry.ANTICIPATORY)),
    unit=st.sampled_from((*UNITS, None)),
    child=_CHILDREN,
    reasons=st.sampled_from(((), (), ("neglect",), ("violence_at_home", "neglect"))),
    worker=_WORKERS,
).map(_always)
# Outcomes after which the run goes on come as often as all that end it.
_OUTCOMES = st.sampled_from(
    (*[InitiationOutcome.ASSESSMENT_STARTED] * 4, *InitiationOutcome)
)
# The numbers go beyond the longest history: some answers name what is unknown.
_DECISIONS: SearchStrategy[DataOf] = st.builds(
    _naming,
    _OUTCOMES,
    st.just([]) | st.lists(st.integers(0, LONGEST), max_size=3, unique=True),
    _WORKERS,
)
_TRANSFERS: SearchStrategy[DataOf] = st.builds(
    CaseTransferred, unit=st.sampled_from(UNITS), worker=_WORKERS
).map(_always)
_ASSESSMENTS: SearchStrategy[DataOf] = st.builds(
    AssessmentFinalised,
    outcome=st.sampled_from((*[AssessmentOutcome.NO_CLIENT] * 4, *AssessmentOutcome)),
).map(_always)
_CLOSURES: SearchStrategy[DataOf] = st.builds(
    CaseClosed,
    # A merger is news of two cases; these histories are of one.
    reason=st.sampled_from([r for r in ClosureReason if r is not ClosureReason.MERGED]),
).map(_always)
_EXPLANATIONS: SearchStrategy[DataOf] = st.builds(
    _explaining,
    st.sampled_from(DutyRule),
    st.sampled_from((DelayCause.STAFF_SHORTAGE, DelayCause.SUBSTITUTE_OR_LEAVE)),
    st.sampled_from((DelayAction.OVERTIME, DelayAction.NONE_POSSIBLE)),
    st.sampled_from((None, FIRST_DAY + timedelta(60), FIRST_DAY + timedelta(200))),
    st.sampled_from((None, None, None, *range(4))),
)
_KINDS = {
    "N": _NOTIFICATIONS,
    "I": _DECISIONS,
    "A": _ASSESSMENTS,
    "T": _TRANSFERS,
    "C": _CLOSURES,
    "X": _EXPLANATIONS,
}
# Not `one_of`, which takes what is named twice as named once.
_ANYTHING: SearchStrategy[DataOf] = st.sampled_from(
    [_KINDS[kind] for kind in "NIATCNINX"]
).flatmap(_itself)
