"""How the database judges each deadline: ``domain.compliance.judged``, as SQL."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Subquery,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)

from app.db import law_by_day
from app.db.clock_rules import accountable_unit, verdict_on
from app.db.known_deadlines import Conditions, is_settled, known, known_then
from app.db.sources import live_since
from app.db.tables import Instant, deadline
from app.domain.compliance import (
    DONE,
    FACTS,
    MISSED,
    NOT_LATE,
    Basis,
    Column,
    Dimension,
    Frame,
    Judged,
    counts_working_days,
)
from app.domain.deadlines import ASSESSMENT, Verdict
from app.domain.events import HELSINKI, Entry
from app.domain.law import RULES

KNOWN_AT = bindparam("known_at", type_=Instant)
AS_OF, FIRST, LAST, BASE = (
    bindparam(name, type_=Date) for name in ("as_of", "first", "last", "base")
)
IS_SETTLED = bindparam("is_settled", type_=Boolean)

# What the law says of each day from BASE on, looked up by the number of the day.
OF_THE_LAW: tuple[BindParameter[Any], ...] = (
    *(bindparam(f"far_{rule.code}", type_=ARRAY(Date)) for rule in RULES),
    bindparam("working_days", type_=ARRAY(Integer)),
)
# What ``number_of`` and ``days_taken_of`` read of a deadline.
COUNTED = (
    *("rule", "started_on", "due_on", "strict_on", "met_on"),
    *("met_registered_at", "met_recorded_at", "corrected"),
)
_FIRST_FACT = FACTS[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which deadlines are counted, in which groups, as known when.

    *units* limits the answer to deadlines for which one of them is accountable.
    *is_latest* tells that nothing which was known then has been superseded.
    """

    frame: Frame
    by: tuple[Dimension, ...] = ()
    known_at: datetime
    units: frozenset[str] | None = None
    with_days_taken: bool = False
    is_latest: bool = False


def judged(
    basis: Basis, by: Collection[Dimension], columns: Collection[str]
) -> Subquery:
    """Return *columns* of the period's deadlines, each with its groups and column."""
    return _judged(known(KNOWN_AT), (), basis, by, columns)


def judged_apart(
    basis: Basis, by: Collection[Dimension], columns: Collection[str]
) -> list[Subquery]:
    """Return what ``judged`` does, as the parts of which ``known`` is made.

    What is counted can be added up afterwards, and to put the rows of both parts into
    one stream takes a fifth of the time of counting them.
    """
    return [
        _judged(deadline, then, basis, by, columns)
        for then in known_then(deadline, KNOWN_AT)
    ]


def _judged(
    clock: FromClause,
    then: Conditions,
    basis: Basis,
    by: Collection[Dimension],
    columns: Collection[str],
) -> Subquery:
    # Only what is asked for: a column that nothing reads costs a step for every row.
    live = live_since(KNOWN_AT)
    given = select(*(each.label(each.key) for each in OF_THE_LAW)).subquery("law")
    return (
        select(
            *(clock.c[name] for name in columns),
            *given.c,
            live.c.live_since,
            *(_group(clock, dimension).label(f"by_{dimension}") for dimension in by),
            _column(clock, basis).label("counted_as"),
            _last_day(clock).label("day"),
        )
        .select_from(
            clock.outerjoin(live, live.c.source == clock.c.source).join(given, true())
        )
        .where(*then, clock.c.started_on <= AS_OF, _in_period(clock, basis))
        # A fence: each is worked out once for a row, however often it is used.
        .offset(literal_column("0"))
        .subquery("clock")
    )


def _group(clock: FromClause, dimension: Dimension) -> ColumnElement[Any]:
    """Return ``compliance.group_of``."""
    match dimension:
        case Dimension.UNIT:
            return accountable_unit(clock, AS_OF)
        case Dimension.OUTCOME:
            return case((clock.c.closed_on <= AS_OF, clock.c.outcome))
        case _:
            return clock.c[dimension.value]


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
    in_time = clock.c.counted_as == _number(Column.IN_TIME)
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


def _column(clock: FromClause, basis: Basis) -> ColumnElement[int]:
    """Return the number of ``compliance.column_of``, within the period."""
    told = {verdict: _number(Column(verdict.value)) for verdict in Verdict}
    if basis is Basis.DUE:
        told[Verdict.IN_TIME] = case(
            (clock.c.due_on >= AS_OF, _number(Column.MET_NOT_YET_DUE)),
            else_=_number(Column.IN_TIME),
        )
    else:
        excluded = _is_excluded(clock)
        told = {
            verdict: case((excluded, _number(Column.EXCLUDED)), else_=number)
            for verdict, number in told.items()
            if verdict is not Verdict.VOID
        } | {Verdict.VOID: _number(Column.VOID)}
    return case(
        (clock.c.joined, _number(Column.JOINED)),
        (clock.c.entry == word(Entry.ANTICIPATORY), _number(Column.ANTICIPATORY)),
        else_=verdict_on(clock, AS_OF, told),
    )


def _is_excluded(clock: FromClause) -> ColumnElement[bool]:
    """Return ``Inclusion.excludes`` of a clock."""
    repeated = and_(~clock.c.first, ~bindparam("counts_repeated", type_=Boolean))
    return func.coalesce(
        or_(
            repeated,
            clock.c.entry == any_(_texts("excluded_entries")),
            clock.c.matter == any_(_texts("excluded_matters")),
            and_(
                clock.c.closed_on <= AS_OF,
                clock.c.outcome == any_(_texts("excluded_outcomes")),
            ),
        ),
        literal_column("false"),
    )


def _in_period(clock: FromClause, basis: Basis) -> ColumnElement[bool]:
    if basis is Basis.DUE:
        return clock.c.due_on.between(FIRST, LAST)
    # Each part has an index, so that not all that there ever was is read: what starts
    # in the period is due in it or later, and nothing closes behind a settled day.
    is_assessment = clock.c.rule == word(ASSESSMENT)
    is_begun = and_(is_assessment, clock.c.started_on <= LAST)
    closes_later = and_(~IS_SETTLED, clock.c.closed_on > AS_OF)
    return or_(
        and_(
            ~is_assessment,
            clock.c.started_on.between(FIRST, LAST),
            clock.c.due_on >= FIRST,
        ),
        and_(is_assessment, clock.c.met_on.between(FIRST, func.least(LAST, AS_OF))),
        and_(is_begun, clock.c.closed_on.is_(None)),
        and_(is_begun, closes_later),
    )


def _last_day(clock: FromClause) -> ColumnElement[date]:
    """Return the day on which the clock closed, as of the day asked about, or that."""
    return case(
        (clock.c.met_on <= AS_OF, clock.c.met_on),
        (clock.c.ended_on <= AS_OF, clock.c.ended_on),
        else_=AS_OF,
    )


def is_counted_as(
    clock: FromClause, columns: Collection[Column]
) -> ColumnElement[bool]:
    """Tell whether a clock of ``judged`` is in one of *columns*."""
    counted_as: ColumnElement[int] = clock.c.counted_as
    return counted_as.in_([_number(column) for column in columns])


def _number(column: Column) -> ColumnElement[int]:
    """Return the number of *column*: the place of its first fact among ``FACTS``."""
    return _behind(column=column)


def _behind(**differing: Column | bool | None) -> ColumnElement[int]:
    """Return how far behind the first fact stands the one that is *differing*."""
    return _whole(FACTS.index(_FIRST_FACT._replace(**differing)))  # type: ignore[arg-type]


def _whole(number: int) -> ColumnElement[int]:
    return literal_column(str(number), Integer)


def word(code: str) -> ColumnElement[str]:
    """Return a code of our own as part of the statement, so that plans know it."""
    return literal_column(f"'{code}'", Text)


def _texts(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(Text))


def parameters(question: Question) -> dict[str, object]:
    """Return what the statements of *question* need to know."""
    frame = question.frame
    inclusion, law = frame.inclusion, frame.law
    base, last = law_by_day.days_of_start(frame)
    given: dict[str, object] = {
        "known_at": question.known_at,
        "as_of": frame.as_of,
        "is_settled": is_settled(frame.as_of, question.known_at),
        "first": frame.period.first,
        "last": frame.period.last,
        "base": base,
        "units": sorted(question.units or ()),
        "excluded_outcomes": [str(each) for each in inclusion.excluded_outcomes],
        "excluded_entries": [str(each) for each in inclusion.excluded_entries],
        "excluded_matters": [str(each) for each in inclusion.excluded_matters],
        "counts_repeated": inclusion.counts_repeated,
    }
    for rule in RULES:
        given[f"far_{rule.code}"] = law_by_day.far(law, rule.code, base, last)
    given["working_days"] = (
        law_by_day.working_days(law.calendar, base, frame.as_of)
        if question.with_days_taken
        else "{}"
    )
    return given
