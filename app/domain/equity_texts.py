"""What a gap between groups is, why one cannot be told, and what groups are called."""

from app.domain.compliance import Dimension
from app.domain.equity import Reason
from app.domain.labels import LANGUAGES, NATIONALITIES
from app.domain.texts import Text

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


def group_name(dimension: Dimension, group: str) -> Text:
    """Return what people call *group*."""
    names = LANGUAGES if dimension is Dimension.LANGUAGE_GROUP else NATIONALITIES
    return names[group]
