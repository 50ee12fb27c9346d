"""The form in which a lead tells why a deadline is late, and what is done about it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from app.domain.deadlines import Deadline
from app.domain.delay_codes import DelayAction, DelayCause, DutyRule
from app.domain.events import DelayExplained
from app.services.delays import KeyReusedError, NothingLateError
from app.web.forms import NOT_A_DAY, Flaws
from app.web.navigation import N_
from app.web.questions import parse_day

_LONGEST = 300
_Field = Annotated[str, Field(max_length=_LONGEST)]
_Hidden = Annotated[str, Field(max_length=_LONGEST, pattern=r"^[^\x00-\x1f\x7f]*$")]
REFUSED: Mapping[type[Exception], str] = MappingProxyType(
    {
        NothingLateError: N_(
            "Nothing is late any more that this would explain: something has changed "
            "in the case meanwhile."
        ),
        KeyReusedError: N_(
            "This has been told already, otherwise. What was told first stays; look "
            "at the timeline, and tell the rest anew."
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayForm:
    """What is told of the clock of *rule* that the notification *explains* started.

    Where it names none, the last late run is meant.

    *key* makes that the same form sent twice is told once; *flaws* are texts to
    translate, by field, and "" is that of the whole.
    """

    rule: str
    explains: str
    key: str
    cause: str = ""
    action: str = ""
    follow_up_on: str = ""
    flaws: Flaws = field(default_factory=dict)

    @property
    def said(self) -> DelayExplained | None:
        """What is told; None while something is missing or wrong."""
        if self.flaws:
            return None
        return DelayExplained(
            rule=DutyRule(self.rule),
            cause=DelayCause(self.cause),
            action=DelayAction(self.action),
            follow_up_on=parse_day(self.follow_up_on),
            explains=self.explains or None,
        )

    def refused(self, text: str) -> Self:
        """Return the form with what is wrong with the whole of it."""
        # Under another key, since what is told next is something else.
        return replace(self, flaws={"": text}, key=new_key())

    def flaws_in(self, anchor: str) -> Flaws:
        """Return what is wrong, by the ids that the fields have in a clock."""
        return {f"{anchor}-{name}": text for name, text in self.flaws.items() if name}

    def is_of(self, clock: Deadline) -> bool:
        """Tell whether it is about *clock*."""
        return self.rule == clock.rule and self.explains in ("", clock.started_by)


def new_key() -> str:
    """Return a key that no other form has."""
    return uuid.uuid4().hex


class Told(BaseModel):
    """The fields of the form as a browser sends them."""

    model_config = ConfigDict(extra="forbid")

    rule: DutyRule
    explains: _Hidden = ""
    key: _Hidden
    cause: _Field = ""
    action: _Field = ""
    follow_up_on: _Field = ""

    @property
    def form(self) -> DelayForm:
        """The form as filled in; what is no answer to a field is left out of it."""
        flaws = {}
        cause = self.cause if self.cause in list(DelayCause) else ""
        if not cause:
            flaws["cause"] = N_("Choose why the deadline is late.")
        action = self.action if self.action in list(DelayAction) else ""
        if not action:
            flaws["action"] = N_("Choose what is done about it.")
        day = parse_day(self.follow_up_on)
        if day is None and self.follow_up_on.strip():
            flaws["follow_up_on"] = NOT_A_DAY
        return DelayForm(
            rule=self.rule,
            explains=self.explains,
            key=self.key,
            cause=cause,
            action=action,
            follow_up_on=day.isoformat() if day else "",
            flaws=flaws,
        )
