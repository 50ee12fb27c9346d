"""Sealed reports: what was reported, when, from which knowledge, kept to the letter."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import Any, TypeAlias

import app
from app.clock import rfc3339
from app.db import activations
from app.db import sealed_reports as seal_table
from app.db import units as unit_table
from app.db.database import Connection, Database, instant
from app.db.sealed_reports import Listed, Seal
from app.db.units import Unit
from app.domain.access import Actor, Role
from app.domain.canonical import canonical
from app.domain.compliance import Dimension
from app.domain.definitions import definition_of
from app.domain.events import legal_day
from app.domain.law import Law
from app.domain.ledger import GENESIS, seal_hash
from app.domain.reporting_periods import Period
from app.domain.sealed_reports import ReportKind, require_fitting
from app.services.compliance import BASES, Query, Report, compliance, name_of
from app.services.report_rules import rules_at
from app.services.scopes import allowed_units

# How the figures of a report are written.
Render: TypeAlias = Callable[[Report], dict[str, Any]]


class SealNotFoundError(Exception):
    """There is no such sealed report, or none that the caller may see."""


class SealConflictError(Exception):
    """Under the same request key something else was sealed."""


class FutureReportError(Exception):
    """A report of a day that has not come yet cannot be sealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be sealed.

    *comment* has a text by language. Under one *request_key* a key seals once.
    """

    kind: ReportKind
    period: Period
    query: Query
    comment: Mapping[str, str] | None
    request_key: str | None

    def described(self) -> dict[str, Any]:
        """Return what was asked for, to be compared with a later request."""
        as_of, known_at = self.query.as_of, self.query.known_at
        return {
            **_question(self),
            "as_of": None if as_of is None else as_of.isoformat(),
            "known_at": None if known_at is None else rfc3339(known_at),
            "comment": None if self.comment is None else dict(self.comment),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A sealed report; *previous* is the hash of the one before it."""

    seal: Seal
    previous: bytes

    @property
    def content(self) -> dict[str, Any]:
        """Return what was sealed."""
        content: dict[str, Any] = json.loads(self.seal.content)
        return content


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The rules and units that a report speaks of."""

    law: Law
    units: dict[str, Unit]


def seal(
    database: Database, actor: Actor, order: Order, render: Render
) -> tuple[Sealed, bool]:
    """Seal what is ordered, and tell whether it was not sealed before.

    The figures are those of the actor's units, as *render* writes them. A request key
    that the actor's key has used for the same order gives the seal of then.

    Raises:
        FutureKnowledgeError: *known_at* lies in the future.
        FutureReportError: *as_of* lies behind the day of *known_at*.
        InvalidPeriodError: the kind of report has periods of another length.
        SealConflictError: the request key was used for another order.
    """
    require_fitting(order.kind, order.period)
    with database.write() as connection:
        if (earlier := _requested(connection, actor, order)) is not None:
            return earlier, False
    report = compliance(database, actor, order.query, order.period)
    if report.asked.as_of > legal_day(report.asked.known_at):
        raise FutureReportError
    figures = render(report)
    with database.write() as connection:
        seal_table.lock(connection)
        # Another with the same key may have come first.
        if (earlier := _requested(connection, actor, order)) is not None:
            return earlier, False
        last = seal_table.head(connection)
        number, previous = last.position + 1, last.hash or GENESIS
        text = canonical(
            {
                "number": number,
                **_question(order),
                **_knowledge(connection, actor, report),
                **_circumstances(connection, actor, order),
                "definitions": {
                    basis.value: definition_of(basis, report.inclusion).by_language()
                    for basis in report.bases
                },
                "figures": figures,
            }
        )
        digest = sha256(text.encode()).digest()
        made = Seal(number, text, digest, seal_hash(number, digest, previous))
        seal_table.append(connection, made)
    return Sealed(seal=made, previous=previous), True


def find(database: Database, actor: Actor, number: int) -> Sealed:
    """Return the sealed report of that number.

    Raises:
        SealNotFoundError: there is none, or none that the actor may see.
    """
    with database.write() as connection:
        seal = seal_table.find(connection, number)
        if seal is None:
            raise SealNotFoundError
        sealed = _behind_its_previous(connection, seal)
        if not _may_see(connection, actor, sealed.content, {}):
            raise SealNotFoundError
    return sealed


def words_of(database: Database, sealed: Sealed) -> Words:
    """Return what was called what when *sealed* was made."""
    known_at = datetime.fromisoformat(sealed.content["known_at"])
    with database.write() as connection:
        return Words(
            law=activations.in_use(connection, known_at=known_at),
            units=unit_table.known(connection, known_at),
        )


def listed(
    database: Database,
    actor: Actor,
    *,
    kind: ReportKind | None,
    period: str | None,
    before: int | None,
    limit: int,
) -> list[Listed]:
    """Return the newest *limit* seals, numbered below *before*, that actor may see."""
    trees: dict[str, dict[str, Unit]] = {}
    with database.write() as connection:
        seals = seal_table.newest_first(
            connection, kind=kind, period=period, before=before
        )
        visible = (
            seal for seal in seals if _may_see(connection, actor, seal.content, trees)
        )
        return list(islice(visible, limit))


def query_of(content: Mapping[str, Any]) -> Query:
    """Return the question that the report of *content* answered."""
    return Query(
        by=tuple(map(Dimension, content["by"])),
        level=content["level"],
        bases=BASES[content["basis"]],
        as_of=date.fromisoformat(content["as_of"]),
        known_at=datetime.fromisoformat(content["known_at"]),
    )


def sealer_of(content: Mapping[str, Any]) -> Actor:
    """Return one who may see what the report of *content* is about, and no more."""
    roots = content["scope"]["roots"]
    return Actor(role=Role.LEAD, units=frozenset(roots or ()))


def ledgers_at(connection: Connection, known_at: datetime) -> list[dict[str, Any]]:
    """Return where each ledger stood at *known_at*, as it is sealed."""
    return [
        {
            "source": head.source,
            "position": head.position,
            "hash": (head.hash or GENESIS).hex(),
        }
        for head in seal_table.heads_of_ledgers(connection, known_at)
    ]


def _question(order: Order) -> dict[str, Any]:
    """Return what is asked, without the day and the instant."""
    return {
        "kind": order.kind.value,
        "period": order.period.code,
        "by": [dimension.value for dimension in order.query.by],
        "level": order.query.level,
        "basis": name_of(order.query.bases),
    }


def _knowledge(connection: Connection, actor: Actor, report: Report) -> dict[str, Any]:
    """Return from which knowledge, by which rules and of which units *report* is."""
    as_of, known_at = report.asked.as_of, report.asked.known_at
    rules = rules_at(connection, known_at)
    units = allowed_units(rules.units, actor)
    return {
        "as_of": as_of.isoformat(),
        "known_at": rfc3339(known_at),
        "scope": {
            "roots": sorted(actor.units) or None,
            "units": None if units is None else sorted(units),
        },
        **rules.described(),
        "ledgers": ledgers_at(connection, known_at),
    }


def _circumstances(
    connection: Connection, actor: Actor, order: Order
) -> dict[str, Any]:
    """Return who seals, when and with what, and what they have asked for and say."""
    return {
        "sealed_at": rfc3339(instant(connection)),
        "sealed_by": actor.key_id,
        "request": order.described(),
        "request_key": order.request_key,
        "comment": None if order.comment is None else dict(order.comment),
        "software": app.__version__,
    }


def _requested(connection: Connection, actor: Actor, order: Order) -> Sealed | None:
    """Return what was sealed before under the request key of *order*."""
    if order.request_key is None:
        return None
    seal = seal_table.requested(connection, actor.key_id, order.request_key)
    if seal is None:
        return None
    sealed = _behind_its_previous(connection, seal)
    if sealed.content["request"] != order.described():
        raise SealConflictError
    return sealed


def _behind_its_previous(connection: Connection, seal: Seal) -> Sealed:
    before = seal_table.find(connection, seal.number - 1)
    return Sealed(seal=seal, previous=before.hash if before else GENESIS)


def _may_see(
    connection: Connection,
    actor: Actor,
    content: Mapping[str, Any],
    trees: dict[str, dict[str, Unit]],
) -> bool:
    """Tell whether *actor* may ask for the same figures, by the unit tree of then.

    *trees* keeps those that have been looked up.
    """
    if not actor.units:
        return True
    units, known_at = content["scope"]["units"], content["known_at"]
    if units is None:
        return False
    if known_at not in trees:
        instant = datetime.fromisoformat(known_at)
        trees[known_at] = unit_table.known(connection, instant)
    return set(units) <= unit_table.subtree(trees[known_at], actor.units)
