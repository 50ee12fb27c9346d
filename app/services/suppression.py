"""Which counts the public may not see, so that no hidden one can be worked out.

Linear programs look for alibis: other counties that would publish the very same. What
they find is checked in whole numbers by `domain.disclosure.is_alibi`, and nothing that
does not pass is believed.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.disclosure import DEAR, Web, floor, is_alibi
from app.services.linear_programs import Programs

K = TypeVar("K", bound=Hashable)

# How far an alibi may move a count, in thresholds. More would find little more.
REACH = 3
ROUNDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression(Generic[K]):
    """What is *hidden*, and which of it hiding what may be hidden cannot protect."""

    hidden: frozenset[K]
    unprotected: frozenset[K]


def suppress(
    web: Web[K],
    *,
    hidden: Iterable[K],
    small: Iterable[K],
    free: Mapping[K, int],
    threshold: int,
) -> Suppression[K]:
    """Return what to hide, that each hidden count may have *threshold* values at least.

    *hidden* is so since earlier, *small* for its own sake. Of *free*, which may be
    hidden or shown, as much is hidden as it takes, by price the cheapest. All other
    counts are known to the reader. The same question has the same answer.
    """
    fresh = dict.fromkeys([*small, *free])
    earlier = dict.fromkeys(hidden)
    linked = _linked(web, fresh, {*fresh, *earlier})
    # What no sum links to anything new is as safe as it was.
    goals = [key for key in {**earlier, **dict.fromkeys(small)} if key in linked]
    search = _Search(web, goals, free, threshold)
    unprotected = search.run()
    return Suppression(
        hidden=frozenset([*earlier, *search.hidden]),
        unprotected=frozenset(unprotected),
    )


class _Search(Generic[K]):
    """Hides more and more, until every hidden count has alibis enough."""

    def __init__(
        self, web: Web[K], hidden: Sequence[K], free: Mapping[K, int], threshold: int
    ) -> None:
        keys = list(dict.fromkeys([*hidden, *free]))
        self.hidden = dict.fromkeys(hidden, 0)
        self._web = web
        self._free = free
        self._affordable = {key: each for key, each in free.items() if each < DEAR}
        self._span = threshold - 1
        reach = REACH * threshold
        falls = [web.counts[key] - floor(web.counts[key]) for key in keys]
        self._programs = Programs(
            keys,
            [{tie.total: -1, **dict.fromkeys(tie.parts, 1)} for tie in web.sums],
            rises=[reach] * len(keys),
            falls=[min(fall, reach) for fall in falls],
        )
        # How far the alibis found so far move each count down and up.
        self._low = dict.fromkeys(keys, 0)
        self._high = dict.fromkeys(keys, 0)

    def run(self) -> list[K]:
        """Hide what it takes, and return what stays unprotected all the same."""
        self._widen_together()
        unprotected = []
        done = 0
        # What is hidden on the way is to be protected in its turn.
        while done < len(self.hidden):
            for key in list(self.hidden)[done:]:
                self._protect(key)
                if not self._is_safe(key):
                    unprotected.append(key)
                done += 1
        return unprotected

    def _is_safe(self, key: K) -> bool:
        return self._high[key] - self._low[key] >= self._span

    def _widen_together(self) -> None:
        """Move all that is not safe at once, as long as that helps."""
        unsafe = list(self.hidden)
        for _ in range(ROUNDS):
            before = unsafe
            for sign in (1, -1):
                unsafe = [key for key in self.hidden if not self._is_safe(key)]
                self._move(unsafe, sign, {})
            if unsafe == before:
                return

    def _protect(self, key: K) -> None:
        """Move *key* alone: by what is hidden, then at a low price, then at any."""
        for prices in (self._affordable, self._free):
            for sign in (1, -1):
                if self._is_safe(key):
                    return
                self._move([key], sign, prices)

    def _move(self, goals: Sequence[K], sign: int, prices: Mapping[K, int]) -> None:
        """Look for an alibi that moves *goals*, and hide whatever else it moves."""
        wanted = {key: self._wanted(key, sign) for key in goals}
        prices = {**prices, **self.hidden}
        shift = self._programs.best(wanted, sign, prices)
        if not is_alibi(self._web, shift, prices):
            return
        for key, by in shift.items():
            self.hidden.setdefault(key, 0)
            self._low[key] = min(self._low[key], by)
            self._high[key] = max(self._high[key], by)

    def _wanted(self, key: K, sign: int) -> int:
        """Return how far *key* must move that way to be safe."""
        missing = self._span - self._high[key] + self._low[key]
        return missing + (self._high[key] if sign > 0 else -self._low[key])


def _linked(web: Web[K], start: Iterable[K], movable: set[K]) -> set[K]:
    """Return what is linked to *start* by sums through what is movable."""
    found = set(start)
    fresh = list(found)
    while fresh:
        ties = web.sums_of(fresh)
        members = {key for tie in ties for key in (tie.total, *tie.parts)}
        fresh = list((members & movable) - found)
        found.update(fresh)
    return found
