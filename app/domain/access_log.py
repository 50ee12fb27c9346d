"""The access log: each look at case data, in chains that a change would break.

The encodings are told to the world in docs/proof.md and never change; a new one would
get a new tag.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal, TypeAlias

from app.domain.canonical import canonical
from app.domain.events import CaseKey

_LOOK = b"maaraaika look 1"
# In the place of a source this means a chain of the access log, by its number: no text
# of a source's has such a character.
_CHAIN_NAME = "\x1faccess log "


class LookReason(StrEnum):
    """Why somebody looks, where that does not go without saying."""

    EMERGENCY_DUTY = "emergency_duty"
    SUBSTITUTION = "substitution"
    TRANSFER = "transfer"
    SUPERVISION = "supervision"
    CLIENT_REQUEST = "client_request"
    SELF_MONITORING = "self_monitoring"
    INFORMATION_REQUEST = "information_request"
    SUSPECTED_MISUSE = "suspected_misuse"


# Why somebody may look at a case of units that are not theirs.
ReasonElsewhere: TypeAlias = Literal[
    LookReason.EMERGENCY_DUTY,
    LookReason.SUBSTITUTION,
    LookReason.TRANSFER,
    LookReason.SUPERVISION,
    LookReason.CLIENT_REQUEST,
]
# Why somebody may take cases away in a file.
ReasonOfFile: TypeAlias = Literal[
    LookReason.SELF_MONITORING,
    LookReason.SUPERVISION,
    LookReason.INFORMATION_REQUEST,
    LookReason.CLIENT_REQUEST,
    LookReason.TRANSFER,
]
# Why somebody may see looks of more than YEARS_WITHOUT_REASON ago.
ReasonForOldLooks: TypeAlias = Literal[
    LookReason.CLIENT_REQUEST,
    LookReason.SUPERVISION,
    LookReason.SUSPECTED_MISUSE,
]
YEARS_WITHOUT_REASON = 2
# Whoever needs more files in a day does something else than the work of units.
EXPORTS_PER_DAY = 20


class Result(StrEnum):
    """What became of a look: a case may be asked for that is not to be seen."""

    SHOWN = "shown"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answer with case data: who was shown which cases, by which way, and why.

    *person* is who looked, or the id of a key. *units* are those of the person; none
    where these are all. *criteria* are what was asked, with references hashed;
    *elsewhere* tells that the case is none of the person's units.
    """

    person: str
    role: str
    units: tuple[str, ...]
    organisation: str | None
    reason: LookReason | None
    route: str
    criteria: Mapping[str, str]
    rows: int
    cases: frozenset[CaseKey]
    correlation_id: str | None
    result: Result
    elsewhere: bool
    watermark: str | None

    @property
    def text(self) -> str:
        """Return the one text that stands for the look, whose hash is chained."""
        members = {
            "person": self.person,
            "role": self.role,
            "units": sorted(self.units),
            "organisation": self.organisation,
            "reason": self.reason,
            "route": self.route,
            "criteria": dict(self.criteria),
            "rows": self.rows,
            "cases": _by_source(self.cases),
            "correlation_id": self.correlation_id,
            "result": self.result,
            "elsewhere": self.elsewhere,
            "watermark": self.watermark,
        }
        told = {name: said for name, said in members.items() if said is not None}
        return canonical(told)


def look_of(text: str) -> Look:
    """Return the look that *text* stands for."""
    said: dict[str, Any] = json.loads(text)
    reason = said.get("reason")
    return Look(
        person=said["person"],
        role=said["role"],
        units=tuple(said["units"]),
        organisation=said.get("organisation"),
        reason=None if reason is None else LookReason(reason),
        route=said["route"],
        criteria=said["criteria"],
        rows=said["rows"],
        cases=frozenset(
            CaseKey(source, case_ref)
            for source, case_refs in said["cases"].items()
            for case_ref in case_refs
        ),
        correlation_id=said.get("correlation_id"),
        result=Result(said["result"]),
        elsewhere=said["elsewhere"],
        watermark=said.get("watermark"),
    )


def chain_name(number: int) -> str:
    """Return what stands in a checkpoint of that chain in the place of a source."""
    return f"{_CHAIN_NAME}{number}"


def chain_number(name: str) -> int | None:
    """Return the number of the chain called *name*; None if that is a source."""
    _, is_chain, number = name.partition(_CHAIN_NAME)
    return int(number) if is_chain else None


def look_hash(
    chain: int, position: int, recorded_at: int, committed: bytes, previous: bytes
) -> bytes:
    """Return the hash of a line: over what it says, and over the line before it.

    *recorded_at* is in microseconds since 1970. The database computes the same where a
    line is written.
    """
    place = chain.to_bytes(2, "big") + position.to_bytes(8, "big")
    instant = recorded_at.to_bytes(8, "big", signed=True)
    return sha256(_LOOK + place + instant + committed + previous).digest()


def hashed_reference(reference: str, salt: bytes) -> str:
    """Return what stands for *reference* among the criteria of a look.

    With the *salt* of the look it can be told whether a reference that somebody knows
    was asked for, and once the salt is erased, not even that.
    """
    return sha256(salt + reference.encode()).hexdigest()


def _by_source(cases: Iterable[CaseKey]) -> dict[str, list[str]]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for case in sorted(cases):
        by_source[case.source].append(case.case_ref)
    return by_source
