"""The way from a number to its cases, for who may see cases."""

from dataclasses import dataclass
from typing import Self
from urllib.parse import quote_plus, urlencode

from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.cells import Place, Span
from app.domain.compliance import Basis
from app.domain.figures import Number
from app.services.compliance import Report


@dataclass(frozen=True, slots=True)
class Opener:
    """Makes the links of one report; without a *beginning* none of its numbers opens.

    The day and the instant of the report are in them, so that the list has as many
    deadlines as the number says, whatever has become known since.
    """

    beginning: str
    by: tuple[str, ...]

    @classmethod
    def of(cls, report: Report, actor: Actor, basis: Basis) -> Self:
        """Return who makes the links of *report* on *basis* for *actor*."""
        by = tuple(dimension.value for dimension in report.asked.layout.by)
        if not actor.may(Permission.READ_CASES):
            return cls("", by)
        asked = {
            "period": report.period.code,
            "basis": basis.value,
            "as_of": str(report.asked.as_of),
            "known_at": rfc3339(report.asked.known_at),
        }
        return cls(f"/figures/cases?{urlencode(asked, safe=':')}", by)

    def to(self, place: Place, number: Number) -> str:
        """Return the link to the deadlines of *number* at *place*, empty if none."""
        if not self.beginning:
            return ""
        groups = "" if place.span is Span.TOTAL else self._groups(place)
        return f"{self.beginning}&rule={place.rule}&column={number.value}{groups}"

    def _groups(self, place: Place) -> str:
        # Of those of whom nothing is known the group has no name.
        return "".join(
            f"&{name}={quote_plus(group or '')}"
            for name, group in zip(self.by, place.groups, strict=True)
        )
