"""The tables, declared once, each beside its like; migrations must agree with them."""

from app.db.tables.deadlines import deadline, held_deadline
from app.db.tables.findings import case_finding, finding_closure
from app.db.tables.ledgers import (
    case_event,
    case_link,
    checkpoint_file,
    conflict,
    control_count,
    forgotten_line,
    source,
)
from app.db.tables.looks import access_chain, access_log, export_count
from app.db.tables.people import api_key, person, saved_view, session, sign_in_link
from app.db.tables.reports import publication, sealed_report
from app.db.tables.settings import (
    activation,
    report_setting,
    service_secret,
    source_setting,
    unit,
)
from app.db.tables.shared import FOREVER, IS_CURRENT, IS_SUPERSEDED, Instant, metadata

__all__ = [
    "FOREVER",
    "IS_CURRENT",
    "IS_SUPERSEDED",
    "Instant",
    "access_chain",
    "access_log",
    "activation",
    "api_key",
    "case_event",
    "case_finding",
    "case_link",
    "checkpoint_file",
    "conflict",
    "control_count",
    "deadline",
    "export_count",
    "finding_closure",
    "forgotten_line",
    "held_deadline",
    "metadata",
    "person",
    "publication",
    "report_setting",
    "saved_view",
    "sealed_report",
    "service_secret",
    "session",
    "sign_in_link",
    "source",
    "source_setting",
    "unit",
]
