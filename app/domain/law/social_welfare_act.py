"""Social Welfare Act 1301/2014 (*sosiaalihuoltolaki*, SHL), in section order."""

from datetime import date

from app.domain.law.acts import (
    CHILD_WELFARE_ACT,
    FIRST_WORKING_DAY_AFTER,
    SAME_NUMBERED_DAY,
    SOCIAL_WELFARE_ACT,
)
from app.domain.law.child_welfare_act import LSL_27_2008
from app.domain.periods import Months
from app.domain.rules import Citation, DeadlineRule, RuleVersion
from app.domain.texts import Text

# The three months run from pendency, never from the decision to assess.
SHL_36_2015 = RuleVersion(
    version_id="SHL-36-2015",
    in_force_from=date(2015, 4, 1),
    period=Months(3),
    far_over=Months(4),
    citations=(
        Citation(SOCIAL_WELFARE_ACT, "36"),
        Citation(CHILD_WELFARE_ACT, "26"),
        SAME_NUMBERED_DAY,
        FIRST_WORKING_DAY_AFTER,
    ),
    says=Text(
        fi="Lapsen palvelutarpeen arvioinnin on valmistuttava viimeistään kolmen kuukauden kuluttua asian vireilletulosta.",
        sv="Bedömningen av barnets servicebehov ska vara klar senast tre månader efter att ärendet inleddes.",
        en="The assessment of the child's service needs must be complete at the latest three months after pendency.",
    ),
)

ASSESSMENT = DeadlineRule(
    code="assessment",
    title=Text(
        fi="Palvelutarpeen arviointi",
        sv="Bedömning av servicebehovet",
        en="Service-needs assessment",
    ),
    versions=(LSL_27_2008, SHL_36_2015),
)
