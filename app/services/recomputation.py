"""A sealed report computed again: the same, or where not, and what may explain it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import app
from app.db import erasure
from app.db.database import Connection, Database
from app.domain.canonical import canonical
from app.domain.erasure import positions_in
from app.domain.events import OWN_SOURCE
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import (
    Difference,
    Explanation,
    differences,
)
from app.services.compliance import compliance
from app.services.report_rules import rules_at
from app.services.sealed_reports import (
    Render,
    Sealed,
    ledgers_at,
    query_of,
    sealer_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recomputation:
    """In what a report differs from what was sealed, and what may explain that.

    *explanations* are given also where nothing differs: a report whose seal was broken
    may still have the right figures.
    """

    differences: list[Difference]
    explanations: list[Explanation]

    @property
    def is_equal(self) -> bool:
        """Tell whether every figure is as it was sealed."""
        return not self.differences


def recompute(database: Database, sealed: Sealed, render: Render) -> Recomputation:
    """Return in what the figures of *sealed*, made again as then, differ from it."""
    content = sealed.content
    report = compliance(
        database,
        sealer_of(content),
        query_of(content),
        parse_period(content["period"]),
    )
    return compared(database, sealed, render(report))


def compared(
    database: Database, sealed: Sealed, figures: Mapping[str, Any]
) -> Recomputation:
    """Return in what *figures*, made again as then, differ from those of *sealed*."""
    found = _differences(sealed, figures)
    explanations = list(_explanations(database, sealed))
    if found and not explanations:
        explanations.append(Explanation.READ_MODEL_CHANGED)
    return Recomputation(differences=found, explanations=explanations)


def _differences(sealed: Sealed, figures: Mapping[str, Any]) -> list[Difference]:
    content = sealed.content
    # As they would be read back from a seal: lists, and no tuples.
    told = json.loads(canonical(figures))
    return differences(content["figures"], told, by=tuple(content["by"]))


def _explanations(database: Database, sealed: Sealed) -> Iterator[Explanation]:
    content = sealed.content
    if sealed.seal.flaw(sealed.previous) is not None:
        yield Explanation.SEAL_CHANGED
    with (
        database.read(query_of(content).known_at) as knowledge,
        knowledge.as_service(),
    ):
        ledgers = ledgers_at(knowledge.connection, knowledge.known_at)
        rules = rules_at(knowledge.connection, knowledge.known_at).described()
        is_erased = _is_erased(knowledge.connection, content["ledgers"])
    # A report of some units does not tell where the ledgers of the county stood.
    if content["ledgers"] and content["ledgers"] != ledgers:
        yield Explanation.LEDGER_CHANGED
    if is_erased:
        yield Explanation.DATA_ERASED
    if any(content[name] != rule for name, rule in rules.items()):
        yield Explanation.RULES_CHANGED
    if content["software"] != app.__version__:
        yield Explanation.OTHER_SOFTWARE


def _is_erased(connection: Connection, ledgers: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether any line was erased that stood in *ledgers* and had data then."""
    ends = {head["source"]: head["position"] for head in ledgers}
    own_end = ends.get(OWN_SOURCE, 0)
    return any(
        next(positions_in(lines.positions)) <= ends.get(lines.source, 0)
        for each in erasure.recorded(connection)
        if each.sequence > own_end
        for lines in each.data.lines
    )
