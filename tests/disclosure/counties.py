"""Generated counties whose months are published one after the other."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from app.domain.public_grid import Atom, Output, Split, lay_out, periods_ending_with
from app.domain.public_tables import PublicRow, table
from app.domain.reporting_periods import parse_period
from app.services.disclosure import conceal

YEAR = 2026
TABLES: Sequence[tuple[tuple[str, ...], int | None]] = (
    ((), None),
    (("unit",), None),
    (("unit",), 0),
    (("unit",), 1),
    (("language_group",), None),
    (("nationality_group",), None),
    (("age_band",), None),
)
TABLES_OF_A_YEAR = tuple(
    (("unit", dimension), level)
    for dimension in ("language_group", "nationality_group")
    for level in (None, 1)
)
Conceal: TypeAlias = Callable[[list[Output], list[Output]], list[Output]]


@dataclass(frozen=True, kw_only=True)
class County:
    """What falls due in each month, as it is known at the end of each month."""

    tree: Mapping[str, str | None]
    known: Sequence[Sequence[Counter[tuple[Atom, bool]]]]

    def counted(self, period: str, month: int) -> dict[Atom, Split]:
        """Return the counts of *period* as known at the end of *month*."""
        first, last = parse_period(period).first.month, parse_period(period).last.month
        found: Counter[tuple[Atom, bool]] = Counter()
        for each in range(first, last + 1):
            found += self.known[month - 1][each - 1]
        atoms = sorted({atom for atom, _ in found})
        return {atom: Split(found[atom, True], found[atom, False]) for atom in atoms}


def county(seed: int, *, late_news: float = 0.0) -> County:
    """Return a county; each month a share of *late_news* of the earlier is changed."""
    dice = random.Random(seed)  # noqa: S311 (no secret)
    teams = [f"team-{n}" for n in range(dice.randint(2, 4))]
    areas = [f"area-{n}" for n in range(dice.randint(1, 2))]
    tree: dict[str, str | None] = {"county": None, **dict.fromkeys(areas, "county")}
    tree |= {team: areas[at % len(areas)] for at, team in enumerate(teams)}
    volume = dice.choice([12, 30, 70])
    share = {team: dice.choice([0.02, 0.1, 0.3]) for team in [*teams, *areas, ""]}
    month: list[Counter[tuple[Atom, bool]]] = []
    known = []
    for _ in range(12):
        for earlier in month:
            for key in list(earlier.elements()):
                if dice.random() < late_news:
                    earlier[key] -= 1
                    earlier[key[0], dice.random() < 0.5] += dice.choice([0, 1, 1, 2])
        month.append(Counter(_deadlines(dice, teams, areas, volume, share)))
        known.append([Counter(each) for each in month])
    return County(tree=tree, known=known)


def _deadlines(
    dice: random.Random,
    teams: Sequence[str],
    areas: Sequence[str],
    volume: int,
    share: Mapping[str, float],
) -> Iterator[tuple[Atom, bool]]:
    for team in teams:
        for _ in range(int(volume * dice.uniform(0.3, 1.3))):
            unit = dice.choices([team, dice.choice(areas), ""], [0.97, 0.02, 0.01])[0]
            atom = Atom(
                "initiation",
                unit,
                dice.choices(["fi", "sv", "foreign"], [70, 6, 20])[0],
                dice.choices(["finnish", "foreign"], [85, 15])[0],
                dice.choice(["0-2", "7-12"]),
            )
            yield atom, dice.random() >= share[unit]


def published(given: County, hide: Conceal) -> Iterator[list[Output]]:
    """Give the outputs of the year so far, after each month."""
    outputs: list[Output] = []
    for month in range(1, 13):
        periods = periods_ending_with(parse_period(f"{YEAR}-{month:02}"))
        fresh = [
            lay_out(each.code, given.counted(each.code, month), given.tree, outputs)
            for each in periods
        ]
        outputs = [*outputs, *hide(fresh, outputs)]
        yield outputs


def properly(threshold: int = 5) -> Conceal:
    """Return the way in which the service hides."""
    return lambda fresh, earlier: conceal(fresh, earlier=earlier, threshold=threshold)


def answers(outputs: Sequence[Output]) -> Iterator[dict[str, Any]]:
    """Give every public table of *outputs*, as JSON has it."""
    for output in outputs:
        is_year = output.period == str(YEAR)
        for by, level in (*TABLES, *(TABLES_OF_A_YEAR if is_year else ())):
            found = table(output, by, level)
            yield {
                "period": {"code": output.period},
                "by": by,
                "level": level,
                "rows": [_row(row) for row in found.rows],
                "subtotals": [_row(row) for row in found.subtotals],
                "totals": [_row(row) for row in found.totals],
            }


def _row(row: PublicRow) -> dict[str, Any]:
    counts = {measure.value: count for measure, count in row.counts.items()}
    return {"rule": row.rule, **row.groups, **counts}
