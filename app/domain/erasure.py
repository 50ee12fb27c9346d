"""What was destroyed, on which ground: never whose it was."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class ErasureGround(StrEnum):
    """Why something was destroyed; all but the first need two people."""

    RETENTION_PERIOD = "retention_period"
    REQUEST_OF_PERSON = "request_of_person"
    COURT_ORDER = "court_order"
    SUPERVISORY_ORDER = "supervisory_order"
    WRONG_REGISTRATION = "wrong_registration"


class ErasedPart(StrEnum):
    """How much of a line is gone: its data and salt, or all but its hash."""

    DATA = "data"
    LINE = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedLines:
    """Positions in the ledger of *source*, written as in 3-5,9."""

    source: str
    positions: str


def written(positions: Iterable[int]) -> str:
    """Return *positions* in order, those that follow each other as one.

    >>> written([4, 9, 3, 5])
    '3-5,9'
    """
    stretches: list[list[int]] = []
    for position in sorted(set(positions)):
        if stretches and position == stretches[-1][1] + 1:
            stretches[-1][1] = position
        else:
            stretches.append([position, position])
    return ",".join(
        f"{first}-{last}" if first < last else f"{first}" for first, last in stretches
    )


def positions_in(text: str) -> Iterator[int]:
    """Give the positions that *text* names.

    >>> list(positions_in("3-5,9"))
    [3, 4, 5, 9]
    """
    for stretch in filter(None, text.split(",")):
        first, _, last = stretch.partition("-")
        yield from range(int(first), int(last or first) + 1)
