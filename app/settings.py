"""Configuration: one frozen object, read once from ``MAARAAIKA_`` variables."""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from app.domain.access_log import EXPORTS_PER_DAY
from app.domain.errors import UnverifiedYearError
from app.domain.law import Law
from app.domain.periods import Eves, LegalReading, Roll
from app.domain.retention import ON_TRIAL, SHORTEST, Period, Retention, parse_period
from app.domain.texts import Text
from app.domain.working_days import Calendar, ExtraDay, RemovedDay
from app.identity.errors import IdentityFileError
from app.identity.providers import Provider, read_providers

PREFIX = "MAARAAIKA_"
DEFAULT_DATA_DIR = "var"
DEFAULT_PORT = 8000
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 (listened on, never a name)


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs.

    Without *database_url* the service runs a PostgreSQL of its own in *data_dir*. The
    owner of a configured one, who migrates it, comes by *migration_database_url*, and
    gives the service's role its *service_password* where that is set.
    There lie checkpoints and the key that signs them, unless they are put elsewhere.
    Nobody but *providers* is trusted to say who somebody is, and nobody but *proxies*
    where somebody calls from.
    """

    data_dir: Path
    database_url: str | None
    law: Law
    host: str
    port: int
    retention: Retention
    checkpoint_file: Path | None = None
    checkpoint_key_file: Path | None = None
    metrics_port: int | None = None
    exports_per_day: int = EXPORTS_PER_DAY
    providers: tuple[Provider, ...] = ()
    migration_database_url: str | None = None
    service_password: str | None = None
    public_url: str | None = None
    trusted_hosts: frozenset[str] | None = None
    proxies: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Return the names that the service answers to: those told, or what follows."""
        if self.trusted_hosts is not None:
            return self.trusted_hosts
        public = urlsplit(self.public_url).hostname if self.public_url else None
        own = {name for name in (self.host.lower(), public) if name}
        return LOOPBACK_NAMES | own - _EVERY_ADDRESS


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that *environment* gives.

    Raises:
        SettingsError: a value is not one of those that the setting takes.
    """

    def get(name: str, default: str) -> str:
        return environment.get(PREFIX + name) or default

    def path(name: str) -> Path | None:
        value = environment.get(PREFIX + name)
        return Path(value) if value else None

    try:
        reading = LegalReading(
            eves=Eves(get("EVES", Eves.NON_WORKING)), roll=Roll(get("ROLL", Roll.ON))
        )
        port = int(get("PORT", str(DEFAULT_PORT)))
        metrics_port = int(get("METRICS_PORT", "0")) or None
        exports_per_day = int(get("EXPORTS_PER_DAY", str(EXPORTS_PER_DAY)))
    except ValueError as error:
        raise SettingsError(
            "MAARAAIKA_EVES is non-working or working, MAARAAIKA_ROLL on or off, "
            "MAARAAIKA_PORT, MAARAAIKA_METRICS_PORT and MAARAAIKA_EXPORTS_PER_DAY a "
            "number"
        ) from error
    identity_file = path("IDENTITY_FILE")
    calendar_file = environment.get(PREFIX + "CALENDAR_FILE")
    calendar = read_calendar(Path(calendar_file)) if calendar_file else Calendar()
    return Settings(
        data_dir=Path(get("DATA_DIR", DEFAULT_DATA_DIR)),
        database_url=environment.get(PREFIX + "DATABASE_URL") or None,
        migration_database_url=environment.get(PREFIX + "MIGRATION_DATABASE_URL")
        or None,
        service_password=environment.get(PREFIX + "SERVICE_PASSWORD") or None,
        law=Law(reading=reading, calendar=calendar),
        host=get("HOST", "127.0.0.1"),
        port=port,
        checkpoint_file=path("CHECKPOINT_FILE"),
        checkpoint_key_file=path("CHECKPOINT_KEY_FILE"),
        metrics_port=metrics_port,
        exports_per_day=exports_per_day,
        providers=_providers(identity_file) if identity_file else (),
        public_url=_origin(get("PUBLIC_URL", "")),
        retention=_retention(environment),
        trusted_hosts=_names(get("TRUSTED_HOSTS", "")),
        proxies=_proxies(get("PROXIES", "")),
    )


def variables(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the settings of how long *kinds* are kept."""
    return tuple(f"{PREFIX}RETENTION_{kind.upper()}" for kind in kinds)


def _retention(environment: Mapping[str, str]) -> Retention:
    """Return how long what is kept; on a configured database nothing has a default.

    How long the data of children are kept is for their controller to decide.
    """
    kinds = [kind.name for kind in fields(Retention)]
    told = {
        kind: period
        for kind, name in zip(kinds, variables(kinds), strict=True)
        if (period := _period(environment.get(name), name, getattr(SHORTEST, kind)))
    }
    on_trial = not environment.get(PREFIX + "DATABASE_URL")
    return replace(ON_TRIAL if on_trial else Retention(), **told)


def _period(text: str | None, name: str, shortest: Period) -> Period | None:
    if not text:
        return None
    period = parse_period(text)
    if period is None or period.is_shorter_than(shortest):
        raise SettingsError(
            f"{name} is a period of years, months and days, as in P5Y, P1Y6M or P90D, "
            f"and at least {shortest}"
        )
    return period


def read_calendar(path: Path) -> Calendar:
    """Return the Finnish calendar with the extra and removed days of a TOML file.

    Raises:
        SettingsError: the file cannot be read, or a day lacks its name or citation.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Calendar(
            extra=tuple(
                ExtraDay(
                    day=_date(entry["day"]),
                    name=Text(fi=entry["fi"], sv=entry["sv"], en=entry["en"]),
                    citation=entry["citation"],
                )
                for entry in content.get("extra", [])
            ),
            removed=tuple(
                RemovedDay(day=_date(entry["day"]), citation=entry["citation"])
                for entry in content.get("removed", [])
            ),
        )
    except (OSError, KeyError, TypeError, ValueError, UnverifiedYearError) as error:
        raise SettingsError(
            f"{path}: each [[extra]] day has day, fi, sv, en and citation, each "
            f"[[removed]] day has day and citation ({error})"
        ) from error


def _providers(path: Path) -> tuple[Provider, ...]:
    try:
        return read_providers(path)
    except IdentityFileError as error:
        raise SettingsError(str(error)) from error


def _origin(url: str) -> str | None:
    """Return scheme, host and port of *url*, as browsers write them."""
    if not url:
        return None
    parts = urlsplit(url)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path not in {"", "/"}
        or parts.query
        or parts.fragment
        or parts.username is not None
    ):
        raise SettingsError(
            "MAARAAIKA_PUBLIC_URL is where people reach the service, without a path, "
            "as in https://deadlines.example"
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _names(told: str) -> frozenset[str] | None:
    names = (name.strip().lower().strip("[]") for name in told.split(","))
    return frozenset(filter(None, names)) or None


def _proxies(told: str) -> tuple[str, ...]:
    try:
        return tuple(
            str(ip_network(each.strip())) for each in told.split(",") if each.strip()
        )
    except ValueError as error:
        raise SettingsError(
            "MAARAAIKA_PROXIES lists addresses or networks, as in 10.0.0.5,10.1.0.0/16"
        ) from error


def _date(value: object) -> date:
    if type(value) is not date:
        raise TypeError("day is a date, as in 2027-06-25")
    return value
