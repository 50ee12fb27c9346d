"""Reports as plain data, as answers have them and seals keep them, in no language."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from app.clock import rfc3339
from app.domain.cells import Cell, Span
from app.domain.compliance import Basis
from app.domain.figures import BANDS, Number
from app.domain.law.description import describe
from app.domain.report_settings import describe_inclusion
from app.domain.reporting_periods import Period
from app.domain.sealed_reports import ReportKind
from app.domain.thl_texts import INCLUSION_UNCONFIRMED
from app.services import thl
from app.services.compliance import Asked, Report, Series, name_of, spanning
from app.services.plain_figures import CasesLink, figures_out, row_out
from app.services.sealed_reports import Render
from app.services.thl import RuleFigures

# The span of a cell, by the list that it is in.
SPANS = {"rows": Span.CELL, "subtotals": Span.SUBTOTAL, "totals": Span.TOTAL}


def period_out(period: Period) -> dict[str, str]:
    """Return *period* as every report shows it."""
    return {
        "code": period.code,
        "first": str(period.first),
        "last": str(period.last),
    }


def report_json(report: Report) -> dict[str, Any]:
    """Return *report* as plain data; nothing in it depends on a language."""
    asked = report.asked
    return {
        "period": period_out(report.period),
        "compared_with": report.earlier and period_out(report.earlier),
        **head(report),
        "inclusion": describe_inclusion(
            asked.settings.inclusion_on(report.period.first)
        ),
        **cells_json(asked, report.cells, report.period, report.earlier),
        "findings": _findings_out(report),
    }


def head(found: Report | Series) -> dict[str, Any]:
    """Return what was asked, and what answers."""
    asked = found.asked
    return {
        "by": asked.layout.by,
        "level": asked.layout.level,
        "basis": name_of(found.bases),
        "as_of": str(asked.as_of),
        "known_at": rfc3339(asked.known_at),
        "law": describe(asked.law),
        "minimum_n": asked.settings.minimum_n,
    }


def cells_json(
    asked: Asked, cells: list[Cell], period: Period, earlier: Period | None = None
) -> dict[str, Any]:
    """Return the cells of *period* in JSON, by what they are about."""
    link = CasesLink(asked, period, earlier)
    by = asked.layout.by
    return {
        name: [row_out(cell, by, link) for cell in spanning(cells, span)]
        for name, span in SPANS.items()
    }


def thl_json(report: Report) -> dict[str, Any]:
    """Return what *report* tells THL; nothing in it depends on the day it is asked."""
    asked = report.asked
    inclusion = report.inclusion
    return {
        "window": period_out(report.period),
        "as_of": asked.as_of.isoformat(),
        "known_at": rfc3339(asked.known_at),
        "inclusion": {
            **describe_inclusion(inclusion),
            "note": (
                None if inclusion.confirmed else INCLUSION_UNCONFIRMED.by_language()
            ),
        },
        "minimum_n": asked.settings.minimum_n,
        "figures": [_rule_json(each) for each in thl.figures_by_rule(report)],
        "findings": _findings_out(report),
        "law": describe(asked.law),
    }


def _findings_out(report: Report) -> dict[str, Any]:
    return {"open": sum(report.findings.values()), "by_kind": report.findings}


def _rule_json(figures: RuleFigures) -> dict[str, Any]:
    in_time, late = figures.pair
    return {
        "rule": figures.rule,
        "in_time": in_time,
        "late": late,
        "check_sum": in_time + late,
        "counted": figures.counted,
        "units_add_up": figures.units_add_up,
        "thl": figures_out(figures.told),
        "due": figures_out(figures.fell_due),
    }


def cells_of(
    content: Mapping[str, Any],
) -> Iterator[tuple[Span, Basis, dict[str, Any], dict[str, Any]]]:
    """Give each cell of the figures in *content*: its span, basis, groups, numbers."""
    told = content["figures"]
    if content["kind"] == ReportKind.THL:
        for each in told["figures"]:
            for basis in (Basis.THL, Basis.DUE):
                yield Span.TOTAL, basis, {"rule": each["rule"]}, each[basis.value]
        return
    first = Basis.THL if content["basis"] == "thl" else Basis.DUE
    for name, span in SPANS.items():
        for cell in told[name]:
            yield span, first, cell, cell
            if "thl" in cell:
                yield span, Basis.THL, cell, cell["thl"]


def number_of(told: Mapping[str, Any], number: Number) -> int:
    """Return *number* of the sealed figures *told*."""
    value: int = (told["bands"] if number in BANDS else told)[number.value]
    return value


RENDERS: Mapping[ReportKind, Render] = MappingProxyType(
    {
        ReportKind.MONTHLY: report_json,
        ReportKind.THL: thl_json,
        ReportKind.YEARLY: report_json,
    }
)
