"""What callers are given: the shapes of answers that several endpoints share."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any, Protocol

from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.responses import JSONResponse

from app.domain.deadlines import Deadline
from app.domain.delays import ACTIONS, CAUSES, NOT_ACCEPTED, Delay
from app.domain.law import Law
from app.domain.law.explanations import Explanation
from app.domain.texts import Language
from app.services.deadlines import days_left


class JsonAnswer(JSONResponse):
    """An answer in JSON, written four times as quickly as Starlette would."""

    def render(self, content: object) -> bytes:
        """Return *content* as JSON."""
        return to_json(content)


class DelayOut(BaseModel):
    """Why a deadline is late and what is done about it, as was told last."""

    explained_on: date
    cause: str = Field(examples=["staff_shortage"])
    cause_text: str
    cause_is_accepted: bool = Field(
        description="False of a cause that supervisors do not accept"
    )
    action: str = Field(examples=["overtime"])
    action_text: str
    follow_up_on: date | None


class DeadlineOut(BaseModel):
    """One clock of a case, as it stands on the day asked for."""

    rule: str = Field(examples=["initiation"])
    title: str
    started_on: date
    due_on: date = Field(description="The last day in time under the reading in use")
    safe_on: date = Field(description="The earliest due date under any reading")
    met_on: date | None
    status: str = Field(examples=["open_late"])
    unit: str | None
    unit_is_registered: bool
    working_days_left: int = Field(
        description="Negative if over; of a closed clock, counted from its closing"
    )
    calendar_days_left: int
    joined: bool = Field(description="Received while an assessment was running")
    recorded_late: bool | None = Field(
        description="Done in time, entered after the due date; null if nothing tells"
    )
    corrected: bool = Field(description="An amendment made it look better")
    delay: DelayOut | None = Field(
        description="What was told of its being late; null where nothing was"
    )


class StepOut(BaseModel):
    """One step of an explanation."""

    code: str
    day: date | None
    text: str


class AlternativeOut(BaseModel):
    """What another legal reading would give."""

    eves: str
    roll: str
    due_on: date
    changes_verdict: bool


class ExplanationOut(BaseModel):
    """How a due date came about."""

    rule: str
    title: str
    received_on: date
    due_on: date
    unrolled_on: date
    safe_on: date
    rule_version: str
    eves: str
    roll: str
    summary: str
    steps: list[StepOut]
    alternatives: list[AlternativeOut]
    citations: list[str]


class Shown(Protocol):
    """An answer of a service, as far as its deadlines are shown by it."""

    @property
    def as_of(self) -> date:
        """The day asked about."""

    @property
    def law(self) -> Law:
        """The law in use at the instant asked for."""

    @property
    def units(self) -> Container[str]:
        """The registered units."""

    @property
    def live_since(self) -> Mapping[str, date | None]:
        """Since which day each source is live."""


def deadline_out(
    clock: Deadline, source: str, shown: Shown, language: Language
) -> dict[str, Any]:
    """Return *clock* of a case of *source* as every endpoint shows it."""
    as_of = shown.as_of
    working_days, calendar_days = days_left(clock, as_of, shown.law.calendar)
    unit = clock.responsible_unit(as_of)
    met = clock.met_on is not None and clock.met_on <= as_of
    return {
        "rule": clock.rule,
        "title": shown.law.rule(clock.rule).title.to(language),
        "started_on": clock.started_on,
        "due_on": clock.due_on,
        "safe_on": clock.safe_on,
        "met_on": clock.met_on if met else None,
        "status": clock.verdict(as_of).value,
        "unit": unit,
        "unit_is_registered": unit in shown.units,
        "working_days_left": working_days,
        "calendar_days_left": calendar_days,
        "joined": clock.joined,
        "recorded_late": (
            clock.recorded_late(shown.live_since.get(source)) if met else False
        ),
        "corrected": clock.corrected,
        "delay": delay_out(clock.delay(as_of), language),
    }


def delay_out(delay: Delay | None, language: Language) -> dict[str, Any] | None:
    """Return *delay* as every endpoint shows it."""
    if delay is None:
        return None
    return {
        "explained_on": delay.explained_on,
        "cause": delay.cause,
        "cause_text": CAUSES[delay.cause].to(language),
        "cause_is_accepted": delay.cause not in NOT_ACCEPTED,
        "action": delay.action,
        "action_text": ACTIONS[delay.action].to(language),
        "follow_up_on": delay.follow_up_on,
    }


def explanation_out(explanation: Explanation, language: Language) -> ExplanationOut:
    """Return *explanation* in *language*."""
    return ExplanationOut(
        rule=explanation.rule_code,
        title=explanation.title.to(language),
        received_on=explanation.started_on,
        due_on=explanation.due_on,
        unrolled_on=explanation.unrolled_on,
        safe_on=explanation.safe_on,
        rule_version=explanation.version_id,
        eves=explanation.reading.eves,
        roll=explanation.reading.roll,
        summary=explanation.summary.to(language),
        steps=[
            StepOut(code=step.code, day=step.day, text=step.text.to(language))
            for step in explanation.steps
        ],
        alternatives=[
            AlternativeOut(
                eves=other.reading.eves,
                roll=other.reading.roll,
                due_on=other.due_on,
                changes_verdict=other.changes_verdict,
            )
            for other in explanation.alternatives
        ],
        citations=[citation.text.to(language) for citation in explanation.citations],
    )
