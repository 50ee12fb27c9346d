"""A text in the three languages of the service."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Language(StrEnum):
    """The languages of every text; Finnish and Swedish are equal by law."""

    FI = "fi"
    SV = "sv"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One text, in every language: a translation can be wrong but never missing."""

    fi: str
    sv: str
    en: str

    def to(self, language: Language) -> str:
        """Return the text in *language*."""
        match language:
            case Language.FI:
                return self.fi
            case Language.SV:
                return self.sv
            case Language.EN:
                return self.en
            case _:
                assert_never(language)

    def by_language(self) -> dict[str, str]:
        """Return the text in each language, by its code."""
        return {language.value: self.to(language) for language in Language}
