"""The sentences of an explanation, in Finnish, Swedish and English."""

from datetime import date

from app.domain.periods import CountedDay, Eves, LegalReading, Months, Period, Roll
from app.domain.rules import Citation, DeadlineRule, RuleVersion
from app.domain.texts import Text
from app.domain.working_days import DayOff, RemovedDay

WEEKDAYS = (
    Text("ma", "mån", "Mon"),
    Text("ti", "tis", "Tue"),
    Text("ke", "ons", "Wed"),
    Text("to", "tors", "Thu"),
    Text("pe", "fre", "Fri"),
    Text("la", "lör", "Sat"),
    Text("su", "sön", "Sun"),
)

# Not strftime, which speaks the language of the process.
ENGLISH_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

_IN_TIME = Text("ajoissa", "i tid", "in time")
_LATE = Text("myöhässä", "för sent", "late")


def date_text(day: date) -> Text:
    """Return *day* as it is written in each language: `22.12.2025`, `22 Dec 2025`."""
    numbers = f"{day.day}.{day.month}.{day.year}"
    return Text(
        numbers, numbers, f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    )


def day_text(day: date) -> Text:
    """Return *day* with its weekday: `ma 22.12.2025`, `Mon 22 Dec 2025`."""
    weekday, written = WEEKDAYS[day.weekday()], date_text(day)
    return Text(
        fi=f"{weekday.fi} {written.fi}",
        sv=f"{weekday.sv} {written.sv}",
        en=f"{weekday.en} {written.en}",
    )


def summary(rule: DeadlineRule, started_on: date, due_on: date, safe_on: date) -> Text:
    """Return the dates of one clock in one sentence."""
    title = rule.title
    start, due, safe = day_text(started_on), day_text(due_on), day_text(safe_on)
    return Text(
        fi=f"{title.fi}: vireille {start.fi}, määräpäivä {due.fi}, varma päivä {safe.fi}.",
        sv=f"{title.sv}: inlett {start.sv}, tidsfristen löper ut {due.sv}, säker dag {safe.sv}.",
        en=f"{title.en}: pending since {start.en}, due {due.en}, safe date {safe.en}.",
    )


def received(day: date) -> Text:
    """Return that the matter became pending on *day*."""
    text = day_text(day)
    return Text(
        fi=f"Asia tuli vireille {text.fi}.",
        sv=f"Ärendet inleddes {text.sv}.",
        en=f"The matter became pending on {text.en}.",
    )


def start_not_counted(day: date) -> Text:
    """Return that *day*, the day of the start, is not counted."""
    text = day_text(day)
    return Text(
        fi=f"{text.fi}: vireilletulopäivää ei lueta (laki 150/1930 2 §).",
        sv=f"{text.sv}: dagen då ärendet inleddes räknas inte (2 § i lag 150/1930).",
        en=f"{text.en}: the day of pendency is not counted (Act 150/1930 s. 2).",
    )


def counted(counted: CountedDay, number: int) -> Text:
    """Return which of *number* working days was counted, eves told apart."""
    text, ordinal = day_text(counted.day), counted.ordinal
    if counted.eve is None:
        return Text(
            fi=f"{text.fi}: arkipäivä {ordinal}/{number}.",
            sv=f"{text.sv}: vardag {ordinal}/{number}.",
            en=f"{text.en}: working day {ordinal} of {number}.",
        )
    name = counted.eve.name
    return Text(
        fi=f"{text.fi}: arkipäivä {ordinal}/{number}; {name.fi} luetaan tässä tulkinnassa arkipäiväksi.",
        sv=f"{text.sv}: vardag {ordinal}/{number}; {name.sv} räknas i denna tolkning som vardag.",
        en=f"{text.en}: working day {ordinal} of {number}; {name.en} counts as a working day in this reading.",
    )


def no_longer_off(removed: RemovedDay) -> Text:
    """Return that a former public holiday is an ordinary day."""
    text, citation = day_text(removed.day), removed.citation
    return Text(
        fi=f"{text.fi} ei ole enää vapaapäivä ({citation}).",
        sv=f"{text.sv} är inte längre en helgdag ({citation}).",
        en=f"{text.en} is no longer a day off ({citation}).",
    )


def skipped(off: DayOff) -> Text:
    """Return why *off* is not counted."""
    text, name, citation = day_text(off.day), off.name, off.citation
    if off.is_eve:
        return Text(
            fi=f"{text.fi}: ei lueta, {name.fi}; aattoja ei tässä tulkinnassa lueta arkipäiviksi ({citation.fi}).",
            sv=f"{text.sv}: räknas inte, {name.sv}; aftnarna räknas i denna tolkning inte som vardagar ({citation.sv}).",
            en=f"{text.en}: not counted, {name.en}; the eves do not count as working days in this reading ({citation.en}).",
        )
    return Text(
        fi=f"{text.fi}: ei lueta, {name.fi} ({citation.fi}).",
        sv=f"{text.sv}: räknas inte, {name.sv} ({citation.sv}).",
        en=f"{text.en}: not counted, {name.en} ({citation.en}).",
    )


def months_end(number: int, day: date) -> Text:
    """Return on which day the months end, before any roll."""
    text = day_text(day)
    return Text(
        fi=f"{number} kuukauden aika päättyy {text.fi} (laki 150/1930 3 §).",
        sv=f"Tidsfristen på {number} månader löper ut {text.sv} (3 § i lag 150/1930).",
        en=f"The period of {number} months ends on {text.en} (Act 150/1930 s. 3).",
    )


def clamped(started_on: date) -> Text:
    """Return that the last month lacks the day of the start."""
    number = started_on.day
    return Text(
        fi=f"Kuukaudessa ei ole {number}. päivää, joten aika päättyy sen viimeisenä päivänä (laki 150/1930 3 §).",
        sv=f"Månaden saknar dag {number}, så tiden löper ut på månadens sista dag (3 § i lag 150/1930).",
        en=f"The month has no day {number}, so the period ends on its last day (Act 150/1930 s. 3).",
    )


def rolled(off: DayOff) -> Text:
    """Return that the last day moves past *off*."""
    text, name, citation = day_text(off.day), off.name, off.citation
    return Text(
        fi=f"{text.fi}: {name.fi}, viimeinen päivä siirtyy eteenpäin ({citation.fi}).",
        sv=f"{text.sv}: {name.sv}, den sista dagen flyttas framåt ({citation.sv}).",
        en=f"{text.en}: {name.en}, the last day moves on ({citation.en}).",
    )


def not_rolled(off: DayOff) -> Text:
    """Return that the last day stays on *off*."""
    text, name = day_text(off.day), off.name
    return Text(
        fi=f"{text.fi}: {name.fi}, mutta tässä tulkinnassa viimeinen päivä ei siirry: lain 150/1930 5 § koskee toimia viranomaisessa.",
        sv=f"{text.sv}: {name.sv}, men i denna tolkning flyttas den sista dagen inte: 5 § i lag 150/1930 gäller åtgärder hos myndigheten.",
        en=f"{text.en}: {name.en}, but in this reading the last day does not move: section 5 of Act 150/1930 is about acts before an authority.",
    )


def due(day: date) -> Text:
    """Return the last day that is in time."""
    text = day_text(day)
    return Text(
        fi=f"Määräpäivä on {text.fi}. Sinä päivänä tehty on ajoissa.",
        sv=f"Tidsfristen löper ut {text.sv}. Det som görs den dagen är i tid.",
        en=f"The due date is {text.en}. What is done on that day is in time.",
    )


def safe(day: date) -> Text:
    """Return the day that is in time whatever the reading."""
    text = day_text(day)
    return Text(
        fi=f"Varma päivä on {text.fi}: se on ajoissa jokaisen tulkinnan mukaan.",
        sv=f"Den säkra dagen är {text.sv}: den är i tid enligt varje tolkning.",
        en=f"The safe date is {text.en}: it is in time under every reading.",
    )


def done(day: date, *, missed: bool) -> Text:
    """Return whether what was done on *day* is in time."""
    text, verdict = day_text(day), _verdict(missed=missed)
    return Text(
        fi=f"Tehty {text.fi}: {verdict.fi}.",
        sv=f"Gjort {text.sv}: {verdict.sv}.",
        en=f"Done on {text.en}: {verdict.en}.",
    )


def still_open(day: date, *, missed: bool) -> Text:
    """Return whether what is open on *day* can still be in time."""
    text = day_text(day)
    if missed:
        return Text(
            fi=f"Avoinna {text.fi}: määräaika on ylittynyt.",
            sv=f"Öppet {text.sv}: tidsfristen har överskridits.",
            en=f"Open on {text.en}: past the time limit.",
        )
    return Text(
        fi=f"Avoinna {text.fi}: määräaika ei ole päättynyt.",
        sv=f"Öppet {text.sv}: tidsfristen har inte löpt ut.",
        en=f"Open on {text.en}: within the time limit.",
    )


def alternative(
    period: Period, reading: LegalReading, due_on: date, *, same: bool
) -> Text:
    """Return which due date *reading* would give."""
    premise, text = _premise(period, reading), day_text(due_on)
    if same:
        return Text(
            fi=f"{premise.fi}, määräpäivä olisi sama, {text.fi}.",
            sv=f"{premise.sv} skulle tidsfristen löpa ut samma dag, {text.sv}.",
            en=f"{premise.en}, the due date would be the same, {text.en}.",
        )
    return Text(
        fi=f"{premise.fi}, määräpäivä olisi {text.fi}.",
        sv=f"{premise.sv} skulle tidsfristen löpa ut {text.sv}.",
        en=f"{premise.en}, the due date would be {text.en}.",
    )


def changed_verdict(*, missed: bool) -> Text:
    """Return that another reading would turn the verdict into this one."""
    verdict = _verdict(missed=missed)
    return Text(
        fi=f"Tulos olisi silloin toinen: {verdict.fi}.",
        sv=f"Resultatet skulle då bli ett annat: {verdict.sv}.",
        en=f"The verdict would then be another: {verdict.en}.",
    )


def version(version: RuleVersion) -> Text:
    """Return which version of the rule applies, and what it says."""
    text, says = date_text(version.in_force_from), version.says
    return Text(
        fi=f"Sääntö {version.version_id}, voimassa {text.fi} alkaen: {says.fi}",
        sv=f"Regel {version.version_id}, i kraft från {text.sv}: {says.sv}",
        en=f"Rule {version.version_id}, in force from {text.en}: {says.en}",
    )


def citation(citation: Citation) -> Text:
    """Return a source of the rule."""
    text = citation.text
    return Text(
        fi=f"Perusta: {text.fi}.", sv=f"Grund: {text.sv}.", en=f"Source: {text.en}."
    )


def _premise(period: Period, reading: LegalReading) -> Text:
    match period, reading:
        case Months(), LegalReading(roll=Roll.ON):
            return Text(
                fi="Jos lain 150/1930 5 §:ää sovellettaisiin kuukausina laskettavaan aikaan",
                sv="Om 5 § i lag 150/1930 tillämpades på tid som räknas i månader",
                en="If section 5 of Act 150/1930 applied to time counted in months",
            )
        case Months(), _:
            return Text(
                fi="Jos lain 150/1930 5 §:ää ei sovellettaisi kuukausina laskettavaan aikaan",
                sv="Om 5 § i lag 150/1930 inte tillämpades på tid som räknas i månader",
                en="If section 5 of Act 150/1930 did not apply to time counted in months",
            )
        case _, LegalReading(eves=Eves.WORKING):
            return Text(
                fi="Jos aatot luettaisiin arkipäiviksi",
                sv="Om aftnarna räknades som vardagar",
                en="If the eves counted as working days",
            )
        case _:
            return Text(
                fi="Jos aattoja ei luettaisi arkipäiviksi",
                sv="Om aftnarna inte räknades som vardagar",
                en="If the eves did not count as working days",
            )


def _verdict(*, missed: bool) -> Text:
    return _LATE if missed else _IN_TIME
