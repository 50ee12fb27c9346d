"""What several pages of figures are asked, and what stands on several of them."""

from typing import Annotated

from pydantic import Field

from app import clock
from app.clock import rfc3339
from app.domain.access import Actor, Permission
from app.domain.deadlines import INITIATION
from app.domain.reporting_periods import Period, month_before, parse_period
from app.domain.texts import Language
from app.services.reports import DEEPEST_LEVEL, Asked
from app.web.access import permitted
from app.web.figures import frame
from app.web.navigation import N_
from app.web.questions import Chosen, Code, PageQuestion
from app.web.rendering import told

Reader = Annotated[Actor, permitted(Permission.READ_FIGURES)]
LONGEST = 120
Level = Annotated[Annotated[int, Field(ge=0, le=DEEPEST_LEVEL)] | None, Chosen]
_MONTHS = (12, 24, 36, 60)


class ClockQuestion(PageQuestion):
    """What may be asked of open clocks."""

    unit: Code = None


class TrendQuestion(ClockQuestion):
    """What may be asked of a run chart."""

    rule: str = Field(default=INITIATION, max_length=200, pattern=r"^[^\x00]*$")
    months: int = Field(default=24, ge=1, le=LONGEST)


class PeriodQuestion(PageQuestion):
    """What may be asked of a period; default: the last whole month."""

    period: Annotated[Annotated[str, Field(max_length=40)] | None, Chosen] = None

    def asked(self) -> Period:
        """Return the period that is asked for."""
        return parse_period(self.period) if self.period else month_before(clock.today())


def months_field(chosen: int, language: Language) -> frame.Field:
    """Return the field that asks for how many months."""
    texts = {
        str(each): told(N_("%(count)s months"), language) % {"count": each}
        for each in sorted({*_MONTHS, chosen})
    }
    return frame.field("months", told(N_("How far back"), language), texts, str(chosen))


def known(asked: Asked, unit: str | None, language: Language) -> dict[str, str]:
    """Return what gives the same figures as a file, whatever becomes known."""
    return {
        **({"unit": unit} if unit else {}),
        "as_of": str(asked.as_of),
        "known_at": rfc3339(asked.known_at),
        "lang": language.value,
    }
