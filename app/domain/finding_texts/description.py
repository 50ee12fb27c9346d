"""The shape of what is said of a kind of finding."""

from dataclasses import dataclass

from app.domain.findings import Severity
from app.domain.texts import Text


@dataclass(frozen=True, slots=True)
class Description:
    """What is said of every finding of a kind."""

    severity: Severity
    explanation: Text
    remedy: Text
