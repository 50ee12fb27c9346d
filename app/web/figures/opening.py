"""The way from a number to its cases, for who may see cases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TypeAlias, TypeVar
from urllib.parse import quote_plus, urlencode

from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.cells import Layout, Place
from app.domain.compliance import Basis
from app.domain.figures import Number
from app.services.compliance import Report
from app.services.plain_figures import groups_of, level_of
from app.services.reports import Asked
from app.web.documents import ShownCell, ShownDocument, ShownPart, ShownTable

Subject = TypeVar("Subject")
Section: TypeAlias = tuple[str, tuple[ShownPart, ...]]


def beginning(path: str, asked: Asked, actor: Actor, /, **more: str | None) -> str:
    """Return what links to the lists at *path* begin with, empty for who may see none.

    The day and the instant of the report are in them, so that the list has as many
    deadlines as the number says, whatever has become known since.
    """
    if not actor.may(Permission.READ_CASES):
        return ""
    given = {name: value for name, value in more.items() if value is not None}
    known = {"as_of": asked.as_of, "known_at": rfc3339(asked.known_at)}
    return f"{path}?{urlencode(given | known, safe=':')}"


def with_all_below(asked: Asked, unit: str | None) -> dict[str, str]:
    """Return what opens numbers of *unit* with what is below it, if one is meant."""
    if unit is None:
        return {}
    return {"unit": unit, "level": str(asked.layout.depth(unit))}


def opening(table: ShownTable, links: Iterable[Mapping[str, str]]) -> ShownTable:
    """Return *table*, in which each row leads by its columns to where *links* say.

    Zero leads nowhere.
    """
    rows = tuple(
        tuple(
            value if value.text == "0" else ShownCell(value.text, to.get(code, ""))
            for value, code in zip(line, table.codes, strict=True)
        )
        for line, to in zip(table.rows, links, strict=True)
    )
    return replace(table, rows=rows)


def with_numbers_opened(
    document: ShownDocument,
    subjects: Iterable[Subject],
    opened: Callable[[Subject, ShownTable], ShownTable],
) -> ShownDocument:
    """Return *document*, whose sections are of *subjects*, with its tables *opened*."""
    sections = tuple(
        with_tables(section, partial(opened, of))
        for section, of in zip(document.sections, subjects, strict=True)
    )
    return replace(document, sections=sections)


def with_tables(
    section: Section, changed: Callable[[ShownTable], ShownTable]
) -> Section:
    """Return *section* with its tables *changed*."""
    heading, parts = section
    return heading, tuple(
        part if part.table is None else replace(part, table=changed(part.table))
        for part in parts
    )


@dataclass(frozen=True, slots=True)
class Opener:
    """Makes the links of one report; without a *beginning* none of its numbers opens.

    Of those of whom nothing is known a group has no name.
    """

    beginning: str
    layout: Layout

    @classmethod
    def of(cls, report: Report, actor: Actor, basis: Basis) -> Self:
        """Return who makes the links of *report* on *basis* for *actor*."""
        asked = report.asked
        of_period = {"period": report.period.code, "basis": basis.value}
        begun = beginning("/figures/cases", asked, actor, **of_period)
        return cls(begun, asked.layout)

    def to(self, place: Place, number: Number) -> str:
        """Return the link to the deadlines of *number* at *place*, empty if none."""
        groups = groups_of(place, self.layout.by)
        named = "".join(
            f"&{name}={quote_plus(of or '')}" for name, of in groups.items()
        )
        level = level_of(place, self.layout) if groups else None
        rolled_up = "" if level is None else f"&level={level}"
        return self._to(f"&rule={place.rule}&column={number.value}{rolled_up}{named}")

    def to_days(self, rule: str, days: str) -> str:
        """Return the link to what was done of *rule* after so many *days*."""
        return self._to(f"&rule={rule}&days_taken={days}")

    def _to(self, asked: str) -> str:
        return f"{self.beginning}{asked}" if self.beginning else ""
