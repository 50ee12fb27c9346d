"""Whatever is done behind our back to what was published is found."""

import pytest

from app.domain.access import Actor, Role
from app.domain.reporting_periods import parse_period
from app.services.publications import publish
from app.services.tampering import PLACE_OF_PUBLICATIONS, Tampering
from tests.services.conftest import Scene

LEAD = Actor(role=Role.LEAD, key_id="lead")


@pytest.fixture
def published(scene: Scene) -> Scene:
    """Give a scene in which four months were published."""
    for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
        publish(
            scene.database,
            LEAD,
            month=parse_period(month),
            as_of=None,
            known_at=None,
        )
    return scene


def test_what_is_done_to_publications_is_found(published: Scene) -> None:
    assert published.verify().findings == ()

    published.sql("UPDATE publication SET threshold = 1 WHERE number = 4")
    published.sql("DELETE FROM publication WHERE number IN (1, 3)")

    found = [
        (each.tampering, each.place, each.position, each.more)
        for each in published.verify().findings
    ]
    assert found == [
        (Tampering.CHANGED, PLACE_OF_PUBLICATIONS, 4, 0),
        (Tampering.MISSING, PLACE_OF_PUBLICATIONS, 1, 1),
    ]
