"""The command line: ``serve``, ``demo``, ``explain`` and the operator's tools."""

import signal
import sys

import typer

from app.cli import (
    access_log,
    imports,
    keeping,
    keys,
    law,
    people,
    proof,
    report_settings,
    reports,
    serving,
    sources,
    units,
)
from app.cli.common import fail
from app.db.database import DatabaseUnavailableError, InvalidDatabaseUrlError
from app.db.embedded import EmbeddedPostgresError
from app.db.rebuilding import RebuildUnderWayError
from app.db.roles import NotOwnerError, RolesMissingError, UnsafeRoleError
from app.db.schema import PendingMigrationsError, ServerTooOldError
from app.demo.client import RefusedError
from app.domain.errors import DomainError
from app.domain.report_settings import InvalidReportSettingsError
from app.imports.errors import ImportFileError
from app.security.personal_data import PersonalDataError
from app.services.checkpoint_file import CheckpointFileError
from app.services.checkpoint_key import CheckpointKeyError
from app.services.client_links import LinkTemplateError
from app.services.erasure import NothingToEraseError, TwoPeopleNeededError
from app.services.exposure import ExposedError
from app.services.keys import InvalidKeyRequestError
from app.services.law import OtherLawInUseError
from app.services.processes import ProcessLostError
from app.services.public_yearly import YearNotPublishedError
from app.services.publications import NotPublishedError
from app.services.rebuild import CircumstancesChangedError
from app.services.retention import UndecidedError
from app.services.signing_in import InvalidLinkRequestError
from app.services.sources import SuccessionError
from app.services.units import UnitCycleError
from app.settings import SettingsError

EXPECTED = (
    SettingsError,
    EmbeddedPostgresError,
    PendingMigrationsError,
    NotOwnerError,
    RolesMissingError,
    UnsafeRoleError,
    ServerTooOldError,
    OtherLawInUseError,
    CircumstancesChangedError,
    ProcessLostError,
    ImportFileError,
    SuccessionError,
    CheckpointFileError,
    CheckpointKeyError,
    DatabaseUnavailableError,
    InvalidDatabaseUrlError,
    ExposedError,
    InvalidKeyRequestError,
    InvalidLinkRequestError,
    LinkTemplateError,
    PersonalDataError,
    UnitCycleError,
    DomainError,
    RefusedError,
    InvalidReportSettingsError,
    NotPublishedError,
    YearNotPublishedError,
    NothingToEraseError,
    RebuildUnderWayError,
    TwoPeopleNeededError,
    UndecidedError,
)

cli = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
# In the order in which the help lists them.
cli.command()(serving.serve)
cli.command()(serving.demo)
cli.command()(law.explain)
cli.command()(serving.migrate)
cli.command()(serving.migration)
cli.command()(people.sign_in_link)
cli.command()(law.rebuild)
cli.command("import")(imports.import_file)
cli.command()(proof.verify)
cli.command("access-log")(access_log.write_access_log)
cli.command("retention")(keeping.retention_job)
cli.command()(keeping.erase)
cli.command("law-page", hidden=True)(law.print_law_page)
cli.command("figures-page", hidden=True)(report_settings.print_figures_page)
cli.add_typer(reports.report_cli, name="report")
cli.add_typer(keys.key_cli, name="key")
cli.add_typer(people.session_cli, name="session")
cli.add_typer(units.unit_cli, name="unit")
cli.add_typer(law.law_cli, name="law")
cli.add_typer(sources.source_cli, name="source")
cli.add_typer(report_settings.settings_cli, name="report-settings")
cli.add_typer(proof.checkpoint_cli, name="checkpoint")


def main() -> None:
    """Run the command line; what can be expected to go wrong is told in one line."""
    # Told to stop, a process leaves its embedded server in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli()
    except EXPECTED as error:
        fail(str(error))
