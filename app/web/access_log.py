"""/access-log: who has been shown which cases, when and why; for auditors."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from app import clock
from app.db.look_questions import Place
from app.domain.access import Permission
from app.domain.access_log import LookReason, ReasonForOldLooks
from app.domain.look_texts import REASONS
from app.domain.texts import Language
from app.exports import numbers
from app.services import access_log as service
from app.services.access_log import Answer, ReasonRequiredError
from app.services.viewing import REFERENCES, Viewer
from app.web.choices import Choice
from app.web.languages import language_of
from app.web.looks import ShownLook, named_case, shown
from app.web.paging import Paging
from app.web.questions import Chosen, Code, Day, PageQuestion, UnfitAddressError
from app.web.rendering import page
from app.web.viewing import viewing

router = APIRouter(include_in_schema=False)

ROWS = 50
# More would be an alarm by themselves, and are in the file.
ROWS_OF_A_WEEK = 200
_UNPROCESSABLE = 422
_FILES = ("pdf", "xlsx", "csv")
_PAGING = Paging(TypeAdapter(Place))
LogViewer = Annotated[Viewer, viewing(Permission.READ_ACCESS_LOG)]
_LogDay = Annotated[Day, Field(ge=date(2000, 1, 1), lt=date(2200, 1, 1))]


class OldLooksQuestion(PageQuestion):
    """Why looks are asked for that are more than two years old."""

    reason: Annotated[ReasonForOldLooks | None, Chosen] = None


class LogQuestion(OldLooksQuestion):
    """Which looks are asked for."""

    child: Code = None
    case: Code = None
    source: Code = None
    person: Code = None
    watermark: Code = None
    first: Annotated[_LogDay, Field(alias="from")] = None
    last: Annotated[_LogDay, Field(alias="to")] = None
    cursor: str | None = None

    @property
    def asked(self) -> Mapping[str, str]:
        """What is asked, as an address says it, but for the place in the list."""
        chosen: dict[str, str] = self.model_dump(
            mode="json", exclude={"cursor", "lang"}, exclude_none=True, by_alias=True
        )
        return chosen

    @property
    def address(self) -> str:
        """The address of the first page of the answer."""
        return f"/access-log?{urlencode(self.asked)}"


class WeekQuestion(OldLooksQuestion):
    """Which week is asked for; without one it is the last that is over."""

    week: Annotated[str, Field(max_length=10)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHabit:
    """How often somebody looked elsewhere in a week, and how often in vain."""

    person: str
    name: str
    href: str
    looks: str
    in_vain: str


@dataclass(frozen=True, slots=True)
class Said:
    """What was asked of a look: the value of a parameter, or that it is hidden."""

    name: str
    value: str
    is_hidden: bool


@router.get("/access-log")
def looks(
    request: Request, question: Annotated[LogQuestion, Query()], viewer: LogViewer
) -> Response:
    """Show who has been shown cases, the last first."""
    language = language_of(request)
    viewer.reason = question.reason
    asked = question.model_dump(include={each.name for each in fields(service.Query)})
    found: Answer | None = None
    # That it is required is told beside the field in which it is given.
    with suppress(ReasonRequiredError):
        found = service.looks(
            viewer,
            service.Query(**asked),
            after=_PAGING.place(request, question),
            limit=ROWS,
        )
    return page(
        request,
        "access_log.html",
        status=200 if found else _UNPROCESSABLE,
        question=question,
        reasons=_reasons(question, language),
        files=_FILES,
        span=_span(found, language),
        is_narrowed=bool(question.model_fields_set - {"lang", "cursor"}),
        is_of_client=found is not None and found.cases is not None,
        looks=_rows(found, question.reason, language),
        following=_PAGING.following(
            request, question, found.following if found else None
        ),
        is_first=question.cursor is None,
    )


@router.get("/access-log/elsewhere")
def looks_elsewhere(
    request: Request, question: Annotated[WeekQuestion, Query()], viewer: LogViewer
) -> Response:
    """Show the looks of a week at cases of units that were not those of who looked."""
    language = language_of(request)
    viewer.reason = question.reason
    monday = _monday(question)
    found: Answer | None = None
    with suppress(ReasonRequiredError):
        found = service.looks_elsewhere(viewer, monday)
    return page(
        request,
        "looks_elsewhere.html",
        status=200 if found else _UNPROCESSABLE,
        week=_week(monday),
        is_missing_reason=found is None,
        reasons=_reasons(question, language),
        files=_FILES,
        span=numbers.span(monday, monday + timedelta(6), language),
        before=_week_address(monday - timedelta(7)),
        after=_week_address(monday + timedelta(7)) if _has_begun(monday) else "",
        people=_people(found, language),
        looks=_rows(found, question.reason, language)[:ROWS_OF_A_WEEK],
        more=max(len(found.looks) - ROWS_OF_A_WEEK, 0) if found else 0,
    )


@router.get("/access-log/{look}")
def one_look(
    request: Request,
    look: Annotated[str, Path(pattern=r"^[0-9]{1,4}-[0-9]{1,18}$")],
    question: Annotated[OldLooksQuestion, Query()],
    viewer: LogViewer,
) -> Response:
    """Show one look with every case that it showed."""
    language = language_of(request)
    viewer.reason = question.reason
    chain, position = map(int, look.split("-"))
    found, names = service.one_look(viewer, chain, position)
    return page(
        request,
        "look.html",
        look=shown(found, frozenset(), names, question.reason, language),
        cases=tuple(map(named_case, sorted(found.look.cases))),
        said=_said(found.look.criteria),
        watermark=found.look.watermark or "",
        number=found.look.correlation_id or "",
    )


def _rows(
    found: Answer | None, reason: ReasonForOldLooks | None, language: Language
) -> tuple[ShownLook, ...]:
    if found is None:
        return ()
    return tuple(
        shown(each, found.named(each), found.names, reason, language)
        for each in found.looks
    )


def _span(found: Answer | None, language: Language) -> str:
    return "" if found is None else numbers.span(found.first, found.last, language)


def _reasons(question: OldLooksQuestion, language: Language) -> tuple[Choice, ...]:
    return tuple(
        Choice(code, REASONS[LookReason(code)].to(language), code == question.reason)
        for code in get_args(ReasonForOldLooks)
    )


def _people(found: Answer | None, language: Language) -> tuple[ShownHabit, ...]:
    if found is None:
        return ()
    return tuple(
        ShownHabit(
            person=each.person,
            name=found.names.get(each.person, ""),
            href=f"/access-log?{urlencode({'person': each.person})}",
            looks=numbers.count(each.looks, language),
            in_vain=numbers.count(each.in_vain, language),
        )
        for each in service.people(found.looks)
    )


def _said(criteria: Mapping[str, str]) -> tuple[Said, ...]:
    return tuple(
        Said(name, value, name in REFERENCES)
        for name, value in sorted(criteria.items())
    )


def _monday(question: WeekQuestion) -> date:
    if question.week is None:
        today = clock.today()
        return today - timedelta(today.weekday() + 7)
    monday = service.monday_of(question.week)
    if monday is None:
        raise UnfitAddressError
    return monday


def _week(monday: date) -> str:
    return f"{monday:%G-W%V}"


def _week_address(monday: date) -> str:
    return f"/access-log/elsewhere?{urlencode({'week': _week(monday)})}"


def _has_begun(monday: date) -> bool:
    """Tell whether the week after that of *monday* has begun."""
    return monday + timedelta(7) <= clock.today()
