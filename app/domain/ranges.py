"""Ranges of whole numbers, as bins of charts and addresses have them."""

from dataclasses import dataclass
from typing import Self

FORM = r"^[0-9]{1,4}(-([0-9]{1,4})?)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The whole numbers from *first* to *last*; None is no end."""

    first: int
    last: int | None

    @property
    def code(self) -> str:
        """Return the range in short: ``7``, ``8-14``, ``15-``.

        >>> Range(first=15, last=None).code
        '15-'
        """
        if self.last is None:
            return f"{self.first}-"
        return (
            str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        )

    @classmethod
    def written(cls, code: str) -> Self:
        """Return the range that is written as *code*, which has the ``FORM``.

        >>> Range.written("8-14")
        Range(first=8, last=14)
        >>> Range.written("7").last, Range.written("15-").last
        (7, None)
        """
        first, dash, last = code.partition("-")
        end = last or (None if dash else first)
        return cls(first=int(first), last=None if end is None else int(end))

    def __contains__(self, number: int) -> bool:
        """Tell whether *number* is in the range."""
        return self.first <= number and (self.last is None or number <= self.last)
