"""What a report asks of the deadlines, and the parameters of its statements."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Boolean,
    Date,
    Integer,
    bindparam,
)

from app.db import law_by_day
from app.db.known_deadlines import is_settled
from app.db.tables import Instant
from app.domain.compliance import Dimension, Frame
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
