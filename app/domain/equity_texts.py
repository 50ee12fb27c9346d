"""What the comparison of groups tells, in plain sentences."""

from collections.abc import Iterator, Sequence

from app.domain.compliance import Dimension
from app.domain.equity import (
    Difference,
    Gap,
    Gaps,
    Reason,
    Share,
    Standing,
)
from app.domain.labels import LANGUAGES, NATIONALITIES
from app.domain.texts import Language, Text

DEFINITION = Text(
    fi="Ajoissa tehtyjen osuuden ero kunkin ryhmän ja vertailuryhmän välillä "
    "prosenttiyksikköinä, Newcomben 95 %:n luottamusväli. Toinen vertailu koskee vain "
    "saman yksikön ja ikäryhmän lapsia (Mantelin ja Haenszelin erotus), koska yksiköt "
    "eroavat toisistaan eivätkä ryhmät jakaudu niihin tasan. Ryhmän sanotaan eroavan "
    "vain, jos ero on erotettavissa, kun otetaan huomioon, että ryhmiä verrataan "
    "useita (Bonferroni); siksi väli voi jäädä nollan toiselle puolelle, vaikka eroa "
    "ei sanota. Se, ettei aineisto kerro erosta, ei tarkoita, ettei eroa ole. Ero ei "
    "kerro syystä.",
    sv="Skillnaden i andelen i tid mellan varje grupp och jämförelsegruppen i "
    "procentenheter, med Newcombes 95 % konfidensintervall. Den andra jämförelsen "
    "gäller endast barn i samma enhet och åldersgrupp (skillnaden enligt Mantel och "
    "Haenszel), eftersom enheterna skiljer sig och grupperna inte fördelar sig jämnt "
    "på dem. En grupp sägs skilja sig endast om skillnaden är urskiljbar när man "
    "beaktar att flera grupper jämförs (Bonferroni); därför kan intervallet ligga på "
    "ena sidan om noll utan att en skillnad konstateras. Att materialet inte visar "
    "någon skillnad betyder inte att det inte finns någon. Skillnaden säger inget om "
    "orsaken.",
    en="The difference between the rate of each group and that of the reference in "
    "percentage points, with Newcombe's 95 % interval. The second comparison is of "
    "children of the same unit and age band only (Mantel-Haenszel difference), since "
    "units differ and groups are not spread over them alike. A group is said to differ "
    "only if that can be told when it is considered that several groups are compared "
    "(Bonferroni); so an interval can lie on one side of zero without it. That the "
    "data cannot tell does not mean that there is no difference. A difference says "
    "nothing of its cause.",
)
_CRUDE = {
    Standing.LOWER: Text(
        fi="Osuus erottuu matalampana",
        sv="Andelen är statistiskt urskiljbart lägre",
        en="The rate is distinguishably lower",
    ),
    Standing.HIGHER: Text(
        fi="Osuus erottuu korkeampana",
        sv="Andelen är statistiskt urskiljbart högre",
        en="The rate is distinguishably higher",
    ),
    Standing.CANNOT_TELL: Text(
        fi="Aineisto ei kerro, eroaako osuus",
        sv="Materialet visar inte om andelen skiljer sig",
        en="The data cannot tell whether the rate differs",
    ),
}
_WITHIN = {
    Standing.LOWER: Text(
        fi="Saman yksikön ja ikäryhmän lapsiin verrattuna erottuu matalampana",
        sv="Jämfört med barn i samma enhet och åldersgrupp urskiljbart lägre",
        en="Against children of the same unit and age band distinguishably lower",
    ),
    Standing.HIGHER: Text(
        fi="Saman yksikön ja ikäryhmän lapsiin verrattuna erottuu korkeampana",
        sv="Jämfört med barn i samma enhet och åldersgrupp urskiljbart högre",
        en="Against children of the same unit and age band distinguishably higher",
    ),
    Standing.CANNOT_TELL: Text(
        fi="Saman yksikön ja ikäryhmän lapsiin verrattuna aineisto ei kerro erosta",
        sv="Jämfört med barn i samma enhet och åldersgrupp visar materialet inte om "
        "andelen skiljer sig",
        en="Against children of the same unit and age band the data cannot tell",
    ),
}
WHY_NOT = {
    Reason.UNKNOWN_GROUP: Text(
        fi="Ryhmä ei ole tiedossa, joten sitä ei verrata",
        sv="Gruppen är okänd och jämförs därför inte",
        en="The group is not known, so it is not compared",
    ),
    Reason.TOO_FEW: Text(
        fi="Liian vähän määräaikoja osuuden näyttämiseen",
        sv="För få tidsfrister för att visa en andel",
        en="Too few deadlines to show a rate",
    ),
    Reason.TOO_FEW_IN_REFERENCE: Text(
        fi="Vertailuryhmässä on liian vähän määräaikoja",
        sv="Jämförelsegruppen har för få tidsfrister",
        en="The reference has too few deadlines",
    ),
    Reason.NO_COUNTERPART: Text(
        fi="Missään yksikössä ja ikäryhmässä ei ole molempien ryhmien lapsia",
        sv="Ingen enhet och åldersgrupp har barn ur båda grupperna",
        en="No unit and age band has children of both groups",
    ),
    Reason.TOO_FEW_EXPECTED: Text(
        fi="Liian vähän verrattavia saman yksikön ja ikäryhmän lapsia",
        sv="För få jämförbara barn i samma enhet och åldersgrupp",
        en="Too few comparable children of the same unit and age band",
    ),
    Reason.NO_VARIATION: Text(
        fi="Yksikön ja ikäryhmän sisällä osuuksissa ei ole vaihtelua",
        sv="Inom enheterna och åldersgrupperna varierar andelarna inte",
        en="Within units and age bands the rates do not vary",
    ),
}


_REFERENCE = Text(fi="Vertailuryhmä", sv="Jämförelsegrupp", en="Reference")
_POINTS = Text(
    fi="ero {} prosenttiyksikköä, 95 %:n luottamusväli {} ... {}",
    sv="skillnad {} procentenheter, 95 % konfidensintervall från {} till {}",
    en="difference {} percentage points, 95 % interval {} to {}",
)


def sentences(found: Gaps) -> Text:
    """Return which groups differ, which cannot be told apart, and what is too few."""
    return Text(
        fi=" ".join(_told(found, Language.FI)),
        sv=" ".join(_told(found, Language.SV)),
        en=" ".join(_told(found, Language.EN)),
    )


def group_name(dimension: Dimension, group: str) -> Text:
    """Return what people call *group*."""
    names = LANGUAGES if dimension is Dimension.LANGUAGE_GROUP else NATIONALITIES
    return names[group]


def _told(found: Gaps, language: Language) -> Iterator[str]:
    say = _Speaker(found, language)
    yield say.sentence(_REFERENCE, [say.group(found.reference, found.reference_share)])
    for standing, text in _CRUDE.items():
        yield from say.standing(text, standing, [(g, g.crude) for g in found.gaps])
    for standing, text in _WITHIN.items():
        yield from say.standing(
            text, standing, [(g, g.standardised) for g in found.gaps]
        )
    for reason, text in WHY_NOT.items():
        groups = [g for g in found.gaps if reason in (g.crude, g.standardised)]
        if groups:
            yield say.sentence(text, [say.group(g.group, g.share) for g in groups])


class _Speaker:
    """Says sentences about groups in one language."""

    def __init__(self, found: Gaps, language: Language) -> None:
        self._found = found
        self._language = language

    def sentence(self, text: Text, groups: Sequence[str]) -> str:
        return f"{text.to(self._language)}: {'; '.join(groups)}."

    def standing(
        self,
        text: Text,
        standing: Standing,
        compared: Sequence[tuple[Gap, Difference | Reason]],
    ) -> Iterator[str]:
        """Give the sentence of those of that *standing*, if there are any."""
        groups = [
            self.group(gap.group, gap.share, result)
            for gap, result in compared
            if isinstance(result, Difference) and result.standing is standing
        ]
        if groups:
            yield self.sentence(text, groups)

    def group(
        self, group: str, share: Share, difference: Difference | None = None
    ) -> str:
        """Return the name of *group* with what may be shown of it."""
        name = group_name(self._found.dimension, group).to(self._language)
        told = [f"n = {share.due}"]
        if share.due >= max(self._found.minimum_n, 1):
            told.insert(0, f"{self._number(100 * share.in_time / share.due)} %")
        if difference is not None:
            numbers = (difference.points, *difference.interval)
            told.append(_POINTS.to(self._language).format(*map(self._number, numbers)))
        return f"{name} ({', '.join(told)})"

    def _number(self, value: float) -> str:
        written = f"{value:.1f}"
        is_english = self._language is Language.EN
        return written if is_english else written.replace(".", ",")
