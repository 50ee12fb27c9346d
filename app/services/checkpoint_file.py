"""The file of checkpoints: signed lines, each chained to the one before, only added to.

Each line is a JSON object with the members source, position, hash, time, previous and
signature; docs/proof.md tells how to verify one without us.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from app.domain.ledger import Checkpoint
from app.observability.logs import log
from app.services.checkpoint_key import keep_name

_LONGEST_LINE = 65_536  # bytes, many times what a line has


class CheckpointFileError(Exception):
    """The checkpoint file cannot be read or written; the message says why."""


class SignedCheckpoint(NamedTuple):
    """A checkpoint, the hash of the line before it, and the signature over both."""

    checkpoint: Checkpoint
    previous: bytes
    signature: bytes


class CheckpointLine(NamedTuple):
    """A line of the file; *said* is None if it is no checkpoint."""

    hash: bytes
    said: SignedCheckpoint | None


def read(path: Path, *, offset: int = 0) -> tuple[list[CheckpointLine], int]:
    """Return the lines of the file behind *offset* and where the last of them ends.

    A last line without an end was torn by a crash: it is none yet.

    Raises:
        CheckpointFileError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return [], 0
    except OSError as error:
        raise CheckpointFileError(f"The checkpoints cannot be read: {error}") from error
    whole = content[: content.rfind(b"\n") + 1]
    lines = [CheckpointLine(_hash(line), _parsed(line)) for line in _split(whole)]
    return lines, offset + len(whole)


@contextmanager
def appending(path: Path) -> Iterator[Callable[[bytes], None]]:
    """Give what adds lines to the file, durably, while nobody else may.

    What a crash has left of a line is taken away first.

    Raises:
        CheckpointFileError: the file cannot be written.
    """
    try:
        descriptor = _open_locked(path)
        try:
            _mend(descriptor)
            yield partial(_append, descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise CheckpointFileError(
            f"The checkpoints cannot be written: {error}"
        ) from error


def signed_lines(
    key: Ed25519PrivateKey, checkpoints: Iterable[Checkpoint], previous: bytes
) -> Iterator[bytes]:
    """Give the lines of *checkpoints* behind the line whose hash is *previous*."""
    for checkpoint in checkpoints:
        signature = key.sign(checkpoint.statement(previous))
        line = _rendered(SignedCheckpoint(checkpoint, previous, signature))
        yield line
        previous = _hash(line)


def reaches(path: Path, offset: int) -> bool:
    """Tell whether the file still has what has been read of it up to *offset*."""
    return offset == 0 or (path.exists() and path.stat().st_size >= offset)


def set_aside(path: Path, now: datetime) -> Path | None:
    """Give the file a name that tells *now*, and return it; None if there was none.

    Raises:
        CheckpointFileError: the file cannot be renamed.
    """
    if not path.exists():
        return None
    aside = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}")
    with appending(path):
        path.rename(aside)
    return aside


def is_signed_with(key: Ed25519PublicKey, said: SignedCheckpoint) -> bool:
    """Tell whether the signature of *said* is of *key*."""
    try:
        key.verify(said.signature, said.checkpoint.statement(said.previous))
    except InvalidSignature:
        return False
    return True


def _open_locked(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
        if is_new:
            keep_name(path)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # While we waited, the file may have been set aside.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


def _mend(descriptor: int) -> None:
    """Cut off a last line without an end, of which a crash let no more be written."""
    size = os.fstat(descriptor).st_size
    start = max(size - _LONGEST_LINE, 0)
    end = start + os.pread(descriptor, _LONGEST_LINE, start).rfind(b"\n") + 1
    if end < size:
        log.warning("checkpoint_line_cut")
        os.ftruncate(descriptor, end)


def _append(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
    os.fsync(descriptor)


def _split(whole: bytes) -> list[bytes]:
    # Not splitlines, which knows other ends of lines than ours.
    return whole.split(b"\n")[:-1]


def _hash(line: bytes) -> bytes:
    return sha256(line).digest()


def _rendered(said: SignedCheckpoint) -> bytes:
    checkpoint, previous, signature = said
    return json.dumps(
        {
            "source": checkpoint.source,
            "position": checkpoint.position,
            "hash": checkpoint.hash.hex(),
            "time": checkpoint.written_at.isoformat(timespec="microseconds"),
            "previous": previous.hex(),
            "signature": signature.hex(),
        },
        ensure_ascii=False,
    ).encode()


def _parsed(line: bytes) -> SignedCheckpoint | None:
    """Return what *line* says, if it is as we write it to the last byte."""
    try:
        members = json.loads(line)
        said = SignedCheckpoint(
            Checkpoint(
                source=str(members["source"]),
                position=int(members["position"]),
                hash=bytes.fromhex(members["hash"]),
                written_at=datetime.fromisoformat(members["time"]).astimezone(UTC),
            ),
            bytes.fromhex(members["previous"]),
            bytes.fromhex(members["signature"]),
        )
        return said if _rendered(said) == line else None
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
