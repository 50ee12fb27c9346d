"""The deadlines behind a number: what every list of them is asked, and shows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from app.clock import rfc3339
from app.db.units import Unit
from app.domain import labels
from app.domain.access import Actor
from app.domain.deadlines import INITIATION
from app.domain.texts import Language
from app.exports import numbers
from app.services.deadlines import Cursor
from app.services.opened import Cases
from app.web.clocks import item
from app.web.files import reasons_of_files
from app.web.languages import language_of
from app.web.paging import Paging
from app.web.questions import Day, Instant, PageQuestion
from app.web.rendering import page
from app.web.unit_tree import unit_name

ROWS = 100
PAGING = Paging(TypeAdapter(Cursor))


class ListQuestion(PageQuestion):
    """Which rule is opened, as known when, and from which place in the list on."""

    path: ClassVar[str]
    # Where programs ask for the same, by the same names.
    api: ClassVar[str]

    rule: str = Field(default=INITIATION, max_length=200, pattern=r"^[^\x00]*$")
    as_of: Day = None
    known_at: Instant = None
    cursor: str | None = None

    @property
    def address(self) -> str:
        """The address of the first page of the list."""
        return f"{self.path}?{urlencode(self.chosen)}"

    @property
    def chosen(self) -> dict[str, str]:
        """What is chosen, as an address says it, but for the place in the list."""
        chosen: dict[str, str] = self.model_dump(
            mode="json", exclude={"cursor", "lang"}, exclude_none=True
        )
        return chosen


def listed(
    request: Request,
    question: ListQuestion,
    found: Cases,
    actor: Actor,
    *,
    number: str,
    span: str,
    back: tuple[str, str],
    basis: str = "",
    groups: tuple[str, ...] = (),
    meant: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Return the page of the deadlines that *number* of *span* counts.

    *back* is where the number stands: the address, and a text to translate. *meant* is
    what the question leaves open. A file has what the page has, as it stands on it.
    """
    language = language_of(request)
    return page(
        request,
        "figures/cases.html",
        number=number,
        duty=found.law.rule(question.rule).title.to(language),
        span=span,
        basis=basis,
        groups=groups,
        back=back,
        as_of=numbers.day(found.as_of, language),
        known_at=numbers.instant(found.known_at, language),
        items=tuple(item(row, found, found.units, language) for row in found.rows),
        first=question.address if question.cursor else "",
        address=question.api,
        asked={
            **question.chosen,
            **meant,
            "as_of": str(found.as_of),
            "known_at": rfc3339(found.known_at),
        },
        export_reasons=reasons_of_files(actor, language),
        following=PAGING.following(request, question, found.following),
    )


def unit_group(
    units: Mapping[str, Unit], unit: str | None, language: Language
) -> tuple[str, ...]:
    """Return of which unit a list is, in words."""
    if unit is None:
        return ()
    return (f"{labels.heading('unit', language)}: {unit_name(unit, units, language)}",)


def way_back(path: str, **asked: str | None) -> str:
    """Return the address of the page at *path* where the number stands."""
    given = {name: value for name, value in asked.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
