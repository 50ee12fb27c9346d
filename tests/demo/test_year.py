"""The synthetic year: repeatable, never ahead of time, and shaped like a county's."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from app.api.schemas import EVENT, case_event
from app.demo import county
from app.demo.wire import Event
from app.demo.year import CASE_MANAGEMENT, RETIRED_UNIT, SOURCES, synthetic_year
from app.domain.case_files import case_file
from app.domain.case_states import FindingCode
from app.domain.events import HELSINKI, CaseEvent, Entry, Kind, legal_day
from app.domain.law import Law

TODAY = date(2026, 10, 16)
NOW = datetime(2026, 10, 16, 13, 30, tzinfo=HELSINKI)
SEED = 7
IDENTITY_CODE = re.compile(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", flags=re.IGNORECASE)


@pytest.fixture(scope="module")
def year() -> list[Event]:
    return synthetic_year(TODAY, seed=SEED, now=NOW)


def data_of(event: Event) -> Mapping[str, object]:
    data = event["data"]
    assert isinstance(data, Mapping)
    return data


def day_of(event: Event) -> date:
    if "occurred_on" in event:
        return date.fromisoformat(str(event["occurred_on"]))
    return legal_day(datetime.fromisoformat(str(event["occurred_at"])))


def of_kind(events: list[Event], kind: Kind) -> list[Event]:
    return [event for event in events if event["kind"] == kind]


def test_the_same_seed_gives_the_same_year(year: list[Event]) -> None:
    assert synthetic_year(TODAY, seed=SEED, now=NOW) == year


def test_another_seed_gives_another_year(year: list[Event]) -> None:
    assert synthetic_year(TODAY, seed=SEED + 1, now=NOW) != year


def test_a_later_hour_only_adds_events(year: list[Event]) -> None:
    earlier = synthetic_year(TODAY, seed=SEED, now=NOW - timedelta(hours=5))

    told = {json.dumps(event, sort_keys=True) for event in earlier}
    known = [event for event in year if json.dumps(event, sort_keys=True) in told]

    assert known == earlier
    assert len(earlier) < len(year)


def test_no_event_is_from_the_future(year: list[Event]) -> None:
    for event in year:
        assert day_of(event) <= TODAY
        assert datetime.fromisoformat(str(event["registered_at"])) <= NOW
        if "occurred_at" in event:
            assert datetime.fromisoformat(str(event["occurred_at"])) <= NOW


def test_the_year_reaches_to_its_last_day(year: list[Event]) -> None:
    days = [day_of(event) for event in year]

    assert min(days) >= TODAY - timedelta(364)
    assert max(days) == TODAY


def test_an_instant_bears_the_offset_of_helsinki(year: list[Event]) -> None:
    instants = [str(event["occurred_at"]) for event in year if "occurred_at" in event]

    assert {instant[-6:] for instant in instants} == {"+02:00", "+03:00"}


def test_each_event_tells_its_day_exactly_once(year: list[Event]) -> None:
    told = Counter(
        tuple(key for key in event if str(key).startswith("occurred_"))
        for event in year
    )

    assert set(told) == {("occurred_at",), ("occurred_on",)}


def test_ids_are_unique_within_their_source(year: list[Event]) -> None:
    ids = [(event["source"], event["id"]) for event in year]

    assert len(ids) == len(set(ids))


def test_references_hold_no_identity_code(year: list[Event]) -> None:
    assert not [event for event in year if IDENTITY_CODE.search(repr(event))]


def test_references_look_like_those_of_a_client_system(year: list[Event]) -> None:
    for event in year:
        assert re.fullmatch(r"[AB]-20\d\d-\d{5}", str(event["case_ref"]))
    for notification in of_kind(year, Kind.NOTIFICATION):
        child = data_of(notification)["child"]
        assert isinstance(child, Mapping)
        assert re.fullmatch(r"p-[0-9a-f]{8}", child.get("ref", "p-00000000"))


def test_the_year_has_the_size_of_a_county(year: list[Event]) -> None:
    notifications = of_kind(year, Kind.NOTIFICATION)
    children = {repr(data_of(event)["child"]) for event in notifications}

    assert 3_500 <= len(notifications) <= 5_000
    assert 10_000 <= len(year) <= 15_000
    assert 1.5 <= len(notifications) / len(children) <= 1.9


def test_most_is_told_by_the_case_management_system(year: list[Event]) -> None:
    by_source = Counter(event["source"] for event in year)

    assert set(by_source) == set(SOURCES)
    assert by_source[CASE_MANAGEMENT] >= 0.9 * len(year)


def test_july_is_quieter_than_september(year: list[Event]) -> None:
    months = Counter(day_of(e).month for e in of_kind(year, Kind.NOTIFICATION))

    assert months[7] < 0.75 * months[9]


def test_every_unit_is_registered_but_the_retired_one(year: list[Event]) -> None:
    named = {
        data_of(event)["unit"]
        for kind in (Kind.NOTIFICATION, Kind.TRANSFER)
        for event in of_kind(year, kind)
    }

    assert named - {unit.code for unit in county.UNITS} == {RETIRED_UNIT}
    assert named.issuperset(county.REGIONS)


def test_an_unborn_child_has_no_age(year: list[Event]) -> None:
    anticipatory = [
        data_of(event)
        for event in of_kind(year, Kind.NOTIFICATION)
        if data_of(event)["entry"] == Entry.ANTICIPATORY
    ]

    assert anticipatory
    assert not [data for data in anticipatory if "age_years" in repr(data["child"])]


def test_some_languages_and_citizenships_are_unknown(year: list[Event]) -> None:
    told = Counter(
        "mother_tongue" in repr(data) or "language_group" in data
        for data in map(data_of, of_kind(year, Kind.NOTIFICATION))
    )

    assert 0 < told[False] < 0.05 * told[True]


def test_an_answer_names_notifications_of_its_own_case(year: list[Event]) -> None:
    notified = defaultdict(set)
    for event in of_kind(year, Kind.NOTIFICATION):
        notified[event["case_ref"]].add(event["id"])
    answers = [
        (event["case_ref"], answer)
        for event in of_kind(year, Kind.INITIATION)
        for answer in _answers(event)
    ]

    assert answers
    assert all(answer in notified[case_ref] for case_ref, answer in answers)


def test_a_few_events_are_delivered_out_of_order(year: list[Event]) -> None:
    entered = [datetime.fromisoformat(str(event["registered_at"])) for event in year]
    out_of_order = sum(later < earlier for earlier, later in pairwise(entered))

    assert 0 < out_of_order < 0.2 * len(year)


def test_a_small_county_works_too() -> None:
    events = synthetic_year(TODAY, seed=SEED, now=NOW, cases=12)

    assert len({event["case_ref"] for event in events}) <= 12


def _answers(event: Event) -> list[str]:
    answers = data_of(event).get("answers", [])
    assert isinstance(answers, list)
    return answers


def test_most_missed_deadlines_are_explained_and_some_are_not(
    year: list[Event],
) -> None:
    told = of_kind(year, Kind.DELAY_EXPLAINED)
    causes = Counter(data_of(event)["cause"] for event in told)

    assert len(told) > 100
    assert len(causes) > 5
    assert 0 < causes["substitute_or_leave"] < len(told) / 4
    assert {data_of(event)["rule"] for event in told} == {"initiation", "assessment"}


def test_what_is_told_of_delays_explains_a_missed_deadline(year: list[Event]) -> None:
    by_case: dict[tuple[str, str], list[CaseEvent]] = defaultdict(list)
    for event in year:
        parsed = case_event(EVENT.validate_json(json.dumps(event)))
        by_case[parsed.case].append(parsed)

    late = explained = 0
    for history in by_case.values():
        file = case_file(history, Law())
        assert not any(
            finding.code is FindingCode.EXPLANATION_WITHOUT_BREACH
            for finding in file.findings
        )
        for clock in file.deadlines:
            if clock.is_late(TODAY - timedelta(30)) and not clock.joined:
                late += 1
                explained += bool(clock.delays)
    assert 0.5 < explained / late < 0.9
