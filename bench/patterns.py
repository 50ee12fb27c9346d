"""The patterns of the service over 100 kB of text made to keep each of them busy."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from time import perf_counter

import app
from app.security.personal_data import holds_personal_data
from bench.figures import Figure

SIZE = 100_000
BAR = 50.0  # ms
SEARCHING = "search|finditer|findall|sub|split"
# What keeps a search going: beginnings of what is looked for, without an end.
SEEDS = (
    *("0", "0400 ", "0-4 ", "+1", "+1((( ", "3584", "09 123 ", "04(((", "010594"),
    *("010594-", "010594 ", "a@", "a@a-", "a at b dot ", "(a", "x" * 63 + ".", " "),
    *("\t", "1.", "2026-", "2026-10-05T", '"', "\\", "<", "mk_", "[", "%40", "a"),
)


def measure() -> list[Figure]:
    texts = [(seed * SIZE)[:SIZE] for seed in SEEDS]
    slowest = max(
        (_milliseconds(work, text), place, text[:8])
        for place, work in _patterns()
        for text in texts
    )
    print(f"slowest pattern: {slowest[0]:.1f} ms, {slowest[1]} in {slowest[2]!r}...")
    personal = max(_milliseconds(holds_personal_data, text) for text in texts)
    return [
        Figure(name="slowest pattern", value=slowest[0], unit="ms", at_most=BAR),
        Figure(name="search for personal data", value=personal, unit="ms", at_most=BAR),
    ]


def _patterns() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Give every pattern with its place, and how its module uses it."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith("__main__"):
            continue
        imported = importlib.import_module(module.name)
        source = inspect.getsource(imported)
        for name, value in vars(imported).items():
            several = isinstance(value, tuple)
            searches = several or re.search(rf"\b{name}\.({SEARCHING})\(", source)
            for each in value if several else [value]:
                if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                    place = f"{module.name}.{name}"
                    yield place, each.search if searches else each.match


def _milliseconds(work: Callable[[str], object], text: str) -> float:
    began = perf_counter()
    work(text)
    return (perf_counter() - began) * 1_000
