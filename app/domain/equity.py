"""How the rates of language and nationality groups differ, and whether that is told.

A group is compared with the reference as it is, and once more with the children of the
same unit and age band only, since units differ and groups are not spread over them
alike. What cannot be told is said, with the reason, and never shown as no difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from app.domain.compliance import Dimension
from app.domain.groups import LanguageGroup, NationalityGroup

# So many deadlines kept, and so many missed, must be expected of a group if it did as
# all of the same unit and age: below that the interval of the comparison is too narrow.
LEAST_EXPECTED = 5
LEVEL = 0.95
DIMENSIONS: dict[Dimension, type[StrEnum]] = {
    Dimension.LANGUAGE_GROUP: LanguageGroup,
    Dimension.NATIONALITY_GROUP: NationalityGroup,
}
REFERENCES = {
    Dimension.LANGUAGE_GROUP: LanguageGroup.FI.value,
    Dimension.NATIONALITY_GROUP: NationalityGroup.FINNISH.value,
}
UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a group is not compared."""

    UNKNOWN_GROUP = "unknown_group"
    TOO_FEW = "too_few"
    TOO_FEW_IN_REFERENCE = "too_few_in_reference"
    NO_COUNTERPART = "no_counterpart"
    TOO_FEW_EXPECTED = "too_few_expected"
    NO_VARIATION = "no_variation"


class Standing(StrEnum):
    """How the rate of a group stands to that of the reference."""

    LOWER = "lower"
    HIGHER = "higher"
    CANNOT_TELL = "cannot_tell"


class Share(NamedTuple):
    """How many deadlines were in time, of how many that were due."""

    in_time: int = 0
    due: int = 0

    def plus(self, other: "Share") -> "Share":
        """Return both together."""
        return Share(self.in_time + other.in_time, self.due + other.due)


class Stratum(NamedTuple):
    """The deadlines of a group and of the reference, of one unit and age band."""

    group: Share
    reference: Share

    @property
    def both(self) -> Share:
        """Return those of the group and of the reference together."""
        return self.group.plus(self.reference)


class Place(NamedTuple):
    """A group, its unit and its age band."""

    group: str | None
    unit: str | None
    age_band: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The rate of a group less that of the reference, in percentage points.

    *interval* has a level of 95 % for this group alone. *standing* takes all groups
    that were compared together: with each of them the chance of a false alarm grows.
    """

    points: float
    interval: tuple[float, float]
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A group beside the reference; *compared* are its deadlines that have a like."""

    group: str
    share: Share
    crude: Difference | Reason
    standardised: Difference | Reason
    compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Every group of a dimension beside its reference."""

    dimension: Dimension
    reference: str
    reference_share: Share
    minimum_n: int
    gaps: tuple[Gap, ...]


def share_of(counted: Mapping[Place, Share], group: str) -> Share:
    """Return all deadlines of *group* together."""
    return _sum(share for place, share in counted.items() if place.group == group)


def strata(
    counted: Mapping[Place, Share], group: str, reference: str
) -> tuple[Stratum, ...]:
    """Return each unit and age band in which both *group* and *reference* have any."""
    found = []
    for place, share in counted.items():
        like = counted.get(place._replace(group=reference), Share())
        if place.group == group and share.due and like.due:
            found.append(Stratum(share, like))
    return tuple(found)


def why_not_compared(
    group: str, share: Share, reference: Share, minimum_n: int
) -> Reason | None:
    """Return why *group* is not compared with the reference; None if it is.

    Those of whom nothing is known are no group: what they have in common is that it was
    not entered.
    """
    if group == UNKNOWN:
        return Reason.UNKNOWN_GROUP
    if share.due < max(minimum_n, 1):
        return Reason.TOO_FEW
    if reference.due < max(minimum_n, 1):
        return Reason.TOO_FEW_IN_REFERENCE
    return None


def why_not_standardised(compared: Sequence[Stratum]) -> Reason | None:
    """Return why a group is not compared within units and age bands; None if it is."""
    if not compared:
        return Reason.NO_COUNTERPART
    in_time = sum(s.group.due * s.both.in_time / s.both.due for s in compared)
    missed = sum(stratum.group.due for stratum in compared) - in_time
    return Reason.TOO_FEW_EXPECTED if min(in_time, missed) < LEAST_EXPECTED else None


def _sum(shares: Iterable[Share]) -> Share:
    total = Share()
    for share in shares:
        total = total.plus(share)
    return total
