"""Who may do what: the roles, and the one table of what each of them permits."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TypeAlias

Network: TypeAlias = IPv4Network | IPv6Network


class Role(StrEnum):
    """What a caller is to the service."""

    INTEGRATOR = "integrator"  # a client system
    LEAD = "lead"  # who leads the work of units
    ANALYST = "analyst"  # who reports figures, and never sees a case
    AUDITOR = "auditor"  # who watches over the service itself
    ADMIN = "admin"  # who sets the service up, and never sees a case


class Permission(StrEnum):
    """What a route, page or command does for its caller."""

    SEND_EVENTS = "send_events"
    READ_CASES = "read_cases"
    EXPLAIN_DELAYS = "explain_delays"
    READ_FINDINGS = "read_findings"
    CLOSE_FINDINGS = "close_findings"
    READ_FIGURES = "read_figures"
    SEAL_REPORTS = "seal_reports"
    PUBLISH_FIGURES = "publish_figures"
    READ_PUBLICATIONS = "read_publications"
    READ_UNITS = "read_units"
    MANAGE_UNITS = "manage_units"
    READ_SOURCES = "read_sources"
    MANAGE_SOURCES = "manage_sources"
    MANAGE_KEYS = "manage_keys"
    READ_FEED = "read_feed"
    READ_ACCESS_LOG = "read_access_log"
    # Of one case at a time, with a reason.
    READ_ELSEWHERE = "read_elsewhere"
    # Cases in a file, with a reason and within the day's measure.
    EXPORT_CASES = "export_cases"
    CONFIRM_ERASURE = "confirm_erasure"
    # Questions to the worklist, under names of one's own.
    KEEP_VIEWS = "keep_views"


# What is not named here is denied.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.INTEGRATOR: frozenset(
        {
            Permission.SEND_EVENTS,
            Permission.READ_FINDINGS,
            Permission.READ_SOURCES,
        }
    ),
    Role.LEAD: frozenset(
        {
            Permission.READ_CASES,
            Permission.READ_ELSEWHERE,
            Permission.KEEP_VIEWS,
            Permission.EXPORT_CASES,
            Permission.EXPLAIN_DELAYS,
            Permission.READ_FINDINGS,
            Permission.CLOSE_FINDINGS,
            Permission.READ_FIGURES,
            Permission.SEAL_REPORTS,
            Permission.PUBLISH_FIGURES,
            Permission.READ_PUBLICATIONS,
            Permission.READ_UNITS,
            Permission.READ_SOURCES,
        }
    ),
    Role.ANALYST: frozenset(
        {
            Permission.READ_FIGURES,
            Permission.SEAL_REPORTS,
            Permission.PUBLISH_FIGURES,
            Permission.READ_PUBLICATIONS,
            Permission.READ_UNITS,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.READ_FEED,
            Permission.READ_ACCESS_LOG,
            Permission.EXPORT_CASES,
            Permission.CONFIRM_ERASURE,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.READ_PUBLICATIONS,
            Permission.READ_UNITS,
            Permission.MANAGE_UNITS,
            Permission.READ_SOURCES,
            Permission.MANAGE_SOURCES,
            Permission.MANAGE_KEYS,
            Permission.CONFIRM_ERASURE,
        }
    ),
}

# What shows cases, by which each look is written down before it is answered.
OF_CASES = frozenset(
    {
        Permission.READ_CASES,
        Permission.EXPLAIN_DELAYS,
        Permission.READ_FINDINGS,
        Permission.CLOSE_FINDINGS,
        Permission.READ_FEED,
        Permission.READ_ACCESS_LOG,
        Permission.READ_ELSEWHERE,
        Permission.EXPORT_CASES,
    }
)

# Whose work is of units: of those that are named, or of all if none is.
ROLES_OF_UNITS = frozenset({Role.LEAD, Role.ANALYST})

# Whose keys an administrator makes. With the others cases or looks are read, or rights
# given: these are made on the server, and nobody lets themselves in by a page.
MADE_BY_ADMINS = frozenset({Role.INTEGRATOR, Role.ANALYST})


class AccessDeclaration:
    """The mark of what stands before a route, or a page, and says who may pass."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The one who calls: a client system of one *source*, or a person of *units*.

    A lead or analyst without units has all of them. *key_id* tells keys apart, and is
    no secret. Who has *networks* comes from these alone.
    """

    role: Role
    source: str | None = None
    units: frozenset[str] = frozenset()
    key_id: str = ""
    networks: tuple[Network, ...] = ()

    def comes_from(self, address: str | None) -> bool:
        """Tell whether *address* is where the actor may come from.

        An unknown one, as of a caller in the same process, is in no network.
        """
        if not self.networks:
            return True
        try:
            found = ip_address(address or "")
        except ValueError:
            return False
        if isinstance(found, IPv6Address):
            # How a socket for both shows an address of the older kind.
            found = found.ipv4_mapped or found
        return any(found in network for network in self.networks)

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor's role permits it."""
        return permission in PERMISSIONS[self.role]
