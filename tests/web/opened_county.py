"""A county of which much was made up: something in every bin, month and bar."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from random import Random

from tests.api.sending import (
    Wire,
    assessment,
    closure,
    decision,
    event,
    notification,
    transfer,
)
from tests.web.county import OTHER, OWN, TODAY

UNITS: dict[str, str | None] = {"espoo": None, OWN: "espoo", OTHER: "espoo"}
CASES = 100
# None of the cases are of no unit, and some of one that nobody has registered.
_OF = (OWN, OWN, OTHER, OTHER, "espoo", "unheard-of", None)
_CHILDREN: tuple[Wire, ...] = (
    {"age_years": 7, "mother_tongue": "fi", "citizenship": "FI"},
    {"age_years": 2, "mother_tongue": "sv", "citizenship": "FI"},
    {"age_years": 15, "mother_tongue": "so", "citizenship": "SO"},
    {},
)
_SEED = 6


def made_up() -> Iterator[Wire]:
    """Give what happened in the county, the same each day."""
    random = Random(_SEED)  # noqa: S311 (no secrets)
    for number in range(CASES):
        yield from _case(f"case-{number}", random)


def _case(case_ref: str, random: Random) -> Iterator[Wire]:
    ids = count()

    def day(after: int) -> str:
        return (begun + timedelta(after)).isoformat()

    begun = TODAY - timedelta(random.choice((random.randint(0, 20), _far(random))))
    past = (TODAY - begun).days
    first = f"{case_ref}-{next(ids)}"
    entry = random.choice(("report", "report", "report", "anticipatory"))
    unit = random.choice(_OF)
    child = random.choice(_CHILDREN)
    yield notification(
        case_ref, day(0), event_id=first, unit=unit, entry=entry, child=child
    )
    at = random.choice((0, 1, 3, 5, 7, 9, 10, 11, 14, 25, past + 1))
    kind = random.choice(("decided", "decided", "closed", "moved", "waits"))
    if kind == "moved" and past:
        yield transfer(
            case_ref, day(random.randint(0, past)), random.choice((OWN, OTHER))
        )
    if at > past or kind == "waits":
        return
    if kind == "closed":
        yield closure(case_ref, day(at), "moved_away")
        return
    outcome = random.choice(("assessment_started",) * 3 + ("obviously_unnecessary",))
    yield decision(case_ref, day(at), outcome)
    until = at + random.choice((0, 6, 7, 8, 40, 85, 92, 100, 170, past))
    if until > past:
        if at + 2 <= past:
            # Joins the assessment that is running.
            yield notification(
                case_ref, day(at + 2), event_id=f"{case_ref}-n", unit=unit
            )
        return
    yield assessment(case_ref, day(until))
    if random.random() < 0.1:
        data = {"target": first, "reason": "wrong_entry"}
        yield event("retraction", case_ref, day(until), data)


def _far(random: Random) -> int:
    return random.randint(20, 330)
