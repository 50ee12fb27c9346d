"""docs/law.md: the law as this program applies it, rendered from the program."""

from collections.abc import Iterator
from itertools import chain
from typing import assert_never

from app.domain.law import DEFAULT_READING, RULES
from app.domain.law.acts import (
    FIRST_WORKING_DAY_AFTER,
    FROM_THE_DAY_AFTER,
    SAME_NUMBERED_DAY,
)
from app.domain.law.wording import date_text, day_text
from app.domain.periods import Months, Period, WorkingDays
from app.domain.rules import DeadlineRule
from app.domain.working_days import FINLAND, FIRST_YEAR, LAST_YEAR

YEARS = range(2024, 2031)

_HEAD = """\
# The law as this program applies it

Generated from `app/domain/law`; change the rules there, then run `make docs`."""

_COUNTING = f"""\
## Counting

- The day on which the matter becomes pending (*vireilletulo*) is not counted: {FROM_THE_DAY_AFTER.text.en}.
- Working days (*arkipäivä*) are all days but Saturdays, Sundays, public holidays and, under the default reading, the two eves.
- Months end on the same-numbered day; where the month lacks it, on its last day: {SAME_NUMBERED_DAY.text.en}.
- A last day that is a day off moves to the first working day after: {FIRST_WORKING_DAY_AFTER.text.en}.
- The deadline day itself is in time; late is the day after.
- The version in force on the day when the clock starts decides."""

_READINGS = f"""\
## Readings

Two questions are open. Each is a setting; its value stands on every report.

| question | setting | default | effect |
|---|---|---|---|
| Are Christmas Eve and Midsummer Eve working days inside a number of working days? | `eves` = `non-working`, `working` | `{DEFAULT_READING.eves}` | `working` counts an eve; as the last day an eve still moves on |
| Does section 5 of Act 150/1930 move the end of months? | `roll` = `on`, `off` | `{DEFAULT_READING.roll}` | `off` ends months on the same-numbered day, also when it is a day off |

The **due date** is computed under the reading in use. The **safe date** is the earliest due date under any reading; for months the last working day on or before their end."""

_DAYS_OFF = f"""\
## Days off

Besides Saturdays and Sundays. Verified for {FIRST_YEAR}-{LAST_YEAR}; a day outside is an error, never a guess. Extra and removed days are dated, cited configuration."""


def law_page() -> str:
    """Return the page in Markdown; it ends with one newline."""
    parts = (
        [_HEAD, "## Rules"],
        map(_rule, RULES),
        [_COUNTING, _READINGS, _DAYS_OFF],
        map(_days_off, YEARS),
    )
    return "\n\n".join(chain.from_iterable(parts)) + "\n"


def _rule(rule: DeadlineRule) -> str:
    title = rule.title
    lines = [
        f"### {title.en} (`{rule.code}`)",
        "",
        f"*{title.fi}* · *{title.sv}*",
        "",
        "| version | in force from | limit | content | sources |",
        "|---|---|---|---|---|",
        *_versions(rule),
    ]
    return "\n".join(lines)


def _versions(rule: DeadlineRule) -> Iterator[str]:
    for version in rule.versions:
        sources = "; ".join(citation.text.en for citation in version.citations)
        cells = (
            f"`{version.version_id}`",
            date_text(version.in_force_from).en,
            _limit(version.period),
            version.says.en,
            sources,
        )
        yield f"| {' | '.join(cells)} |"


def _limit(period: Period) -> str:
    match period:
        case WorkingDays(number):
            return f"{number} working days"
        case Months(number):
            return f"{number} months"
        case _:
            assert_never(period)


def _days_off(year: int) -> str:
    rows = (
        f"| {day_text(off.day).en} | {off.name.en} | {off.name.fi} | {off.name.sv} | {off.citation.en} |"
        for off in FINLAND.days_off(year)
    )
    head = (
        f"### {year}",
        "",
        "| day | name | *fi* | *sv* | ground |",
        "|---|---|---|---|---|",
    )
    return "\n".join((*head, *rows))
