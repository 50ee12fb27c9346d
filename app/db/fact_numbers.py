"""What is counted of a judged deadline, as one number: the place of its fact."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    func,
    literal_column,
    null,
)

from app.db.report_questions import AS_OF, BASE
from app.db.statements import word
from app.domain.compliance import (
    DONE,
    FACTS,
    MISSED,
    NOT_LATE,
    Column,
    Judged,
    counts_working_days,
)
from app.domain.events import HELSINKI
from app.domain.law import RULES

# What ``number_of`` and ``days_taken_of`` read of a deadline.
COUNTED = (
    *("rule", "started_on", "due_on", "strict_on", "met_on"),
    *("met_registered_at", "met_recorded_at", "corrected"),
)
_FIRST_FACT = FACTS[0]


def number_of(clock: FromClause) -> ColumnElement[int]:
    """Return the deadline's fact and days over as one number, which `told_by` reads.

    As one they are grouped in less time than as two.
    """
    # What is cheap and seldom true comes first: the rest is not looked at then.
    is_missed = and_(clock.c.day > clock.c.due_on, is_counted_as(clock, MISSED))
    is_hinging = and_(
        clock.c.day > clock.c.strict_on,
        clock.c.day <= clock.c.due_on,
        is_counted_as(clock, NOT_LATE),
    )
    over = (clock.c.day - clock.c.due_on) * _whole(len(FACTS))
    far_over = case((_is_far_over(clock), _behind(far_over=True)), else_=_whole(0))
    in_time = clock.c.counted_as == column_number(Column.IN_TIME)
    number: ColumnElement[int] = clock.c.counted_as
    return (
        number
        + case((in_time, _behind_by_entry(clock)), else_=_whole(0))
        + case((clock.c.corrected, _behind(corrected=True)), else_=_whole(0))
        + case(
            (is_missed, over + far_over),
            (is_hinging, _behind(hinging=True)),
            else_=_whole(0),
        )
    )


def place_of(number: ColumnElement[int]) -> ColumnElement[int]:
    """Return the place among ``FACTS`` of the fact that *number* tells."""
    return number % _whole(len(FACTS))


@lru_cache(maxsize=4096)
def told_by(number: int, days_taken: int | None) -> Judged:
    """Return what *number* tells; only what was missed has days over."""
    days_over, place = divmod(number, len(FACTS))
    return Judged(FACTS[place], days_over or None, days_taken)


def days_taken_of(clock: FromClause) -> ColumnElement[int]:
    """Return ``compliance.days_taken`` of a clock."""
    number_of_met, number_of_start = (
        clock.c.working_days[day - BASE + 1]
        for day in (clock.c.met_on, clock.c.started_on)
    )
    in_working_days = [word(rule.code) for rule in RULES if counts_working_days(rule)]
    days = case(
        (clock.c.rule.in_(in_working_days), number_of_met - number_of_start),
        else_=clock.c.met_on - clock.c.started_on,
    )
    is_done = and_(is_counted_as(clock, DONE), clock.c.met_on <= AS_OF)
    return case((is_done, days))


def is_counted_as(
    clock: FromClause, columns: Collection[Column]
) -> ColumnElement[bool]:
    """Tell whether a clock of ``judged`` is in one of *columns*."""
    counted_as: ColumnElement[int] = clock.c.counted_as
    return counted_as.in_([column_number(column) for column in columns])


def column_number(column: Column) -> ColumnElement[int]:
    """Return the number of *column*: the place of its first fact among ``FACTS``."""
    return _behind(column=column)


def _behind_by_entry(clock: FromClause) -> ColumnElement[int]:
    """Return how far ``Deadline.recorded_late`` moves a clock that was met in time."""
    live_since = clock.c.live_since
    entered_at = func.coalesce(
        clock.c.met_registered_at,
        case((live_since.is_not(None), clock.c.met_recorded_at)),
    )
    entered_on = cast(func.timezone(word(HELSINKI.key), entered_at), Date)
    is_late = case(
        (clock.c.met_on < live_since, null()), else_=entered_on > clock.c.due_on
    )
    return func.coalesce(
        cast(is_late, Integer) * _behind(recorded_late=True),
        _behind(recorded_late=None),
    )


def _is_far_over(clock: FromClause) -> ColumnElement[bool]:
    """Tell of a missed clock whether it was missed by more than the second band.

    What started before the days that are looked up is far over since long.
    """
    place = clock.c.started_on - BASE + 1
    far_on = case(
        *(
            (clock.c.rule == word(rule.code), clock.c[f"far_{rule.code}"][place])
            for rule in RULES
        )
    )
    return func.coalesce(clock.c.day > far_on, literal_column("true"))


def _behind(**differing: Column | bool | None) -> ColumnElement[int]:
    """Return how far behind the first fact stands the one that is *differing*."""
    return _whole(FACTS.index(_FIRST_FACT._replace(**differing)))  # type: ignore[arg-type]


def _whole(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer)
