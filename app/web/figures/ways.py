"""The way from a report to its sealing, for who may seal and where it can be sealed."""

from urllib.parse import urlencode

from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.errors import InvalidPeriodError
from app.domain.reporting_periods import Period
from app.domain.sealed_reports import ReportKind, require_fitting
from app.domain.texts import Language
from app.services.compliance import Report, name_of
from app.web.navigation import N_
from app.web.rendering import told


def kind_of(period: Period) -> ReportKind | None:
    """Return which kind of report *period* has; None if there is none of it."""
    return next((kind for kind in ReportKind if _fits(kind, period)), None)


def seal_way(
    actor: Actor, report: Report, language: Language
) -> tuple[tuple[str, str], ...]:
    """Return where *report* can be sealed as it was looked at."""
    kind = kind_of(report.period)
    if kind is None or not actor.may(Permission.SEAL_REPORTS):
        return ()
    level = report.asked.layout.level
    asked = {
        "period": report.period.code,
        **(
            {}
            if kind is ReportKind.THL
            else {
                "by": ",".join(report.asked.layout.by),
                **({} if level is None else {"level": str(level)}),
                "basis": name_of(report.bases),
            }
        ),
        "as_of": str(report.asked.as_of),
        "known_at": rfc3339(report.asked.known_at),
    }
    address = f"/figures/seal?{urlencode(asked)}"
    return ((told(N_("Seal this report"), language), address),)


def _fits(kind: ReportKind, period: Period) -> bool:
    try:
        require_fitting(kind, period)
    except InvalidPeriodError:
        return False
    return True
