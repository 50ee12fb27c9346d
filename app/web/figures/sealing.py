"""/figures/seal: a report is sealed as it was looked at, with what is said to it."""

import re
import secrets
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import RedirectResponse, Response

from app import clock
from app.domain.access import Actor, Permission
from app.domain.cells import Span
from app.domain.compliance import Basis, Dimension
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import ReportKind
from app.domain.texts import Language
from app.exports import numbers
from app.security.personal_data import holds_personal_data
from app.services import sealed_reports as service
from app.services import thl
from app.services.compliance import Report, compliance, spanning
from app.services.documents import figures
from app.services.documents.sealed import KINDS
from app.services.plain_reports import RENDERS
from app.services.reports import Query as ReportQuery
from app.services.sealed_reports import Order
from app.visits import database_of
from app.web.access import permitted
from app.web.figures.asking import Level
from app.web.figures.frame import tabs
from app.web.figures.periods import period_name
from app.web.figures.ways import kind_of
from app.web.languages import language_of
from app.web.navigation import N_
from app.web.questions import Chosen, Day, Instant, PageQuestion, UnfitAddressError
from app.web.rendering import page

router = APIRouter(include_in_schema=False)

_SEE_OTHER = 303
_UNPROCESSABLE = 422
_LONGEST_COMMENT = 4_000
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_TOO_LONG = N_("The comment is too long: 4,000 characters in each language at most.")
_ONE_LANGUAGE = N_("Write the comment in both languages, or leave both empty.")
_TELLING = N_(
    "The comment holds what tells who someone is: an identity code, a phone number or "
    "an e-mail address. Take it out."
)

Sealer = Annotated[Actor, permitted(Permission.SEAL_REPORTS)]


class _Sealed(BaseModel):
    """Which report is sealed: as it stood on a day, as known at an instant."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(max_length=40)]
    by: Annotated[Dimension | None, Chosen] = None
    level: Level = None
    basis: Basis = Basis.DUE
    as_of: Day = None
    known_at: Instant = None

    @property
    def kind(self) -> ReportKind:
        """The kind of report.

        Raises:
            InvalidPeriodError: there is no such period.
            UnfitAddressError: none is made of it.
        """
        kind = kind_of(parse_period(self.period))
        if kind is None:
            raise UnfitAddressError
        return kind

    @property
    def query(self) -> ReportQuery:
        """The question that the report answers."""
        if self.kind is ReportKind.THL:
            return thl.query_of_four_figures(as_of=self.as_of, known_at=self.known_at)
        return ReportQuery(
            by=(self.by,) if self.by else (),
            level=self.level if self.by is Dimension.UNIT else None,
            bases=(self.basis,),
            as_of=self.as_of,
            known_at=self.known_at,
        )


class SealQuestion(_Sealed, PageQuestion):
    """Which report is to be sealed."""


class SealForm(_Sealed):
    """What is sealed, and what is said to it in both languages of the authorities."""

    comment_fi: Annotated[str, Field(max_length=2 * _LONGEST_COMMENT)] = ""
    comment_sv: Annotated[str, Field(max_length=2 * _LONGEST_COMMENT)] = ""
    request_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]

    @property
    def comment(self) -> Mapping[str, str] | None:
        """The comment by language, its lines as everywhere; None if it is empty."""
        texts = {"fi": self.comment_fi, "sv": self.comment_sv}
        told = {code: _CONTROLS.sub("", text).strip() for code, text in texts.items()}
        return told if any(told.values()) else None

    @property
    def flaw(self) -> str:
        """What keeps the comment from being sealed; empty if nothing does."""
        texts = tuple((self.comment or {}).values())
        if not all(texts):
            return _ONE_LANGUAGE
        if any(len(text) > _LONGEST_COMMENT for text in texts):
            return _TOO_LONG
        # Neither a line may hold it nor two together.
        told = (*texts, *(text.replace("\n", " ") for text in texts))
        return _TELLING if any(map(holds_personal_data, told)) else ""


@router.get("/figures/seal")
def confirm(
    request: Request, question: Annotated[SealQuestion, Query()], actor: Sealer
) -> Response:
    """Say what sealing means, and ask for it."""
    comment = {}
    if question.kind is ReportKind.THL:
        found = thl.thl_report(
            database_of(request, actor),
            actor,
            window=parse_period(question.period),
            as_of=question.as_of,
            known_at=question.known_at,
            today=clock.today(),
        )
        report = found.report
        comment = {"fi": found.comment.fi, "sv": found.comment.sv}
    else:
        report = _report(request, question, actor)
    return _page(request, question, report, comment, secrets.token_urlsafe(16))


@router.post("/figures/seal")
def seal(
    request: Request, form: Annotated[SealForm, Form()], actor: Sealer
) -> Response:
    """Seal the report, once however often it is asked for, and lead to it."""
    if form.flaw:
        return _page(
            request,
            form,
            _report(request, form, actor),
            {"fi": form.comment_fi, "sv": form.comment_sv},
            form.request_key,
            flaw=form.flaw,
        )
    sealed, _ = service.seal(
        database_of(request, actor),
        actor,
        Order(
            kind=form.kind,
            period=parse_period(form.period),
            query=form.query,
            comment=form.comment,
            request_key=form.request_key,
        ),
        RENDERS[form.kind],
    )
    return RedirectResponse(f"/figures/sealed/{sealed.seal.number}", _SEE_OTHER)


def _report(request: Request, of: _Sealed, actor: Actor) -> Report:
    return compliance(
        database_of(request, actor), actor, of.query, parse_period(of.period)
    )


def _page(
    request: Request,
    of: _Sealed,
    report: Report,
    comment: Mapping[str, str],
    request_key: str,
    *,
    flaw: str = "",
) -> Response:
    language = language_of(request)
    asked = report.asked
    kept = {
        "period": of.period,
        "by": of.by or "",
        "level": "" if of.level is None else str(of.level),
        "basis": of.basis.value,
        "as_of": str(asked.as_of),
        "known_at": clock.rfc3339(asked.known_at),
        "request_key": request_key,
    }
    return page(
        request,
        "figures/sealing.html",
        status=_UNPROCESSABLE if flaw else 200,
        tabs=tabs("/figures/sealed/new"),
        kind=KINDS[of.kind].to(language),
        period=period_name(report.period, language),
        as_of=numbers.day(asked.as_of, language),
        known_at=numbers.instant(asked.known_at, language),
        summaries=tuple(_summaries(report, language)),
        kept=kept,
        comment={"fi": "", "sv": "", **comment},
        longest=_LONGEST_COMMENT,
        flaw=flaw,
    )


def _summaries(report: Report, language: Language) -> list[tuple[str, str]]:
    """Return what the report says of each rule, in a few sentences."""
    return [
        (
            report.asked.law.rule(total.rule).title.to(language),
            figures.summary(total.beside or total.figures, language),
        )
        for total in spanning(report.cells, Span.TOTAL)
    ]
