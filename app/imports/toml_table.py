"""Tables of a mapping file, out of which everything must be taken."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from app.imports.errors import MappingError

_Value = TypeVar("_Value")
_NAMES_OF_TYPES = {
    str: 'a text, as in "Päätös"',
    int: "a whole number",
    dict: "a table",
    list: "a list of tables, each [[event]]",
}


class Table:
    """A table of the mapping; what is taken out of it is known, the rest is not."""

    def __init__(self, file: Path, place: str, content: Mapping[str, object]) -> None:
        self._file = file
        self._left = dict(content)
        self._known: list[str] = []
        self.place = place

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str, of: type[_Value]) -> _Value:
        """Return the value of *name*, which must be there."""
        value = self.take_any(name)
        if value is None:
            raise self.wrong(f"`{name}` is missing; it is {_NAMES_OF_TYPES[of]}")
        if type(value) is not of:
            raise self.wrong(f"`{name}` is {_NAMES_OF_TYPES[of]}")
        return value

    def get(self, name: str, of: type[_Value]) -> _Value | None:
        """Return the value of *name*, None if it is not there."""
        self._known.append(name)
        return self.take(name, of) if name in self._left else None

    def take_any(self, name: str) -> object:
        """Return the value of *name* whatever it is, None if it is not there."""
        self._known.append(name)
        return self._left.pop(name, None)

    def column(self, name: str) -> str:
        """Return the name of the column that *name* gives, which must be there."""
        given = self.take_any(name)
        if not isinstance(given, str) or not given:
            raise self.wrong(f"`{name}` is the name of a column")
        return given

    def column_or_none(self, name: str) -> str | None:
        """Return the name of the column that *name* gives, None if it is not there."""
        self._known.append(name)
        return self.column(name) if name in self._left else None

    def table(self, name: str) -> "Table":
        """Return the table *name*, an empty one if it is not there."""
        content: Any = self.get(name, dict) or {}
        return self.within(self._place_of(name), content)

    def within(self, place: str, content: Mapping[str, object]) -> "Table":
        """Return *content* as a table of the same file."""
        return Table(self._file, place, content)

    def names(self) -> tuple[str, ...]:
        """Return the names that have not been taken."""
        return tuple(self._left)

    def close(self) -> None:
        """Refuse what has not been taken."""
        for name in self._left:
            raise self.wrong(f"`{name}` is not known{did_you_mean(name, self._known)}")

    def wrong(self, what: str) -> MappingError:
        """Return the error that tells *what* is wrong, a clause without a full stop."""
        place = f", {self.place}" if self.place else ""
        return MappingError(f"{self._file}{place}: {what}.")

    def _place_of(self, name: str) -> str:
        if not self.place:
            return f"[{name}]"
        if self.place.endswith("]"):
            return f"{self.place[:-1]}.{name}]"
        return f"{self.place}, {name}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a clause that names what was probably meant, or "" if nothing is near.

    Only what is near is told: in a file without a header its first row is of a child.
    """
    near = get_close_matches(name, set(known), n=1, cutoff=0.7)
    return f"; did you mean `{near[0]}`?" if near else ""
