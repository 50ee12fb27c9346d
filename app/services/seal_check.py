"""Whether sealed reports are those that were sealed, and what they say of ledgers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.db.sealed_reports import Seal
from app.domain.ledger import SEALED_REPORTS, Checkpoint
from app.services.checkpoint_evidence import Marks
from app.services.ledger_check import check_links
from app.services.tampering import Findings


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
    said: dict[str, dict[int, Checkpoint]] = defaultdict(dict)

    def keep_heads(seal: Seal) -> None:
        for head in seal.heads():
            # The first that says something of a line stands, as with checkpoints.
            said[head.source].setdefault(head.position, head)

    seen = check_links(
        SEALED_REPORTS,
        seals,
        called="reports",
        marks=marks,
        findings=findings,
        on_whole=keep_heads,
    )
    return SealsSeen(seals=seen.lines, marks=said)
