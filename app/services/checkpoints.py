"""Checkpoints: where ledgers, access log, seals and publications stood and when.

They are signed, and kept outside the database.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from app import clock
from app.db import access_log, ledger_lines, publications, sealed_reports
from app.db.database import Database
from app.db.ledger_lines import FileEnd, Head
from app.domain.ledger import GENESIS, PUBLICATIONS, SEALED_REPORTS, Checkpoint
from app.observability import instruments
from app.observability.logs import log
from app.services import beside, checkpoint_file, checkpoint_key
from app.services.checkpoint_file import CheckpointFileError
from app.services.checkpoint_key import CheckpointKeyError

INTERVAL = timedelta(minutes=5)
EVENTS = 1_000
LOOK_EVERY_SECONDS = 1.0
# Given a ledger's head, its last checkpoint and the present instant.
Condition: TypeAlias = Callable[[Head, Checkpoint | None, datetime], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointPaths:
    """Where the checkpoints and the key that signs them are kept."""

    lines: Path
    key: Path


@dataclass(slots=True)
class CheckpointWriter:
    """Adds checkpoints to the file, of which it remembers what it has read.

    Several writers, in one process or in many, may share a file.
    """

    database: Database
    paths: CheckpointPaths
    _hashes: list[bytes] = field(default_factory=list)
    _read_up_to: int = 0
    _latest: dict[str, Checkpoint] = field(default_factory=dict)

    def write(self, now: datetime) -> list[Checkpoint]:
        """Add a checkpoint of every ledger that has moved, and return them.

        Raises:
            CheckpointFileError: the file cannot be written.
            CheckpointKeyError: the key can be neither read nor made.
            DatabaseUnavailableError: the heads of the ledgers cannot be read.
        """
        return self._write_where(_has_moved, now)

    def write_due(self, now: datetime) -> list[Checkpoint]:
        """Add one of every ledger that moved far, or moved and has had none of late.

        Raises:
            CheckpointFileError: as from ``write``.
            CheckpointKeyError: as from ``write``.
            DatabaseUnavailableError: as from ``write``.
        """
        return self._write_where(_is_due, now)

    def _write_where(self, condition: Condition, now: datetime) -> list[Checkpoint]:
        with self.database.write() as connection:
            heads = ledger_lines.heads(connection) | access_log.heads(connection)
            heads[SEALED_REPORTS] = sealed_reports.head(connection)
            heads[PUBLICATIONS] = publications.head(connection)
        if not self._chosen(heads, condition, now):
            return []
        key = checkpoint_key.signing_key(self.paths.key)
        with checkpoint_file.appending(self.paths.lines) as append:
            # Another process may have been here since we last looked.
            self._catch_up()
            checkpoints = self._chosen(heads, condition, now)
            if checkpoints:
                previous = self._hashes[-1] if self._hashes else GENESIS
                had = len(self._hashes)
                lines = checkpoint_file.signed_lines(key, checkpoints, previous)
                append(b"".join(line + b"\n" for line in lines))
                self._catch_up()
                self._note_end(checkpoint_key.raw(key.public_key()), had)
        return checkpoints

    def _chosen(
        self, heads: Mapping[str, Head], condition: Condition, now: datetime
    ) -> list[Checkpoint]:
        return [
            Checkpoint(
                source=head.source,
                position=head.position,
                hash=head.hash,
                written_at=now,
            )
            for head in heads.values()
            if head.hash is not None
            and condition(head, self._latest.get(head.source), now)
        ]

    def _catch_up(self) -> None:
        if not checkpoint_file.reaches(self.paths.lines, self._read_up_to):
            # Somebody has cut the file, or put another in its place.
            self._hashes, self._read_up_to, self._latest = [], 0, {}
        fresh, self._read_up_to = checkpoint_file.read(
            self.paths.lines, offset=self._read_up_to
        )
        for line in fresh:
            self._hashes.append(line.hash)
            if line.said is not None:
                self._latest[line.said.checkpoint.source] = line.said.checkpoint

    def _note_end(self, public_key: bytes, had: int) -> None:
        """Let the database know the end of the file, which had *had* lines before.

        A file that lacks what it once had is not noted: else its new lines would hide
        that.
        """
        with self.database.write() as connection:
            known = ledger_lines.file_ends(connection).get(public_key)
            if known is None or has_end(self._hashes[:had], known):
                end = FileEnd(lines=len(self._hashes), last_line_hash=self._hashes[-1])
                ledger_lines.put_file_end(connection, public_key, end)
                return
        log.error("checkpoints_lost", file=str(self.paths.lines))


def has_end(hashes: Sequence[bytes], end: FileEnd) -> bool:
    """Tell whether a file whose lines have *hashes* has the line that *end* names."""
    return len(hashes) >= end.lines and hashes[end.lines - 1] == end.last_line_hash


def restart(database: Database, paths: CheckpointPaths, now: datetime) -> Path | None:
    """Begin a new file with where the ledgers stand now; return the old one's name.

    Raises:
        CheckpointFileError: a file cannot be written.
        CheckpointKeyError: the key can be neither read nor made.
        DatabaseUnavailableError: the heads of the ledgers cannot be read.
    """
    public_key = checkpoint_key.raw(checkpoint_key.signing_key(paths.key).public_key())
    aside = checkpoint_file.set_aside(paths.lines, now)
    with database.write() as connection:
        ledger_lines.forget_file_end(connection, public_key)
    CheckpointWriter(database, paths).write(now)
    return aside


def kept(database: Database, paths: CheckpointPaths) -> AbstractContextManager[None]:
    """Write checkpoints as they fall due, in a thread, and the last at the end."""
    writer = CheckpointWriter(database, paths)
    return beside.working(partial(_keep, writer), name="checkpoints")


def _keep(writer: CheckpointWriter, stopping: threading.Event) -> None:
    trouble = ""
    while not stopping.wait(LOOK_EVERY_SECONDS):
        trouble = _attempt(writer.write_due, trouble)
    _attempt(writer.write, trouble)


def _attempt(write: Callable[[datetime], object], trouble: str) -> str:
    """Return what went wrong; it is told unless it is *trouble*, told before."""
    try:
        write(clock.now())
    except Exception as error:  # noqa: BLE001 (one that fails must not end those to come)
        if str(error) != trouble:
            log.warning("checkpoint_failed", reason=_reason(error), exc_info=error)
        return str(error)
    instruments.checkpoints_kept.set(clock.now().timestamp())
    return ""


def _reason(error: Exception) -> str | None:
    """Return the message of an error that names a file of the operator's, at most."""
    is_of_files = isinstance(error, CheckpointFileError | CheckpointKeyError)
    return str(error) if is_of_files else None


def _has_moved(head: Head, last: Checkpoint | None, _now: datetime) -> bool:
    return last is None or head.position > last.position


def _is_due(head: Head, last: Checkpoint | None, now: datetime) -> bool:
    if last is None:
        return True
    # There are few of them, and each is sent somewhere: none waits for its checkpoint.
    if head.source in {SEALED_REPORTS, PUBLICATIONS}:
        return head.position > last.position
    return head.position >= last.position + EVENTS or (
        head.position > last.position and now >= last.written_at + INTERVAL
    )
