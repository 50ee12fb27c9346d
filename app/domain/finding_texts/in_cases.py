"""What is said of findings in a case, found by the fold."""

from app.domain.finding_texts.description import Description
from app.domain.findings import FindingKind, Severity
from app.domain.texts import Text

IN_CASES = {
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
}
