"""What a provider publishes is fetched seldom, and believed for a limited time."""

import threading

import pytest

from app.identity.errors import ProviderUnavailableError
from app.identity.remembered import (
    FRESH_SECONDS,
    LONGEST_SECONDS,
    MOST_WAITING,
    PAUSE_SECONDS,
    Remembered,
)


class Source:
    """Something that is asked, and does not always answer."""

    def __init__(self) -> None:
        self.value = "first"
        self.is_away = False
        self.asked = 0
        self.now = 1_000.0
        self.remembered = Remembered(self._fetch, clock=lambda: self.now)

    def _fetch(self) -> str:
        self.asked += 1
        if self.is_away:
            raise ProviderUnavailableError("away")
        return self.value


@pytest.fixture
def source() -> Source:
    return Source()


def test_it_is_asked_once_while_the_answer_is_fresh(source: Source) -> None:
    assert [source.remembered.get() for _ in range(5)] == ["first"] * 5
    source.now += FRESH_SECONDS

    assert source.remembered.get() == "first"
    assert source.asked == 1


def test_it_is_asked_again_when_the_answer_is_not_fresh_any_more(
    source: Source,
) -> None:
    source.remembered.get()
    source.value = "second"
    source.now += FRESH_SECONDS + 1

    assert source.remembered.get() == "second"


def test_it_is_asked_when_the_answer_does_not_suffice(source: Source) -> None:
    source.remembered.get()
    source.value = "second"
    source.now += PAUSE_SECONDS

    assert source.remembered.get(lambda value: value == "second") == "second"


def test_a_flood_of_questions_that_no_answer_suffices_asks_twice_a_minute(
    source: Source,
) -> None:
    for _ in range(600):
        source.remembered.get(lambda _: False)
        source.now += 0.1

    assert source.asked == 2


def test_while_it_is_away_the_last_answer_is_good_for_an_hour(source: Source) -> None:
    source.remembered.get()
    source.is_away = True
    source.now += LONGEST_SECONDS

    assert source.remembered.get() == "first"
    source.now += 1
    with pytest.raises(ProviderUnavailableError):
        source.remembered.get()


def test_when_it_was_never_there_it_is_not_asked_at_every_question(
    source: Source,
) -> None:
    source.is_away = True
    for _ in range(5):
        with pytest.raises(ProviderUnavailableError):
            source.remembered.get()

    assert source.asked == 1
    source.is_away = False
    source.now += PAUSE_SECONDS
    assert source.remembered.get() == "first"


def test_while_one_asks_a_few_wait_and_the_others_go_on() -> None:
    asked = threading.Event()
    answered = threading.Event()
    answers: list[str] = []

    def fetch() -> str:
        asked.set()
        answered.wait()
        return "first"

    remembered = Remembered(fetch)
    waiting = [
        threading.Thread(target=lambda: answers.append(remembered.get()))
        for _ in range(MOST_WAITING)
    ]
    for thread in waiting:
        thread.start()
    asked.wait()
    while remembered._places.acquire(blocking=False):  # until all have a place
        remembered._places.release()

    with pytest.raises(ProviderUnavailableError):
        remembered.get()

    answered.set()
    for thread in waiting:
        thread.join()
    assert answers == ["first"] * MOST_WAITING
