"""The same question about a day and an instant has the same answer for ever."""

import random
from datetime import timedelta

from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.db.database import Database
from app.domain.events import AmendmentReason, CaseEvent, EventRetracted
from app.services import law as law_service
from app.services.intake import record
from tests.amended_histories import amended_cases
from tests.conftest import Headers
from tests.factories import assessment, decision, event, notification, submissions
from tests.histories import FIRST_DAY, on_one_database
from tests.services.test_rebuild import NO_ROLL

CASES = 100
LATER_EVENTS = 1_000
QUESTIONS = (
    "/v1/deadlines?status=all&limit=200",
    "/v1/deadlines?status=overdue&unit=leppavaara",
    "/v1/cases/client-a/A-7",
    "/v1/reports/compliance?period=2024&by=unit,language_group,age_band",
    "/v1/reports/compliance?period=2024-Q1&basis=thl&by=unit",
)


def answers(
    client: TestClient, headers: Headers, *, as_of: str, known_at: str
) -> list[bytes]:
    asked = {"as_of": as_of, "known_at": known_at}
    found = []
    for question in QUESTIONS:
        url = client.build_request("GET", question).url.copy_merge_params(asked)
        answer = client.get(url, headers=headers.lead)
        assert answer.status_code == 200
        found.append(answer.content)
    return found


def a_county() -> list[CaseEvent]:
    events = []
    for number in range(CASES):
        day, ref = FIRST_DAY + timedelta(number), f"A-{number}"
        events.append(notification(day, f"n-{number}", case_ref=ref))
        if number % 3:
            decided = day + timedelta(number % 20)
            events.append(decision(decided, case_ref=ref, event_id=f"d-{number}"))
    return events


def later_news() -> list[CaseEvent]:
    """Return a thousand events that touch the county's cases: new, late, taken back."""
    drawn = random.Random(2026)  # noqa: S311 (which news, no secret)
    events = []
    for number in range(LATER_EVENTS):
        case = drawn.randrange(CASES)
        day, ref = FIRST_DAY + timedelta(drawn.randrange(300)), f"A-{case}"
        kinds = (
            lambda name: notification(day, name, case_ref=ref, unit="espoonlahti"),  # noqa: B023 (called at once)
            lambda name: decision(day, case_ref=ref, event_id=name),  # noqa: B023
            lambda name: assessment(day, case_ref=ref, event_id=name),  # noqa: B023
            lambda name: event(
                EventRetracted(
                    target=f"n-{case}",  # noqa: B023
                    reason=AmendmentReason.WRONG_ENTRY,
                ),
                day,  # noqa: B023
                case_ref=ref,  # noqa: B023
                event_id=name,
            ),
        )
        events.append(drawn.choice(kinds)(f"later-{number}"))
    return events


def test_a_thousand_later_events_change_no_byte_of_it(
    client: TestClient, headers: Headers, database: Database
) -> None:
    record(database, submissions(a_county()))
    with database.read() as question:
        known_at = question.known_at.isoformat()
    asked = [
        {"as_of": as_of, "known_at": known_at}
        for as_of in ("2024-02-15", "2024-06-01", "2026-01-01")
    ]
    before = [answers(client, headers, **each) for each in asked]

    news = later_news()
    for start in range(0, len(news), 100):
        record(database, submissions(news[start : start + 100]))
    law_service.activate(database, NO_ROLL)

    assert [answers(client, headers, **each) for each in asked] == before
    today = client.get(QUESTIONS[0], headers=headers.lead)
    assert today.content not in {each[0] for each in before}


@on_one_database
@given(events=amended_cases(), cut=st.integers(0, 8))
def test_whatever_arrives_later_an_earlier_list_stays(
    client: TestClient,
    headers: Headers,
    database: Database,
    events: list[CaseEvent],
    cut: int,
) -> None:
    record(database, submissions(events[:cut]))
    with database.read() as question:
        known_at = question.known_at.isoformat()
    asked = {"status": "all", "limit": "200", "known_at": known_at}
    before = client.get("/v1/deadlines", params=asked, headers=headers.lead).content

    record(database, submissions(events[cut:]))

    after = client.get("/v1/deadlines", params=asked, headers=headers.lead).content
    assert after == before
