"""What can have been done to the record behind our back, and what to do about it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.domain.access_log import chain_number
from app.domain.ledger import PUBLICATIONS, SEALED_REPORTS


class Tampering(StrEnum):
    """What can be wrong, the gravest first."""

    CHANGED = "changed"
    MISSING = "missing"
    SHORTER = "shorter"
    REWRITTEN = "rewritten"
    ERASURE = "erasure"
    CHECKPOINTS = "checkpoints"
    HEAD = "head"
    READ_MODEL = "read_model"


# Of the process; promised to scripts in docs/proof.md.
EXIT_CODES: Mapping[Tampering, int] = {
    Tampering.CHANGED: 2,
    Tampering.MISSING: 3,
    Tampering.SHORTER: 4,
    Tampering.CHECKPOINTS: 5,
    Tampering.READ_MODEL: 6,
    Tampering.REWRITTEN: 7,
    Tampering.HEAD: 8,
    Tampering.ERASURE: 9,
}
REMEDIES: Mapping[Tampering, str] = {
    Tampering.CHANGED: (
        "Compare this line with a backup and with the receipt that the source has."
    ),
    Tampering.MISSING: (
        "Look for the lines in a backup; the source has receipts for them."
    ),
    Tampering.SHORTER: (
        "If an old backup was restored: restore a newer one, or let the source send "
        "again what it has receipts for and run `maaraaika checkpoint restart`."
    ),
    Tampering.REWRITTEN: (
        "Somebody changed lines and made the chain anew behind them. Compare these "
        "lines with a backup from before and with the receipts that the source has."
    ),
    Tampering.ERASURE: (
        "Where data are gone, look for them in a backup, and for who took them out. "
        "Where they are there, an old backup was restored: erase them again."
    ),
    Tampering.CHECKPOINTS: (
        "Compare the file with its copies elsewhere. Once it is explained, begin a "
        "new one with `maaraaika checkpoint restart`."
    ),
    Tampering.HEAD: (
        "Compare its row with a backup: that of the source in the table source, or of "
        "the chain in access_chain."
    ),
    Tampering.READ_MODEL: "Make it anew from the events with `maaraaika rebuild`.",
}


class Finding(NamedTuple):
    """The first thing wrong of one sort in one place, and how many more there are.

    *place* is what a checkpoint of a chain names it by, or a file; *position* is that
    of a line, a report or a publication in it, from 1, or None where there are none.
    """

    tampering: Tampering
    place: str
    position: int | None
    what: str
    more: int = 0


class Findings:
    """Keeps the first finding of each sort in each place, and counts the others."""

    def __init__(self) -> None:
        self._first: dict[tuple[Tampering, str], Finding] = {}

    def add(
        self, tampering: Tampering, place: str, position: int | None, what: str
    ) -> None:
        """Add a finding behind those that there are."""
        first = self._first.get((tampering, place))
        if first is None:
            found = Finding(tampering, place, position, what)
        else:
            found = first._replace(more=first.more + 1)
        self._first[tampering, place] = found

    def has(self, tampering: Tampering, place: str) -> bool:
        """Tell whether anything of this sort has been found in *place*."""
        return (tampering, place) in self._first

    def of_ledgers(self) -> bool:
        """Tell whether anything has been found in the ledgers of events."""
        elsewhere = (Tampering.CHECKPOINTS, Tampering.READ_MODEL)
        return any(
            tampering not in elsewhere
            and place not in {SEALED_REPORTS, PUBLICATIONS}
            and chain_number(place) is None
            for tampering, place in self._first
        )

    def in_order(self) -> tuple[Finding, ...]:
        """Return the findings, the gravest first."""
        gravity = list(Tampering)
        return tuple(
            sorted(
                self._first.values(),
                key=lambda found: (gravity.index(found.tampering), found.place),
            )
        )
