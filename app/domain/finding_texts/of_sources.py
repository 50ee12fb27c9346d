"""What is said of findings in what a source sends."""

from app.domain.finding_texts.description import Description
from app.domain.findings import FindingKind, Severity
from app.domain.texts import Text

OF_SOURCES = {
    FindingKind.CONTROL_COUNT_MISMATCH: Description(
        Severity.ALARM,
        Text(
            fi="Lähde on lähettänyt tältä päivältä eri määrän tapahtumia kuin täällä "
            "on otettu vastaan.",
            sv="Källan har för denna dag räknat ett annat antal händelser än vad som "
            "tagits emot här.",
            en="The source counts another number of events of this day than were "
            "accepted here.",
        ),
        Text(
            fi="Lähetä päivän tapahtumat uudelleen (kaksoiskappaleet eivät haittaa), "
            "tai lähetä oikaistut määrät.",
            sv="Skicka dagens händelser på nytt (dubbletter gör inget), eller skicka "
            "rättade antal.",
            en="Send the events of the day again (duplicates do no harm), or send "
            "amended counts.",
        ),
    ),
    FindingKind.SEQUENCE_GAP: Description(
        Severity.ALARM,
        Text(
            fi="Lähteen omasta juoksevasta numeroinnista puuttuu numeroita.",
            sv="I källans egen löpande numrering saknas nummer.",
            en="Numbers are missing in the source's own running numbering.",
        ),
        Text(
            fi="Lähetä puuttuvat tapahtumat. Jos numerot jäivät käyttämättä, merkitse "
            "havainto hyväksytyksi.",
            sv="Skicka händelserna som saknas. Om numren aldrig användes, markera "
            "fyndet som godtaget.",
            en="Send the events that are missing. If the numbers were never used, "
            "close the finding as accepted.",
        ),
    ),
    FindingKind.SOURCE_SILENT: Description(
        Severity.ALARM,
        Text(
            fi="Lähteestä ei ole tullut mitään pitempään aikaan kuin sen rytmi sallii. "
            "Määräaikalista voi olla vanhentunut.",
            sv="Från källan har inget kommit på längre tid än dess rytm medger. "
            "Listan över tidsfrister kan vara inaktuell.",
            en="Nothing has come from the source for longer than its rhythm allows. "
            "The worklist may be out of date.",
        ),
        Text(
            fi="Tarkista yhteys ja lähteen ajastukset. Jos hiljaisuus on "
            "tavanomaista, aseta rytmi: `maaraaika source rhythm`.",
            sv="Kontrollera förbindelsen och källans tidsscheman. Om tystnaden är "
            "normal, ange rytmen: `maaraaika source rhythm`.",
            en="Check the connection and the schedules of the source. If the silence "
            "is usual, set the rhythm: `maaraaika source rhythm`.",
        ),
    ),
    FindingKind.CONFLICTING_RESEND: Description(
        Severity.WARNING,
        Text(
            fi="Lähde on lähettänyt saman tunnisteen uudelleen toisella sisällöllä. "
            "Ensimmäinen tapahtuma jäi voimaan.",
            sv="Källan har skickat samma identifierare igen med annat innehåll. Den "
            "första händelsen gäller.",
            en="The source sent the same id again with other content. The first event "
            "stays.",
        ),
        Text(
            fi="Jos uusi sisältö on oikea, lähetä korjaus omalla tunnisteellaan.",
            sv="Om det nya innehållet är det rätta, skicka en korrigering med egen "
            "identifierare.",
            en="If the new content is right, send a correction under an id of its own.",
        ),
    ),
    FindingKind.MASS_BACKDATING: Description(
        Severity.WARNING,
        Text(
            fi="Suuri osa päivän aikana tulleista tapahtumista on yli seitsemän päivää "
            "vanhoja. Joko yhteys on ollut poikki tai tietoja on kirjattu jälkikäteen.",
            sv="En stor del av det som kommit under dagen är över sju dagar gammalt. "
            "Antingen har förbindelsen varit bruten eller så har uppgifter antecknats "
            "i efterhand.",
            en="Much of what came in during the day is more than seven days old. "
            "Either the connection was broken, or things were entered afterwards.",
        ),
        Text(
            fi="Selvitä syy. Jos historiaa on tuotu, merkitse lähteen "
            "käyttöönottopäivä: `maaraaika source live`.",
            sv="Utred orsaken. Om historik har importerats, ange dagen då källan togs "
            "i bruk: `maaraaika source live`.",
            en="Find the reason. If history was imported, say since when the source is "
            "live: `maaraaika source live`.",
        ),
    ),
    FindingKind.UNKNOWN_GROUP_SHARE_RISING: Description(
        Severity.NOTICE,
        Text(
            fi="Yhä useammalta lapselta puuttuu tieto äidinkielestä. "
            "Kieliryhmittäiset luvut heikkenevät.",
            sv="För allt fler barn saknas uppgift om modersmål. Siffrorna per "
            "språkgrupp försämras.",
            en="The mother tongue of more and more children is unknown. The figures by "
            "language group lose their worth.",
        ),
        Text(
            fi="Tarkista, onko lähteen kenttä tai sen muunnos muuttunut.",
            sv="Kontrollera om källans fält eller dess omvandling har ändrats.",
            en="Check whether the field in the source, or its mapping, has changed.",
        ),
    ),
}
