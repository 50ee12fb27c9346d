"""Why deadlines were missed, as the synthetic county would tell it of most of them."""

import json
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from app.api.schemas import EVENT, case_event
from app.demo import timing
from app.demo.county import pick
from app.demo.wire import Act
from app.domain.deadlines import INITIATION, Deadline, deadlines
from app.domain.delay_codes import DelayAction, DelayCause
from app.domain.events import (
    Kind,
)
from app.domain.law import Law
from app.domain.working_days import FINLAND

# Assumptions of the demo: of how many somebody finds out why, and how soon.
_EXPLAINED = 0.7
_WORKING_DAYS = {1: 30, 2: 25, 3: 15, 4: 10, 5: 10, 8: 6, 12: 4}
_FOLLOWED_UP_AFTER = {5: 3, 10: 5, 15: 2}  # working days
_MINUTES_TO_ENTER = 15
_CAUSES = {
    DelayCause.STAFF_SHORTAGE: 30,
    DelayCause.NOTIFICATION_GROWTH: 16,
    DelayCause.VACANCY_OR_TURNOVER: 14,
    DelayCause.FAMILY_NOT_REACHED: 14,
    DelayCause.SUBSTITUTE_OR_LEAVE: 9,
    DelayCause.OTHER_AUTHORITY_AWAITED: 7,
    DelayCause.INTERPRETER_NEEDED: 5,
    DelayCause.TRANSFER: 3,
    DelayCause.OTHER: 2,
}
_ACTIONS = {
    DelayCause.FAMILY_NOT_REACHED: {
        DelayAction.FAMILY_CONTACTED_AGAIN: 8,
        DelayAction.NONE_POSSIBLE: 1,
    },
    DelayCause.INTERPRETER_NEEDED: {DelayAction.INTERPRETER_ORDERED: 1},
    DelayCause.OTHER_AUTHORITY_AWAITED: {DelayAction.OTHER_AUTHORITY_URGED: 1},
}
_ACTIONS_ELSE = {
    DelayAction.CASE_REASSIGNED: 30,
    DelayAction.WORK_PRIORITISED: 30,
    DelayAction.OVERTIME: 15,
    DelayAction.EXTRA_STAFF: 12,
    DelayAction.PROCESS_CHANGED: 8,
    DelayAction.NONE_POSSIBLE: 5,
}
_LAW = Law()


def explanations(rng: random.Random, acts: Sequence[Act]) -> Iterator[Act]:
    """Give what is told of the missed deadlines of the case whose history *acts* are.

    Of some nothing is told.
    """
    history = [
        case_event(EVENT.validate_json(json.dumps(act.as_event()))) for act in acts
    ]
    for number, clock in enumerate(deadlines(history, _LAW), start=1):
        is_missed = clock.closed_on is None or clock.closed_on > clock.due_on
        if is_missed and not clock.joined and rng.random() < _EXPLAINED:
            yield _explained(rng, acts[0], clock, f"d{number}")


def _explained(rng: random.Random, first: Act, clock: Deadline, suffix: str) -> Act:
    day = FINLAND.working_day_after(clock.due_on, pick(rng, _WORKING_DAYS))
    at = timing.in_office(rng, day)
    cause = pick(rng, _CAUSES)
    data: dict[str, object] = {
        "rule": clock.rule,
        "cause": cause.value,
        "action": pick(rng, _ACTIONS.get(cause, _ACTIONS_ELSE)).value,
    }
    if clock.rule == INITIATION:
        data["explains"] = clock.started_by
    if clock.closed_on is None or clock.closed_on > day:
        follow_up_on = FINLAND.working_day_after(day, pick(rng, _FOLLOWED_UP_AFTER))
        data["follow_up_on"] = follow_up_on.isoformat()
    return Act(
        event_id=f"{first.case_ref}-{suffix}",
        source=first.source,
        kind=Kind.DELAY_EXPLAINED,
        case_ref=first.case_ref,
        happened_at=at,
        registered_at=at + timedelta(minutes=rng.randrange(1, _MINUTES_TO_ENTER)),
        data=data,
    )
