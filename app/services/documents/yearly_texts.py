"""What the yearly report says, be it internal or public."""

from app.domain.texts import Text

TITLE = Text(
    fi="Lastensuojelun määräajat: vuosiraportti",
    sv="Tidsfristerna i barnskyddet: årsrapport",
    en="Deadlines in child protection: yearly report",
)
INTRODUCTION = Text(
    fi="Lastensuojeluasian tultua vireille on seitsemässä arkipäivässä ratkaistava, "
    "aloitetaanko palvelutarpeen arviointi, ja arvioinnin on oltava valmis kolmessa "
    "kuukaudessa. Molempien määräaikojen tavoite on 100 %: jokainen ylitys on lapsi, "
    "joka on odottanut liian kauan.",
    sv="När ett barnskyddsärende har inletts ska det inom sju vardagar avgöras om en "
    "bedömning av servicebehovet påbörjas, och bedömningen ska vara klar inom tre "
    "månader. Målet för båda tidsfristerna är 100 %: varje överskridning är ett barn "
    "som har väntat för länge.",
    en="Once a child protection matter is pending, it must be decided within seven "
    "working days whether a service-needs assessment is begun, and the assessment must "
    "be complete within three months. The target of both is 100%: each breach is a "
    "child who has waited too long.",
)
IN_SHORT = Text(fi="Tiivistelmä", sv="Sammanfattning", en="In short")
CHANGE = Text(
    fi=" Vuoteen {year} verrattuna osuus muuttui {points} prosenttiyksikköä.",
    sv=" Jämfört med år {year} förändrades andelen med {points} procentenheter.",
    en=" Compared with {year} the share changed by {points} percentage points.",
)
TOO_FEW = Text(
    fi="{rule}: vuonna {year} määräaikoja oli {due}, liian vähän osuuden laskemiseen.",
    sv="{rule}: år {year} fanns det {due} tidsfrister, för få för en andel.",
    en="{rule}: in {year} there were {due} deadlines, too few for a share.",
)
TREND = Text(fi="Ajoissa vuosittain", sv="I tid per år", en="In time, year by year")
TARGET_LINE = Text(fi="tavoite 100 %", sv="mål 100 %", en="target 100%")
RATES = Text(
    fi="Ajoissa {year}: äidinkieli, kansalaisuus ja yksikkö",
    sv="I tid {year}: modersmål, medborgarskap och enhet",
    en="In time {year}: mother tongue, nationality and unit",
)
BY_YEAR = Text(
    fi="Ajoissa vuosittain, suluissa ylitysten määrä",
    sv="I tid per år, inom parentes antalet överskridningar",
    en="In time year by year, with the number of breaches",
)
EVERYONE = Text(fi="kaikki yhteensä", sv="alla sammanlagt", en="all together")
ONE_GROUP = Text(fi="ryhmä", sv="grupp", en="group")
YEAR = Text(fi="Vuosi", sv="År", en="Year")
INTERVAL_IS = Text(
    fi="Väli, jolla osuus olisi, jos sattuma jätetään huomiotta: mitä vähemmän "
    "määräaikoja, sitä leveämpi väli. Kahden ryhmän eroa ei voi päätellä pelkästään "
    "siitä, ovatko välit päällekkäin.",
    sv="Det intervall där andelen ligger om slumpen räknas bort: ju färre tidsfrister, "
    "desto bredare intervall. Skillnaden mellan två grupper kan inte avgöras bara av "
    "om intervallen överlappar.",
    en="Where the share lies once chance is allowed for: the fewer deadlines, the "
    "wider it is. Whether two groups differ cannot be told from overlapping "
    "intervals alone.",
)
SERIES = Text(
    fi="Säännökset muuttuivat 1.4.2015, joten sarja alkaa vuodesta {year}.",
    sv="Bestämmelserna ändrades 1.4.2015, och därför börjar serien år {year}.",
    en="The provisions changed on 1 April 2015, so the series begins in {year}.",
)
DIMENSION = Text(fi="Jaottelu", sv="Indelning", en="Breakdown")
