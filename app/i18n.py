"""Texts of the screens: gettext catalogues, of which English is the key."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from app.domain.texts import Language

LOCALES = Path(__file__).parent / "locales"
# English is what the templates say, so it has no catalogue that could differ.
TRANSLATED = (Language.FI, Language.SV)


def catalogue(language: Language) -> Path:
    """Return where the texts of *language* are kept."""
    return LOCALES / language / "LC_MESSAGES" / "messages.po"


@cache
def translations(language: Language) -> NullTranslations:
    """Return the texts of the screens in *language*.

    They are read as translators write them: what is compiled beforehand could be older
    than its source.
    """
    if language not in TRANSLATED:
        return NullTranslations()
    # Only screens need it, and only once: a command does not wait for its import.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    with catalogue(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language.value))
    compiled.seek(0)
    return GNUTranslations(compiled)
