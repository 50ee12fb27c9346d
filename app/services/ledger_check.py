"""Whether the links of a chain are those that were made, to the last one."""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.db.ledger_lines import Head
from app.domain.erasure import ErasedPart
from app.domain.ledger import GENESIS, Checkpoint
from app.services.checkpoint_evidence import Marks
from app.services.tampering import Findings, Tampering


class Link(Protocol):
    """A link of a chain: a line, a sealed report or a publication."""

    @property
    def position(self) -> int:
        """The place of the link in its chain, from 1."""

    @property
    def hash(self) -> bytes:
        """The hash that is stored with it."""

    @property
    def erased(self) -> ErasedPart | None:
        """What is gone of it."""

    def flaw(self, previous: bytes | None, /) -> str | None:
        """Return what is wrong with it, chained to *previous* if that is known."""


class ChainLine(Link, Protocol):
    """What is left of a line of a ledger, or of a chain of the access log."""

    @property
    def place(self) -> str:
        """The name of the chain."""


L = TypeVar("L", bound=Link)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many links a chain has, of how many something is erased, and the last one."""

    lines: int
    erased: int
    position: int
    last: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Of which positions of a chain it is recorded that something is erased."""

    data: Container[int] = ()
    line: Container[int] = ()

    def flaw(self, left: Link) -> str | None:
        """Return what is wrong between what is *left* of a line and the record."""
        erased = left.erased
        if left.position in self.line:
            said: ErasedPart | None = ErasedPart.LINE
        else:
            said = ErasedPart.DATA if left.position in self.data else None
        if said is erased:
            return None
        if erased is None or said is ErasedPart.LINE:
            return "it is recorded as erased, and is still there"
        return "it was erased, and no erasure of it is recorded"


NOTHING_ERASED = Recorded()


def check_chain(
    place: str,
    lines: Iterable[ChainLine],
    *,
    head: Head | None,
    marks: Marks,
    recorded: Recorded,
    findings: Findings,
) -> Seen:
    """Return what was seen of the chain called *place*; all of *lines* are taken.

    As ``check_links``; *head* is what its row in the database says, and *recorded* what
    the service's own ledger says is erased.
    """
    seen = check_links(place, lines, marks=marks, recorded=recorded, findings=findings)
    _check_end(place, seen, head, findings)
    return seen


def check_links(
    place: str,
    links: Iterable[L],
    *,
    marks: Marks,
    findings: Findings,
    called: str = "lines",
    recorded: Recorded = NOTHING_ERASED,
    on_whole: Callable[[L], object] = lambda _: None,
) -> Seen:
    """Return what was seen of the links in *place*; all of *links* are taken.

    *marks* are what checkpoints and sealed reports say of them. What is wrong is added
    to *findings*, where they are *called* so; *on_whole* is given those that are not.
    """
    count = erased = 0
    position, previous, agreed = 0, GENESIS, 0
    for left in links:
        follows = left.position == position + 1
        if not follows:
            what = f"{called} {position + 1} to {left.position - 1} are missing"
            findings.add(Tampering.MISSING, place, position + 1, what)
        # Behind a gap nobody can tell what the next was chained to.
        flaw = left.flaw(previous if follows else None)
        if flaw is not None:
            findings.add(Tampering.CHANGED, place, left.position, flaw)
        elif (unlike := recorded.flaw(left)) is not None:
            findings.add(Tampering.ERASURE, place, left.position, unlike)
        else:
            on_whole(left)
        erased += left.erased is not None
        count += 1
        position, previous = left.position, left.hash
        mark = marks.get(position)
        if mark is not None and mark.hash == previous:
            agreed = position
        # That line 7 is not the one it was says nothing new once line 5 is broken.
        elif mark is not None and not findings.has(Tampering.CHANGED, place):
            what = (
                f"something in {called} {agreed + 1} to {position} is not what it was "
                f"on {_minute_of(mark)}, though the chain is whole"
            )
            findings.add(Tampering.REWRITTEN, place, agreed + 1, what)
    last_mark = max(marks, default=0)
    if last_mark > position:
        then = _minute_of(marks[last_mark])
        what = f"{called} end at {position}, and on {then} ended at {last_mark}"
        findings.add(Tampering.SHORTER, place, position + 1, what)
    return Seen(lines=count, erased=erased, position=position, last=previous)


def _minute_of(mark: Checkpoint) -> str:
    return f"{mark.written_at:%Y-%m-%d %H:%M} UTC"


def _check_end(place: str, seen: Seen, head: Head | None, findings: Findings) -> None:
    """Compare where the lines end with where the head of the chain says they do."""
    position = seen.position
    if head is None:
        findings.add(Tampering.HEAD, place, position, "its head is gone")
    elif head.position > position:
        what = f"lines {position + 1} to {head.position} are missing"
        findings.add(Tampering.MISSING, place, position + 1, what)
    elif head.position < position:
        what = f"its head says that line {head.position} is the last"
        findings.add(Tampering.HEAD, place, head.position + 1, what)
    elif (head.hash or GENESIS) != seen.last:
        what = "its head says another hash than this last line"
        findings.add(Tampering.HEAD, place, position, what)
