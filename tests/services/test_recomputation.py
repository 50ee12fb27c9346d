"""A sealed report computed again, and what is said where it is not what was sealed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

import app
from app.db.pools import POOLS, Work
from app.domain.access import Actor, Role
from app.domain.compliance import Dimension
from app.domain.erasure import ErasureGround
from app.domain.reporting_periods import parse_period
from app.domain.sealed_reports import Explanation, ReportKind
from app.services import intake
from app.services.compliance import Query
from app.services.erasure import erase_child
from app.services.plain_reports import report_json
from app.services.recomputation import recompute
from app.services.sealed_reports import Order, find, seal
from tests.factories import decision, notification, submissions
from tests.services.conftest import SOURCES, Scene

LEAD = Actor(role=Role.LEAD, key_id="lead")
ORDER = Order(
    kind=ReportKind.YEARLY,
    period=parse_period("2026"),
    query=Query(by=(Dimension.UNIT,)),
    comment=None,
    request_key=None,
)


@pytest.fixture
def sealed(scene: Scene) -> Scene:
    """Give a scene with one sealed report."""
    seal(scene.database, LEAD, ORDER, report_json)
    return scene


def told(scene: Scene) -> tuple[bool, list[Explanation]]:
    """Return whether report 1 is equal, computed again, and what is explained."""
    found = recompute(scene.database, find(scene.database, LEAD, 1), report_json)
    return found.is_equal, found.explanations


def test_what_nobody_touched_is_equal(sealed: Scene) -> None:
    assert told(sealed) == (True, [])


def test_news_change_nothing(sealed: Scene) -> None:
    intake.record(
        sealed.database,
        submissions([notification(date(2026, 3, 2)), decision(date(2026, 3, 3))]),
    )

    assert told(sealed) == (True, [])


def test_what_was_erased_can_no_longer_be_computed_and_it_says_so(
    sealed: Scene,
) -> None:
    erase_child(
        sealed.owner,
        source="client-b",
        child_ref="p-1",
        ground=ErasureGround.REQUEST_OF_PERSON,
        by=(
            Actor(role=Role.ADMIN, key_id="a"),
            Actor(role=Role.ADMIN, key_id="b"),
        ),
    )

    assert told(sealed) == (False, [Explanation.DATA_ERASED])
    assert sealed.verify(with_read_model=True).findings == ()


def test_what_was_erased_before_explains_nothing(scene: Scene) -> None:
    for source in SOURCES[:2]:
        erase_child(
            scene.owner,
            source=source,
            child_ref="p-1",
            ground=ErasureGround.REQUEST_OF_PERSON,
            by=(
                Actor(role=Role.ADMIN, key_id="a"),
                Actor(role=Role.ADMIN, key_id="b"),
            ),
        )
    seal(scene.database, LEAD, ORDER, report_json)

    assert told(scene) == (True, [])


def test_an_edited_deadline_shows_in_its_cell_and_in_the_total(sealed: Scene) -> None:
    sealed.sql(
        """
        UPDATE deadline SET met_on = due_on + 1
        WHERE source = 'client-b' AND case_ref = 'A-1' AND rule = 'initiation'
        """
    )

    found = recompute(sealed.database, find(sealed.database, LEAD, 1), report_json)

    assert found.explanations == [Explanation.READ_MODEL_CHANGED]
    late = [each for each in found.differences if each.figure.endswith("s.late")]
    assert [(each.cell, each.computed) for each in late] == [
        ({"rule": "initiation", "unit": "leppavaara"}, 1),
        ({"rule": "initiation"}, 1),
    ]


def test_an_edited_report_is_told_from_its_figures(sealed: Scene) -> None:
    sealed.sql(
        """
        UPDATE sealed_report
        SET content = replace(content::text, '"in_time":', '"in_time":1')::json
        """
    )

    is_equal, explanations = told(sealed)

    assert not is_equal
    assert explanations == [Explanation.SEAL_CHANGED]


def test_a_ledger_made_anew_is_told_though_the_figures_stand(sealed: Scene) -> None:
    sealed.sql(
        """
        UPDATE case_event SET data = replace(data::text, 'no_client', 'died')::json
        WHERE source = 'client-b' AND sequence = 6
        """
    )
    sealed.chain_anew("client-b")

    assert told(sealed) == (True, [Explanation.LEDGER_CHANGED])


@pytest.mark.parametrize(
    "forgery",
    [
        'UPDATE activation SET law = law || \'{"eves": "working"}\'',
        """
        INSERT INTO report_setting (recorded_at, settings)
        VALUES ('2026-01-01Z', '{"minimum_n": 1}')
        """,
        """
        INSERT INTO unit (code, recorded_at, name_fi, name_sv, name_en)
        VALUES ('new', '2026-01-01Z', 'x', 'x', 'x')
        """,
        """
        INSERT INTO source_setting (source, recorded_at, live_since)
        VALUES ('client-a', '2026-01-01Z', '2026-01-01')
        """,
    ],
    ids=["law", "settings", "units", "sources"],
)
def test_rules_that_were_changed_behind_the_report_are_told(
    sealed: Scene, forgery: str
) -> None:
    sealed.sql(forgery)

    _, explanations = told(sealed)

    assert explanations == [Explanation.RULES_CHANGED]


def test_another_version_of_the_software_is_told(
    sealed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "__version__", "99.0.0")

    assert told(sealed) == (True, [Explanation.OTHER_SOFTWARE])


def test_numbers_have_no_gaps_however_many_seal_at_once(scene: Scene) -> None:
    with ThreadPoolExecutor(POOLS[Work.OPERATIONS].size) as pool:
        made = list(
            pool.map(
                lambda _: seal(scene.database, LEAD, ORDER, report_json), range(16)
            )
        )

    assert sorted(sealed.seal.number for sealed, _ in made) == list(range(1, 17))
    assert scene.verify().exit_code == 0
