"""Malformed requests by the thousand: never a surprise, never an echo."""

import sys
from collections import Counter

from hypothesis import HealthCheck, given, settings

from tests.hostile.answers import check
from tests.hostile.calls import Call
from tests.hostile.extent import EXTENT
from tests.hostile.requests import malformed
from tests.hostile.service import Service


def test_malformed_requests_are_answered_as_documented_and_never_echoed(
    hostile: Service,
) -> None:
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=EXTENT.malformed_requests,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(malformed(hostile))
    def attack(call: Call) -> None:
        answer = hostile.answer(call)
        statuses[answer.status] += 1
        check(hostile, call, answer)

    attack()

    counted = dict(sorted(statuses.items()))
    sys.stdout.write(f"{statuses.total()} malformed requests: {counted}\n")
    # Some are answered all the same: a header may say anything.
    refused = sum(count for status, count in counted.items() if status >= 400)
    assert refused > statuses.total() / 2
