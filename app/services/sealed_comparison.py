"""Two sealed reports of one question, or one and today: each difference by its cause.

The day of the first is kept while causes are looked for: they tell what has become
known of it. What remains to a later day of the second is the time that has passed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.cells import Place, Span
from app.domain.compliance import Dimension
from app.domain.figures import Number
from app.domain.report_changes import Cause, Figure
from app.domain.sealed_reports import ReportKind
from app.services.plain_reports import cells_of, number_of
from app.services.report_changes import Changes, numbers_of
from app.services.sealed_reports import Sealed

# In what one asks for first; of everything together all numbers are compared.
_OF_CELLS = frozenset({Number.DUE, Number.IN_TIME, Number.LATE, Number.OPEN_LATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A number that is another: by what has become known, and by time that has passed.

    *unexplained* is 0 unless something is wrong.
    """

    figure: Figure
    before: int
    after: int
    by_cause: Counter[Cause]
    by_time: int

    @property
    def unexplained(self) -> int:
        """Return the part of the difference for which there is no cause."""
        return self.after - self.before - self.by_cause.total() - self.by_time


def since(found: Changes) -> list[Difference]:
    """Return in what a report would differ by what has become known since."""
    return [
        Difference(
            figure=each.figure,
            before=each.before,
            after=each.after,
            by_cause=each.by_cause,
            by_time=0,
        )
        for each in found.accounts
        if _is_told(each.figure)
    ]


def between(first: Sealed, found: Changes, second: Sealed) -> list[Difference]:
    """Return in what *second* differs from *first*; until then *found* has changed.

    Both answer the same question of the same units.
    """
    before, after = _told(first.content), _told(second.content)
    meanwhile = numbers_of(found.after)
    causes = {each.figure: each.by_cause for each in found.accounts}
    return [
        Difference(
            figure=figure,
            before=before.get(figure, 0),
            after=after.get(figure, 0),
            by_cause=causes.get(figure, Counter()),
            by_time=after.get(figure, 0) - meanwhile.get(figure, 0),
        )
        for figure in dict.fromkeys([*before, *after])
        if _is_told(figure)
        and (before.get(figure, 0) != after.get(figure, 0) or causes.get(figure))
    ]


def _is_told(figure: Figure) -> bool:
    _, place, number = figure
    return place.span is Span.TOTAL or number in _OF_CELLS


def _told(content: Mapping[str, Any]) -> dict[Figure, int]:
    """Return every number of the figures that were sealed as *content*."""
    return dict(_numbers(content))


def _numbers(content: Mapping[str, Any]) -> Iterator[tuple[Figure, int]]:
    by = tuple(map(Dimension, content["by"]))
    for span, basis, cell, told in cells_of(content):
        groups: tuple[str | None, ...] = (None,) * len(by)
        if span is not Span.TOTAL and content["kind"] != ReportKind.THL:
            groups = tuple(cell.get(name) for name in by)
        for number in Number:
            yield (
                (basis, Place(span, cell["rule"], groups), number),
                number_of(told, number),
            )
