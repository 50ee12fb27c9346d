"""/figures/cases: the deadlines behind a number, as many as it says."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from app import clock
from app.domain import labels
from app.domain.compliance import Basis, Dimension
from app.domain.deadlines import INITIATION
from app.domain.figures import Number
from app.domain.reporting_periods import Period, month_before, parse_period
from app.domain.texts import Language
from app.exports import numbers
from app.services import compliance as service
from app.services.compliance import Cases, Opened
from app.services.cursors import Cursors
from app.services.deadlines import Cursor
from app.services.documents.vocabulary import Vocabulary
from app.web.clocks import item
from app.web.figures.periods import period_name
from app.web.languages import language_of
from app.web.questions import (
    Chosen,
    Day,
    Instant,
    PageQuestion,
    UnfitAddressError,
)
from app.web.rendering import page
from app.web.viewing import CaseViewer

router = APIRouter(include_in_schema=False)

ROWS = 100
_CURSOR = TypeAdapter(Cursor)
# Here what is empty says something: those of whom nothing is known.
_Group = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] | None


class CasesQuestion(PageQuestion):
    """Which number is opened, by default what fell due in the last whole month."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None
    rule: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = INITIATION
    column: Number = Number.DUE
    basis: Basis = Basis.DUE
    as_of: Day = None
    known_at: Instant = None
    unit: _Group = None
    language_group: _Group = None
    nationality_group: _Group = None
    age_band: _Group = None
    entry: _Group = None
    outcome: _Group = None
    source: _Group = None
    cursor: str | None = None

    @property
    def address(self) -> str:
        """The address of the first page of the list."""
        chosen = self.model_dump(
            mode="json", exclude={"cursor", "lang"}, exclude_none=True
        )
        return f"/figures/cases?{urlencode(chosen)}"

    @property
    def asked(self) -> Period:
        """The period that is asked for."""
        return parse_period(self.period) if self.period else month_before(clock.today())

    @property
    def groups(self) -> dict[Dimension, str | None]:
        """The groups of the cell; None is that of those of whom nothing is known."""
        return {
            dimension: group or None
            for dimension in Dimension
            if (group := getattr(self, dimension)) is not None
        }


@router.get("/figures/cases")
def opened(
    request: Request,
    question: Annotated[CasesQuestion, Query()],
    viewer: CaseViewer,
) -> Response:
    """Show a page of the deadlines that a number counts, the longest due first."""
    language = language_of(request)
    period = question.asked
    cursors: Cursors = request.app.state.cursors
    cursor = _place(cursors, question)
    found = service.cases(
        viewer,
        service.Query(
            bases=(question.basis,),
            as_of=cursor.as_of if cursor else question.as_of,
            known_at=cursor.known_at if cursor else question.known_at,
        ),
        Opened(
            period=period,
            rule=question.rule,
            number=question.column,
            groups=question.groups,
        ),
        cursor=cursor,
        limit=ROWS,
    )
    following = ""
    if found.following is not None:
        place = cursors.texts.made(
            _CURSOR.dump_json(found.following), purpose=question.address
        )
        following = f"{question.address}&{urlencode({'cursor': place})}"
    return page(
        request,
        "figures/cases.html",
        number=labels.heading(question.column.value, language),
        duty=found.law.rule(question.rule).title.to(language),
        period=period_name(period, language),
        basis=labels.label("basis", question.basis, language),
        groups=_groups(question, found, language),
        report=_report(question, period),
        as_of=numbers.day(found.as_of, language),
        known_at=numbers.instant(found.known_at, language),
        items=tuple(item(row, found, found.units, language) for row in found.rows),
        first=question.address if question.cursor else "",
        following=following,
    )


def _report(question: CasesQuestion, period: Period) -> str:
    """Return where the report is of which a number was opened."""
    by = next(iter(question.groups), Dimension.UNIT)
    asked = {"period": period.code, "by": by.value, "basis": question.basis.value}
    return f"/figures?{urlencode(asked)}"


def _place(cursors: Cursors, question: CasesQuestion) -> Cursor | None:
    if question.cursor is None:
        return None
    found = cursors.texts.read(question.cursor, purpose=question.address)
    if found is None:
        raise UnfitAddressError
    return _CURSOR.validate_json(found)


def _groups(
    question: CasesQuestion, found: Cases, language: Language
) -> tuple[str, ...]:
    words = Vocabulary(language=language, law=found.law, units=found.units)
    return tuple(
        f"{labels.heading(name, language)}: {words.coded(name, group).label}"
        for name, group in question.groups.items()
    )
