"""Links from a case to the same case in the client system that it comes from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from app.domain.texts import Text

PLACEHOLDER = "{case_ref}"
LONGEST_TEMPLATE = 500
_SITE = re.compile(r"https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?/")
_REST = re.compile(r"[A-Za-z0-9!#$%&'()*+,./:;=?@\[\]_~-]*")
# A browser takes these out of an address, and would go elsewhere than it is told.
_NO_STEP = frozenset({".", ".."})

_NOT_ONE_PLACE = Text(
    fi="Osoitteessa on oltava {case_ref} tasan kerran: sen kohdalle tulee asian viite.",
    sv="Adressen ska ha {case_ref} exakt en gång: där sätts ärendets referens in.",
    en="The address needs {case_ref} exactly once: there the reference of a case goes.",
)
_NOT_HTTPS = Text(
    fi="Osoitteen alussa on oltava https://, palvelimen nimi ja kauttaviiva ennen "
    "kohtaa {case_ref}.",
    sv="Adressen ska börja med https://, serverns namn och ett snedstreck före "
    "{case_ref}.",
    en="The address has to begin with https://, the name of a host and a slash, "
    "before {case_ref}.",
)
_UNFIT = Text(
    fi="Osoitteessa on merkki, joka ei sellaisenaan kuulu osoitteeseen, kuten "
    "välilyönti tai ä. Kopioi osoite selaimen osoiteriviltä.",
    sv="Adressen har ett tecken som inte hör hemma i en adress, som mellanslag eller "
    "ä. Kopiera den från webbläsarens fält för adresser.",
    en="The address has a character that does not belong in one, as a space or ä. "
    "Copy the address from the address bar of the browser.",
)
_TOO_LONG = Text(
    fi=f"Osoite on liian pitkä: enintään {LONGEST_TEMPLATE} merkkiä.",
    sv=f"Adressen är för lång: högst {LONGEST_TEMPLATE} tecken.",
    en=f"The address is too long: {LONGEST_TEMPLATE} characters at most.",
)


class LinkTemplateError(Exception):
    """A template cannot be made into links; *text* says what it lacks."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class ClientLinks:
    """Where cases are in their client systems, by the *templates* of the sources."""

    templates: Mapping[str, str]

    def to(self, source: str, case_ref: str) -> str | None:
        """Return the address of a case; None if nobody has said where its source is."""
        template = self.templates.get(source)
        if template is None or case_ref in _NO_STEP:
            return None
        return template.replace(PLACEHOLDER, quote(case_ref, safe=""))


def ensure_template(template: str) -> None:
    """Make sure that links can be made of *template*, all of them to one https host.

    Raises:
        LinkTemplateError: it has not one place for the reference, or is no address.
    """
    if len(template) > LONGEST_TEMPLATE:
        raise LinkTemplateError(_TOO_LONG)
    if template.count(PLACEHOLDER) != 1:
        raise LinkTemplateError(_NOT_ONE_PLACE)
    before, after = template.split(PLACEHOLDER)
    site = _SITE.match(before)
    if site is None:
        raise LinkTemplateError(_NOT_HTTPS)
    if not _REST.fullmatch(before, site.end()) or not _REST.fullmatch(after):
        raise LinkTemplateError(_UNFIT)
