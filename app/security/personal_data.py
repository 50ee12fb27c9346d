"""What no text may hold: identity codes, phone numbers, e-mail addresses."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from app.security.contact_details import contains_email_address, contains_phone_number
from app.security.identity_codes import contains_identity_code
from app.security.plain_forms import plain


class PersonalData(StrEnum):
    """What tells who someone is; each value is a stable code."""

    IDENTITY_CODE = "identity_code"
    PHONE_NUMBER = "phone_number"
    EMAIL_ADDRESS = "email_address"


class PersonalDataError(Exception):
    """A text that is to be stored tells who someone is."""


_CONTAINS: Mapping[PersonalData, Callable[[str], bool]] = {
    PersonalData.IDENTITY_CODE: contains_identity_code,
    PersonalData.PHONE_NUMBER: contains_phone_number,
    PersonalData.EMAIL_ADDRESS: contains_email_address,
}


# Identifiers that programs draw at random: UUIDs (RFC 9562, section 4) and digests.
# One UUID in 50,000 spells an identity code by chance, and no client could send it.
_DRAWN_AT_RANDOM = re.compile(
    r"""
    (?<! [0-9A-Z] )
    (?: [0-9A-F]{8} (?: - [0-9A-F]{4} ){3} - [0-9A-F]{12} | [0-9A-F]{32,}+ )
    (?! [0-9A-Z] )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def holds_personal_data(text: str) -> bool:
    """Say whether *text* holds anything that tells who someone is."""
    return bool(personal_data_in(text))


def personal_data_in(text: str) -> tuple[PersonalData, ...]:
    """Return what *text* holds that tells who someone is.

    Whole UUIDs and digests of at least 32 hexadecimal digits in it are passed over.
    """
    text = plain(text)
    found = _found_in(text)
    return found and _found_in(_DRAWN_AT_RANDOM.sub("x", text))


def _found_in(text: str) -> tuple[PersonalData, ...]:
    return tuple(kind for kind, contains in _CONTAINS.items() if contains(text))
