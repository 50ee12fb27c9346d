"""Which counts of a new month, and of the periods that end with it, are not shown."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from app.domain.disclosure import Sum, Web, is_small
from app.domain.public_grid import Count, Output, price, sums
from app.services.suppression import Suppression, suppress


def conceal(
    fresh: Sequence[Output], *, earlier: Sequence[Output], threshold: int
) -> list[Output]:
    """Return *fresh* with so much hidden that nothing hidden can be worked out.

    Neither from them nor together with *earlier*, what was published of the same
    calendar year: every hidden count keeps *threshold* possible values. A longer period
    that cannot be published so is left out. A month always can.
    """
    unsafe: set[str] = set()
    for ties in _ties(fresh, earlier):
        found = _suppressed(fresh, earlier, ties, threshold)
        if not found.unprotected:
            return [
                replace(each, hidden=frozenset(found.hidden & each.counts().keys()))
                for each in fresh
            ]
        unsafe = {count.row.period for count in found.unprotected}
    longer = {output.period for output in fresh[1:]}
    if not longer:
        raise RuntimeError("a month of which everything may be hidden is not safe")
    left_out = unsafe & longer or longer
    kept = [output for output in fresh if output.period not in left_out]
    return conceal(kept, earlier=earlier, threshold=threshold)


def _ties(
    fresh: Sequence[Output], earlier: Sequence[Output]
) -> Iterator[list[Sum[Count]]]:
    """Give the sums to reckon with: all, or else without those that are broken.

    If something was corrected since, a quarter's count can be small though each of its
    months was shown. Who adds up such months knows what it was, and nothing that is
    published tells what it and others like it have become.
    """
    ties = list(sums([*earlier, *fresh]))
    yield ties
    hidden = {count for output in earlier for count in output.hidden}
    counts = _counts(fresh)
    yield [
        tie
        for tie in ties
        if not _is_over_time(tie)
        or tie.total not in counts
        or not hidden.isdisjoint(tie.parts)
    ]


def _suppressed(
    fresh: Sequence[Output],
    earlier: Sequence[Output],
    ties: Collection[Sum[Count]],
    threshold: int,
) -> Suppression[Count]:
    counts = _counts(fresh)
    small = [key for key, value in counts.items() if is_small(value, threshold)]
    web = Web({**_counts(earlier), **counts}, ties)
    # What was corrected away must not be told by a zero, if it cannot be told at all.
    emptied = {
        tie.total
        for tie in ties
        if not web.counts[tie.total] and any(web.counts[key] for key in tie.parts)
    }
    return suppress(
        web,
        hidden=[key for each in earlier for key in sorted(each.hidden)],
        small=small,
        free={
            key: price(key, value)
            for key, value in counts.items()
            if value >= threshold or key in emptied
        },
        threshold=threshold,
    )


def _is_over_time(tie: Sum[Count]) -> bool:
    return tie.total.row.period != tie.parts[0].row.period


def _counts(outputs: Sequence[Output]) -> Mapping[Count, int]:
    return {key: value for each in outputs for key, value in each.counts().items()}
