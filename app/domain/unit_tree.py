"""The tree of units, each with the one above it."""

from collections.abc import Mapping
from typing import TypeAlias

# The parent of every registered unit.
Tree: TypeAlias = Mapping[str, str | None]


def path(unit: str, tree: Tree) -> list[str]:
    """Return the units from the root down to *unit*, which may be unregistered.

    >>> path("team", {"county": None, "area": "county", "team": "area"})
    ['county', 'area', 'team']
    """
    found = [unit]
    while (parent := tree.get(found[0])) in tree and parent is not None:
        found.insert(0, parent)
    return found
