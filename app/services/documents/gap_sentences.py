"""What the comparison of groups tells, in plain sentences."""

from collections.abc import Iterator, Sequence

from app.domain.equity import (
    Difference,
    Gap,
    Gaps,
    Reason,
    Share,
    Standing,
)
from app.domain.equity_texts import WHY_NOT, group_name
from app.domain.texts import Language, Text
from app.exports import numbers

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
_REFERENCE = Text(fi="Vertailuryhmä", sv="Jämförelsegrupp", en="Reference")
_POINTS = Text(
    # Finnish has dots and no dash between numbers that bear a sign.
    fi="ero {} prosenttiyksikköä, 95 %:n luottamusväli {} … {}",
    sv="skillnad {} procentenheter, 95 % konfidensintervall från {} till {}",
    en="difference {} percentage points, 95% interval {} to {}",
)


def sentences(found: Gaps) -> Text:
    """Return which groups differ, which cannot be told apart, and what is too few."""
    return Text(
        fi=" ".join(told(found, Language.FI)),
        sv=" ".join(told(found, Language.SV)),
        en=" ".join(told(found, Language.EN)),
    )


def told(found: Gaps, language: Language) -> Iterator[str]:
    """Give the sentences one by one."""
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
        told = [f"n = {numbers.count(share.due, self._language)}"]
        if share.due >= max(self._found.minimum_n, 1):
            rate = share.in_time / share.due
            told.insert(0, numbers.share(rate, self._language))
        if difference is not None:
            points = (difference.points, *difference.interval)
            written = (numbers.decimal(each, self._language) for each in points)
            told.append(_POINTS.to(self._language).format(*written))
        return f"{name} ({', '.join(told)})"
