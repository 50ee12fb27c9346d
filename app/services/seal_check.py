"""Whether sealed reports are those that were sealed, and what they say of ledgers."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.db.sealed_reports import Seal
from app.domain.ledger import GENESIS, Checkpoint, seal_hash
from app.services.checkpoint_evidence import Marks
from app.services.tampering import PLACE_OF_SEALS, Findings, Tampering


@dataclass(frozen=True, slots=True, kw_only=True)
class SealsSeen:
    """How many seals there are, and what those that are intact say of the ledgers."""

    seals: int
    marks: Mapping[str, Marks]


def check_seals(
    seals: Iterable[Seal], *, marks: Marks, findings: Findings
) -> SealsSeen:
    """Return what was seen of *seals*, all of which are taken.

    *marks* are what checkpoints say of them. What is wrong is added to *findings*.
    """
    count = agreed = position = 0
    previous = GENESIS
    said: dict[str, dict[int, Checkpoint]] = defaultdict(dict)
    for seal in seals:
        flaw = None
        if seal.number != position + 1:
            what = f"reports {position + 1} to {seal.number - 1} are missing"
            findings.add(Tampering.MISSING, PLACE_OF_SEALS, position + 1, what)
        else:
            flaw = flaw_of(seal, previous)
        if flaw is not None:
            findings.add(Tampering.CHANGED, PLACE_OF_SEALS, seal.number, flaw)
        else:
            for head in heads_in(seal.content):
                # The first that says something of a line stands, as with checkpoints.
                said[head.source].setdefault(head.position, head)
        count += 1
        position, previous = seal.number, seal.hash
        mark = marks.get(position)
        if mark is not None and mark.hash == previous:
            agreed = position
        elif mark is not None and not findings.has(Tampering.CHANGED, PLACE_OF_SEALS):
            what = (
                f"one of the reports {agreed + 1} to {position} is not what it was on "
                f"{mark.written_at:%Y-%m-%d %H:%M} UTC, though the chain is whole"
            )
            findings.add(Tampering.REWRITTEN, PLACE_OF_SEALS, agreed + 1, what)
    last_mark = max(marks, default=0)
    if last_mark > position:
        what = (
            f"there are {position} reports, and on "
            f"{marks[last_mark].written_at:%Y-%m-%d %H:%M} UTC there were {last_mark}"
        )
        findings.add(Tampering.SHORTER, PLACE_OF_SEALS, position + 1, what)
    return SealsSeen(seals=count, marks=said)


def flaw_of(seal: Seal, previous: bytes) -> str | None:
    """Return what is wrong with *seal*, behind one whose hash is *previous*."""
    if seal_hash(seal.number, seal.digest, previous) != seal.hash:
        return "the seal, or its link to the one before, was changed"
    if sha256(seal.content.encode()).digest() != seal.digest:
        return "the report was changed"
    try:
        if json.loads(seal.content)["number"] != seal.number:
            return "the report was given another number"
        heads_in(seal.content)
    except (KeyError, TypeError, ValueError):
        # Whoever makes the chain anew can seal whatever they like.
        return "this is no report as we write them"
    return None


def heads_in(content: str) -> list[Checkpoint]:
    """Return where the ledgers stood, as the *content* of a seal says."""
    said = json.loads(content)
    known_at = datetime.fromisoformat(said["known_at"])
    return [
        Checkpoint(
            source=head["source"],
            position=head["position"],
            hash=bytes.fromhex(head["hash"]),
            written_at=known_at,
        )
        for head in said["ledgers"]
    ]
