"""What no text may hold: identity codes, phone numbers, e-mail addresses."""

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


_CONTAINS: Mapping[PersonalData, Callable[[str], bool]] = {
    PersonalData.IDENTITY_CODE: contains_identity_code,
    PersonalData.PHONE_NUMBER: contains_phone_number,
    PersonalData.EMAIL_ADDRESS: contains_email_address,
}


def holds_personal_data(text: str) -> bool:
    """Say whether *text* holds anything that tells who someone is."""
    text = plain(text)
    return any(contains(text) for contains in _CONTAINS.values())


def personal_data_in(text: str) -> tuple[PersonalData, ...]:
    """Return what *text* holds that tells who someone is."""
    text = plain(text)
    return tuple(kind for kind, contains in _CONTAINS.items() if contains(text))
