"""``maaraaika report``: reports and lists as files."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, get_args

import typer

from app import clock
from app.cli.common import DataDir, database_of, day_of, fail, operating_as
from app.cli.files import (
    Bom,
    FormatOption,
    Lang,
    Out,
    SeparatorOption,
    deliver,
    target_of,
)
from app.domain.access import Role
from app.domain.access_log import LookReason, ReasonOfFile
from app.domain.compliance import Dimension
from app.domain.public_tables import Audience
from app.domain.reporting_periods import FORMS, Compare, parse_period
from app.domain.texts import Language
from app.domain.working_days import FIRST_YEAR, LAST_YEAR
from app.exports.document import Document
from app.exports.separated_values import Separator
from app.services.deadlines import Query, Status
from app.services.viewing import TooManyRowsError, Viewer

report_cli = typer.Typer(
    no_args_is_help=True, help="Reports and lists as CSV, XLSX or PDF."
)
_SETTLED = (
    "A publication has settled the day, the instant, the basis and that nothing is "
    "compared: leave these options out, or write the internal report."
)
AsOf = Annotated[str | None, typer.Option(help="The day asked about; default: today.")]
KnownAt = Annotated[
    str | None,
    typer.Option(help="What was known then, as in 2026-11-02T08:00+02:00."),
]
AudienceOption = Annotated[
    Audience, typer.Option(help="`public`: what was published, small counts hidden.")
]


class BasisChoice(StrEnum):
    """On which basis figures are counted."""

    DUE = "due"
    THL = "thl"
    BOTH = "both"


@report_cli.command("worklist")
def report_worklist(
    reason: Annotated[
        LookReason,
        typer.Option(help=f"Why it is taken: {', '.join(get_args(ReasonOfFile))}."),
    ],
    status: Annotated[
        Status, typer.Option(help="Which deadlines are listed.")
    ] = Status.OVERDUE,
    unit: Annotated[
        str | None, typer.Option(help="A unit, with what is below it.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help="`initiation` or `assessment`.")
    ] = None,
    within: Annotated[int, typer.Option(min=0, help="Working days, for due_soon.")] = 5,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write the worklist: every deadline that is asked for.

    The file bears a code by which the access log tells who has taken it, and why.
    """
    from app.services.documents import worklist

    if reason not in get_args(ReasonOfFile):
        fail(f"--reason is one of {', '.join(get_args(ReasonOfFile))}.")
    target = target_of(file_format, out, separator, byte_order_mark=bom)
    query = Query(
        status=status,
        unit=unit,
        rule=rule,
        language_group=None,
        nationality_group=None,
        entry=None,
        worker=None,
        joined=None,
        within=within,
        as_of=day_of(as_of) if as_of else None,
        known_at=_instant_of(known_at) if known_at else None,
        limit=1,
        cursor=None,
    )
    with database_of(data_dir) as database:
        try:
            document = worklist.export(
                Viewer(
                    database=database,
                    actor=operating_as(Role.LEAD),
                    route="maaraaika report worklist",
                    criteria={"status": status},
                    reason=reason,
                ),
                query,
                target.form.format,
                lang,
                most=None,
            )
        except TooManyRowsError as error:
            fail(str(error))
    deliver(document, target)


@report_cli.command("compliance")
def report_compliance(
    period: Annotated[str, typer.Option(help=f"As in {FORMS}.")],
    by: Annotated[
        str, typer.Option(help="Dimensions with commas between, as unit,age_band.")
    ] = "",
    level: Annotated[
        int | None, typer.Option(min=0, help="Roll units up to this depth.")
    ] = None,
    basis: Annotated[BasisChoice, typer.Option()] = BasisChoice.DUE,
    compare: Annotated[Compare | None, typer.Option()] = None,
    audience: AudienceOption = Audience.INTERNAL,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write the compliance report of a period."""
    from app.services import compliance
    from app.services.documents.compliance import document

    target = target_of(file_format, out, separator, byte_order_mark=bom)
    if audience is Audience.PUBLIC:
        _require_unsettled(as_of, known_at, compare)
        if basis is not BasisChoice.DUE:
            fail(_SETTLED)
        found = _public_compliance(data_dir, period, _dimensions(by), level, lang)
        deliver(found, target)
        return
    query = compliance.Query(
        by=_dimensions(by),
        level=level,
        bases=compliance.BASES[basis.value],
        as_of=day_of(as_of) if as_of else None,
        known_at=_instant_of(known_at) if known_at else None,
    )
    with database_of(data_dir) as database:
        report = compliance.compliance(
            database,
            operating_as(Role.LEAD),
            query,
            parse_period(period),
            compare=compare,
            with_days_taken=True,
        )
    deliver(document(report, lang), target)


@report_cli.command("thl")
def report_thl(
    window: Annotated[
        str | None,
        typer.Option(help="thl:2026-04 or thl:2026-10; default: the one owed next."),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write what THL asks of a county for a half-year."""
    from app.domain.sealed_reports import ReportKind, require_fitting
    from app.services import thl
    from app.services.documents.thl import document

    target = target_of(file_format, out, separator, byte_order_mark=bom)
    period = None if window is None else parse_period(window)
    if period is not None:
        require_fitting(ReportKind.THL, period)
    with database_of(data_dir) as database:
        report = thl.thl_report(
            database,
            operating_as(Role.LEAD),
            window=period,
            as_of=day_of(as_of) if as_of else None,
            known_at=_instant_of(known_at) if known_at else None,
            today=clock.today(),
        )
    deliver(document(report, lang), target)


@report_cli.command("yearly")
def report_yearly(
    year: Annotated[int, typer.Option(min=FIRST_YEAR, max=LAST_YEAR)],
    level: Annotated[int, typer.Option(min=0, help="Roll units up to this depth.")] = 1,
    audience: AudienceOption = Audience.INTERNAL,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lang: Lang = Language.FI,
    file_format: FormatOption = None,
    out: Out = None,
    separator: SeparatorOption = Separator.COMMA,
    bom: Bom = False,  # noqa: FBT002 (a flag of the command line)
    data_dir: DataDir = None,
) -> None:
    """Write the yearly report that a committee reads."""
    from app.services import yearly
    from app.services.documents.yearly import document

    target = target_of(file_format, out, separator, byte_order_mark=bom)
    if audience is Audience.PUBLIC:
        _require_unsettled(as_of, known_at)
        deliver(_public_yearly(data_dir, year, level, lang), target)
        return
    query = yearly.Query(
        year=year,
        level=level,
        as_of=day_of(as_of) if as_of else None,
        known_at=_instant_of(known_at) if known_at else None,
    )
    with database_of(data_dir) as database:
        report = yearly.yearly(database, operating_as(Role.LEAD), query)
    deliver(document(report, lang), target)


def _public_compliance(
    data_dir: Path | None,
    period: str,
    by: tuple[Dimension, ...],
    level: int | None,
    language: Language,
) -> Document:
    from app.services.documents.publication import document
    from app.services.publications import public_report

    with database_of(data_dir) as database:
        report = public_report(
            database, period=parse_period(period), by=by, level=level
        )
    return document(report, language)


def _public_yearly(
    data_dir: Path | None, year: int, level: int, language: Language
) -> Document:
    from app.services.documents.public_yearly import document
    from app.services.public_yearly import public_yearly

    with database_of(data_dir) as database:
        report = public_yearly(database, year=year, level=level)
    return document(report, language)


def _require_unsettled(*options: str | None) -> None:
    if any(option is not None for option in options):
        fail(_SETTLED)


def _dimensions(by: str) -> tuple[Dimension, ...]:
    names = dict.fromkeys(name for name in by.split(",") if name)
    if not set(names) <= set(Dimension):
        fail(f"--by has any of {', '.join(Dimension)}, with commas between.")
    return tuple(map(Dimension, names))


def _instant_of(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 (as one without offset, refused below)
    if instant.tzinfo is None:
        fail("Write the instant as in 2026-11-02T08:00+02:00.")
    return instant.astimezone(UTC)
