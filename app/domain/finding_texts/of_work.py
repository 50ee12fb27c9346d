"""What is said of findings in the work: breaches that nobody follows."""

from app.domain.finding_texts.description import Description
from app.domain.findings import FindingKind, Severity
from app.domain.texts import Text

OF_WORK = {
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
            fi="Selvitä syy, ryhdy toimiin ja kirjaa molemmat asian sivulla tai "
            "asiakastietojärjestelmässä.",
            sv="Utred orsaken, vidta åtgärder och anteckna bådadera på ärendets sida "
            "eller i klientdatasystemet.",
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
