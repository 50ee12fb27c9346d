"""Whether the lines of a chain are those that were written, to the last one."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Protocol

from app.db.ledger_lines import Head
from app.domain.erasure import ErasedPart
from app.domain.ledger import GENESIS, Checkpoint
from app.services.checkpoint_evidence import Marks
from app.services.tampering import Findings, Tampering


class ChainLine(Protocol):
    """What is left of a line of a ledger, or of a chain of the access log."""

    @property
    def place(self) -> str:
        """The name of the chain."""

    @property
    def position(self) -> int:
        """The place of the line in it, from 1."""

    @property
    def hash(self) -> bytes:
        """The hash that is stored with the line."""

    @property
    def erased(self) -> ErasedPart | None:
        """What is gone of the line."""

    def flaw(self, previous: bytes | None, /) -> str | None:
        """Return what is wrong with the line, chained to *previous* if it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many lines a chain has, and of how many of them something is erased."""

    lines: int
    erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Of which positions of a chain it is recorded that something is erased."""

    data: Container[int] = ()
    line: Container[int] = ()

    def flaw(self, left: ChainLine) -> str | None:
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

    *marks* are what checkpoints and sealed reports say of it, *head* what its row in
    the database says, and *recorded* what the service's own ledger says is erased. What
    is wrong is added to *findings*.
    """
    count = erased = 0
    position, previous, agreed = 0, GENESIS, 0
    for left in lines:
        follows = left.position == position + 1
        if not follows:
            what = f"lines {position + 1} to {left.position - 1} are missing"
            findings.add(Tampering.MISSING, place, position + 1, what)
        # Behind a gap nobody can tell what the line was chained to.
        flaw = left.flaw(previous if follows else None)
        if flaw is not None:
            findings.add(Tampering.CHANGED, place, left.position, flaw)
        elif (unlike := recorded.flaw(left)) is not None:
            findings.add(Tampering.ERASURE, place, left.position, unlike)
        erased += left.erased is not None
        count += 1
        position, previous = left.position, left.hash
        mark = marks.get(position)
        if mark is not None and mark.hash == previous:
            agreed = position
        elif mark is not None:
            _add_rewritten(place, agreed + 1, mark, findings)
    _check_end(place, position, previous, head, findings)
    last_mark = max(marks, default=0)
    if last_mark > position:
        what = (
            f"it ends at line {position}, and on "
            f"{marks[last_mark].written_at:%Y-%m-%d %H:%M} UTC it had {last_mark} lines"
        )
        findings.add(Tampering.SHORTER, place, position + 1, what)
    return Seen(lines=count, erased=erased)


def _add_rewritten(
    place: str, first: int, mark: Checkpoint, findings: Findings
) -> None:
    if findings.has(Tampering.CHANGED, place):
        # That line 7 is not the one it was says nothing new once line 5 is broken.
        return
    what = (
        f"something in lines {first} to {mark.position} is not what it was on "
        f"{mark.written_at:%Y-%m-%d %H:%M} UTC, though the chain is whole"
    )
    findings.add(Tampering.REWRITTEN, place, first, what)


def _check_end(
    place: str, position: int, last: bytes, head: Head | None, findings: Findings
) -> None:
    """Compare where the lines end with where the head of the chain says they do."""
    if head is None:
        findings.add(Tampering.HEAD, place, position, "its head is gone")
    elif head.position > position:
        what = f"lines {position + 1} to {head.position} are missing"
        findings.add(Tampering.MISSING, place, position + 1, what)
    elif head.position < position:
        what = f"its head says that line {head.position} is the last"
        findings.add(Tampering.HEAD, place, head.position + 1, what)
    elif (head.hash or GENESIS) != last:
        what = "its head says another hash than this last line"
        findings.add(Tampering.HEAD, place, position, what)
