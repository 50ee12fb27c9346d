"""A law as plain data: to be recorded, compared, and used again later."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.law import RULES, Law
from app.domain.periods import Eves, LegalReading, Roll
from app.domain.texts import Text
from app.domain.working_days import Calendar, ExtraDay, RemovedDay


def describe(law: Law) -> dict[str, Any]:
    """Return what distinguishes *law*: reading, rule versions and dated days."""
    return {
        "eves": law.reading.eves.value,
        "roll": law.reading.roll.value,
        "versions": [v.version_id for rule in law.rules for v in rule.versions],
        "extra": [
            {
                "day": extra.day.isoformat(),
                "fi": extra.name.fi,
                "sv": extra.name.sv,
                "en": extra.name.en,
                "citation": extra.citation,
            }
            for extra in law.calendar.extra
        ],
        "removed": [
            {"day": removed.day.isoformat(), "citation": removed.citation}
            for removed in law.calendar.removed
        ],
    }


def described(description: dict[str, Any]) -> Law:
    """Return the law that *description* distinguishes; inverse of ``describe``."""
    versions = frozenset(description["versions"])
    return Law(
        reading=LegalReading(
            eves=Eves(description["eves"]), roll=Roll(description["roll"])
        ),
        calendar=Calendar(
            extra=tuple(
                ExtraDay(
                    day=date.fromisoformat(each["day"]),
                    name=Text(fi=each["fi"], sv=each["sv"], en=each["en"]),
                    citation=each["citation"],
                )
                for each in description["extra"]
            ),
            removed=tuple(
                RemovedDay(
                    day=date.fromisoformat(each["day"]), citation=each["citation"]
                )
                for each in description["removed"]
            ),
        ),
        rules=tuple(
            replace(
                rule,
                versions=tuple(v for v in rule.versions if v.version_id in versions),
            )
            for rule in RULES
        ),
    )
