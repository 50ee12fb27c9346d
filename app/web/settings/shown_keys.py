"""API keys as an administrator sees them: for whom, for what, and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from app.db.accounts import ApiKey
from app.db.database import Database
from app.db.units import Unit
from app.domain.access import ROLES_OF_UNITS, Role
from app.domain.events import legal_day
from app.domain.look_texts import ROLES
from app.domain.texts import Language
from app.exports import numbers
from app.services import people
from app.services.units import all_units
from app.web.unit_tree import unit_name

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people and units are called, in the reader's language."""

    people: Mapping[str, str]
    units: Mapping[str, Unit]
    language: Language

    @classmethod
    def known(cls, database: Database, language: Language) -> Self:
        """Return the names that the service knows."""
        return cls(
            people=people.names(database),
            units={unit.code: unit for unit in all_units(database)},
            language=language,
        )

    def day(self, at: datetime | None) -> str:
        """Return the day of *at*; empty if there is none."""
        return "" if at is None else numbers.day(legal_day(at), self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownKey:
    """A key in words; empty is what nobody knows.

    It *has_all_units* if it is of units and names none.
    """

    key_id: str
    is_good: bool
    ends_soon: bool
    role: str
    holder: str
    has_all_units: bool
    units: tuple[str, ...]
    networks: tuple[str, ...]
    created: str
    created_by: str
    last_used: str
    expires: str
    revoked: str
    revoked_by: str


def shown_key(key: ApiKey, names: Names, now: datetime) -> ShownKey:
    """Return *key* as it stands *now*."""
    by, used = names.people, key.last_used_on
    is_of_units = Role(key.role) in ROLES_OF_UNITS
    return ShownKey(
        key_id=key.key_id,
        is_good=key.is_good(now),
        ends_soon=(
            key.is_good(now)
            and key.expires_at is not None
            and key.expires_at < now + SOON
        ),
        role=ROLES[key.role].to(names.language),
        holder="" if key.holder == key.key_id else key.holder,
        has_all_units=is_of_units and not key.units,
        units=tuple(unit_name(code, names.units, names.language) for code in key.units),
        networks=key.networks,
        created=names.day(key.created_at),
        created_by=by.get(key.created_by or "", key.created_by or ""),
        last_used=numbers.day(used, names.language) if used else "",
        expires=names.day(key.expires_at and key.expires_at - timedelta.resolution),
        revoked=names.day(key.revoked_at),
        revoked_by=by.get(key.revoked_by or "", key.revoked_by or ""),
    )
