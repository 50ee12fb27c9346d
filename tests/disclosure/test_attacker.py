"""Nobody works out a hidden count from all that is published of a year."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import settings

from app.domain.disclosure import is_small
from app.domain.public_grid import Output
from app.services.disclosure import conceal
from tests.disclosure.attacker import Attacker, Cell
from tests.disclosure.counties import County, answers, county, properly, published

THRESHOLD = 5
# A year of a county takes seconds: one is looked at quickly, two by `.ci/run`.
SEEDS = (5, 3)[: 1 + settings().max_examples // 100]


def attacker_of(given: County, outputs: Sequence[Output]) -> Attacker:
    """Return an attacker who has read all *outputs*."""
    attacker = Attacker(given.tree)
    for answer in answers(outputs):
        attacker.read(answer)
    return attacker


def insider_of(given: County, outputs: Sequence[Output]) -> Attacker:
    """Return an attacker who knows by how much each hidden count was corrected.

    But for counts of which all months were shown: who adds those up knows what a count
    was; what it has become, nothing tells.
    """
    attacker = attacker_of(given, outputs)
    bare = [replace(output, hidden=frozenset()) for output in outputs]
    true = attacker_of(given, bare).shown
    attacker.changes = {
        cell: count - sum(true.get(month, 0) for month in months)
        for cell, count in true.items()
        if (months := list(months_of(cell)))
        and any(month in attacker.hidden for month in months)
    }
    attacker.zeros = frozenset(cell for cell in attacker.hidden if not true[cell])
    return attacker


def months_of(cell: Cell) -> Iterator[Cell]:
    """Give the counts of the months whose sum *cell* would be, if it is a long one."""
    for month in Attacker.months_in(cell.period):
        yield cell._replace(period=month)


def primary_only(fresh: list[Output], _: list[Output]) -> list[Output]:
    """Hide small counts, and nothing that would give them away."""
    small = [
        [count for count, n in output.counts().items() if is_small(n, THRESHOLD)]
        for output in fresh
    ]
    return [
        replace(output, hidden=frozenset(hidden))
        for output, hidden in zip(fresh, small, strict=True)
    ]


def each_by_itself(fresh: list[Output], _: list[Output]) -> list[Output]:
    """Protect each output as if it were the only one."""
    return [
        output
        for each in fresh
        for output in conceal([each], earlier=[], threshold=THRESHOLD)
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_count_of_a_year_can_be_worked_out(seed: int) -> None:
    given = county(seed)
    *_, outputs = published(given, properly(THRESHOLD))

    attacker = attacker_of(given, outputs)

    assert list(attacker.recovered(THRESHOLD)) == []
    report(seed, attacker)


@pytest.mark.parametrize("seed", SEEDS)
def test_nor_where_late_events_have_changed_what_was_published(seed: int) -> None:
    given = county(seed, late_news=0.03)
    *_, outputs = published(given, properly(THRESHOLD))

    insider = insider_of(given, outputs)

    assert list(insider.recovered(THRESHOLD)) == []
    report(seed, insider)


def test_small_counts_hidden_alone_are_worked_out() -> None:
    """See that the attacker is one: without secondary suppression it succeeds."""
    given = county(1)
    *_, outputs = published(given, primary_only)

    attacker = attacker_of(given, outputs)

    assert len(list(attacker.recovered(THRESHOLD))) > len(attacker.hidden) / 2


def test_outputs_protected_one_by_one_give_each_other_away() -> None:
    given = county(1)
    *_, outputs = published(given, each_by_itself)

    attacker = attacker_of(given, outputs)

    assert any(attacker.recovered(THRESHOLD))


def report(seed: int, attacker: Attacker) -> None:
    """Print how much was attacked; shown with ``-s``."""
    counts = len(attacker.hidden) + len(attacker.shown)
    print(f"county {seed}: attacked {len(attacker.hidden)} of {counts} counts")  # noqa: T201
