"""How long publishing takes, and how much is hidden, of counties of three sizes."""

import random
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from app.domain.public_grid import (
    Atom,
    Measure,
    Output,
    Reach,
    Row,
    Split,
    lay_out,
    periods_ending_with,
)
from app.domain.reporting_periods import parse_period
from app.services.disclosure import conceal
from bench.figures import Figure

YEAR = 2026
THRESHOLD = 5
MONTH_BAR = 1.0
# Units, and deadlines of one rule that fall due in each of them in a month.
SIZES = {"small": (4, 25), "middling": (6, 60), "large": (10, 60)}
LANGUAGES = {"fi": 72, "foreign": 20, "sv": 6, "unknown": 1.5, "sami": 0.5}
NATIONALITIES = {"finnish": 85, "foreign": 13, "unknown": 2}
AGES = {"7-12": 27, "13-15": 22, "3-6": 20, "16-17": 16, "0-2": 12, "unknown": 3}


def measure() -> list[Figure]:
    """Publish a year of each county; print what is hidden, return how long it took."""
    return [
        _measured(name, units, deadlines) for name, (units, deadlines) in SIZES.items()
    ]


def _measured(name: str, units: int, deadlines: int) -> Figure:
    dice = random.Random(units)
    teams = {f"team-{n}": f"area-{n % 2}" for n in range(units)}
    parents: dict[str, str | None] = {"area-0": None, "area-1": None, **teams}
    missed = {team: dice.choice([0.03, 0.07, 0.1, 0.1, 0.2]) for team in teams}
    months: list[Counter[tuple[Atom, bool]]] = []
    outputs: list[Output] = []
    times = []
    for number in range(1, 13):
        months.append(Counter(_deadlines(dice, missed, deadlines)))
        month = parse_period(f"{YEAR}-{number:02}")
        fresh = [
            lay_out(
                each.code, _counted(months[each.first.month - 1 :]), parents, outputs
            )
            for each in periods_ending_with(month)
        ]
        begun = perf_counter()
        outputs += conceal(fresh, earlier=outputs, threshold=THRESHOLD)
        times.append(perf_counter() - begun)
    _print_hidden(name, outputs)
    alone = [t for n, t in enumerate(times, 1) if n % 3 and n % 4]
    print(f"  publishing: months alone {max(alone):.2f} s at most, the others")
    print("  " + ", ".join(f"{n}: {t:.2f} s" for n, t in enumerate(times, 1)))
    return Figure(
        name=f"publish a month alone, {name} county, slowest",
        value=max(alone),
        unit="s",
        at_most=MONTH_BAR,
    )


def _deadlines(
    dice: random.Random, missed: dict[str, float], deadlines: int
) -> Iterator[tuple[Atom, bool]]:
    for team, share in missed.items():
        for _ in range(int(deadlines * dice.uniform(0.6, 1.4))):
            groups = (
                dice.choices(list(each), list(each.values()))[0]
                for each in (LANGUAGES, NATIONALITIES, AGES)
            )
            yield Atom("initiation", team, *groups), dice.random() >= share


def _counted(months: list[Counter[tuple[Atom, bool]]]) -> dict[Atom, Split]:
    total: Counter[tuple[Atom, bool]] = Counter()
    for month in months:
        total.update(month)
    return {
        atom: Split(total[atom, True], total[atom, False])
        for atom in sorted({atom for atom, _ in total})
    }


def _print_hidden(name: str, outputs: list[Output]) -> None:
    """Print the share of counts that are hidden, and that are small themselves."""
    shares: dict[tuple[str, str, Measure], list[tuple[bool, bool]]] = {}
    for output in outputs:
        length = output.period.partition("-")[2][:1] or "year"
        length = "month" if length.isdigit() else length
        for count, value in output.counts().items():
            if value:
                place = _table(count.row), length, count.measure
                is_hidden = count in output.hidden
                shares.setdefault(place, []).append((is_hidden, value < THRESHOLD))
    lengths = ("month", "Q", "T", "H", "year")
    print(f"\n  {name}: hidden of the non-zero counts (small themselves), in %")
    print("  " + " ".join(f"{text:>15}" for text in ("", *lengths)))
    for table in dict.fromkeys(place[0] for place in shares):
        for measure in (Measure.DUE, Measure.MISSED):
            cells = [shares.get((table, length, measure), []) for length in lengths]
            told = [
                f"{100 * sum(h for h, _ in each) / len(each):.0f} "
                f"({100 * sum(s for _, s in each) / len(each):.0f})"
                if each
                else "-"
                for each in cells
            ]
            line = " ".join(f"{text:>15}" for text in told)
            print(f"  {table:>22} {measure:>8} {line}")


def _table(row: Row) -> str:
    reach = {Reach.COUNTY: "", Reach.BRANCH: "area", Reach.UNIT: "unit"}[row.reach]
    return " x ".join(filter(None, (reach, row.dimension))) or "total"
