"""A county like Espoo: its units, and the figures that its synthetic people follow."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.domain.texts import Text

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit of the tree; the root has no parent."""

    code: str
    parent: str | None
    name: Text


ROOT = "espoo"
LEPPAVAARA = "leppavaara"
MATINKYLA = "matinkyla-olari-tapiola"
ESPOONLAHTI = "espoonlahti"
ESPOON_KESKUS = "espoon-keskus"

# Parents stand before their children: the tree is posted in this order.
# The four regional units are Espoo's own; the two teams are invented.
UNITS = (
    Unit(code=ROOT, parent=None, name=Text("Espoo", "Esbo", "Espoo")),
    Unit(
        code=LEPPAVAARA,
        parent=ROOT,
        name=Text("Leppävaara", "Alberga", "Leppävaara"),
    ),
    Unit(
        code=MATINKYLA,
        parent=ROOT,
        name=Text(
            "Matinkylä–Olari–Tapiola",  # noqa: RUF001 - the dash of the Finnish name
            "Mattby–Olars–Hagalund",  # noqa: RUF001 - and of the Swedish one
            "Matinkylä–Olari–Tapiola",  # noqa: RUF001
        ),
    ),
    Unit(
        code=ESPOONLAHTI,
        parent=ROOT,
        name=Text("Espoonlahti", "Esboviken", "Espoonlahti"),
    ),
    Unit(
        code=ESPOON_KESKUS,
        parent=ROOT,
        name=Text("Espoon keskus", "Esbo centrum", "Espoo Centre"),
    ),
    Unit(
        code="leppavaara-arviointi-1",
        parent=LEPPAVAARA,
        name=Text(
            "Leppävaaran arviointitiimi 1",
            "Alberga bedömningsteam 1",
            "Leppävaara assessment team 1",
        ),
    ),
    Unit(
        code="leppavaara-arviointi-2",
        parent=LEPPAVAARA,
        name=Text(
            "Leppävaaran arviointitiimi 2",
            "Alberga bedömningsteam 2",
            "Leppävaara assessment team 2",
        ),
    ),
)
REGIONS = (LEPPAVAARA, MATINKYLA, ESPOONLAHTI, ESPOON_KESKUS)
LEPPAVAARA_TEAMS = tuple(unit.code for unit in UNITS if unit.parent == LEPPAVAARA)

# The shares of the regions are an assumption of the demo, near their populations.
REGION_SHARES = {LEPPAVAARA: 28, MATINKYLA: 33, ESPOONLAHTI: 19, ESPOON_KESKUS: 20}

# Kuusikko 2012, children notified in Espoo by age, per cent.
AGE_SHARES = {
    range(3): 12.4,
    range(3, 7): 19.7,
    range(7, 13): 27.1,
    range(13, 16): 22.8,
    range(16, 18): 18.0,
}
SCHOOL_AGE = 7
TEENAGE = 12

# Statistics Finland and Espoo: foreign mother tongues 19 % (2020), Swedish about 7 %.
# How the 19 % divide into languages is an assumption of the demo.
MOTHER_TONGUE_SHARES = {
    "fi": 73.9,
    "sv": 7.0,
    "se": 0.1,
    "ru": 3.9,
    "et": 3.3,
    "ar": 2.7,
    "so": 2.4,
    "en": 1.9,
    "zh": 1.3,
    "sq": 1.2,
    "ku": 1.2,
    "uk": 1.1,
}

# An assumption of the demo: about half of the foreign-language children are Finnish
# citizens, of the others nearly all.
FINNISH_CITIZENS_PER_CENT = {"fi": 99, "sv": 98, "se": 100}
FOREIGN_LANGUAGE_CITIZENS_PER_CENT = 48
CITIZENSHIPS = {
    "ru": "RU",
    "et": "EE",
    "ar": "IQ",
    "so": "SO",
    "en": "IN",
    "zh": "CN",
    "sq": "XK",
    "ku": "IQ",
    "uk": "UA",
}
OTHER_CITIZENSHIP = "SE"

# Kuusikko 2012, reasons in Espoo: adults' substance use about 25 %, domestic violence
# 10 %, then in this order, the shares of the others being an assumption of the demo.
REASON_SHARES = {
    "adult_substance_use": 25.0,
    "domestic_violence": 10.0,
    "parenting_difficulties": 9.5,
    "child_substance_use": 9.0,
    "neglect": 8.5,
    "adult_mental_health": 8.0,
    "child_offending": 7.5,
    "assault": 7.0,
    "violent_behaviour": 6.0,
    "school_absence": 5.5,
    "other": 4.0,
}
TEENAGE_REASONS = frozenset({"child_substance_use", "child_offending"})
SCHOOL_REASONS = frozenset({"violent_behaviour", "school_absence"})


def pick(rng: random.Random, shares: Mapping[Value, float]) -> Value:
    """Return one key of *shares*, each as likely as its share says."""
    return rng.choices(tuple(shares), tuple(shares.values()))[0]


def age_years(rng: random.Random) -> int:
    """Return an age in full years, 0 to 17."""
    band = pick(rng, AGE_SHARES)
    return rng.choice(band)


def citizenship(rng: random.Random, mother_tongue: str) -> str:
    """Return a citizenship that goes with *mother_tongue*, ISO 3166-1 alpha-2."""
    per_cent = FINNISH_CITIZENS_PER_CENT.get(
        mother_tongue, FOREIGN_LANGUAGE_CITIZENS_PER_CENT
    )
    if rng.random() * 100 < per_cent:
        return "FI"
    return CITIZENSHIPS.get(mother_tongue, OTHER_CITIZENSHIP)


def reasons(rng: random.Random, age: int) -> Sequence[str]:
    """Return one or two reasons that a child of *age* may have."""
    shares = {
        reason: share
        for reason, share in REASON_SHARES.items()
        if (age >= TEENAGE or reason not in TEENAGE_REASONS)
        and (age >= SCHOOL_AGE or reason not in SCHOOL_REASONS)
    }
    return sorted({pick(rng, shares), pick(rng, shares)})
