"""The acts that the rules cite."""

from app.domain.rules import Act, Citation
from app.domain.texts import Text

# LSL
CHILD_WELFARE_ACT = Act(
    name=Text(fi="lastensuojelulaki", sv="barnskyddslagen", en="Child Welfare Act"),
    number="417/2007",
)

# SHL
SOCIAL_WELFARE_ACT = Act(
    name=Text(fi="sosiaalihuoltolaki", sv="socialvårdslagen", en="Social Welfare Act"),
    number="1301/2014",
)

TIME_LIMITS_ACT = Act(
    name=Text(
        fi="laki säädettyjen määräaikain laskemisesta",
        sv="lagen om beräknande av laga tid",
        en="Act on Time Limits",
    ),
    number="150/1930",
)

# 2 §: the named day itself is not counted.
FROM_THE_DAY_AFTER = Citation(TIME_LIMITS_ACT, "2")

# 3 §: months end on the same-numbered day; where the month lacks it, on its last day.
SAME_NUMBERED_DAY = Citation(TIME_LIMITS_ACT, "3")

# 5 §: a last day that is a day off moves to the first working day after.
FIRST_WORKING_DAY_AFTER = Citation(TIME_LIMITS_ACT, "5")
