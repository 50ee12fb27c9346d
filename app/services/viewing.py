"""Who looks at case data: what is shown to them is written down before it is."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from app import clock
from app.db import access_log
from app.db.access_log import LookNotWrittenError
from app.db.database import Database, DatabaseUnavailableError
from app.domain.access import Actor, Permission
from app.domain.access_log import Look, LookReason, Result, hashed_reference
from app.domain.events import CaseKey
from app.domain.ledger import SALT_BYTES
from app.observability import request_ids
from app.observability.logs import log

__all__ = ["ExportQuotaError", "LookNotWrittenError", "TooManyRowsError", "Viewer"]

# Parameters that name a case or a person.
REFERENCES = frozenset({"case", "case_ref", "child", "worker"})
# What tells only where a list goes on, or how an answer is written.
_NO_CRITERIA = frozenset({"after", "bom", "cursor", "lang", "separator"})
# What nobody takes for something else who reads it off a page.
_LEGIBLE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class ExportQuotaError(Exception):
    """Somebody has taken away as many files as a day allows."""


class TooManyRowsError(Exception):
    """There is more than a file may have; nothing is taken away."""


@dataclass(slots=True)
class _Gathered:
    """What is shown together, until it is written down."""

    cases: set[CaseKey] = field(default_factory=set)
    rows: int = 0


@dataclass(slots=True, kw_only=True)
class Viewer:
    """One who looks at case data, by one way and with one question.

    Whatever gives case data asks for a viewer, and tells it what is shown before it
    gives it away. *criteria* are what was asked, *references* those of them that name
    a case or a person, of which only a hash is kept.
    """

    database: Database
    actor: Actor
    route: str
    criteria: Mapping[str, str] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    reason: LookReason | None = None
    has_looked: bool = field(default=False, init=False)
    _is_elsewhere: bool = field(default=False, init=False)
    _gathered: _Gathered | None = field(default=None, init=False)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the viewer has looked beyond their units."""
        return self._is_elsewhere

    def goes_elsewhere(self) -> bool:
        """Tell whether the viewer may look beyond their units, and note that they do.

        It needs the permission and a reason, and is listed weekly.
        """
        self._is_elsewhere = self.reason is not None and self.actor.may(
            Permission.READ_ELSEWHERE
        )
        return self._is_elsewhere

    @classmethod
    def asking(
        cls, database: Database, actor: Actor, *, route: str, asked: Mapping[str, str]
    ) -> Self:
        """Return *actor* as the viewer of what is *asked* of *route*, by parameter."""
        return cls(
            database=database,
            actor=actor,
            route=route,
            criteria={
                name: value
                for name, value in asked.items()
                if name not in REFERENCES | _NO_CRITERIA
            },
            references={name: asked[name] for name in REFERENCES & asked.keys()},
        )

    def show(self, cases: Iterable[CaseKey], *, rows: int) -> None:
        """Write down that *rows* about *cases* are shown; it is durable then.

        Within ``looking_once`` it is at the end of that.

        Raises:
            LookNotWrittenError: it is not, and nothing may be shown.
        """
        if self._gathered is not None:
            self._gathered.cases.update(cases)
            self._gathered.rows += rows
            return
        self._write(frozenset(cases), rows=rows, result=Result.SHOWN)

    def take_away(
        self, cases: Iterable[CaseKey], *, rows: int, most: int | None
    ) -> str:
        """Write down that *cases* are taken away in a file; return its watermark.

        Raises:
            ExportQuotaError: the viewer has taken *most* files today.
            LookNotWrittenError: it is not written, and nothing may be taken.
        """
        watermark = _new_watermark()
        entry, salt = self._entry(
            frozenset(cases), rows=rows, result=Result.SHOWN, watermark=watermark
        )
        with self._written(), self.database.write() as connection:
            if most is not None and not access_log.count_export(
                connection, self.actor.key_id, clock.today(), most
            ):
                raise ExportQuotaError
            access_log.append(connection, entry, salt)
        return watermark

    @contextmanager
    def looking_once(self) -> Iterator[None]:
        """Write down all that is shown in the block as one look, at its end.

        For a page of several lists, none of which leaves before the others.

        Raises:
            LookNotWrittenError: it is not written, and nothing may be shown.
        """
        self._gathered = gathered = _Gathered()
        try:
            yield
        finally:
            self._gathered = None
        self.show(gathered.cases, rows=gathered.rows)

    def miss(self) -> None:
        """Write down that a case was asked for which there is not for the viewer.

        Raises:
            LookNotWrittenError: it is not written, and nothing may be told.
        """
        self._write(frozenset(), rows=0, result=Result.NOT_FOUND)

    def _write(self, cases: frozenset[CaseKey], *, rows: int, result: Result) -> None:
        entry, salt = self._entry(cases, rows=rows, result=result)
        with self._written(), self.database.at_once() as connection:
            access_log.append(connection, entry, salt)

    def _entry(
        self,
        cases: frozenset[CaseKey],
        *,
        rows: int,
        result: Result,
        watermark: str | None = None,
    ) -> tuple[str, bytes]:
        """Return the text of the look that is to be written, and its salt."""
        salt = secrets.token_bytes(SALT_BYTES)
        hashed = {
            name: hashed_reference(reference, salt)
            for name, reference in self.references.items()
        }
        look = Look(
            person=self.actor.key_id,
            role=self.actor.role,
            units=tuple(self.actor.units),
            organisation=self.actor.source,
            reason=self.reason,
            route=self.route,
            criteria={**self.criteria, **hashed},
            rows=rows,
            cases=cases,
            correlation_id=request_ids.current(),
            result=result,
            elsewhere=self._is_elsewhere,
            watermark=watermark,
        )
        return look.text, salt

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Note that the look is written, or tell that it is not."""
        try:
            yield
        except (DatabaseUnavailableError, LookNotWrittenError) as error:
            log.error("look_not_written", reason=str(error))
            raise LookNotWrittenError(str(error)) from error
        self.has_looked = True


def _new_watermark() -> str:
    """Return four groups of four letters: 80 random bits."""
    letters = [secrets.choice(_LEGIBLE) for _ in range(16)]
    return "-".join("".join(letters[place : place + 4]) for place in range(0, 16, 4))
