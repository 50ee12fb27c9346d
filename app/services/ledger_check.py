"""Whether the lines of a ledger are those that were written, to the last one."""

from collections.abc import Container, Iterable
from dataclasses import dataclass

from app.db.ledger_lines import Forgotten, Head, LineLeft, Stored
from app.domain.erasure import ErasedPart
from app.domain.ledger import (
    ERASED,
    GENESIS,
    Checkpoint,
    commitment,
    digest,
    line_hash,
)
from app.services.checkpoint_evidence import Marks
from app.services.tampering import Findings, Tampering


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How many lines a ledger has, and of how many of them something is erased."""

    lines: int
    erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Of which positions of a ledger it is recorded that something is erased."""

    data: Container[int] = ()
    line: Container[int] = ()

    def flaw(self, left: LineLeft) -> str | None:
        """Return what is wrong between what is *left* of a line and the record."""
        erased = _erased_part(left)
        if left.sequence in self.line:
            said: ErasedPart | None = ErasedPart.LINE
        else:
            said = ErasedPart.DATA if left.sequence in self.data else None
        if said is erased:
            return None
        if erased is None or said is ErasedPart.LINE:
            return "it is recorded as erased, and is still there"
        return "it was erased, and no erasure of it is recorded"


def check_ledger(
    source: str,
    lines: Iterable[LineLeft],
    *,
    head: Head | None,
    marks: Marks,
    recorded: Recorded,
    findings: Findings,
) -> Seen:
    """Return what was seen of the ledger of *source*; all of *lines* are taken.

    *marks* are what checkpoints and sealed reports say of it, *head* what its row in
    the database says, and *recorded* what the service's own ledger says is erased. What
    is wrong is added to *findings*.
    """
    count = erased = 0
    position, previous, agreed = 0, GENESIS, 0
    for left in lines:
        follows = left.sequence == position + 1
        if not follows:
            what = f"lines {position + 1} to {left.sequence - 1} are missing"
            findings.add(Tampering.MISSING, source, position + 1, what)
        # Behind a gap nobody can tell what the line was chained to.
        flaw = _flaw(left, previous if follows else None)
        if flaw is not None:
            findings.add(Tampering.CHANGED, source, left.sequence, flaw)
        elif (unlike := recorded.flaw(left)) is not None:
            findings.add(Tampering.ERASURE, source, left.sequence, unlike)
        erased += _erased_part(left) is not None
        count += 1
        position, previous = left.sequence, left.hash
        mark = marks.get(position)
        if mark is not None and mark.hash == previous:
            agreed = position
        elif mark is not None:
            _add_rewritten(source, agreed + 1, mark, findings)
    _check_end(source, position, previous, head, findings)
    last_mark = max(marks, default=0)
    if last_mark > position:
        what = (
            f"the ledger ends at {position}, and on "
            f"{marks[last_mark].written_at:%Y-%m-%d %H:%M} UTC it had {last_mark} lines"
        )
        findings.add(Tampering.SHORTER, source, position + 1, what)
    return Seen(lines=count, erased=erased)


def _erased_part(left: LineLeft) -> ErasedPart | None:
    """Return what is gone of a line of which this is *left*."""
    if isinstance(left, Forgotten):
        return ErasedPart.LINE
    gone = (left.salt, left.digest, left.data) == (None, None, ERASED)
    return ErasedPart.DATA if gone else None


def _flaw(left: LineLeft, previous: bytes | None) -> str | None:
    """Return what is wrong with what is *left* of a line, chained to *previous*.

    Of a forgotten line there is only the hash, which the line behind it confirms.
    """
    if isinstance(left, Forgotten):
        return None
    if previous is not None and line_hash(left.line, previous) != left.hash:
        return "the line, or its link to the one before, was changed"
    return None if _erased_part(left) else _flaw_beside(left)


def _flaw_beside(stored: Stored) -> str | None:
    """Return what is wrong with what stands beside an unchanged line."""
    line = stored.line
    if stored.salt is None:
        return "the salt of the line is gone and its data are not"
    if commitment(stored.salt, stored.data) != line.commitment:
        return "the data of the line were changed"
    taken_anew = digest(
        kind=line.kind,
        case_ref=line.case_ref,
        occurred_on=line.occurred_on,
        occurred_at=line.occurred_at,
        data=stored.data,
    )
    return None if taken_anew == stored.digest else "the digest was changed"


def _add_rewritten(
    source: str, first: int, mark: Checkpoint, findings: Findings
) -> None:
    if findings.has(Tampering.CHANGED, source):
        # That line 7 is not the one it was says nothing new once line 5 is broken.
        return
    what = (
        f"something in lines {first} to {mark.position} is not what it was on "
        f"{mark.written_at:%Y-%m-%d %H:%M} UTC, though the chain is whole"
    )
    findings.add(Tampering.REWRITTEN, source, first, what)


def _check_end(
    source: str, position: int, last: bytes, head: Head | None, findings: Findings
) -> None:
    """Compare where the lines end with where the row of *source* says they do."""
    if head is None:
        findings.add(Tampering.HEAD, source, position, "the source has no row")
    elif head.position > position:
        what = f"lines {position + 1} to {head.position} are missing"
        findings.add(Tampering.MISSING, source, position + 1, what)
    elif head.position < position:
        what = f"the row of the source says that line {head.position} is the last"
        findings.add(Tampering.HEAD, source, head.position + 1, what)
    elif (head.hash or GENESIS) != last:
        what = "the row of the source says another hash than this last line"
        findings.add(Tampering.HEAD, source, position, what)
