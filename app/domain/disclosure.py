"""What the public may see: small counts are hidden, and what would give them away.

The public grid of one calendar year is a web of counts tied by sums: months make
quarters, teams make areas, groups make totals, in time and missed make due. Who adds
and subtracts published counts can work out a hidden one. `Web` holds the counts and the
sums; `is_alibi` tells what the proof that a hidden count is safe looks like.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

# What has a price of this or more is hidden only if nothing cheaper will do.
DEAR = 1_000

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum(Generic[K]):
    """That the counts of *parts* make the count of *total*."""

    total: K
    parts: tuple[K, ...]


class Web(Generic[K]):
    """The true counts, and how they are tied."""

    def __init__(self, counts: Mapping[K, int], sums: Iterable[Sum[K]]) -> None:
        self.counts = counts
        self.sums = tuple(sums)
        self._sums_of: dict[K, list[Sum[K]]] = {}
        for tie in self.sums:
            for key in (tie.total, *tie.parts):
                self._sums_of.setdefault(key, []).append(tie)

    def sums_of(self, keys: Iterable[K]) -> Iterator[Sum[K]]:
        """Give the sums that *keys* are part of, some of them more than once."""
        for key in keys:
            yield from self._sums_of.get(key, ())


def is_small(count: int, threshold: int) -> bool:
    """Tell whether *count* is hidden for its own sake; nothing to hide in zero."""
    return 0 < count < threshold


def floor(count: int) -> int:
    """Return the least that a reader must think possible of a hidden *count*.

    Zeros are shown, so who sees a hidden count knows that it is one at least.
    """
    return min(count, 1)


def is_alibi(web: Web[K], shift: Mapping[K, int], hidden: Iterable[K]) -> bool:
    """Tell whether the county shifted by *shift* would publish the very same.

    The shifted county is another one in whole numbers whose sums hold, which differs in
    hidden counts alone, and in which none of them is zero. Who sees the publication
    cannot tell which of the two is the true one.
    """
    moved = {key: by for key, by in shift.items() if by}
    return (
        moved.keys() <= set(hidden)
        and all(
            web.counts[key] + by >= floor(web.counts[key]) for key, by in moved.items()
        )
        and all(
            moved.get(tie.total, 0) == sum(moved.get(part, 0) for part in tie.parts)
            for tie in web.sums_of(moved)
        )
    )
