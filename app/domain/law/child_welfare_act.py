"""Child Welfare Act 417/2007 (*lastensuojelulaki*, LSL), in section order."""

from datetime import date

from app.domain.law.acts import (
    CHILD_WELFARE_ACT,
    FIRST_WORKING_DAY_AFTER,
    FROM_THE_DAY_AFTER,
    SAME_NUMBERED_DAY,
    SOCIAL_WELFARE_ACT,
)
from app.domain.periods import Months, WorkingDays
from app.domain.rules import Citation, DeadlineRule, RuleVersion
from app.domain.texts import Text

_UNTIL_2015 = Text(
    fi="sellaisena kuin se oli voimassa ennen 1.4.2015",
    sv="sådan den lydde före 1.4.2015",
    en="as in force before 1 Apr 2015",
)

# Until 2015 the duty was a clarification of the need for child protection, with client
# status from its start: the same limits, but not one series with later figures.
LSL_26_2008 = RuleVersion(
    version_id="LSL-26-2008",
    in_force_from=date(2008, 1, 1),
    period=WorkingDays(7),
    far_over=WorkingDays(14),
    citations=(
        Citation(CHILD_WELFARE_ACT, "26", _UNTIL_2015),
        FROM_THE_DAY_AFTER,
        FIRST_WORKING_DAY_AFTER,
    ),
    says=Text(
        fi="Viimeistään seitsemäntenä arkipäivänä lastensuojeluasian vireilletulosta on ratkaistava, tehdäänkö lastensuojelutarpeen selvitys.",
        sv="Senast den sjunde vardagen efter att barnskyddsärendet inleddes ska det avgöras om en utredning av behovet av barnskydd görs.",
        en="At the latest on the seventh working day after pendency it must be decided whether the need for child protection is clarified.",
    ),
)

# Rewritten by Act 1302/2014, together with the new Social Welfare Act.
LSL_26_2015 = RuleVersion(
    version_id="LSL-26-2015",
    in_force_from=date(2015, 4, 1),
    period=WorkingDays(7),
    far_over=WorkingDays(14),
    citations=(
        Citation(CHILD_WELFARE_ACT, "26"),
        Citation(SOCIAL_WELFARE_ACT, "36"),
        FROM_THE_DAY_AFTER,
        FIRST_WORKING_DAY_AFTER,
    ),
    says=Text(
        fi="Viimeistään seitsemäntenä arkipäivänä lastensuojeluasian vireilletulosta on ratkaistava, tehdäänkö palvelutarpeen arviointi, ja arviointi on aloitettava, jollei se ole ilmeisen tarpeetonta.",
        sv="Senast den sjunde vardagen efter att barnskyddsärendet inleddes ska det avgöras om en bedömning av servicebehovet görs, och bedömningen ska påbörjas, om den inte är uppenbart onödig.",
        en="At the latest on the seventh working day after pendency it must be decided whether service needs are assessed, and the assessment must be begun, unless it is obviously unnecessary.",
    ),
)

LSL_27_2008 = RuleVersion(
    version_id="LSL-27-2008",
    in_force_from=date(2008, 1, 1),
    period=Months(3),
    far_over=Months(4),
    citations=(
        Citation(CHILD_WELFARE_ACT, "27", _UNTIL_2015),
        SAME_NUMBERED_DAY,
        FIRST_WORKING_DAY_AFTER,
    ),
    says=Text(
        fi="Lastensuojelutarpeen selvityksen on valmistuttava viimeistään kolmen kuukauden kuluttua lastensuojeluasian vireilletulosta.",
        sv="Utredningen av behovet av barnskydd ska vara klar senast tre månader efter att barnskyddsärendet inleddes.",
        en="The clarification of the need for child protection must be complete at the latest three months after pendency.",
    ),
)

INITIATION = DeadlineRule(
    code="initiation",
    title=Text(
        fi="Palvelutarpeen arvioinnin aloittaminen",
        sv="Påbörjande av bedömningen av servicebehovet",
        en="Initiation of the service-needs assessment",
    ),
    versions=(LSL_26_2008, LSL_26_2015),
)
