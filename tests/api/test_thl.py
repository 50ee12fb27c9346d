"""GET /v1/reports/thl: what THL asks of a county, and what is sent to it."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app import clock
from app.domain.thl import owed_on, window_owed_next
from tests.api.sending import (
    Wire,
    assessment,
    decision,
    event,
    notification,
    put_units,
    send,
)
from tests.conftest import Headers

WINDOW = "thl:2024-10"
AS_OF = "2025-04-10"


@pytest.fixture(autouse=True)
def county(client: TestClient, headers: Headers) -> None:
    """Let five matters become pending in the window, and two assessments end in it."""
    put_units(client, headers.admin, {"leppavaara": None, "espoonlahti": None})
    send(
        client,
        headers.integrator,
        notification("A", "2024-10-01"),
        decision("A", "2024-10-02"),  # in time
        assessment("A", "2024-12-30"),  # in time
        notification("B", "2024-10-01", unit="espoonlahti"),
        decision("B", "2024-11-04"),  # late
        assessment("B", "2025-02-03"),  # late
        notification("C", "2024-11-01"),
        decision("C", "2024-11-04", "existing_client"),  # not of THL's figures
        notification("D", "2025-03-03"),  # open and late
        notification("E", "2024-09-30"),  # before the window
        decision("E", "2024-10-01"),
    )


def report(client: TestClient, headers: dict[str, str], query: str) -> Wire:
    answer = client.get(f"/v1/reports/thl?{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    found: Wire = answer.json()
    return found


def test_the_four_figures_with_check_sums_and_the_honest_ones_beside(
    client: TestClient, headers: Headers
) -> None:
    found = report(client, headers.lead, f"window={WINDOW}&as_of={AS_OF}")

    initiation, completed = found["figures"]
    assert [
        (each["rule"], each["in_time"], each["late"], each["check_sum"])
        for each in (initiation, completed)
    ] == [("initiation", 1, 1, 2), ("assessment", 1, 1, 2)]
    assert initiation["units_add_up"]
    assert completed["units_add_up"]
    assert (initiation["thl"]["open_late"], initiation["thl"]["excluded"]) == (1, 1)
    assert initiation["counted"] == 4
    assert initiation["due"]["due"] == 5  # E fell due in the window, C was decided
    assert completed["due"]["in_time"] == 1


def test_the_inclusion_is_printed_and_called_unconfirmed(
    client: TestClient, headers: Headers
) -> None:
    found = report(client, headers.lead, f"window={WINDOW}")

    assert not found["inclusion"]["confirmed"]
    assert found["inclusion"]["note"]["fi"].startswith("Vahvistamatta")
    assert "existing_client" in found["inclusion"]["excluded_outcomes"]


def test_without_a_window_it_is_the_one_owed_next_with_days_left_from_today(
    client: TestClient, headers: Headers
) -> None:
    found = report(client, headers.lead, "lang=sv")

    today = clock.today()
    window = window_owed_next(today)
    due_on = owed_on(window)
    assert found["window"]["code"] == window.code
    assert found["owed"]["due_on"] == due_on.isoformat()
    assert found["owed"]["days_left"] == (due_on - today) // timedelta(1) >= 0
    assert found["as_of"] == today.isoformat()
    assert found["owed"]["weekday"].endswith("dag")


def test_days_left_are_counted_from_today_whatever_day_is_asked_about(
    client: TestClient, headers: Headers
) -> None:
    found = report(client, headers.lead, f"window={WINDOW}&as_of={AS_OF}")

    assert found["owed"]["due_on"] == "2025-04-17"
    assert found["owed"]["send_by"] == "2025-04-17"
    assert found["owed"]["days_left"] < 0


@pytest.mark.parametrize("window", ["2025-H1", "thl:2025-05", "x"])
def test_what_is_no_window_of_thls_is_refused(
    client: TestClient, headers: Headers, window: str
) -> None:
    answer = client.get(f"/v1/reports/thl?window={window}", headers=headers.lead)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:maaraaika:problem:invalid-period"


def test_the_comment_is_drafted_edited_and_sealed_with_the_figures(
    client: TestClient, headers: Headers
) -> None:
    found = report(client, headers.lead, f"window={WINDOW}&as_of={AS_OF}")
    draft = found["comment_draft"]
    assert "ajoissa 1, myöhässä 1" in draft["fi"]
    assert "i tid 1, försenade 1" in draft["sv"]
    edited = {"fi": draft["fi"] + "\nLisätään virka.", "sv": draft["sv"]}

    content = seal(client, headers.lead, comment=edited, known_at=found["known_at"])

    assert content["comment"] == edited
    unsealed = {"owed", "definitions", "comment_draft"}
    assert content["figures"] == {
        name: value for name, value in found.items() if name not in unsealed
    }


def test_the_comment_names_causes_and_how_many_nobody_has_explained(
    client: TestClient, headers: Headers
) -> None:
    data = {
        "rule": "initiation",
        "cause": "interpreter_needed",
        "action": "interpreter_ordered",
    }
    send(client, headers.integrator, event("delay_explained", "B", "2024-11-05", data))

    found = report(client, headers.lead, f"window={WINDOW}&as_of={AS_OF}")

    said = found["comment_draft"]
    assert "ylittymisen syyt: tulkin tarve 1." in said["fi"]
    assert "överskridits: behov av tolk 1." in said["sv"]
    # D's initiation, and the assessments of B and E
    assert "syytä ei ole vielä kirjattu: 3." in said["fi"]


def seal(client: TestClient, headers: dict[str, str], **more: object) -> Wire:
    body = {"kind": "thl", "period": WINDOW, "as_of": AS_OF, **more}
    answer = client.post("/v1/reports/sealed", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    content: Wire = answer.json()["content"]
    return content


def test_thls_report_has_a_form_of_its_own(
    client: TestClient, headers: Headers
) -> None:
    body = {"kind": "thl", "period": WINDOW, "by": "age_band"}

    answer = client.post("/v1/reports/sealed", json=body, headers=headers.lead)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "form_of_its_own"


def test_a_report_that_was_sent_and_changed_has_the_draft_of_a_notice(
    client: TestClient, headers: Headers
) -> None:
    number = seal(client, headers.lead)["number"]
    send(
        client,
        headers.integrator,
        decision("D", "2025-03-05"),
        event(
            "retraction",
            "A",
            "2025-04-20",
            {"target": "A assessment 2024-12-30", "reason": "wrong_entry"},
        ),
        notification("F", "2024-06-03"),  # moves no figure of the four
    )

    answer = client.get(
        f"/v1/reports/sealed/{number}/changes", headers=headers.lead
    ).json()

    said = answer["notice_draft"]["fi"].split("\n")
    assert said[1:] == [
        "Arvioinnin aloittaminen, 7 arkipäivää, ajoissa: 1 → 2.",
        "Arvioinnin aloittaminen, 7 arkipäivää, myöhässä: 1 (ei muutu).",
        "Palvelutarpeen arviointi, 3 kuukautta, ajoissa: 1 → 0.",
        "Palvelutarpeen arviointi, 3 kuukautta, myöhässä: 1 (ei muutu).",
        "Muutoksen syyt asioittain: myöhässä saapuneet tiedot 1, perutut kirjaukset 1.",
    ]
    assert set(answer["notice_draft"]) == {"fi", "sv", "en"}
