"""The catalogue: how much each kind of finding presses, what it means, what to do."""

from dataclasses import dataclass

from app.domain.findings import FindingKind, Severity
from app.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of every finding of a kind."""

    severity: Severity
    explanation: Text
    remedy: Text


CATALOGUE = {
    FindingKind.ACT_BEFORE_NOTIFICATION: Description(
        Severity.WARNING,
        Text(
            fi="Asiassa on tehty jotakin ennen kuin siitä on yhtään ilmoitusta. Teko "
            "ei täytä yhtään määräaikaa.",
            sv="I ärendet har något gjorts innan det finns någon anmälan. Åtgärden "
            "uppfyller ingen tidsfrist.",
            en="Something was done in the case before there is any notification of it. "
            "The act meets no deadline.",
        ),
        Text(
            fi="Lähetä puuttuva ilmoitus, tai korjaa väärä päivä korjauksella.",
            sv="Skicka anmälan som saknas, eller rätta ett felaktigt datum med en "
            "korrigering.",
            en="Send the notification that is missing, or put a wrong day right with a "
            "correction.",
        ),
    ),
    FindingKind.ACT_AFTER_END: Description(
        Severity.WARNING,
        Text(
            fi="Asiassa on tehty jotakin sen päätyttyä. Teko ei täytä yhtään "
            "määräaikaa.",
            sv="I ärendet har något gjorts efter att det avslutats. Åtgärden uppfyller "
            "ingen tidsfrist.",
            en="Something was done in the case after it had ended. The act meets no "
            "deadline.",
        ),
        Text(
            fi="Lähetä uusi ilmoitus, jos asia on tullut uudelleen vireille; muuten "
            "korjaa päivä tai peru tapahtuma.",
            sv="Skicka en ny anmälan om ärendet inletts på nytt; rätta annars datumet "
            "eller återkalla händelsen.",
            en="Send the new notification if the matter became pending again; "
            "otherwise correct the day or retract the event.",
        ),
    ),
    FindingKind.ANSWER_TO_UNKNOWN_NOTIFICATION: Description(
        Severity.WARNING,
        Text(
            fi="Päätös nimeää ilmoituksen, jota asiassa ei ole. Määräaika voi jäädä "
            "auki, vaikka ilmoitukseen on vastattu.",
            sv="Beslutet nämner en anmälan som inte finns i ärendet. En tidsfrist kan "
            "förbli öppen fast anmälan har besvarats.",
            en="The decision names a notification that the case does not have. A "
            "deadline may stay open although it was answered.",
        ),
        Text(
            fi="Lähetä puuttuva ilmoitus, tai korjaa päätöksen kenttä `answers`.",
            sv="Skicka anmälan som saknas, eller rätta beslutets fält `answers`.",
            en="Send the notification that is missing, or correct the member `answers` "
            "of the decision.",
        ),
    ),
    FindingKind.ASSESSMENT_WITHOUT_DECISION: Description(
        Severity.WARNING,
        Text(
            fi="Palvelutarpeen arviointi on valmis, mutta ilmoitukseen ei ole "
            "kirjattu päätöstä arvioinnin aloittamisesta. Seitsemän arkipäivän "
            "määräaika katsotaan täytetyksi vasta arvioinnin valmistuttua.",
            sv="Bedömningen av servicebehovet är färdig, men inget beslut om att "
            "inleda den har antecknats. Fristen på sju vardagar anses uppfylld först "
            "när bedömningen blev färdig.",
            en="The service-needs assessment is complete, but no decision to begin it "
            "is on record. The seven working days count as met only when it was "
            "completed.",
        ),
        Text(
            fi="Lähetä aloittamispäätös sen todellisella päivällä.",
            sv="Skicka beslutet om inledande med dess verkliga datum.",
            en="Send the decision with the day on which the assessment was begun.",
        ),
    ),
    FindingKind.ASSESSMENT_AFTER_NO_ASSESSMENT: Description(
        Severity.NOTICE,
        Text(
            fi="Arviointi on valmistunut, vaikka oli päätetty, ettei sitä tehdä. "
            "Määräaika ratkeaa arvioinnin valmistumispäivän mukaan.",
            sv="En bedömning har slutförts fast det hade beslutats att ingen görs. "
            "Dagen då den slutfördes avgör tidsfristen.",
            en="An assessment was completed although it had been decided that none is "
            "made. The day of its completion decides the deadline.",
        ),
        Text(
            fi="Tarkista, kumpi pitää paikkansa; korjaa tai peru toinen tapahtuma.",
            sv="Kontrollera vilketdera som stämmer; rätta eller återkalla det andra.",
            en="Check which of the two is right; correct or retract the other.",
        ),
    ),
    FindingKind.ASSESSMENT_INTERRUPTED: Description(
        Severity.WARNING,
        Text(
            fi="Arviointi on keskeytetty. Keskeytys ei täytä määräaikaa.",
            sv="Bedömningen har avbrutits. Ett avbrott uppfyller inte tidsfristen.",
            en="The assessment was interrupted. That does not meet its deadline.",
        ),
        Text(
            fi="Tarkista syy. Jos arviointi tehdään sittenkin, lähetä sen "
            "valmistuminen; jos se oli valmis, korjaa lopputulos.",
            sv="Kontrollera orsaken. Om bedömningen ändå görs, skicka att den "
            "slutförts; om den var färdig, rätta resultatet.",
            en="Check the reason. If the assessment is made after all, send its "
            "completion; if it was complete, correct the outcome.",
        ),
    ),
    FindingKind.CLOSED_WITH_OPEN_CLOCKS: Description(
        Severity.ALARM,
        Text(
            fi="Asia on suljettu asiakastietojärjestelmässä, mutta määräaika on auki. "
            "Määräaika kuluu edelleen.",
            sv="Ärendet har stängts i klientdatasystemet, men en tidsfrist är öppen. "
            "Tidsfristen löper fortfarande.",
            en="The case was closed in the client system while a deadline is open. The "
            "deadline goes on running.",
        ),
        Text(
            fi="Tee ja lähetä puuttuva päätös tai arviointi, tai avaa asia uudelleen.",
            sv="Fatta och skicka beslutet eller bedömningen som saknas, eller öppna "
            "ärendet igen.",
            en="Make and send the decision or assessment that is missing, or open the "
            "case again.",
        ),
    ),
    FindingKind.AMENDMENT_WITHOUT_TARGET: Description(
        Severity.WARNING,
        Text(
            fi="Korjaus tai peruutus koskee tapahtumaa, jota ei ole tullut. Se ei "
            "vaikuta mihinkään ennen kuin tapahtuma tulee.",
            sv="En korrigering eller återkallelse gäller en händelse som inte har "
            "kommit. Den verkar inte förrän händelsen kommer.",
            en="A correction or retraction is about an event that has not come. It has "
            "no effect until it does.",
        ),
        Text(
            fi="Lähetä puuttuva tapahtuma, tai tarkista tunniste.",
            sv="Skicka händelsen som saknas, eller kontrollera identifieraren.",
            en="Send the event that is missing, or check the id.",
        ),
    ),
    FindingKind.AMENDMENT_UNLIKE_TARGET: Description(
        Severity.WARNING,
        Text(
            fi="Korjaus tai peruutus ei sovi tapahtumaan, jota se koskee: asia tai "
            "laji on toinen. Se ei vaikuta mihinkään.",
            sv="En korrigering eller återkallelse passar inte händelsen den gäller: "
            "ärendet eller slaget är ett annat. Den har ingen verkan.",
            en="A correction or retraction does not fit the event that it is about: "
            "the case or the kind is another. It has no effect.",
        ),
        Text(
            fi="Peru tapahtuma sen omassa asiassa ja lähetä oikea uutena.",
            sv="Återkalla händelsen i dess eget ärende och skicka den rätta som ny.",
            en="Retract the event in its own case, and send the right one anew.",
        ),
    ),
    FindingKind.SECOND_CLOCK_SUSPECTED: Description(
        Severity.ALARM,
        Text(
            fi="Ilmoituksen päivä on korjattu myöhemmäksi, samaksi päiväksi kuin "
            "asiassa tehty päätös. Näin käy, jos kolme kuukautta lasketaan "
            "päätöksestä eikä ilmoituksesta.",
            sv="Anmälans dag har ändrats till en senare, samma dag som ett beslut i "
            "ärendet. Så blir det om de tre månaderna räknas från beslutet och inte "
            "från anmälan.",
            en="The day of a notification was corrected to a later one, that of a "
            "decision in the case. So it looks where the three months are counted "
            "from the decision and not from the notification.",
        ),
        Text(
            fi="Tarkista, milloin ilmoitus todella saapui, ja korjaa päivä takaisin, "
            "jos se on väärä.",
            sv="Kontrollera när anmälan verkligen kom in, och ändra dagen tillbaka om "
            "den är fel.",
            en="Check when the notification really came in, and correct the day back "
            "if it is wrong.",
        ),
    ),
    FindingKind.CLOSED_AND_REOPENED: Description(
        Severity.NOTICE,
        Text(
            fi="Asia on tullut uudelleen vireille 30 päivän kuluessa sen "
            "päättymisestä. Määräajat alkavat alusta; asian sivulla näkyy "
            "kokonaiskesto.",
            sv="Ärendet har inletts på nytt inom 30 dagar efter att det avslutades. "
            "Tidsfristerna börjar om; ärendets sida visar hela längden.",
            en="The case became pending again within 30 days of its end. The deadlines "
            "begin anew; the page of the case shows the whole duration.",
        ),
        Text(
            fi="Arvioi, päättyikö asia liian varhain. Jos se oli yhtä ja samaa "
            "asiaa, korjaa päättymisen kirjaus.",
            sv="Bedöm om ärendet avslutades för tidigt. Om det var ett och samma "
            "ärende, rätta anteckningen om avslutandet.",
            en="Judge whether the case was ended too early. If it was one and the same "
            "matter, correct the entry that ended it.",
        ),
    ),
    FindingKind.EXPLANATION_WITHOUT_BREACH: Description(
        Severity.NOTICE,
        Text(
            fi="Viivästyksen syy on kirjattu, mutta asiassa ei ollut sinä päivänä "
            "ylittynyttä määräaikaa, jota se koskisi. Kirjaus ei selitä mitään.",
            sv="En orsak till dröjsmål har antecknats, men i ärendet fanns den dagen "
            "ingen överskriden tidsfrist som den kunde gälla. Anteckningen förklarar "
            "ingenting.",
            en="The cause of a delay was told, but on that day the case had no missed "
            "deadline that it could be about. It explains nothing.",
        ),
        Text(
            fi="Tarkista sääntö, päivä ja ilmoituksen tunniste; korjaa tai peru "
            "tapahtuma.",
            sv="Kontrollera regeln, datumet och anmälans identifierare; rätta eller "
            "återkalla händelsen.",
            en="Check the rule, the day and the id of the notification; correct or "
            "retract the event.",
        ),
    ),
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
    FindingKind.UNREGISTERED_UNIT: Description(
        Severity.WARNING,
        Text(
            fi="Asioita on yksiköllä, jota ei ole yksikköpuussa. Ne puuttuvat "
            "yksikön mukaan rajatuilta listoilta.",
            sv="Ärenden finns hos en enhet som inte finns i enhetsträdet. De saknas i "
            "listor som avgränsats enligt enhet.",
            en="Cases are with a unit that is not in the unit tree. They are missing "
            "from worklists of units.",
        ),
        Text(
            fi="Rekisteröi yksikkö, tai lähetä siirto oikealle yksikölle.",
            sv="Registrera enheten, eller skicka en överföring till rätt enhet.",
            en="Register the unit, or send a transfer to the right one.",
        ),
    ),
    FindingKind.CASE_WITHOUT_UNIT: Description(
        Severity.ALARM,
        Text(
            fi="Määräaika on auki asiassa, jolla ei ole yksikköä. Se ei näy yhdenkään "
            "yksikön listalla.",
            sv="En tidsfrist är öppen i ett ärende utan enhet. Det syns inte på någon "
            "enhets lista.",
            en="A deadline is open in a case without a unit. No unit has it on its "
            "worklist.",
        ),
        Text(
            fi="Lähetä siirto yksikölle, jolla asia on, tai korjaa ilmoituksen "
            "yksikkö.",
            sv="Skicka en överföring till enheten som har ärendet, eller rätta "
            "anmälans enhet.",
            en="Send a transfer to the unit that has the case, or correct the unit of "
            "the notification.",
        ),
    ),
    FindingKind.TWO_OPEN_CASES_OF_ONE_CHILD: Description(
        Severity.NOTICE,
        Text(
            fi="Samalla lapsella on useampi avoin asia samassa järjestelmässä.",
            sv="Samma barn har flera öppna ärenden i samma system.",
            en="One child has more than one open case in the same system.",
        ),
        Text(
            fi="Tarkista, onko kyse yhdestä asiasta. Jos on, yhdistä ne: sulkeminen "
            "syystä `merged`.",
            sv="Kontrollera om det är ett och samma ärende. Om så är, slå ihop dem: "
            "stängning med orsaken `merged`.",
            en="Check whether they are one matter. If so, merge them: a closure with "
            "the reason `merged`.",
        ),
    ),
    FindingKind.DUPLICATE_MATTER_ON_ONE_DAY: Description(
        Severity.WARNING,
        Text(
            fi="Samasta lapsesta on tullut samana päivänä vireille kaksi asiaa. Luvut "
            "voivat laskea saman asian kahdesti.",
            sv="Två ärenden om samma barn har inletts samma dag. Siffrorna kan räkna "
            "samma ärende två gånger.",
            en="Two matters of one child became pending on one day. The figures may "
            "count one matter twice.",
        ),
        Text(
            fi="Jos asia on sama, yhdistä asiat tai peru toinen ilmoitus.",
            sv="Om ärendet är detsamma, slå ihop ärendena eller återkalla den ena "
            "anmälan.",
            en="If it is one matter, merge the cases or retract one notification.",
        ),
    ),
    FindingKind.DONE_ON_DUE_DATE_HEAP: Description(
        Severity.WARNING,
        Text(
            fi="Yksikössä poikkeuksellisen moni päätös on kirjattu tehdyksi juuri "
            "määräpäivänä. Päivät voivat olla kirjattuja eivätkä todellisia.",
            sv="På enheten har ovanligt många beslut antecknats exakt på "
            "förfallodagen. Dagarna kan vara antecknade och inte verkliga.",
            en="An unusual share of the unit's decisions is dated exactly on the due "
            "date. The days may be entered rather than real.",
        ),
        Text(
            fi="Vertaa otosta asiakirjoihin: milloin päätökset todella tehtiin?",
            sv="Jämför ett urval med handlingarna: när fattades besluten verkligen?",
            en="Compare a sample with the documents: when were the decisions really "
            "made?",
        ),
    ),
    FindingKind.BREACH_UNEXPLAINED: Description(
        Severity.WARNING,
        Text(
            fi="Määräaika on ylittynyt, eikä viivästyksen syytä ja toimia ole kirjattu "
            "viiden arkipäivän kuluessa määräpäivästä.",
            sv="Tidsfristen har överskridits, och orsaken till dröjsmålet och "
            "åtgärderna har inte antecknats inom fem vardagar efter tidsfristens sista "
            "dag.",
            en="The deadline was missed, and neither the cause nor what is done about "
            "it was told within five working days after the due date.",
        ),
        Text(
            fi="Selvitä syy, ryhdy toimiin ja kirjaa molemmat asian sivulla, tai "
            "asiakastietojärjestelmästä tapahtumana `delay_explained`.",
            sv="Utred orsaken, vidta åtgärder och anteckna bådadera på ärendets sida, "
            "eller i klientdatasystemet som händelsen `delay_explained`.",
            en="Find the cause, act, and tell both on the page of the case, or from "
            "the client system by the event `delay_explained`.",
        ),
    ),
    FindingKind.FOLLOW_UP_OVERDUE: Description(
        Severity.WARNING,
        Text(
            fi="Viivästyneen asian seurantapäivä on mennyt, ja määräaika on yhä auki.",
            sv="Uppföljningsdagen för ett försenat ärende har passerat, och "
            "tidsfristen är fortfarande öppen.",
            en="The follow-up day of a late deadline has passed, and the deadline is "
            "still open.",
        ),
        Text(
            fi="Tarkista tilanne; hoida asia loppuun tai kirjaa uusi toimi ja "
            "seurantapäivä.",
            sv="Kontrollera läget; slutför ärendet eller anteckna en ny åtgärd och "
            "uppföljningsdag.",
            en="Look at it again; bring it to its end, or tell what is done now and a "
            "new follow-up day.",
        ),
    ),
}
