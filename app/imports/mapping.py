"""What a mapping says: which columns give which members of which events."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from app.domain.events import Kind
from app.imports.members import Member

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the file is written; *sheet* is of XLSX, the last two are of CSV."""

    sheet: str | None = None
    header_row: int = 1
    delimiter: str = ";"
    encoding: str = "utf-8-sig"


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the words of a column mean; *name* is where the mapping says it.

    Capitals and the number of spaces make no difference, and a word that means "" is
    one that says nothing.
    """

    name: str
    meanings: Mapping[str, str]

    def meaning(self, word: str) -> str | None:
        """Return what *word* means, None if the mapping does not tell."""
        return self.meanings.get(folded(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A value that stands in a column; a list's parts have *separator* between them."""

    name: str
    values: Values | None = None
    default: str | None = None
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is the same in every row."""

    value: str | int | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A text made of cells: the names of their columns stand in braces.

    >>> Template("{kind}-{Case}").rendered(Kind.CLOSURE, {"Case": "7"}.__getitem__)
    'closure-7'
    """

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns, in their order."""
        return tuple(name for name in _PLACEHOLDER.findall(self.text) if name != KIND)

    def rendered(self, kind: Kind, cell: Callable[[str], str]) -> str:
        """Return the text for an event of *kind* with what *cell* says of a column."""

        def filled(found: re.Match[str]) -> str:
            return kind.value if found[1] == KIND else cell(found[1])

        return _PLACEHOLDER.sub(filled, self.text)


Origin: TypeAlias = Column | Constant | Template


class Assignment(NamedTuple):
    """A member and where its value comes from."""

    member: Member
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMap:
    """How rows tell events of *kind*; there is one where the column *when* is filled.

    *place* is where the mapping says it. *time* is a column of its own for the time.
    """

    place: str
    kind: Kind
    when: str
    time: str | None
    id: Template
    case_ref: Origin
    registered_at: str | None
    sequence: str | None
    data: tuple[Assignment, ...]

    @property
    def columns(self) -> Iterator[str]:
        """Yield the names of the columns that are read."""
        for name in (self.when, self.time, self.registered_at, self.sequence):
            if name is not None:
                yield name
        for origin in (self.id, self.case_ref, *(each.origin for each in self.data)):
            yield from columns_of(origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMap:
    """A mapping: the layout of the file, and the events that its rows tell.

    With *kind*, a row tells one event, of the kind in that column; else as many as
    there are.
    """

    layout: Layout
    kind: Column | None
    events: tuple[EventMap, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Return the names of the columns that are read; of others nothing is known."""
        own = () if self.kind is None else columns_of(self.kind)
        return frozenset(own).union(*(event.columns for event in self.events))


def columns_of(origin: Origin) -> tuple[str, ...]:
    """Return the names of the columns that *origin* reads."""
    match origin:
        case Column(name=name):
            return (name,)
        case Template():
            return origin.columns
        case Constant():
            return ()


def is_template(written: str) -> bool:
    """Say whether every brace in *written* has its fellow, with a name in between."""
    rest = _PLACEHOLDER.sub(lambda found: "" if found[1].strip() else "{", written)
    return "{" not in rest and "}" not in rest


def folded(word: str) -> str:
    """Return *word* as words are compared."""
    return " ".join(word.split()).casefold()
