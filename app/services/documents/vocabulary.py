"""What a document calls things: codes under their names, and facts of every report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.db.units import Unit
from app.domain import labels
from app.domain.compliance import Basis
from app.domain.definitions import definition_of
from app.domain.law import Law
from app.domain.periods import Eves, Roll
from app.domain.report_settings import Inclusion
from app.domain.reporting_periods import Period
from app.domain.texts import Language, Text
from app.exports import numbers
from app.exports.document import Coded, Column, Definition, Fact, Kind
from app.services.reports import Asked

_ALL = Text(fi="kaikki", sv="alla", en="all")
_LAW = Text(fi="Sääntöversiot", sv="Regelversioner", en="Rule versions")
_READING = Text(fi="Laintulkinta", sv="Lagtolkning", en="Legal reading")
_UNCONFIRMED = Text(
    fi="rajaus vahvistamatta",
    sv="avgränsningen obekräftad",
    en="inclusion unconfirmed",
)
_EVES = {
    Eves.NON_WORKING: Text(
        fi="aatot eivät ole arkipäiviä",
        sv="aftnarna är inte vardagar",
        en="the eves are not working days",
    ),
    Eves.WORKING: Text(
        fi="aatot ovat arkipäiviä",
        sv="aftnarna är vardagar",
        en="the eves are working days",
    ),
}
_ROLL = {
    Roll.ON: Text(
        fi="vapaapäivään päättyvä kolmen kuukauden määräaika siirtyy",
        sv="en tremånadersfrist som löper ut på en ledig dag förskjuts",
        en="three months that end on a day off move on",
    ),
    Roll.OFF: Text(
        fi="vapaapäivään päättyvä kolmen kuukauden määräaika ei siirry",
        sv="en tremånadersfrist som löper ut på en ledig dag förskjuts inte",
        en="three months that end on a day off do not move",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names of rules, units and codes in one language."""

    language: Language
    law: Law
    units: Mapping[str, Unit]

    def column(self, code: str, kind: Kind = Kind.TEXT) -> Column:
        """Return the column *code* with its heading."""
        heading = labels.heading(code, self.language)
        return Column(code=code, heading=heading, kind=kind)

    def coded(self, column: str, code: str | None) -> Coded:
        """Return *code* of *column* with its name; a code of nothing is empty."""
        if code is None:
            nothing = labels.NO_UNIT if column == "unit" else labels.NOT_DONE
            return Coded("", nothing.to(self.language))
        if column == "rule":
            return Coded(code, self.law.rule(code).title.to(self.language))
        if column == "unit":
            unit = self.units.get(code)
            return Coded(code, unit.name.to(self.language) if unit else code)
        return Coded(code, labels.label(column, code, self.language))

    def basis(self, basis: Basis, inclusion: Inclusion) -> Coded:
        """Return *basis* with its name, and what is not confirmed of it."""
        named = self.coded("basis", basis.value)
        if basis is Basis.DUE or inclusion.confirmed:
            return named
        return Coded(named.code, f"{named.label} ({_UNCONFIRMED.to(self.language)})")

    def people(self, column: str, code: str | None) -> str:
        """Return what those with *code* of *column* are called."""
        if column == "unit" or not code:
            return self.coded(column, code or None).label
        return labels.people(column, code, self.language)

    def named(self, groups: Iterable[tuple[str, str | None]]) -> str:
        """Return what those of *groups*, by column and code, are called; else all."""
        people = (self.people(column, code) for column, code in groups)
        return ", ".join(people) or _ALL.to(self.language)

    def definitions(
        self, bases: Iterable[Basis], inclusion: Inclusion
    ) -> tuple[Definition, ...]:
        """Return what each of *bases* counts under *inclusion*."""
        return tuple(
            Definition(
                term=self.basis(basis, inclusion).label,
                text=definition_of(basis, inclusion).to(self.language),
            )
            for basis in bases
        )

    def period(self, period: Period) -> Fact:
        """Return which days a document is about."""
        span = numbers.span(period.first, period.last, self.language)
        return Fact(name=labels.heading("period", self.language), value=span)

    def facts(self, as_of: date, known_at: datetime) -> tuple[Fact, ...]:
        """Return what every document says of its question and its law."""
        language = self.language
        reading = self.law.reading
        told = f"{_EVES[reading.eves].to(language)}; {_ROLL[reading.roll].to(language)}"
        versions = (v.version_id for rule in self.law.rules for v in rule.versions)
        return (
            Fact(name=labels.heading("as_of", language), value=as_of, kind=Kind.DAY),
            Fact(
                name=labels.heading("known_at", language),
                value=known_at,
                kind=Kind.INSTANT,
            ),
            Fact(name=_READING.to(language), value=told),
            Fact(name=_LAW.to(language), value=", ".join(versions)),
        )


def words_of(asked: Asked, language: Language) -> Vocabulary:
    """Return what is called what where figures were *asked* for."""
    return Vocabulary(language=language, law=asked.law, units=asked.units)
