"""The hash chain of a ledger: a changed or missing line breaks every later one.

The encodings are told to the world in docs/proof.md and never change; a new one would
get a new tag.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from app.domain.events import CaseEvent

GENESIS = bytes(32)
SALT_BYTES = 32
# Stands where the data of a line have been erased, together with their salt.
ERASED = "null"
# In the place of a source these mean the sealed reports and the publications: no
# source's name is empty, and no text of a source's has such a character.
SEALED_REPORTS = ""
PUBLICATIONS = "\x1fpublications"
_LINE = b"maaraaika ledger 1"
_SEAL = b"maaraaika seal 1"
_PUBLICATION = b"maaraaika publication 1"
_CHECKPOINT = b"maaraaika checkpoint 1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Looked up, since to make them anew was a quarter of the time of a hash.
_LENGTHS = tuple(length.to_bytes(4, "big") for length in range(1024))
_quoted = json.JSONEncoder(ensure_ascii=False).encode


class Line(NamedTuple):
    """What the hash of a line covers, beside the hash of the line before it.

    *occurred_on* is written as in 2026-10-05; instants are microseconds since 1970,
    which do not depend on an offset.
    """

    source: str
    sequence: int
    event_id: str
    kind: str
    case_ref: str
    occurred_on: str
    occurred_at: int | None
    registered_at: int | None
    source_sequence: int | None
    recorded_at: int
    commitment: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where a ledger stood at an instant: the position of its head, and its hash."""

    source: str
    position: int
    hash: bytes
    written_at: datetime

    def statement(self, previous: bytes) -> bytes:
        """Return what is signed: this, and the hash of the checkpoint line before."""
        return _framed(
            (
                _CHECKPOINT,
                self.source.encode(),
                b"%d" % self.position,
                self.hash,
                b"%d" % microseconds(self.written_at),
                previous,
            )
        )


def commitment(salt: bytes, data: str) -> bytes:
    """Return what binds a line to its *data* without telling anything of them.

    Once salt and data are erased the chain still verifies, and what was erased cannot
    be guessed from it.
    """
    return sha256(salt + data.encode()).digest()


def line_of(
    event: CaseEvent, *, sequence: int, recorded_at: int, committed: bytes
) -> Line:
    """Return the line that *event* becomes at the place *sequence* of its ledger.

    *recorded_at* is in microseconds since 1970.
    """
    occurred_at, registered_at = event.occurred_at, event.registered_at
    return Line(
        event.source,
        sequence,
        event.event_id,
        event.data.kind,
        event.case_ref,
        event.occurred_on.isoformat(),
        None if occurred_at is None else microseconds(occurred_at),
        None if registered_at is None else microseconds(registered_at),
        event.sequence,
        recorded_at,
        committed,
    )


def line_hash(line: Line, previous: bytes) -> bytes:
    """Return the hash of *line*: over what it says, and over the line before it.

    The encoding is fixed: each field in order, in UTF-8, its length in four bytes
    before it; an absent field has length zero, which no present one has.
    """
    (
        source,
        sequence,
        event_id,
        kind,
        case_ref,
        occurred_on,
        occurred_at,
        registered_at,
        source_sequence,
        recorded_at,
        committed,
    ) = line
    fields = (
        _LINE,
        source.encode(),
        b"%d" % sequence,
        event_id.encode(),
        kind.encode(),
        case_ref.encode(),
        occurred_on.encode(),
        b"" if occurred_at is None else b"%d" % occurred_at,
        b"" if registered_at is None else b"%d" % registered_at,
        b"" if source_sequence is None else b"%d" % source_sequence,
        b"%d" % recorded_at,
        committed,
        previous,
    )
    return sha256(_framed(fields)).digest()


def seal_hash(number: int, digest: bytes, previous: bytes) -> bytes:
    """Return the hash of a seal: over its content's *digest* and the seal before."""
    return _numbered_hash(_SEAL, number, digest, previous)


def publication_hash(number: int, digest: bytes, previous: bytes) -> bytes:
    """Return the hash of a publication: over its *digest* and the publication before.

    The database computes the same where a publication is added.
    """
    return _numbered_hash(_PUBLICATION, number, digest, previous)


def digest(
    *, kind: str, case_ref: str, occurred_on: str, occurred_at: int | None, data: str
) -> bytes:
    """Return the SHA-256 of what an event says, however it was written.

    It is taken over two canonical JSON texts, one after the other: kind, case and
    time (the instant in UTC, or the day), and *data*.
    """
    instant = None
    if occurred_at is not None:
        instant = _EPOCH + timedelta(microseconds=occurred_at)
    return _digest(kind, case_ref, occurred_on, instant, data)


def digest_of(event: CaseEvent, data: str) -> bytes:
    """Return the ``digest`` of *event*, whose *data* are given as their text."""
    at = event.occurred_at
    return _digest(
        event.data.kind.value,
        event.case_ref,
        event.occurred_on.isoformat(),
        None if at is None else at.astimezone(UTC),
        data,
    )


def microseconds(instant: datetime) -> int:
    """Return *instant* (aware) in microseconds since 1970, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def _digest(
    kind: str, case_ref: str, occurred_on: str, instant: datetime | None, data: str
) -> bytes:
    """Return the ``digest``; *instant* is in UTC."""
    if instant is None:
        when = f'"occurred_on":"{occurred_on}"'
    else:
        when = f'"occurred_at":"{instant.isoformat()}"'
    head = f'{{"case_ref":{_quoted(case_ref)},"kind":"{kind}",{when}}}'
    return sha256((head + data).encode()).digest()


def _numbered_hash(tag: bytes, number: int, digest: bytes, previous: bytes) -> bytes:
    return sha256(_framed((tag, b"%d" % number, digest, previous))).digest()


def _framed(fields: Sequence[bytes]) -> bytes:
    """Return *fields* one after the other, the length of each in four bytes before."""
    lengths = list(map(len, fields))
    parts = [b""] * (2 * len(fields))
    parts[1::2] = fields
    parts[::2] = (
        map(_LENGTHS.__getitem__, lengths)
        if max(lengths) < len(_LENGTHS)
        else [length.to_bytes(4, "big") for length in lengths]
    )
    return b"".join(parts)
