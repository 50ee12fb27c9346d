"""What the claims of a provider give here: one role, and its units or its source.

Nothing is given by default. Values of a claim that the operator's file does not name
mean nothing here; two roles, or a role without what it needs, are no access at all.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.access import ROLES_OF_UNITS, Actor, Role
from app.identity.providers import Provider, RoleGrant

_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Of the claims of a token no more than what the operator's file asks for."""

    roles: tuple[str, ...]
    units: tuple[str, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whom a provider knows: somebody, or a client system with an account there."""

    issuer: str
    subject: str
    name: str

    @property
    def id(self) -> str:
        """Return what stands for them in records: short, stable, no secret."""
        text = f"{self.issuer}\n{self.subject}"
        return "p" + hashlib.sha256(text.encode()).hexdigest()[:20]


def said(provider: Provider, claims: Mapping[str, Any]) -> Said:
    """Return what *claims* say of role, units and source."""
    names = provider.claims
    return Said(
        roles=_texts(claims, names.role),
        units=_texts(claims, names.units),
        sources=_texts(claims, names.source),
    )


def person(provider: Provider, claims: Mapping[str, Any]) -> Person | None:
    """Return of whom *claims* speak, None if they do not tell."""
    subjects = _texts(claims, provider.claims.person)
    if len(subjects) != 1:
        return None
    names = _texts(claims, provider.claims.name) or subjects
    return Person(issuer=provider.issuer, subject=subjects[0], name=names[0])


def granted(provider: Provider, said: Said, *, key_id: str) -> Actor | None:
    """Return the actor that is made of what was *said*, None if none is."""
    grants = {provider.roles[role] for role in said.roles if role in provider.roles}
    if len(grants) != 1:
        return None
    (grant,) = grants
    if grant.role is Role.INTEGRATOR:
        return _integrator(provider, said, key_id)
    if grant.role in ROLES_OF_UNITS:
        return _of_units(provider, grant, said, key_id)
    return Actor(role=grant.role, key_id=key_id)


def _integrator(provider: Provider, said: Said, key_id: str) -> Actor | None:
    if len(said.sources) != 1 or said.sources[0] not in provider.sources:
        return None
    source = provider.sources[said.sources[0]]
    return Actor(role=Role.INTEGRATOR, source=source, key_id=key_id)


def _of_units(
    provider: Provider, grant: RoleGrant, said: Said, key_id: str
) -> Actor | None:
    if grant.units == "all":
        return Actor(role=grant.role, key_id=key_id)
    known = provider.units
    units = [
        unit if known is None else known[unit]
        for unit in said.units
        if known is None or unit in known
    ]
    # An actor without units would have all of them.
    if not units:
        return None
    return Actor(role=grant.role, units=frozenset(units), key_id=key_id)


def _texts(claims: Mapping[str, Any], path: Sequence[str]) -> tuple[str, ...]:
    """Return the text or texts at *path*; none if anything odd stands there."""
    value: object = claims
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    values = value if isinstance(value, list) else [value]
    texts = tuple(each for each in values if isinstance(each, str))
    are_fine = all(0 < len(text) <= _LONGEST and text.isprintable() for text in texts)
    return texts if are_fine and len(texts) == len(values) else ()
