"""What a checkpoint file proves, and whether it is whole itself."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.db.ledger_lines import FileEnd
from app.domain.ledger import GENESIS, Checkpoint
from app.services import checkpoint_file, checkpoint_key
from app.services.checkpoint_file import CheckpointLine
from app.services.checkpoints import has_end
from app.services.tampering import Findings, Tampering

# What must stand at positions of a ledger.
Marks: TypeAlias = Mapping[int, Checkpoint]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file of checkpoints, and the key that they should be signed with.

    A copy that is kept elsewhere may be older than the file of the service.
    """

    path: Path
    public_key: Ed25519PublicKey | None
    is_copy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What valid checkpoints say of each source, and what there is to tell of them."""

    marks: Mapping[str, Marks]
    lines: int
    notices: tuple[str, ...] = ()


def examined(
    evidence: Evidence, ends: Mapping[bytes, FileEnd], findings: Findings
) -> Proof:
    """Return what *evidence* proves; what is wrong with it is added to *findings*.

    *ends* are what the database remembers of checkpoint files.

    Raises:
        CheckpointFileError: the file cannot be read.
    """
    lines, end = checkpoint_file.read(evidence.path)
    place = str(evidence.path)
    if not lines:
        if not ends and not evidence.is_copy:
            notice = "No checkpoint has been written yet: the chain stands alone."
            return Proof(marks={}, lines=0, notices=(notice,))
        what = "there are no checkpoints, and there have been"
        findings.add(Tampering.CHECKPOINTS, place, 1, what)
        return Proof(marks={}, lines=0)
    if evidence.public_key is None:
        what = "the signing key is not here: name the public one with --public-key"
        findings.add(Tampering.CHECKPOINTS, place, 1, what)
        return Proof(marks={}, lines=len(lines))
    marks = _marks(lines, evidence.public_key, place, findings)
    known = ends.get(checkpoint_key.raw(evidence.public_key))
    hashes = [line.hash for line in lines]
    if known is not None and not evidence.is_copy and not has_end(hashes, known):
        number = min(known.lines, len(lines) + 1)
        what = f"line {known.lines}, which the database remembers, is not in the file"
        findings.add(Tampering.CHECKPOINTS, place, number, what)
    notices = [
        f"{other.lines} checkpoints signed with the key {key.hex()} are not here: "
        "verify them where they are kept."
        for key, other in ends.items()
        if other is not known
    ]
    if checkpoint_file.reaches(evidence.path, end + 1):
        notices.append("The last checkpoint was torn by a crash, and is passed over.")
    return Proof(marks=marks, lines=len(lines), notices=tuple(notices))


def _marks(
    lines: Sequence[CheckpointLine],
    public_key: Ed25519PublicKey,
    place: str,
    findings: Findings,
) -> dict[str, dict[int, Checkpoint]]:
    """Return the checkpoints whose signatures are valid."""
    marks: dict[str, dict[int, Checkpoint]] = defaultdict(dict)
    previous = GENESIS
    for number, (hashed, said) in enumerate(lines, start=1):
        if said is None:
            what = "this line is no checkpoint as we write them"
            findings.add(Tampering.CHECKPOINTS, place, number, what)
        elif not checkpoint_file.is_signed_with(public_key, said):
            what = "this line was changed, or signed with another key"
            findings.add(Tampering.CHECKPOINTS, place, number, what)
        else:
            if said.previous != previous:
                what = "lines before this one were changed, removed or put in"
                findings.add(Tampering.CHECKPOINTS, place, number, what)
            # The first one stands: it was there before anybody had a reason to lie.
            marks[said.checkpoint.source].setdefault(
                said.checkpoint.position, said.checkpoint
            )
        previous = hashed
    return marks
