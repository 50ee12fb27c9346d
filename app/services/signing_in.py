"""Signing in: with a provider in the browser, or, where there is none, with a link."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.db import people
from app.db import sign_in_links as link_table
from app.db.database import Database
from app.db.people import Person
from app.db.sign_in_links import SignInLink
from app.domain.access import ROLES_OF_UNITS, Actor, Role
from app.identity import browser_flow, grants
from app.identity.browser_flow import Attempt
from app.identity.errors import InvalidTokenError
from app.identity.grants import Said
from app.identity.trusted import TrustedProvider
from app.security.api_keys import hash_secret
from app.security.personal_data import holds_personal_data
from app.services import sessions
from app.services.callers import known_person

LINK_LIFE = timedelta(minutes=10)
LINK_ISSUER = "sign-in-link"
_LONGEST_PATH = 500
_LONGEST_NAME = 100
# So begins the id of whom only a single link knows.
_OF_LINK = "l"


class SignInRefusedError(Exception):
    """Somebody is not let in; the message is for logs and holds nothing of theirs."""


class NoAccessError(SignInRefusedError):
    """The provider knows them, and nothing that it says gives access here."""


class InvalidLinkRequestError(Exception):
    """A sign-in link was asked for that cannot be; the message says what to give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """With what a provider sends a browser back: a code, or why there is none."""

    state: str
    code: str | None = None
    iss: str | None = None
    error: str | None = None


def finish(
    database: Database,
    trusted: TrustedProvider,
    attempt: Attempt,
    answer: Return,
    redirect_uri: str,
    *,
    now: datetime,
) -> str:
    """Open a session for who has signed in with the provider, and return its secret.

    Raises:
        SignInRefusedError: the answer is not one to this attempt, or nothing that can
            be believed.
        NoAccessError: who has signed in has no access here.
        ProviderUnavailableError: the provider does not answer.
    """
    _check(trusted, attempt, answer)
    try:
        claims = browser_flow.redeem(
            trusted, attempt, answer.code or "", redirect_uri, now=now
        )
    except InvalidTokenError as error:
        raise SignInRefusedError(str(error)) from error
    said = grants.said(trusted.provider, claims)
    # A session is a person's: what a provider says of client systems gives none.
    said = Said(roles=said.roles, units=said.units)
    who = known_person(trusted, claims)
    if who is None or not grants.granted(trusted.provider, said, key_id=who.person_id):
        raise NoAccessError("the claims give no role")
    with database.write() as connection:
        people.remember(connection, who, seen_at=now)
        return sessions.open_session(
            connection, who.person_id, said, issuer=trusted.provider.issuer, now=now
        )


def make_link(
    database: Database,
    *,
    role: Role,
    units: tuple[str, ...],
    now: datetime,
    made_by: str | None = None,
    name: str | None = None,
) -> str:
    """Return the secret of a new sign-in link, good once and for ten minutes.

    Links of the same *name* are one person's; without one each is somebody's of its
    own.

    Raises:
        InvalidLinkRequestError: client systems do not sign in, only leads and analysts
            have units, and a name is short and no identity code.
    """
    if role is Role.INTEGRATOR:
        raise InvalidLinkRequestError("Client systems have keys: maaraaika key create")
    if units and role not in ROLES_OF_UNITS:
        raise InvalidLinkRequestError("Only leads and analysts have units: --role lead")
    secret = secrets.token_urlsafe(32)
    who = _nameless(made_by) if name is None else _named(name)
    with database.write() as connection:
        people.remember(connection, who, seen_at=now)
        link_table.forget(connection, now - sessions.REMEMBERED)
        link_table.add(
            connection,
            SignInLink(
                secret_hash=hash_secret(secret),
                person_id=who.person_id,
                role=role,
                units=units,
                created_at=now,
                created_by=made_by,
                expires_at=now + LINK_LIFE,
            ),
        )
    return secret


def use_link(database: Database, secret: str, *, now: datetime) -> str:
    """Use a sign-in link up: open a session, and return its secret.

    Raises:
        SignInRefusedError: the link is used up, too old, or none.
    """
    with database.write() as connection:
        link = link_table.use(connection, hash_secret(secret), now)
        if link is None:
            raise SignInRefusedError("the link is no good")
        said = Said(roles=(link.role,), units=link.units)
        return sessions.open_session(
            connection, link.person_id, said, issuer=None, now=now
        )


def is_nameless(actor: Actor) -> bool:
    """Tell whether *actor* came by a link without a name: as nobody who comes back."""
    return actor.key_id.startswith(_OF_LINK)


def own_path(text: str) -> str:
    """Return *text* if it is a path of our own to go on to, else the front page's."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    if not is_path or len(text) > _LONGEST_PATH or not text.isprintable():
        return "/"
    parts = urlsplit(text)
    is_own = not parts.scheme and not parts.netloc and "\\" not in text
    return text if is_own and not parts.path.startswith("/sign-") else "/"


def _nameless(made_by: str | None) -> Person:
    number = secrets.token_hex(8)
    return Person(
        person_id=f"{_OF_LINK}{number}",
        issuer=LINK_ISSUER,
        subject=number,
        name=f"sign-in link by {made_by or 'the service'}",
    )


def _named(name: str) -> Person:
    if not name.isprintable() or not 0 < len(name) <= _LONGEST_NAME:
        raise InvalidLinkRequestError(f"A name has 1 to {_LONGEST_NAME} characters.")
    if holds_personal_data(name):
        raise InvalidLinkRequestError(
            "Name them otherwise than by identity code, phone number or e-mail address."
        )
    who = grants.Person(issuer=LINK_ISSUER, subject=name, name=name)
    return Person(person_id=who.id, issuer=who.issuer, subject=name, name=name)


def _check(trusted: TrustedProvider, attempt: Attempt, answer: Return) -> None:
    if not hmac.compare_digest(
        answer.state.encode(errors="surrogatepass"), attempt.state.encode()
    ):
        raise SignInRefusedError("the answer is to another attempt")
    issuer = trusted.provider.issuer
    # RFC 9207: so that no other provider's code is taken to this one.
    if answer.iss != issuer and (answer.iss or trusted.endpoints.names_itself):
        raise SignInRefusedError("the answer is of another provider")
    if answer.error is not None or not answer.code:
        raise SignInRefusedError("the provider has let nobody in")
