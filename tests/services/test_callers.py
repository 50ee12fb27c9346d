"""Who calls is remembered for a moment, and never for longer."""

import asyncio
from types import SimpleNamespace

import pytest

from app.domain.access import Actor, Role
from app.services.callers import CACHE_SECONDS, Recognition

LEAD = Actor(role=Role.LEAD)


class Looking:
    """Looks callers up, and counts how often."""

    def __init__(self) -> None:
        self.known: dict[str, Actor] = {"good": LEAD}
        self.asked: list[str] = []

    def __call__(self, presented: str) -> Actor | None:
        self.asked.append(presented)
        return self.known.get(presented)


@pytest.fixture
def looking() -> Looking:
    return Looking()


def test_a_good_caller_is_looked_up_once_in_a_moment(looking: Looking) -> None:
    recognition = Recognition(looking)

    async def asked_thrice() -> list[Actor | None]:
        return [await recognition.known("good") for _ in range(3)]

    assert asyncio.run(asked_thrice()) == [LEAD] * 3
    assert looking.asked == ["good"]
    assert CACHE_SECONDS < 5


def test_a_bad_caller_is_looked_up_each_time(looking: Looking) -> None:
    recognition = Recognition(looking)

    for _ in range(2):
        assert recognition.remembered("bad") is None
        assert recognition.look_up("bad") is None
    assert looking.asked == ["bad", "bad"]


def test_who_is_forgotten_is_looked_up_again(looking: Looking) -> None:
    recognition = Recognition(looking)
    recognition.look_up("good")

    recognition.forget("good")

    assert recognition.remembered("good") is None


def test_who_is_no_good_any_more_is_forgotten_at_once(looking: Looking) -> None:
    recognition = Recognition(looking)
    recognition.look_up("good")
    looking.known.clear()

    assert recognition.look_up("good") is None
    assert recognition.remembered("good") is None


def test_a_slow_answer_is_remembered_for_less_long(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """See that the moment begins with the question: it may be revoked meanwhile."""
    seconds = SimpleNamespace(now=1000.0)
    ticking = SimpleNamespace(monotonic=lambda: seconds.now)
    monkeypatch.setattr("app.services.callers.time", ticking)

    def slow(presented: str) -> Actor | None:
        seconds.now += CACHE_SECONDS - 1
        return looking(presented)

    recognition = Recognition(slow)
    assert recognition.look_up("good") == LEAD
    assert recognition.remembered("good") == LEAD
    seconds.now += 1

    assert recognition.remembered("good") is None


def test_not_more_than_some_are_remembered(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.callers.MOST_REMEMBERED", 3)
    looking.known |= {str(number): LEAD for number in range(10)}
    recognition = Recognition(looking)

    for name in looking.known:
        assert recognition.look_up(name) == LEAD
        assert recognition.remembered(name) == LEAD
        assert len(recognition._known) <= 3
