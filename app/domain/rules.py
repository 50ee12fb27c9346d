"""What a statutory deadline is: dated versions of a period, each with its source."""

from dataclasses import dataclass
from datetime import date

from app.domain.errors import UnknownRuleError
from app.domain.periods import Period
from app.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Act:
    """A statute (*laki*) by its name and its number in Finlex."""

    name: Text
    number: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A section of an act, and where needed the wording of which time is meant."""

    act: Act
    section: str
    wording: Text | None = None

    @property
    def text(self) -> Text:
        """The citation as it is written in each language."""
        act, section = self.act, self.section
        text = Text(
            fi=f"{act.name.fi} ({act.number}) {section} §",
            sv=f"{section} § i {act.name.sv} ({act.number})",
            en=f"{act.name.en} ({act.number}), section {section}",
        )
        if self.wording is None:
            return text
        return Text(
            fi=f"{text.fi}, {self.wording.fi}",
            sv=f"{text.sv}, {self.wording.sv}",
            en=f"{text.en}, {self.wording.en}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVersion:
    """A rule as it stands from *in_force_from* until the next version.

    *far_over* is no limit of the law's: what is late is told apart by it in reports.
    """

    version_id: str
    in_force_from: date
    period: Period
    far_over: Period
    citations: tuple[Citation, ...]
    says: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineRule:
    """One statutory deadline (*määräaika*), its versions in order of time."""

    code: str
    title: Text
    versions: tuple[RuleVersion, ...]

    def version_on(self, day: date) -> RuleVersion:
        """Return the version in force on *day*, the day on which a clock starts.

        Raises:
            UnknownRuleError: no version is in force yet.
        """
        for version in reversed(self.versions):
            if version.in_force_from <= day:
                return version
        raise UnknownRuleError(f"no version of {self.code} is in force on {day}")
