"""How the open deadlines of units stand: each unit with what is below it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

from app.db.units import Unit
from app.db.worklist import Pressing
from app.domain.texts import Language
from app.services.deadlines import Status
from app.web.clocks import NEAR
from app.web.unit_tree import STEP, tree, unit_name
from app.web.worklist_question import WorklistQuestion

NEXT_DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How many open deadlines stand how."""

    overdue: int = 0
    next_days: int = 0
    soon: int = 0
    later: int = 0
    newly_overdue: int = 0
    newly_received: int = 0

    def __add__(self, other: "Stand") -> "Stand":
        """Return both counted together."""
        return Stand(
            **{
                each.name: getattr(self, each.name) + getattr(other, each.name)
                for each in fields(self)
            }
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is open."""
        return not (self.overdue or self.next_days or self.soon or self.later)


@dataclass(frozen=True, slots=True)
class Count:
    """A number and the list it counts; *href* is empty where that is none."""

    number: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """How a unit stands: for each rule what is overdue, due soon, and in time.

    One of depth 0 is below none of the others.
    """

    name: str
    depth: int
    href: str
    stands: tuple[tuple[Count, ...], ...]


Stands: TypeAlias = Mapping[tuple[str | None, str], Stand]
NOTHING = Stand()


def stands_of(pressing: Iterable[Pressing]) -> Stands:
    """Return how each unit stands by each rule, without what is below it."""
    return {
        (each.unit, each.rule): Stand(
            **{part.name: getattr(each, part.name) for part in fields(Stand)}
        )
        for each in pressing
    }


def total(stands: Iterable[Stand]) -> Stand:
    """Return *stands* counted together."""
    return sum(stands, NOTHING)


def of_rule(stands: Stands, rule: str) -> Stand:
    """Return how all units together stand by *rule*."""
    return total(stand for (_, code), stand in stands.items() if code == rule)


def lines(
    stands: Stands,
    units: Mapping[str, Unit],
    allowed: frozenset[str] | None,
    rules: tuple[str, ...],
    language: Language,
) -> list[UnitLine]:
    """Return a line for each unit that has open deadlines, in the order of the tree.

    A unit counts what is below it, as the list does that its numbers lead to; of those
    above the *allowed* ones nothing is told.
    """
    seen = {
        code: unit for code, unit in units.items() if allowed is None or code in allowed
    }
    added: dict[tuple[str | None, str], Stand] = defaultdict(Stand)
    for (unit, rule), stand in stands.items():
        for code in (unit, *_above(unit, seen)):
            added[code, rule] += stand
    present = {code for (code, _), stand in added.items() if not stand.is_empty}
    named: dict[str | None, str] = {
        code: name
        for code, name in tree(seen, None, language).items()
        if code in present
    }
    for code in sorted(present - named.keys(), key=lambda each: each or ""):
        named[code] = unit_name(code, units, language)
    return [
        UnitLine(
            name=name.lstrip(STEP),
            depth=name.count(STEP),
            href=_list(code, None, Status.OPEN),
            stands=tuple(_counts(code, rule, added[code, rule]) for rule in rules),
        )
        for code, name in named.items()
    ]


def counts(rule: str, stand: Stand) -> tuple[Count, ...]:
    """Return how all units together stand by *rule*, with the lists of that."""
    return _counts("", rule, stand)


def _counts(unit: str | None, rule: str, stand: Stand) -> tuple[Count, ...]:
    return (
        Count(stand.overdue, _list(unit, rule, Status.OVERDUE)),
        Count(stand.next_days, _list(unit, rule, Status.DUE_SOON, NEXT_DAYS)),
        Count(stand.next_days + stand.soon, _list(unit, rule, Status.DUE_SOON)),
        Count(stand.later, ""),
    )


def _list(
    unit: str | None, rule: str | None, status: Status, within: int = NEAR
) -> str:
    """Return the address of a list; empty where no list is of just that."""
    if unit is None:
        return ""
    asked = WorklistQuestion(status=status, rule=rule, unit=unit or None, within=within)
    return asked.address


def _above(unit: str | None, units: Mapping[str, Unit]) -> Iterator[str]:
    """Give the units that *unit* is below."""
    while unit is not None and unit in units:
        unit = units[unit].parent
        if unit is not None and unit in units:
            yield unit
