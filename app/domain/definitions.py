"""What each figure is, in words."""

from app.domain.compliance import Basis
from app.domain.texts import Text

DEFINITIONS = {
    Basis.DUE: Text(
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
    ),
    Basis.THL: Text(
        fi="THL:n laskentapa (rajaus vahvistamatta): jaksolla vireille tulleet asiat "
        "(7 arkipäivää) ja jaksolla valmistuneet arvioinnit (3 kuukautta): ajoissa / "
        "(ajoissa + myöhässä). Avoimet näytetään erikseen.",
        sv="THL:s beräkningssätt (avgränsningen obekräftad): ärenden som inletts "
        "under perioden (7 vardagar) och bedömningar som slutförts under perioden "
        "(3 månader): i tid / (i tid + försenade). Öppna redovisas separat.",
        en="THL basis (inclusion unconfirmed): matters that became pending in the "
        "period (7 working days) and assessments completed in it (3 months): in time "
        "/ (in time + late). Open ones stand beside the rate.",
    ),
}
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
