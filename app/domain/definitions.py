"""What each figure is, in words: in every answer, on paper, and in docs/figures.md."""

from dataclasses import dataclass
from typing import assert_never

from app.domain import ageing, counts, equity_texts, flow, run_chart_texts
from app.domain.ageing import DASH
from app.domain.compliance import Basis
from app.domain.figures import Number
from app.domain.labels import COLUMNS
from app.domain.periods import Months, WorkingDays
from app.domain.report_settings import Inclusion
from app.domain.rules import RuleVersion
from app.domain.texts import Text

PAGE = "docs/figures.md"

_THL = Text(
    fi="jaksolla vireille tulleet asiat (7 arkipäivää) ja jaksolla valmistuneet "
    "arvioinnit (3 kuukautta): ajoissa / (ajoissa + myöhässä). Avoimet näytetään "
    "erikseen.",
    sv="ärenden som inletts under perioden (7 vardagar) och bedömningar som slutförts "
    "under perioden (3 månader): i tid / (i tid + försenade). Öppna redovisas separat.",
    en="matters that became pending in the period (7 working days) and assessments "
    "completed in it (3 months): in time / (in time + late). Open ones stand beside "
    "the rate.",
)
DUE = Text(
    fi="Määräajat, jotka päättyivät jaksolla ennen tarkastelupäivää: ajoissa / "
    "(ajoissa + myöhässä + avoinna ja myöhässä). Rauenneet, käynnissä olevaan "
    "arviointiin liitetyt ja ennakolliset ilmoitukset näytetään erikseen.",
    sv="Tidsfrister som löpte ut under perioden före granskningsdagen: i tid / "
    "(i tid + försenade + öppna och försenade). Förfallna ärenden, anmälningar "
    "som anslutits till en pågående bedömning och föregripande anmälningar "
    "redovisas separat.",
    en="Deadlines that fell due in the period and before the day of the answer: "
    "in time / (in time + late + open and late). Void, joined and anticipatory "
    "ones stand beside the rate.",
)


def definition_of(basis: Basis, inclusion: Inclusion) -> Text:
    """Return what *basis* counts; THL's says whether its *inclusion* is confirmed."""
    match basis:
        case Basis.DUE:
            return DUE
        case Basis.THL if inclusion.confirmed:
            return Text(
                fi=f"THL:n laskentapa: {_THL.fi}",
                sv=f"THL:s beräkningssätt: {_THL.sv}",
                en=f"THL basis: {_THL.en}",
            )
        case Basis.THL:
            return Text(
                fi=f"THL:n laskentapa (rajaus vahvistamatta): {_THL.fi}",
                sv=f"THL:s beräkningssätt (avgränsningen obekräftad): {_THL.sv}",
                en=f"THL basis (inclusion unconfirmed): {_THL.en}",
            )
        case _:
            assert_never(basis)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What the figure *code* of a report is."""

    code: str
    title: Text
    text: Text

    @property
    def docs(self) -> str:
        """Return where the figure is told in the documents."""
        return f"{PAGE}#{self.code}"


def _column(code: str, fi: str, sv: str, en: str) -> Definition:
    return Definition(code=code, title=COLUMNS[code], text=Text(fi=fi, sv=sv, en=en))


NUMBERS = (
    _column(
        Number.DUE,
        "Määräajat, joista osuus lasketaan: ajoissa, myöhässä sekä avoinna ja "
        "myöhässä; THL:n laskentatavalla ilman avoimia.",
        "De tidsfrister som andelen beräknas av: i tid, försenade samt öppna och "
        "försenade; enligt THL:s beräkningssätt utan de öppna.",
        "The deadlines that the rate is taken of: in time, late, and open and late; on "
        "THL's basis without the open ones.",
    ),
    _column(
        Number.IN_TIME,
        "Tehty viimeistään määräpäivänä; määräpäivä itse on ajoissa.",
        "Gjort senast på fristens sista dag, som räknas som i tid.",
        "Done on the due date at the latest; the due date itself is in time.",
    ),
    _column(
        Number.LATE,
        "Tehty tai päättynyt muuten vasta määräpäivän jälkeen. Ylitys ei katoa, vaikka "
        "asia valmistuu tai suljetaan.",
        "Gjort, eller avslutat på annat sätt, först efter fristens sista dag. En "
        "överskridning försvinner inte när ärendet slutförs eller avslutas.",
        "Done, or ended otherwise, only after the due date. A breach never vanishes "
        "when the case is completed or closed.",
    ),
    _column(
        Number.OPEN_LATE,
        "Tarkastelupäivänä tekemättä, vaikka määräpäivä on ohi. Lasketaan ylitykseksi.",
        "Ogjort på granskningsdagen fast fristen löpt ut. Räknas som överskridning.",
        "Not done on the day of the answer although the due date is past. Counted as "
        "missed.",
    ),
    _column(
        Number.OPEN_IN_TIME,
        "Tekemättä, mutta määräpäivä on tarkastelupäivä tai sen jälkeen. Osuuden "
        "ulkopuolella.",
        "Ogjort, men fristen löper ut på granskningsdagen eller senare. Utanför "
        "andelen.",
        "Not done, due on the day of the answer or later. Beside the rate.",
    ),
    _column(
        Number.MET_NOT_YET_DUE,
        "Tehty, mutta määräpäivä on tarkastelupäivä tai sen jälkeen. Osuuden "
        "ulkopuolella, jottei keskeneräinen jakso näytä todellista paremmalta.",
        "Gjort, men fristen löper ut på granskningsdagen eller senare. Utanför "
        "andelen, så att en pågående period inte ser bättre ut än den är.",
        "Done, due on the day of the answer or later. Beside the rate, so that an "
        "unfinished period does not look better than it is.",
    ),
    _column(
        Number.JOINED,
        "Ilmoitukset, jotka saapuivat arvioinnin ollessa käynnissä. Osuuden "
        "ulkopuolella.",
        "Anmälningar som kom in medan en bedömning pågick. Utanför andelen.",
        "Notifications received while an assessment was running. Beside the rate.",
    ),
    _column(
        Number.ANTICIPATORY,
        "Ennakolliset lastensuojeluilmoitukset. Osuuden ulkopuolella.",
        "Föregripande barnskyddsanmälningar. Utanför andelen.",
        "Notifications before birth. Beside the rate.",
    ),
    _column(
        Number.VOID,
        "Velvollisuus raukesi viimeistään määräpäivänä tai korjaus poisti sen. Osuuden "
        "ulkopuolella.",
        "Skyldigheten föll bort senast på fristens sista dag, eller en korrigering tog "
        "bort den. Utanför andelen.",
        "The duty fell away by the due date, or an amendment took it away. Beside the "
        "rate.",
    ),
    _column(
        Number.EXCLUDED,
        "Asiat, jotka raportin rajaus jättää THL:n laskentatavan ulkopuolelle.",
        "Ärenden som rapportens avgränsning lämnar utanför THL:s beräkningssätt.",
        "Matters that the inclusion printed on the report leaves out of THL's basis.",
    ),
    _column(
        Number.RECORDED_LATE,
        "Ajoissa tehdyistä ne, jotka kirjattiin vasta määräpäivän jälkeen.",
        "Av dem som gjorts i tid de som registrerades först efter fristens sista dag.",
        "Of those in time: entered only after the due date.",
    ),
    _column(
        Number.ENTRY_UNKNOWN,
        "Ajoissa tehdyistä ne, joiden kirjaamisajasta ei ole tietoa.",
        "Av dem som gjorts i tid de vars registreringstid inte är känd.",
        "Of those in time: nothing tells when they were entered.",
    ),
    _column(
        Number.CORRECTED,
        "Määräajat, joita jälkikäteen tehty korjaus tai peruminen paransi.",
        "Tidsfrister som en korrigering eller återkallelse i efterhand förbättrat.",
        "Deadlines that a correction or retraction made look better.",
    ),
    _column(
        Number.HINGING,
        "Määräajat, jotka ovat ajoissa, avoinna ajoissa tai rauenneet vain valitulla "
        "laintulkinnalla; ankarimmalla tulkinnalla ne olisivat myöhässä.",
        "Tidsfrister som är i tid, öppna i tid eller förfallna endast enligt den valda "
        "lagtolkningen; enligt den strängaste vore de försenade.",
        "Deadlines that are in time, open in time or void only under the reading in "
        "use; under the strictest they would be late.",
    ),
    _column(
        Number.IN_TIME_BY_READING,
        "Niistä ajoissa tehdyt.",
        "Av dessa de som gjorts i tid.",
        "Of these, those done in time.",
    ),
    _column(
        Number.WITHIN_LIMIT,
        "Määräajassa tehdyt. Luokitus on oma, ei lain.",
        "Gjorda inom fristen. Indelningen är vår egen, inte lagens.",
        "Done within the limit. The bands are our own, not the law's.",
    ),
    _column(
        Number.OVER_LIMIT,
        "Myöhässä, mutta enintään toiseen rajaan asti vireilletulosta laskettuna.",
        "Försenade, men högst till den andra gränsen, räknat från inledandet.",
        "Missed, but within the second limit, counted from pendency.",
    ),
    _column(
        Number.FAR_OVER_LIMIT,
        "Myöhässä yli toisen rajan vireilletulosta laskettuna.",
        "Försenade förbi den andra gränsen, räknat från inledandet.",
        "Missed by more than the second limit, counted from pendency.",
    ),
)
MEASURES = (
    Definition(
        code="rate",
        title=COLUMNS["rate"],
        text=Text(
            fi="Ajoissa / määräaikoja. Ei näytetä, jos määräaikoja on vähemmän kuin "
            "raportin vähimmäismäärä; lukumäärä näytetään aina.",
            sv="I tid / tidsfrister. Visas inte om tidsfristerna är färre än "
            "rapportens minsta antal; antalet visas alltid.",
            en="In time / due. Not shown of fewer than the report's minimum; "
            "the count is always shown.",
        ),
    ),
    Definition(
        code="interval",
        title=Text(
            fi="95 %:n luottamusväli", sv="95 % konfidensintervall", en="95% interval"
        ),
        text=Text(
            fi="Osuuden 95 %:n luottamusväli Wilsonin menetelmällä.",
            sv="95 % konfidensintervall för andelen enligt Wilsons metod.",
            en="The 95% interval of the rate by Wilson's score method.",
        ),
    ),
    Definition(
        code="days_over",
        title=Text(fi="Päiviä yli", sv="Dagar över", en="Days over"),
        text=Text(
            fi="Montako kalenteripäivää määräpäivän jälkeen ylittäneet tehtiin, "
            "avoimilla tarkastelupäivään: mediaani, 90. prosenttipiste, keskiarvo ja "
            "suurin. Mediaania ja prosenttipistettä ei näytetä, jos ylityksiä on "
            "vähemmän kuin raportin vähimmäismäärä.",
            sv="Hur många kalenderdagar efter fristens sista dag de överskridna "
            "gjordes, för öppna till granskningsdagen: median, 90:e percentil, "
            "medeltal och största. Median och percentil visas inte om "
            "överskridningarna är färre än rapportens minsta antal.",
            en="By how many calendar days the missed ones were missed, until the day "
            "of the answer for open ones: median, 90th percentile, mean and maximum. "
            "Median and percentile are not shown of fewer than the report's minimum.",
        ),
    ),
    Definition(
        code="days_taken",
        title=Text(
            fi="Päiviä tekemiseen", sv="Dagar tills det gjordes", en="Days until done"
        ),
        text=Text(
            fi="Montako päivää vireilletulosta tehdyt kestivät: arvioinnin "
            "aloittaminen arkipäivinä, arvioinnin valmistuminen kalenteripäivinä. "
            "Vireilletulopäivää ei lasketa.",
            sv="Hur många dagar från inledandet det tog: påbörjande i vardagar, "
            "slutförande i kalenderdagar. Dagen för inledandet räknas inte.",
            en="How many days it took from pendency: initiation in working days, "
            "assessment in calendar days. The day of pendency is not counted.",
        ),
    ),
    Definition(
        code="change_in_points",
        title=Text(
            fi="Muutos prosenttiyksikköinä",
            sv="Förändring i procentenheter",
            en="Change in points",
        ),
        text=Text(
            fi="Osuus miinus vertailujakson osuus, prosenttiyksikköinä. Molemmat "
            "jaksot ovat samalta tarkastelupäivältä ja samoin tiedoin.",
            sv="Andelen minus jämförelseperiodens andel, i procentenheter. Bägge "
            "perioderna avser samma granskningsdag och samma kännedom.",
            en="The rate less that of the period compared with, in percentage points. "
            "Both are of the same day and of the same knowledge.",
        ),
    ),
)
CLOCKS = (
    Definition(
        code="ageing",
        title=Text(
            fi="Avointen määräaikojen ikä",
            sv="De öppna tidsfristernas ålder",
            en="Ageing of open clocks",
        ),
        text=ageing.DEFINITION,
    ),
    Definition(
        code="flow",
        title=Text(fi="Virta ja ruuhka", sv="Flöde och eftersläpning", en="Flow"),
        text=flow.DEFINITION,
    ),
    Definition(
        code="counts",
        title=Text(
            fi="Ilmoitukset, lapset ja arvioinnit",
            sv="Anmälningar, barn och bedömningar",
            en="Notifications, children and assessments",
        ),
        text=counts.DEFINITION,
    ),
    Definition(
        code="run_chart",
        title=Text(fi="Seurantakaavio", sv="Styrdiagram", en="Run chart"),
        text=run_chart_texts.DEFINITION,
    ),
    Definition(
        code="equity",
        title=Text(
            fi="Ryhmien väliset erot",
            sv="Skillnader mellan grupper",
            en="Gaps between groups",
        ),
        text=equity_texts.DEFINITION,
    ),
)

# What is published counts what is open and late among the missed.
PUBLISHED = Text(
    fi="Määräajat, jotka päättyivät jaksolla: ajoissa / (ajoissa + määräaika "
    "ylittynyt). Avoimet, joiden määräaika on ylittynyt, ovat mukana ylittyneissä. "
    "Pienet lukumäärät ja ne, joista pieni luku voitaisiin laskea, on peitetty; "
    "nolla näytetään.",
    sv="Tidsfrister som löpte ut under perioden: i tid / (i tid + tidsfristen "
    "överskriden). Öppna ärenden vars tidsfrist har överskridits ingår i de "
    "överskridna. Små antal och sådana ur vilka ett litet antal kunde räknas ut "
    "är dolda; noll visas.",
    en="Deadlines that fell due in the period: in time / (in time + missed). What is "
    "open and late counts as missed. Small counts are hidden, and those from which a "
    "small one could be worked out; zero is shown.",
)


def bases(inclusion: Inclusion) -> tuple[Definition, ...]:
    """Return what each basis counts under *inclusion*."""
    titles = {
        Basis.DUE: Text(
            fi="Jaksolla päättyneet määräajat",
            sv="Tidsfrister som löpt ut under perioden",
            en="Deadlines that fell due",
        ),
        Basis.THL: Text(
            fi="THL:n laskentapa", sv="THL:s beräkningssätt", en="THL basis"
        ),
    }
    return tuple(
        Definition(
            code=f"basis-{basis.value}",
            title=title,
            text=definition_of(basis, inclusion),
        )
        for basis, title in titles.items()
    )


def bands_of(version: RuleVersion) -> dict[Number, Text]:
    """Return what the bands of lateness of *version* are called."""
    limit, far = version.period.number, version.far_over.number
    match version.period:
        case WorkingDays():
            unit = Text(fi="arkipäivää", sv="vardagar", en="working days")
            between = f"{limit + 1}{DASH}{far}"
        case Months():
            unit = Text(fi="kuukautta", sv="månader", en="months")
            between = f"{limit}{DASH}{far}"
        case _:
            assert_never(version.period)
    spans = zip(
        (Number.WITHIN_LIMIT, Number.OVER_LIMIT, Number.FAR_OVER_LIMIT),
        (f"≤ {limit}", between, f"> {far}"),
        strict=True,
    )
    return {
        band: Text(fi=f"{s} {unit.fi}", sv=f"{s} {unit.sv}", en=f"{s} {unit.en}")
        for band, s in spans
    }
