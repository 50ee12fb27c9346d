"""What a provider publishes: fetched when it is needed, and remembered for a while."""

import threading
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from app.identity.errors import ProviderUnavailableError

FRESH_SECONDS = 600.0
# A provider that is away for a while locks nobody out, but what it may have withdrawn
# meanwhile, a key for instance, is not good for ever.
LONGEST_SECONDS = 3_600.0
PAUSE_SECONDS = 30.0
MOST_WAITING = 4
LONGEST_WAIT_SECONDS = 5.0

Clock: TypeAlias = Callable[[], float]

_Value = TypeVar("_Value")


class _Known(NamedTuple, Generic[_Value]):
    """A value as it was at an instant of the clock."""

    value: _Value
    at: float


class Remembered(Generic[_Value]):
    """The value that *fetch* gets.

    However often it is asked for, the provider is asked twice a minute at most, by one
    thread, for which a few others wait; the rest go on with what is known.
    """

    def __init__(
        self, fetch: Callable[[], _Value], *, clock: Clock = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known: _Known[_Value] | None = None
        self._asked_at: float | None = None
        self._asking = threading.Lock()
        self._places = threading.BoundedSemaphore(MOST_WAITING)

    def get(self, suffices: Callable[[_Value], bool] = lambda _: True) -> _Value:
        """Return the value; it is fetched anew if the one that is known is of no use.

        Raises:
            ProviderUnavailableError: there is none, or only one that is too old, since
                the provider does not answer.
        """
        if not self._is_fine(suffices):
            self._wait_for_news(suffices)
        known = self._known
        if known is None or self._clock() - known.at > LONGEST_SECONDS:
            raise ProviderUnavailableError("it does not answer")
        return known.value

    def _is_fine(self, suffices: Callable[[_Value], bool]) -> bool:
        known = self._known
        return (
            known is not None
            and self._clock() - known.at <= FRESH_SECONDS
            and suffices(known.value)
        )

    def _wait_for_news(self, suffices: Callable[[_Value], bool]) -> None:
        if not self._places.acquire(blocking=False):
            return
        try:
            if self._asking.acquire(timeout=LONGEST_WAIT_SECONDS):
                try:
                    if not self._is_fine(suffices) and not self._has_just_asked():
                        self._ask()
                finally:
                    self._asking.release()
        finally:
            self._places.release()

    def _has_just_asked(self) -> bool:
        asked_at = self._asked_at
        return asked_at is not None and self._clock() - asked_at < PAUSE_SECONDS

    def _ask(self) -> None:
        self._asked_at = self._clock()
        try:
            self._known = _Known(self._fetch(), self._asked_at)
        except ProviderUnavailableError:
            return  # What is known stays good for a while.
