"""What is said of findings between cases, and between cases and units."""

from app.domain.finding_texts.description import Description
from app.domain.findings import FindingKind, Severity
from app.domain.texts import Text

BETWEEN_CASES = {
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
}
