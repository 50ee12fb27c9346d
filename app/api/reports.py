"""What the answers of several reports have in common."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from pydantic import Field

from app.api.parameters import Filter, Question
from app.api.problems import Flaw, ProblemError, problem
from app.clock import rfc3339
from app.domain.law.description import describe
from app.domain.texts import Language, Text
from app.services.reports import Asked

LONGEST_SERIES = 120


class ByUnit(StrEnum):
    """Whether a report shows each unit beside all units together."""

    NOTHING = ""
    UNIT = "unit"


class ClockQuestion(Question):
    """What may be asked of reports about the clocks of one rule, or of each."""

    rule: Filter | None = Field(default=None, examples=["initiation"])
    unit: Filter | None = Field(default=None, description="With what is below it")
    by: ByUnit = ByUnit.NOTHING


def named(asked: str, known: Iterable[str], pointer: str) -> tuple[str, ...]:
    """Return what *asked* names, with commas between; all of it is *known*."""
    known = tuple(known)
    names = tuple(dict.fromkeys(name for name in asked.split(",") if name))
    if set(names) <= set(known):
        return names
    flaw = Flaw(
        pointer=pointer,
        code="unknown_dimension",
        message="A dimension is not known.",
        remedy=f"Use any of {', '.join(known)}, with commas between.",
    )
    raise ProblemError(problem("invalid_parameter", [flaw]))


def head(asked: Asked, definition: Text, language: Language) -> dict[str, Any]:
    """Return what every report says of itself."""
    return {
        "as_of": str(asked.as_of),
        "known_at": rfc3339(asked.known_at),
        "definition": definition.to(language),
        "law": describe(asked.law),
    }


def way_to_cases(
    report: str, asked: Asked, query: ClockQuestion, rule: str, **row: str
) -> str:
    """Return the link to the clocks of a row of *report*, to which a column is added.

    Without a *row* it is that of all units together.
    """
    fixed = {"as_of": asked.as_of, "known_at": rfc3339(asked.known_at)}
    of_unit = {} if query.unit is None else {"unit": query.unit}
    link = urlencode({"rule": rule, **fixed, **of_unit, **row}, safe=":")
    return f"/v1/reports/{report}/cases?{link}"
