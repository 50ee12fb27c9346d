"""Units as pages name them: by their names, each below its parent."""

from collections.abc import Iterator, Mapping

from app.db.units import Unit
from app.domain import labels
from app.domain.texts import Language

# As wide as a letter, so that what lies below stands further in, in a list too.
STEP = "\u2003"


def unit_name(code: str | None, units: Mapping[str, Unit], language: Language) -> str:
    """Return what the unit *code* is called; its code, if it is not registered."""
    if code is None:
        return labels.NO_UNIT.to(language)
    unit = units.get(code)
    return unit.name.to(language) if unit else code


def tree(
    units: Mapping[str, Unit], allowed: frozenset[str] | None, language: Language
) -> dict[str, str]:
    """Return the names of the allowed units by code, in order and moved in."""
    seen = {
        code: unit for code, unit in units.items() if allowed is None or code in allowed
    }
    below: dict[str | None, list[Unit]] = {}
    for unit in sorted(seen.values(), key=lambda each: each.name.to(language)):
        below.setdefault(unit.parent if unit.parent in seen else None, []).append(unit)

    def walk(parent: str | None, depth: int) -> Iterator[tuple[str, str]]:
        for unit in below.get(parent, []):
            yield unit.code, STEP * depth + unit.name.to(language)
            yield from walk(unit.code, depth + 1)

    return dict(walk(None, 0))
