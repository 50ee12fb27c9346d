"""What a run chart says, in words."""

from datetime import date

from app.domain.reporting_periods import in_numbers
from app.domain.run_chart import Side, Signal, SignalRule
from app.domain.texts import Text

DEFINITION = Text(
    fi="Ajoissa tehtyjen osuus kuukausittain. Keskiviiva on perustason osuus; rajat "
    "ovat siitä kolmen keskivirheen päässä ja sitä leveämmät, mitä vähemmän "
    "kuukaudessa on tapauksia. Poikkeama on piste rajojen ulkopuolella, vähintään 8 "
    "kuukautta peräkkäin keskiviivan samalla puolella tai vähintään 6 kuukautta "
    "peräkkäin nouseva tai laskeva osuus. Kuukausi, jossa tapauksia on alle raportin "
    "vähimmäismäärän, näytetään ilman osuutta ja ohitetaan; kesken oleva kuukausi ei "
    "voi poiketa. Yksittäinen vaihtelu rajojen sisällä ei kerro muutoksesta.",
    sv="Andelen i tid per månad. Centrallinjen är basnivåns andel; gränserna ligger "
    "tre medelfel från den och är vidare ju färre fall månaden har. Ett utslag är en "
    "punkt utanför gränserna, minst 8 månader i följd på samma sida om centrallinjen "
    "eller minst 6 månader i följd stigande eller sjunkande andel. En månad med färre "
    "fall än rapportens minsta antal visas utan andel och förbigås; en månad som inte "
    "är slut kan inte ge utslag. Enstaka variation inom gränserna tyder inte på någon "
    "förändring.",
    en="The share in time by month. The centre line is the rate of the baseline; the "
    "limits lie three standard errors from it, and the wider the fewer the month has. "
    "A signal is a point outside the limits, at least 8 months in a row on one side of "
    "the centre line, or at least 6 months in a row rising or falling. A month with "
    "fewer than the report's minimum is shown without a rate and passed over; one that "
    "is not over cannot be a signal. Variation within the limits tells of no change.",
)
_MONTHS_OF = {
    (SignalRule.OUTSIDE, Side.ABOVE): Text(
        fi="Piste ylärajan yläpuolella",
        sv="Punkt ovanför den övre gränsen",
        en="Point above the upper limit",
    ),
    (SignalRule.OUTSIDE, Side.BELOW): Text(
        fi="Piste alarajan alapuolella",
        sv="Punkt under den nedre gränsen",
        en="Point below the lower limit",
    ),
    (SignalRule.RUN, Side.ABOVE): Text(
        fi="Vähintään 8 kuukautta peräkkäin keskiviivan yläpuolella",
        sv="Minst 8 månader i följd ovanför centrallinjen",
        en="At least 8 months in a row above the centre line",
    ),
    (SignalRule.RUN, Side.BELOW): Text(
        fi="Vähintään 8 kuukautta peräkkäin keskiviivan alapuolella",
        sv="Minst 8 månader i följd under centrallinjen",
        en="At least 8 months in a row below the centre line",
    ),
    (SignalRule.TREND, Side.RISING): Text(
        fi="Vähintään 6 kuukautta peräkkäin nouseva",
        sv="Minst 6 månader i följd stigande",
        en="At least 6 months in a row rising",
    ),
    (SignalRule.TREND, Side.FALLING): Text(
        fi="Vähintään 6 kuukautta peräkkäin laskeva",
        sv="Minst 6 månader i följd sjunkande",
        en="At least 6 months in a row falling",
    ),
}


def told(signal: Signal) -> Text:
    """Return which rule *signal* follows, and its months."""
    rule = told_of_rule(signal)
    months = ", ".join(map(in_numbers, signal.months))
    return Text(
        fi=f"{rule.fi}: {months}",
        sv=f"{rule.sv}: {months}",
        en=f"{rule.en}: {', '.join(signal.months)}",
    )


def told_of_rule(signal: Signal) -> Text:
    """Return which rule *signal* follows."""
    return _MONTHS_OF[signal.rule, signal.side]


def told_of_baseline(first: str, last: str, fixed_on: date | None) -> Text:
    """Return which months the centre line is of, and since when it is fixed."""
    span = f"{in_numbers(first)}\N{EN DASH}{in_numbers(last)}"
    if fixed_on is None:
        return Text(
            fi=f"Keskiviiva on sarjan ensimmäisten kuukausien ({span}) osuus: "
            "perustasoa ei ole vahvistettu, joten se siirtyy sarjan mukana.",
            sv=f"Centrallinjen är andelen för seriens första månader ({span}): ingen "
            "basnivå har fastställts, så linjen flyttas med serien.",
            en=f"The centre line is the rate of the first months of the series "
            f"({first} to {last}): no baseline has been fixed, so it moves with the "
            "series.",
        )
    day = f"{fixed_on.day}.{fixed_on.month}.{fixed_on.year}"
    return Text(
        fi=f"Keskiviiva on perustason {span} osuus, vahvistettu {day}; myöhemmin "
        "saadut tiedot eivät siirrä sitä.",
        sv=f"Centrallinjen är andelen för basnivån {span}, fastställd {day}; uppgifter "
        "som kommit senare flyttar den inte.",
        en=f"The centre line is the rate of the baseline {first} to {last}, fixed on "
        f"{fixed_on}; what became known later does not move it.",
    )
