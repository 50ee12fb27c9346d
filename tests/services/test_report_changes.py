"""Whatever becomes known and whatever rules change, the causes add up to the change."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.db.database import Database
from app.db.units import Unit
from app.domain.access import Actor, Role
from app.domain.compliance import Dimension
from app.domain.events import CaseEvent, EventCorrected, EventRetracted
from app.domain.law import Law
from app.domain.report_changes import Cause
from app.domain.reporting_periods import Period, parse_period
from app.domain.texts import Text
from app.services import law as law_service
from app.services import sources, units
from app.services.compliance import BASES, Query
from app.services.intake import record
from app.services.report_changes import Changes, changes
from tests.amended_histories import amended_cases, told_by
from tests.conftest import fresh_database, viewer_of
from tests.factories import submissions
from tests.histories import UNITS, on_one_database
from tests.services.test_rebuild import NO_ROLL

EVERYTHING = Actor(role=Role.LEAD)
ONE_UNIT = Actor(role=Role.LEAD, units=frozenset({UNITS[0]}))
PERIODS = ("2024", "2024-01", "2024-Q1", "thl:2023-10", "2024-H2")


@dataclass
class Scene:
    """A county that lives through every example."""

    database: Database
    names: Iterator[int] = field(default_factory=count)


@pytest.fixture(scope="module")
def scene(server_url: str, template: str) -> Iterator[Scene]:
    with fresh_database(server_url, template) as database:
        yield Scene(database)


@st.composite
def queries(draw: st.DrawFn) -> Query:
    by = draw(st.lists(st.sampled_from(Dimension), max_size=2, unique=True))
    level = draw(st.sampled_from((None, 0, 1))) if Dimension.UNIT in by else None
    return Query(
        by=tuple(by),
        level=level,
        bases=draw(st.sampled_from(list(BASES.values()))),
        as_of=draw(st.dates(date(2024, 1, 15), date(2025, 1, 15))),
    )


def change_a_rule(scene: Scene, rule: str, source: str) -> None:
    database = scene.database
    match rule:
        case "law":
            law_service.activate(database, Law())
        case "other law":
            law_service.activate(database, NO_ROLL)
        case "unit":
            parent = f"root-{next(scene.names)}"
            name = Text(fi="x", sv="x", en="x")
            units.put(
                database,
                [
                    Unit(code=parent, parent=None, name=name),
                    Unit(code=UNITS[1], parent=parent, name=name),
                ],
            )
        case "live":
            sources.put_live(database, source, date(2024, 2, 1))
        case "successor":
            sources.succeed(database, source, f"{source}-new", date(2024, 3, 1))
        case _:
            pass


# A change of law touches every case there is, so most examples have none.
RULES = st.sampled_from((*[None] * 24, "law", "other law", "unit", "live", "successor"))


def assert_accounted(found: Changes) -> None:
    for account in found.accounts:
        assert account.by_cause.total() == account.after - account.before, account
        assert account.unexplained == 0


@on_one_database
@given(
    events=amended_cases(),
    cut=st.integers(0, 10),
    query=queries(),
    period=st.sampled_from(PERIODS).map(parse_period),
    actor=st.sampled_from((EVERYTHING, ONE_UNIT)),
    rule=RULES,
)
def test_every_difference_is_accounted_for_once(
    *,
    scene: Scene,
    events: list[CaseEvent],
    cut: int,
    query: Query,
    period: Period,
    actor: Actor,
    rule: str | None,
) -> None:
    source = f"client-{next(scene.names)}"
    told = submissions(told_by(events, source))
    record(scene.database, told[:cut])
    with scene.database.read() as question:
        known_at = question.known_at
    record(scene.database, told[cut:])
    if rule is not None:
        change_a_rule(scene, rule, source)

    asked = replace(query, known_at=known_at)
    found = changes(
        viewer_of(scene.database, actor),
        query=asked,
        period=period,
        sealer=actor,
        to=None,
        cause=None,
        limit=1_000,
    )

    assert_accounted(found)
    causes = {move.cause for move in found.moves}
    if rule is None:
        assert Cause.RULE_CHANGE not in causes
    if cut >= len(events):
        assert causes <= {Cause.RULE_CHANGE}
    amendments = [type(each.data) for each in events[cut:]]
    if EventCorrected not in amendments:
        assert Cause.CORRECTED not in causes
    if EventRetracted not in amendments:
        assert Cause.RETRACTED not in causes
