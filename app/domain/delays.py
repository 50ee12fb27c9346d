"""Delays explained: why a deadline was missed, what is done, and of which clock."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple, TypeAlias

from app.domain.case_states import CaseState
from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.events import (
    DelayExplained,
    EventKey,
)
from app.domain.texts import Text

# Tells whether the clock at a place, in the order of ``_clocks``, is late on a day.
IsLate: TypeAlias = Callable[[int, date], bool]

CAUSES = {
    DelayCause.STAFF_SHORTAGE: Text(
        fi="Henkilöstövaje", sv="Personalbrist", en="Shortage of staff"
    ),
    DelayCause.VACANCY_OR_TURNOVER: Text(
        fi="Täyttämättä oleva virka tai henkilöstön vaihtuvuus",
        sv="Obesatt tjänst eller personalomsättning",
        en="Vacant post or turnover of staff",
    ),
    DelayCause.NOTIFICATION_GROWTH: Text(
        fi="Ilmoitusten määrän kasvu",
        sv="Fler anmälningar än tidigare",
        en="Growth in notifications",
    ),
    DelayCause.SUBSTITUTE_OR_LEAVE: Text(
        fi="Loma, muu poissaolo tai sijaisen puute",
        sv="Semester, annan frånvaro eller brist på vikarie",
        en="Leave, other absence or want of a substitute",
    ),
    DelayCause.FAMILY_NOT_REACHED: Text(
        fi="Perhettä ei ole tavoitettu",
        sv="Familjen har inte nåtts",
        en="The family was not reached",
    ),
    DelayCause.INTERPRETER_NEEDED: Text(
        fi="Tulkin tarve", sv="Behov av tolk", en="An interpreter was needed"
    ),
    DelayCause.OTHER_AUTHORITY_AWAITED: Text(
        fi="Toisen viranomaisen tietoa tai toimia on odotettu",
        sv="Uppgifter eller åtgärder av en annan myndighet har inväntats",
        en="Another authority was waited for",
    ),
    DelayCause.TRANSFER: Text(
        fi="Asian siirto yksiköstä toiseen",
        sv="Ärendet har överförts mellan enheter",
        en="The case moved between units",
    ),
    DelayCause.DONE_IN_TIME_RECORDED_LATE: Text(
        fi="Tehty ajoissa, kirjattu myöhässä",
        sv="Gjort i tid, antecknat för sent",
        en="Done in time, recorded late",
    ),
    DelayCause.WRONG_ENTRY: Text(
        fi="Virheellinen kirjaus", sv="Felaktig anteckning", en="Wrong entry"
    ),
    DelayCause.OTHER: Text(fi="Muu syy", sv="Annan orsak", en="Other cause"),
}
ACTIONS = {
    DelayAction.EXTRA_STAFF: Text(
        fi="Lisätty henkilöstöä", sv="Mer personal", en="Extra staff"
    ),
    DelayAction.OVERTIME: Text(
        fi="Lisä- tai ylityötä", sv="Mer- eller övertidsarbete", en="Overtime"
    ),
    DelayAction.CASE_REASSIGNED: Text(
        fi="Asia siirretty toiselle työntekijälle",
        sv="Ärendet har getts till en annan handläggare",
        en="The case was given to another worker",
    ),
    DelayAction.WORK_PRIORITISED: Text(
        fi="Asia asetettu etusijalle",
        sv="Ärendet har prioriterats",
        en="The case was put first",
    ),
    DelayAction.FAMILY_CONTACTED_AGAIN: Text(
        fi="Perheeseen otettu uudelleen yhteyttä",
        sv="Familjen har kontaktats på nytt",
        en="The family was contacted again",
    ),
    DelayAction.INTERPRETER_ORDERED: Text(
        fi="Tulkki tilattu", sv="Tolk har beställts", en="An interpreter was ordered"
    ),
    DelayAction.OTHER_AUTHORITY_URGED: Text(
        fi="Toista viranomaista kiirehditty",
        sv="Den andra myndigheten har påmints",
        en="The other authority was urged",
    ),
    DelayAction.ENTRY_CORRECTED: Text(
        fi="Kirjaus korjattu", sv="Anteckningen har rättats", en="The entry was mended"
    ),
    DelayAction.PROCESS_CHANGED: Text(
        fi="Toimintatapaa muutettu",
        sv="Arbetssättet har ändrats",
        en="The way of working was changed",
    ),
    DelayAction.NONE_POSSIBLE: Text(
        fi="Toimia ei ole käytettävissä",
        sv="Inga åtgärder är möjliga",
        en="Nothing can be done",
    ),
    DelayAction.OTHER: Text(fi="Muu toimi", sv="Annan åtgärd", en="Other action"),
}
# What supervisors have said to counties that gave such a cause.
NOT_ACCEPTED = {
    DelayCause.SUBSTITUTE_OR_LEAVE: Text(
        fi="Valvoja ei hyväksy vuosilomaa selitykseksi: lomien aikainen työ on "
        "järjestettävä niin, että määräajat toteutuvat.",
        sv="Tillsynsmyndigheten godtar inte semester som förklaring: arbetet under "
        "semestrarna ska ordnas så att tidsfristerna iakttas.",
        en="Supervisors do not accept annual leave as an explanation: work during "
        "leave must be arranged so that deadlines are kept.",
    ),
}


# A named tuple, because deadlines are compared often.
class Delay(NamedTuple):
    """What was told of a late clock on a day, and the event *told_by* which it was."""

    explained_on: date
    cause: DelayCause
    action: DelayAction
    follow_up_on: date | None
    told_by: EventKey


class _Clock(NamedTuple):
    """A clock: the number of its run, and the notifications that may stand for it.

    *named_by* tells the day of each: before it, nobody can have named it.
    """

    rule: DutyRule
    run: int
    named_by: Mapping[str, date]

    def is_meant(self, explains: str | None, day: date) -> bool:
        """Tell whether who says on *day* what *explains* names may mean the clock."""
        return explains is None or self.named_by.get(explains, date.max) <= day


def delays(state: CaseState, is_late: IsLate) -> dict[int, tuple[Delay, ...]]:
    """Return what is told of clocks of *state*, in order, by the place of the clock.

    The clocks stand run by run, that of the assessment before those of initiation. An
    explanation is of the clocks of its rule that are late on its day: of those that
    *explains* stands for, or where it names none, of the last run that has one.
    """
    clocks = list(_clocks(state))
    found: dict[int, tuple[Delay, ...]] = defaultdict(tuple)
    for event in state.explanations:
        said = event.data
        assert isinstance(said, DelayExplained)  # noqa: S101 (by the fold)
        late = [
            place
            for place, clock in enumerate(clocks)
            if clock.rule == said.rule
            and clock.is_meant(said.explains, event.occurred_on)
            and is_late(place, event.occurred_on)
        ]
        if said.explains is None:
            late = [each for each in late if clocks[each].run == clocks[late[-1]].run]
        for place in late:
            found[place] += (
                Delay(
                    event.occurred_on,
                    said.cause,
                    said.action,
                    said.follow_up_on,
                    event.key,
                ),
            )
    return found


def _clocks(state: CaseState) -> Iterator[_Clock]:
    for number, run in enumerate(state.runs):
        events = [notice.event for notice in run.notices]
        # Of two sources' events with one id the first stands for the run.
        days = {each.event_id: each.occurred_on for each in reversed(events)}
        yield _Clock(DutyRule.ASSESSMENT, number, days)
        for each in events:
            yield _Clock(DutyRule.INITIATION, number, {each.event_id: each.occurred_on})
