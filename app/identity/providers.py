"""Identity providers, as the operator's file describes them."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from app.domain.access import ROLES_OF_UNITS, Role
from app.domain.events import OWN_SOURCE
from app.identity.errors import IdentityFileError

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Algorithm(StrEnum):
    """How a provider signs: with a key of which we only need the public half."""

    RS256 = "RS256"
    PS256 = "PS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


def is_safe_address(address: str) -> bool:
    """Tell whether *address* is one of https, or of this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)


def _safe(address: str) -> str:
    if not is_safe_address(address):
        raise ValueError("an address begins with https://")
    return address


Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[Name, AfterValidator(_safe)]


class _Table(BaseModel):
    """A table of the file, in which a misspelt name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ClaimNames(_Table):
    """Where a token says what we ask of it: a claim's name, or the path to it."""

    role: tuple[Name, ...] = ("roles",)
    units: tuple[Name, ...] = ("units",)
    source: tuple[Name, ...] = ("client_id",)
    person: tuple[Name, ...] = ("sub",)
    name: tuple[Name, ...] = ("name",)

    @model_validator(mode="before")
    @classmethod
    def _a_name_is_a_path_of_one(cls, content: object) -> object:
        if not isinstance(content, dict):
            return content
        return {
            key: (value,) if isinstance(value, str) else value
            for key, value in content.items()
        }


class RoleGrant(_Table):
    """What a value of the role's claim gives: a role, and perhaps all units."""

    role: Role
    units: Literal["all"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_text_is_a_role(cls, content: object) -> object:
        return {"role": content} if isinstance(content, str) else content

    @model_validator(mode="after")
    def _only_some_roles_have_units(self) -> Self:
        if self.units is not None and self.role not in ROLES_OF_UNITS:
            raise ValueError("only the role of a lead or an analyst has units")
        return self


class SignIn(_Table):
    """How people sign in here with a provider, in their browser."""

    client_id: Name
    client_secret_file: Path | None = None
    name: Name = "SSO"
    scopes: tuple[Name, ...] = ()
    _client_secret: str | None = PrivateAttr(None)

    @property
    def client_secret(self) -> str | None:
        """Return what the file of the secret holds; None for a public client."""
        return self._client_secret

    @model_validator(mode="after")
    def _read_secret(self) -> Self:
        if self.client_secret_file is not None:
            try:
                text = self.client_secret_file.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise ValueError(f"{self.client_secret_file} cannot be read") from error
            if not text:
                raise ValueError(f"{self.client_secret_file} is empty")
            self._client_secret = text
        return self


class Provider(_Table):
    """One provider: what it signs with, and what its claims give here.

    Without *audience* its access tokens are not taken, without *sign_in* nobody signs
    in with it. Addresses that are not named are asked of the provider itself, and must
    then be of its own origin.
    """

    issuer: Address
    algorithm: Algorithm
    audience: Name | None = None
    sign_in: SignIn | None = None
    claims: ClaimNames = ClaimNames()
    roles: dict[Name, RoleGrant] = Field(min_length=1)
    units: dict[Name, Name] | None = None
    sources: dict[Name, Name] = {}
    jwks_uri: Address | None = None
    authorization_endpoint: Address | None = None
    token_endpoint: Address | None = None
    end_session_endpoint: Address | None = None

    @model_validator(mode="after")
    def _is_of_use(self) -> Self:
        if self.audience is None and self.sign_in is None:
            raise ValueError("name an `audience`, or how to `sign_in`, or both")
        if OWN_SOURCE in self.sources.values():
            raise ValueError(f"nobody else posts as {OWN_SOURCE}")
        return self


class _File(_Table):
    provider: tuple[Provider, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_issuer_is_named_once(self) -> Self:
        issuers = [provider.issuer for provider in self.provider]
        if len(set(issuers)) < len(issuers):
            raise ValueError("each issuer is described once")
        return self


def read_providers(path: Path) -> tuple[Provider, ...]:
    """Return the providers that a TOML file describes.

    Raises:
        IdentityFileError: the file cannot be read, or something in it is missing,
            misspelt or not what it should be.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return _File.model_validate(content).provider
    except ValidationError as error:
        flaws = "; ".join(
            f"{'.'.join(map(str, flaw['loc'])) or 'file'}: {flaw['msg']}"
            for flaw in error.errors(include_input=False, include_url=False)
        )
        raise IdentityFileError(f"{path}: {flaws}") from None
    except (OSError, ValueError) as error:
        raise IdentityFileError(f"{path} cannot be read ({error})") from error
