"""How much is tried, by the profile of the run."""

from dataclasses import dataclass

from hypothesis import settings

from app.domain.access import Role
from tests.hostile.service import NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How many of each attempt are made."""

    malformed_requests: int
    injections_for_each_place: int
    canaries_for_each_place: int
    roles: tuple[str, ...]
    examples_for_each_operation: int


_EXTENTS = {
    "quick": Extent(
        malformed_requests=150,
        injections_for_each_place=2,
        canaries_for_each_place=1,
        roles=(Role.INTEGRATOR, Role.LEAD),
        examples_for_each_operation=1,
    ),
    "full": Extent(
        malformed_requests=300,
        injections_for_each_place=3,
        canaries_for_each_place=2,
        roles=(*Role, NOBODY),
        examples_for_each_operation=1,
    ),
    "exhaustive": Extent(
        malformed_requests=8_000,
        injections_for_each_place=40,
        canaries_for_each_place=100,
        roles=(*Role, NOBODY),
        examples_for_each_operation=12,
    ),
}
EXTENT = _EXTENTS[settings.get_current_profile_name()]
