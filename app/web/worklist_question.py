"""What is asked of the worklist: it stands in the address, and an address is a view."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self
from urllib.parse import urlencode

from pydantic import Field

from app.domain.deadlines import ASSESSMENT, INITIATION
from app.domain.events import Entry
from app.domain.groups import LanguageGroup, NationalityGroup
from app.services.deadlines import Sort, Status, is_served
from app.web.clocks import NEAR
from app.web.navigation import N_
from app.web.questions import Chosen, Code, Day, PageQuestion

MOST_DAYS = 20
_NOT_A_FILTER = frozenset({"status", "as_of", "within", "sort", "cursor", "lang"})
# Those that are asked for seldom, and folded away until they are.
_MORE = (*("entry", "language_group", "nationality_group", "source", "as_of"),)


class WorklistQuestion(PageQuestion):
    """What may be asked of the worklist."""

    status: Status = Status.OVERDUE
    rule: Code = None
    unit: Code = None
    entry: Annotated[Entry | None, Chosen] = None
    language_group: Annotated[LanguageGroup | None, Chosen] = None
    nationality_group: Annotated[NationalityGroup | None, Chosen] = None
    source: Code = None
    worker: Code = None
    as_of: Day = None
    within: Annotated[int, Field(ge=0, le=MOST_DAYS)] = NEAR
    sort: Sort = Sort.DUE_FIRST
    cursor: str | None = None

    @property
    def order(self) -> Sort:
        """The order of the list: by due date, where the one asked for is not served."""
        return self.sort if is_served(self.status, self.sort) else Sort.DUE_FIRST

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter is chosen."""
        return any(
            getattr(self, name) is not None
            for name in type(self).model_fields.keys() - _NOT_A_FILTER
        )

    @property
    def is_narrowed_more(self) -> bool:
        """Whether a filter is chosen that is seldom asked for, or another day."""
        return any(getattr(self, name) is not None for name in _MORE)

    @property
    def asked(self) -> dict[str, str]:
        """What is chosen, as parameters."""
        chosen: dict[str, str] = self.model_dump(
            mode="json", exclude={"within", "sort", "cursor", "lang"}, exclude_none=True
        )
        if self.within != NEAR:
            chosen["within"] = str(self.within)
        if self.order is not Sort.DUE_FIRST:
            chosen["sort"] = self.order.value
        return chosen

    @property
    def address(self) -> str:
        """The address of the first page of the answer, without what is not chosen."""
        return f"/worklist?{self.parameters}"

    @property
    def parameters(self) -> str:
        """What is chosen, as in an address."""
        return urlencode(self.asked)

    def but(self, **changed: object) -> Self:
        """Return the same question but for what is *changed*."""
        return self.model_copy(update=changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a column: a *text* to translate, and how to sort by the column.

    *before* it stands what cannot be sorted by, if the column has two things. *href* is
    empty where nothing can be sorted, *direction* where it is not done.
    """

    name: str
    before: str
    text: str
    href: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A question that is often asked, and what it is called."""

    text: str
    href: str
    is_current: bool


_COLUMNS = (
    ("when", "", N_("Due date"), "due_on"),
    ("safe", "", N_("Safe date"), "safe_on"),
    ("case", "", N_("Case"), ""),
    ("duty", N_("Duty"), N_("Pending since"), "started_on"),
    ("unit", "", N_("Unit, worker"), ""),
    ("reason", "", N_("Why it is here"), ""),
)
_OFTEN_ASKED = (
    (
        N_("Received, not yet decided"),
        WorklistQuestion(status=Status.OPEN, rule=INITIATION),
    ),
    (
        N_("Assessments that are not finished"),
        WorklistQuestion(status=Status.OPEN, rule=ASSESSMENT),
    ),
    (
        N_("Newly overdue"),
        WorklistQuestion(status=Status.OVERDUE, sort=Sort.DUE_LAST),
    ),
)


def headings(question: WorklistQuestion) -> Iterator[Heading]:
    """Give the headings of the columns, in their order."""
    for name, before, text, day in _COLUMNS:
        if not day or not is_served(question.status, Sort(day)):
            yield Heading(name=name, before=before, text=text)
            continue
        is_chosen = question.order.day == day
        is_ascending = is_chosen and not question.order.is_descending
        direction = "ascending" if is_ascending else "descending"
        turned = Sort(f"-{day}") if is_ascending else Sort(day)
        yield Heading(
            name=name,
            before=before,
            text=text,
            href=question.but(sort=turned).address,
            direction=direction if is_chosen else "",
        )


def often_asked(question: WorklistQuestion) -> Iterator[View]:
    """Give the views that everybody has."""
    for text, each in _OFTEN_ASKED:
        yield View(text, each.address, each.address == question.address)
