"""The compliance report as the public is shown it."""

from collections.abc import Iterable
from typing import Any, Protocol

from fastapi import Response

from app.api.answers import JsonAnswer
from app.api.formats import file_answer
from app.api.problems import Flaw, ProblemError, problem
from app.clock import rfc3339
from app.db.database import Database
from app.domain.compliance import Dimension
from app.domain.definitions import PUBLISHED
from app.domain.public_tables import Audience, PublicRow
from app.domain.reporting_periods import parse_period
from app.domain.texts import Language
from app.exports.files import Form
from app.services import publications as service
from app.services.documents.publication import document
from app.services.publications import Publication, PublicReport

# What a publication has settled, so that nobody can ask for it otherwise.
FIXED = ("as_of", "known_at", "compare", "include")
BASIS = "due"


class PublicQuery(Protocol):
    """What is asked of the compliance report, as far as the public may ask it."""

    @property
    def model_fields_set(self) -> set[str]:
        """The names of what was asked in words."""

    @property
    def period(self) -> str:
        """The code of the period."""

    @property
    def level(self) -> int | None:
        """To which depth units are rolled up."""

    @property
    def basis(self) -> str:
        """Which deadlines count."""

    @property
    def lang(self) -> Language:
        """The language of texts."""


def public_answer(
    database: Database,
    query: PublicQuery,
    by: tuple[Dimension, ...],
    form: Form | None,
) -> Response:
    """Answer with what was published of the period."""
    settled = [name for name in FIXED if name in query.model_fields_set]
    refuse_settled(settled if query.basis == BASIS else [*settled, "basis"])
    report = service.public_report(
        database, period=parse_period(query.period), by=by, level=query.level
    )
    if form is not None:
        return file_answer(document(report, query.lang), form)
    return JsonAnswer(_json(report, query.lang))


def named(publication: Publication) -> dict[str, Any]:
    """Return what names *publication*, in whatever is made of it."""
    return {"number": publication.number, "digest": publication.digest.hex()}


def refuse_settled(names: Iterable[str]) -> None:
    """Refuse parameters of those *names*, which a publication has settled.

    Raises:
        ProblemError: there is any.
    """
    flaws = [*map(_settled, names)]
    if flaws:
        raise ProblemError(problem("invalid_parameter", flaws))


def _settled(name: str) -> Flaw:
    return Flaw(
        pointer=name,
        code="settled_by_publication",
        message="The publication has settled this.",
        remedy="Leave it out, or ask with `audience=internal`.",
    )


def _json(report: PublicReport, language: Language) -> dict[str, Any]:
    """Return the public *report* as JSON; a hidden count is null."""
    period, table = report.period, report.table
    return {
        "audience": Audience.PUBLIC,
        "period": {
            "code": period.code,
            "first": str(period.first),
            "last": str(period.last),
        },
        "by": report.by,
        "level": report.level,
        "basis": BASIS,
        "as_of": str(report.publication.as_of),
        "known_at": rfc3339(report.publication.known_at),
        "published_at": rfc3339(report.publication.published_at),
        "publication": named(report.publication),
        "disclosure_threshold": report.publication.threshold,
        "minimum_n": report.publication.minimum_n,
        "definition": PUBLISHED.to(language),
        "rows": [_row(row) for row in table.rows],
        "subtotals": [_row(row) for row in table.subtotals],
        "totals": [_row(row) for row in table.totals],
    }


def counts_out(row: PublicRow) -> dict[str, Any]:
    """Return the figures of *row*, and which of them are hidden."""
    return {
        **{measure.value: count for measure, count in row.counts.items()},
        "hidden": [measure.value for measure in row.hidden],
        "rate": row.rate,
        "interval": row.interval,
    }


def _row(row: PublicRow) -> dict[str, Any]:
    return {"rule": row.rule, **row.groups, **counts_out(row)}
