"""A due date and how it came about, in words that a template only has to place."""

import re
from dataclasses import dataclass
from datetime import date

from app.domain.law import Law
from app.domain.law.explanations import Explanation, StepCode
from app.domain.texts import Language
from app.exports import numbers
from app.web.weeks import Gap, Week, weeks

# A section sign and its number, a weekday and its date: no line ends between them.
_JOINT = re.compile(r" (?=§|\d{1,2}\.\d{1,2}\.)")
_LAW = frozenset({StepCode.VERSION, StepCode.CITATION})
_OTHER_READING = frozenset({StepCode.ALTERNATIVE, StepCode.OTHER_VERDICT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An explanation as a reader sees it; *safe* is empty where it is the due date."""

    code: str
    title: str
    started: str
    due: str
    safe: str
    summary: str
    weekdays: tuple[str, ...]
    weeks: tuple[Week | Gap, ...]
    steps: tuple[str, ...]
    other_reading: tuple[str, ...]
    law: tuple[str, ...]


def explained(
    explanation: Explanation,
    law: Law,
    language: Language,
    *,
    done_on: date | None = None,
) -> Explained:
    """Return *explanation*, which *law* gave, in *language*."""
    is_safe = explanation.safe_on == explanation.due_on

    def told(codes: frozenset[StepCode]) -> tuple[str, ...]:
        return tuple(
            unbroken(step.text.to(language))
            for step in explanation.steps
            if step.code in codes
        )

    return Explained(
        code=explanation.rule_code,
        title=explanation.title.to(language),
        started=numbers.day(explanation.started_on, language),
        due=numbers.day(explanation.due_on, language),
        safe="" if is_safe else numbers.day(explanation.safe_on, language),
        summary=unbroken(explanation.summary.to(language)),
        weekdays=numbers.weekdays(language),
        weeks=weeks(explanation, law, language, done_on=done_on),
        steps=told(frozenset(StepCode) - _LAW - _OTHER_READING),
        other_reading=told(_OTHER_READING),
        law=told(_LAW),
    )


def unbroken(sentence: str) -> str:
    """Return *sentence* with sections and dates that no end of a line takes apart."""
    return _JOINT.sub("\u00a0", sentence)
