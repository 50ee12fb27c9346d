"""The hash chain of a ledger: a changed or missing line breaks every later one."""

from datetime import datetime
from hashlib import sha256

from app.domain.events import CaseEvent

GENESIS = bytes(32)
SALT_BYTES = 32
_VERSION = b"maaraaika ledger 1"


def commitment(salt: bytes, data: str) -> bytes:
    """Return what binds a line to its *data* without telling anything of them.

    Once salt and data are erased the chain still verifies, and what was erased cannot
    be guessed from it.
    """
    return sha256(salt + data.encode()).digest()


def line_hash(
    event: CaseEvent,
    *,
    sequence: int,
    recorded_at: datetime,
    committed: bytes,
    previous: bytes,
) -> bytes:
    """Return the hash of a line: over what it says, and over the line before it.

    The encoding is fixed: each field in order, in UTF-8, its length in four bytes
    before it; an absent field has length zero, which no present one has.
    """
    fields = (
        _VERSION,
        event.source.encode(),
        b"%d" % sequence,
        event.event_id.encode(),
        event.data.kind.encode(),
        event.case_ref.encode(),
        event.occurred_on.isoformat().encode(),
        _instant(event.occurred_at),
        _instant(event.registered_at),
        b"" if event.sequence is None else b"%d" % event.sequence,
        _instant(recorded_at),
        committed,
        previous,
    )
    return sha256(
        b"".join([len(field).to_bytes(4, "big") + field for field in fields])
    ).digest()


def _instant(instant: datetime | None) -> bytes:
    """Return the microseconds since 1970, which do not depend on the offset."""
    if instant is None:
        return b""
    return b"%d" % (round(instant.timestamp() * 1_000_000))
