"""Malformed requests by the thousand: never a surprise, never an echo."""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings

from tests.hostile.answers import check
from tests.hostile.calls import Call
from tests.hostile.extent import EXTENT
from tests.hostile.requests import malformed
from tests.hostile.service import Service


def test_malformed_requests_are_answered_as_documented_and_never_echoed(
    hostile: Service, answered: Counter[int]
) -> None:
    @settings(
        max_examples=EXTENT.malformed_requests,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(malformed(hostile))
    def attack(call: Call) -> None:
        answer = hostile.answer(call)
        answered[answer.status] += 1
        check(hostile, call, answer)

    attack()

    # Some are taken all the same: a header may say anything.
    refused = sum(count for status, count in answered.items() if status >= 400)
    assert refused > answered.total() / 2
