"""Sealed reports as data: which there are, and in what two tellings of one differ."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from app.domain.errors import InvalidPeriodError
from app.domain.reporting_periods import Period
from app.domain.texts import Text

# Where a figure stands: the members that name its cell, and the names that lead to it.
Place: TypeAlias = tuple[tuple[tuple[str, object], ...], tuple[str, ...]]


class ReportKind(StrEnum):
    """The reports that a county owes."""

    MONTHLY = "monthly"
    THL = "thl"
    YEARLY = "yearly"


_FORMS = {
    ReportKind.MONTHLY: (r"[0-9]{4}-[0-9]{2}", "a month, as in 2026-10"),
    ReportKind.THL: (r"thl:.*", "a window of THL's, as in thl:2026-04"),
    ReportKind.YEARLY: (r"[0-9]{4}", "a year, as in 2026"),
}


class Explanation(StrEnum):
    """What may explain that a report, computed again, is not what was sealed."""

    SEAL_CHANGED = "seal_changed"
    LEDGER_CHANGED = "ledger_changed"
    DATA_ERASED = "data_erased"
    RULES_CHANGED = "rules_changed"
    OTHER_SOFTWARE = "other_software"
    READ_MODEL_CHANGED = "read_model_changed"


EXPLANATIONS = {
    Explanation.SEAL_CHANGED: Text(
        fi="Sinetöity raportti ei ole enää se, joka sinetöitiin.",
        sv="Den förseglade rapporten är inte längre den som förseglades.",
        en="The sealed report is no longer what was sealed.",
    ),
    Explanation.LEDGER_CHANGED: Text(
        fi="Tapahtumalokit eivät ole siltä ajalta, mitä ne olivat sinetöitäessä.",
        sv="Händelseloggarna är för den tiden inte vad de var vid förseglingen.",
        en="For that time the ledgers are not what they were when it was sealed.",
    ),
    Explanation.DATA_ERASED: Text(
        fi="Osa tiedoista, joista raportti laskettiin, on sen jälkeen hävitetty. Niitä "
        "lukuja, jotka nyt ovat toiset, ei voi enää laskea; sinetöidyt luvut pysyvät.",
        sv="En del av de uppgifter som rapporten räknades på har därefter förstörts. "
        "De siffror som nu är andra kan inte längre räknas; de förseglade står kvar.",
        en="Some of the data that the report was counted from have been erased since. "
        "The figures that differ can no longer be computed; the sealed ones stand.",
    ),
    Explanation.RULES_CHANGED: Text(
        fi="Silloin voimassa olleeksi kirjattu tulkinta, asetus, yksikköpuu tai "
        "lähteen tieto on muutettu jälkikäteen.",
        sv="Den tolkning, den inställning, det enhetsträd eller de uppgifter om källor "
        "som antecknats gälla då har ändrats i efterhand.",
        en="The reading, settings, unit tree or what is said of sources, as recorded "
        "for that time, were changed afterwards.",
    ),
    Explanation.OTHER_SOFTWARE: Text(
        fi="Raportti on sinetöity ohjelman toisella versiolla.",
        sv="Rapporten förseglades med en annan version av programmet.",
        en="The report was sealed by another version of the software.",
    ),
    Explanation.READ_MODEL_CHANGED: Text(
        fi="Määräaikojen taulua on ehkä muutettu: aja `maaraaika verify`.",
        sv="Tabellen över tidsfrister kan ha ändrats: kör `maaraaika verify`.",
        en="The table of deadlines may have been changed: run `maaraaika verify`.",
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what was sealed; *cell* names the members of its cell."""

    cell: Mapping[str, object]
    figure: str
    sealed: object
    computed: object


def require_fitting(kind: ReportKind, period: Period) -> None:
    """Make sure that a report of *kind* may be of *period*.

    Raises:
        InvalidPeriodError: it is of another length.
    """
    form, words = _FORMS[kind]
    if not re.fullmatch(form, period.code):
        raise InvalidPeriodError(f"The period of this kind of report is {words}")


def differences(
    sealed: Mapping[str, Any], computed: Mapping[str, Any], *, by: tuple[str, ...]
) -> list[Difference]:
    """Return every value in which *computed* is not as *sealed*.

    *by* are the members that tell the cells of a list apart.
    """
    names = ("rule", "basis", *by)
    before = dict(_leaves(sealed, names, ((), ())))
    after = dict(_leaves(computed, names, ((), ())))
    return [
        Difference(
            cell=dict(cell),
            figure=".".join(path),
            sealed=before.get((cell, path)),
            computed=after.get((cell, path)),
        )
        for cell, path in dict.fromkeys([*before, *after])
        if before.get((cell, path)) != after.get((cell, path))
    ]


def _leaves(
    value: object, names: tuple[str, ...], place: Place
) -> Iterator[tuple[Place, object]]:
    """Give every plain value in *value*, with its place.

    The members *names* of an object in a list say which cell it is, so that cells are
    compared by what they are of; what has none of them is compared by its order.
    """
    cell, path = place
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, names, (cell, (*path, str(name))))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            own = _name(item, names)
            if own:
                rest = {name: item[name] for name in item if name not in names}
                yield from _leaves(rest, names, ((*cell, *own), path))
            else:
                yield from _leaves(item, names, (cell, (*path, str(number))))
    else:
        yield place, value


def _name(item: object, names: tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    if not isinstance(item, Mapping):
        return ()
    return tuple((name, item[name]) for name in names if name in item)
