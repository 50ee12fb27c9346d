"""What besides the events decides a report: law, units, what is said of sources."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from app.db import activations, links, report_settings, sources
from app.db import units as unit_table
from app.db.database import Connection
from app.db.units import Unit
from app.domain.canonical import canonical
from app.domain.law import Law
from app.domain.law.description import describe
from app.domain.report_settings import ReportSettings
from app.domain.report_settings import describe as describe_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRules:
    """The rules of a report, as they were known at an instant.

    *successors* name the source that continues each source that has ended.
    """

    law: Law
    settings: ReportSettings
    units: dict[str, Unit]
    successors: Mapping[str, str]
    live_since: Mapping[str, date | None]

    def described(self) -> dict[str, Any]:
        """Return what distinguishes these rules, as plain data.

        Of the unit tree it is a digest: of codes, parents and names, in order.
        """
        tree = {code: asdict(unit) for code, unit in self.units.items()}
        return {
            "law": describe(self.law),
            "settings": describe_settings(self.settings),
            "unit_tree": {
                "units": len(tree),
                "digest": sha256(canonical(tree).encode()).hexdigest(),
            },
            "sources": {
                source: {
                    "live_since": None if day is None else day.isoformat(),
                    "successor": self.successors.get(source),
                }
                for source, day in self.live_since.items()
            },
        }


def rules_at(connection: Connection, known_at: datetime) -> ReportRules:
    """Return the rules known at *known_at*."""
    return ReportRules(
        law=activations.in_use(connection, known_at=known_at),
        settings=report_settings.in_use(connection, known_at=known_at),
        units=unit_table.known(connection, known_at),
        successors=links.successors(connection, known_at=known_at),
        live_since=sources.all_live_since(connection, known_at),
    )
