"""The catalogue: how much each kind of finding presses, what it means, what to do.

Each kind stands in the module of the table of docs/findings.md that has it.
"""

from app.domain.finding_texts.between_cases import BETWEEN_CASES
from app.domain.finding_texts.in_cases import IN_CASES
from app.domain.finding_texts.of_sources import OF_SOURCES
from app.domain.finding_texts.of_work import OF_WORK

CATALOGUE = {**IN_CASES, **OF_SOURCES, **BETWEEN_CASES, **OF_WORK}
