"""Ledgers are read ahead, so that who asks first for findings need not wait for it."""

import threading
from contextlib import AbstractContextManager, suppress
from functools import partial

from app.db import activations
from app.db.database import Database, DatabaseUnavailableError
from app.domain.findings import FindingKind
from app.services import beside
from app.services.finders import Question, look

# What is found in all of a ledger, and remembered.
_OF_LEDGERS = (
    FindingKind.CONTROL_COUNT_MISMATCH,
    FindingKind.SEQUENCE_GAP,
    FindingKind.MASS_BACKDATING,
)


def read_ahead(database: Database) -> AbstractContextManager[None]:
    """Read ledgers beside all else, kind by kind of finding, until that is done.

    What is not read so, is read when somebody asks.
    """
    return beside.working(partial(_read, database), name="reading-ahead")


def _read(database: Database, stopping: threading.Event) -> None:
    for kind in _OF_LEDGERS:
        # Without a database nobody is answered anyway.
        with suppress(DatabaseUnavailableError):
            if not stopping.is_set():
                _read_for(database, kind)


def _read_for(database: Database, kind: FindingKind) -> None:
    with database.read() as asked:
        calendar = activations.in_use(asked.connection).calendar
        now = asked.known_at
        look(Question(asked.connection, now, now, calendar), {kind}, {})
