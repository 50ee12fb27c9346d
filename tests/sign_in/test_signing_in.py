"""Signing in with a real OpenID provider, over HTTP, and out again."""

import hashlib
import json
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode
from sqlalchemy import text

from app import clock
from app.db.database import Database
from app.domain.access import Actor, Permission
from app.services import sessions
from app.services.sessions import SignedIn
from app.web.access import permitted
from tests.sign_in.conftest import PUBLIC_URL, browser
from tests.sign_in.provider import (
    CLIENT_ID,
    agreed,
    for_sign_in,
    known_to,
    parameters,
)

SESSION = "__Host-maaraaika-session"
ATTEMPT = "__Host-maaraaika-sign-in"


def begin(client: TestClient, return_to: str = "/") -> str:
    """Begin to sign in, and return where the browser is sent."""
    page = client.get("/sign-in", params={"return_to": return_to, "lang": "en"})
    assert "Sign in with County" in page.text
    answer = client.get("/sign-in/start", params={"return_to": return_to})
    assert answer.status_code == 303
    return answer.headers["location"]


def sign_in(client: TestClient, sub: str, return_to: str = "/") -> str:
    """Sign in, and return where the browser is sent then."""
    back = agreed(begin(client, return_to), sub)
    answer = client.get(back)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def is_signed_in(client: TestClient) -> bool:
    return client.get("/v1/units").status_code == 200


@pytest.fixture
def lead(issuer: str) -> str:
    """Make a lead known to the provider."""
    known_to(
        issuer, "u-17", roles=["service-lead"], units=["leppavaara"], name="Aino Lead"
    )
    return "u-17"


def test_somebody_signs_in_works_and_signs_out(
    county: TestClient, lead: str, issuer: str
) -> None:
    assert not is_signed_in(county)

    assert sign_in(county, lead, "/law?lang=sv") == "/law?lang=sv"

    assert is_signed_in(county)
    assert "Sign out" in county.get("/law?lang=en").text
    secret = county.cookies[SESSION]
    out = county.post("/sign-out")
    assert (out.status_code, out.headers["location"]) == (303, "/signed-out")
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    page = county.get("/signed-out?lang=en")
    assert "You have signed out." in page.text
    way_out = f"{issuer}/oauth2/end_session?client_id={CLIENT_ID}&amp;"
    assert way_out in page.text
    assert SESSION not in county.cookies
    assert not is_signed_in(county)
    county.cookies.set(SESSION, secret)
    assert not is_signed_in(county)


def test_what_is_sent_to_the_provider_cannot_be_used_by_who_sees_it(
    county: TestClient, issuer: str
) -> None:
    asked = parameters(begin(county))

    assert asked["redirect_uri"] == f"{PUBLIC_URL}/sign-in/callback"
    assert (asked["response_type"], asked["scope"]) == ("code", "openid profile")
    assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")
    trusted = county.app.state.callers.trusted[issuer]  # type: ignore[attr-defined] # ours
    assert begin(county).startswith(trusted.endpoints.authorization)
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    again = parameters(begin(county))
    for name in ("state", "nonce", "code_challenge"):
        assert again[name] != asked[name]
        assert len(again[name]) >= 43


def test_the_cookies_are_kept_from_scripts_other_hosts_and_other_sites(
    county: TestClient, lead: str
) -> None:
    started = county.get("/sign-in/start")
    answer = county.get(agreed(started.headers["location"], lead))
    out = county.post("/sign-out")

    for response, name in ((started, ATTEMPT), (answer, SESSION), (out, SESSION)):
        (cookie,) = (
            each
            for each in response.headers.get_list("set-cookie")
            if each.startswith(f"{name}=")
        )
        flags = {each.strip().lower() for each in cookie.split(";")[1:]}
        assert {"path=/", "secure", "httponly", "samesite=lax"} <= flags
        assert not any(flag.startswith("domain") for flag in flags)
        assert response.headers["cache-control"] == "no-store"


def test_the_database_keeps_no_secret_and_no_token(
    county: TestClient, lead: str, shared: Database
) -> None:
    sign_in(county, lead)

    with shared.write() as connection:
        stored = str(connection.execute(text("SELECT * FROM session")).all())
        (person,) = connection.execute(
            text("SELECT * FROM person WHERE subject = :sub"), {"sub": lead}
        ).all()
    assert county.cookies[SESSION] not in stored
    assert "eyJ" not in stored
    assert (person.subject, person.name) == (lead, "Aino Lead")
    assert person.person_id in stored


def test_a_name_that_changes_is_the_present_one(
    county: TestClient, lead: str, issuer: str, shared: Database
) -> None:
    sign_in(county, lead)
    known_to(issuer, lead, roles="service-admin", name="Aino Admin")
    sign_in(county, lead)

    with shared.write() as connection:
        names = (
            connection.execute(
                text("SELECT name FROM person WHERE subject = :sub"), {"sub": lead}
            )
            .scalars()
            .all()
        )
    assert names == ["Aino Admin"]


def test_signing_in_again_ends_the_session_of_before(
    county: TestClient, lead: str
) -> None:
    sign_in(county, lead)
    first = county.cookies[SESSION]
    sign_in(county, lead)
    second = county.cookies[SESSION]

    assert first != second
    assert is_signed_in(county)
    county.cookies.set(SESSION, first)
    county.cookies.delete(SESSION, domain="deadlines.example")
    assert not is_signed_in(county)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"roles": ["janitor"]}, id="unknown role"),
        pytest.param({"roles": ["service-lead"]}, id="lead of no units"),
        pytest.param({"roles": ["service-admin", "service-head"]}, id="two roles"),
        pytest.param(
            {"roles": ["service-system"], "client_id": "system-17"}, id="system"
        ),
        pytest.param(
            {"roles": ["service-admin"], "name": "Aino 010594Y9032"},
            id="identity code in the name",
        ),
    ],
)
def test_whom_the_provider_gives_nothing_here_is_told_so(
    county: TestClient, issuer: str, claims: dict[str, object], shared: Database
) -> None:
    known_to(issuer, "u-99", **claims)
    county.cookies.set("maaraaika_language", "en")

    answer = county.get(agreed(begin(county), "u-99"))

    assert answer.status_code == 403
    assert "your account gives you no access" in answer.text
    assert SESSION not in county.cookies
    with shared.write() as connection:
        assert connection.execute(text("SELECT * FROM session")).all() == []


def test_a_code_opens_one_session(county: TestClient, lead: str) -> None:
    back = agreed(begin(county), lead)
    kept = county.cookies[ATTEMPT]
    assert county.get(back).status_code == 303
    county.cookies.clear()
    county.cookies.set(ATTEMPT, kept)

    assert county.get(back).status_code == 400
    assert SESSION not in county.cookies


def test_the_answer_to_another_browser_opens_nothing(
    county: TestClient, lead: str
) -> None:
    back = agreed(begin(county), lead)
    county.cookies.clear()
    assert county.get(back).status_code == 400

    begin(county)
    assert county.get(back).status_code == 400
    assert SESSION not in county.cookies


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda back: back.replace("state=", "state=x"), id="state"),
        pytest.param(lambda back: back.replace("state=", "stale="), id="no state"),
        pytest.param(lambda back: back.replace("code=", "code=x"), id="code"),
        pytest.param(lambda back: back.replace("code=", "kode="), id="no code"),
        pytest.param(lambda back: f"{back}&state=x", id="state twice"),
        pytest.param(lambda back: f"{back}&code=x", id="code twice"),
        pytest.param(lambda back: f"{back}&iss=https://x.example", id="other issuer"),
        pytest.param(lambda back: f"{back}&error=access_denied", id="an error too"),
        pytest.param(lambda back: f"{back}&x={'x' * 3_000}", id="very long"),
    ],
)
def test_a_changed_answer_opens_nothing(
    county: TestClient, lead: str, change: object
) -> None:
    assert callable(change)
    back = agreed(begin(county), lead)

    assert county.get(change(back)).status_code == 400
    assert SESSION not in county.cookies
    # And the attempt is over.
    assert county.get(back).status_code == 400


@pytest.mark.parametrize(
    "kept", ["", "x", "e30", "bnVsbA", "W10", "eyJpc3N1ZXIiOiAxfQ", "W" * 5_000, "é"]
)
def test_a_cookie_that_is_no_attempt_opens_nothing(
    county: TestClient, lead: str, kept: str
) -> None:
    back = agreed(begin(county), lead)
    cookie = f"{ATTEMPT}={kept}".encode()

    county.cookies.clear()
    answer = county.get(back, headers=[(b"cookie", cookie)])

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://x.example/",
        "//x.example/",
        "/\\x.example/",
        "\\\\x.example",
        "/\t/x.example",
        "javascript:alert(1)",
        "law",
        "/sign-out",
        "/" + "x" * 600,
    ],
)
def test_after_signing_in_nobody_is_sent_elsewhere(
    county: TestClient, lead: str, elsewhere: str
) -> None:
    assert sign_in(county, lead, elsewhere) == "/"


def test_a_session_lasts_a_working_day_and_less_without_work(
    lead: str, issuer: str, database: Database, owned: Database
) -> None:
    with browser(database, for_sign_in(issuer)) as county:
        sign_in(county, lead)
        secret = county.cookies[SESSION]
        trusted = county.app.state.callers.trusted  # type: ignore[attr-defined] # ours

    def after(**since: timedelta) -> SignedIn | None:
        """Return the session if it is open when its instants lie that far back."""
        with owned.write() as connection:
            for column, ago in since.items():
                connection.execute(
                    text(f"UPDATE session SET {column} = now() - :ago"),  # noqa: S608 (ours)
                    {"ago": ago},
                )
        return sessions.look_up(database, trusted, secret)

    # Longer than it takes to ask.
    moment = timedelta(seconds=50)
    assert after(last_used_at=sessions.IDLE - moment)
    # Used a moment ago, and so open again.
    used = after()
    assert used is not None
    assert used.can_go_on
    assert not after(last_used_at=sessions.IDLE)
    last = after(last_used_at=moment, expires_at=-moment)
    assert last is not None
    assert not last.can_go_on
    assert not after(last_used_at=moment, expires_at=timedelta())


def test_a_session_in_use_is_written_once_a_minute(
    county: TestClient, lead: str, shared: Database
) -> None:
    sign_in(county, lead)
    secret = county.cookies[SESSION]
    trusted = county.app.state.callers.trusted  # type: ignore[attr-defined] # ours

    def written() -> object:
        sessions.look_up(shared, trusted, secret)
        with shared.write() as connection:
            return connection.execute(text("SELECT xmin FROM session")).scalar_one()

    first = written()
    assert written() == first
    with shared.write() as connection:
        connection.execute(
            text("UPDATE session SET last_used_at = now() - interval '61 seconds'")
        )
    later = written()
    assert later != first
    assert written() == later


def test_a_session_ends_when_the_file_gives_nothing_for_it_any_more(
    county: TestClient,
    lead: str,
    shared: Database,
    issuer: str,
) -> None:
    sign_in(county, lead)
    secret = county.cookies[SESSION]

    for changed in (
        (),
        (for_sign_in(issuer, roles={"other": "lead"}),),
        (for_sign_in(issuer, sign_in=None, audience="x"),),
    ):
        with shared.write() as connection:
            connection.execute(text("UPDATE session SET ended_at = NULL"))
        with browser(shared, *changed) as client:
            client.cookies.set(SESSION, secret)
            assert not is_signed_in(client)
    # Even when the file is as it was again.
    with browser(shared, for_sign_in(issuer)) as client:
        client.cookies.set(SESSION, secret)
        assert not is_signed_in(client)


def test_a_session_gives_what_the_file_gives_for_it_now(
    county: TestClient, lead: str, shared: Database, issuer: str
) -> None:
    sign_in(county, lead)
    secret = county.cookies[SESSION]
    changed = for_sign_in(issuer, units={"leppavaara": "espoonlahti"})

    with browser(shared, changed) as client:
        signed_in = client.app.state.callers.sessions.look_up(secret)  # type: ignore[attr-defined] # ours

    assert signed_in is not None
    assert signed_in.actor.units == {"espoonlahti"}


def test_an_operator_ends_the_sessions_of_a_person(
    county: TestClient, lead: str, shared: Database
) -> None:
    sign_in(county, lead)
    trusted = county.app.state.callers.trusted  # type: ignore[attr-defined] # ours
    secret = county.cookies[SESSION]
    signed_in = sessions.look_up(shared, trusted, secret)
    assert signed_in is not None
    actor = signed_in.actor

    now = clock.now()
    assert [each[:2] for each in sessions.listed(shared, now=now)] == [
        (actor.key_id, "Aino Lead")
    ]
    assert sessions.end_all_of(shared, actor.key_id, now=now) == 1
    assert sessions.end_all_of(shared, actor.key_id, now=now) == 0
    assert sessions.look_up(shared, trusted, secret) is None
    assert sessions.listed(shared, now=now) == []


@pytest.mark.parametrize("site", [None, "cross-site", "same-site"])
def test_the_cookie_opens_the_api_from_our_own_pages_alone(
    county: TestClient, lead: str, site: str | None
) -> None:
    sign_in(county, lead)
    secret = county.cookies[SESSION]
    sent = {"Cookie": f"{SESSION}={secret}"}
    own = sent | {"Sec-Fetch-Site": "none"}
    assert county.get("/v1/units", headers=own).status_code == 200

    del county.headers["Sec-Fetch-Site"]
    other = sent | ({} if site is None else {"Sec-Fetch-Site": site})
    assert county.get("/v1/units", headers=other).status_code in {401, 403}


def test_the_cookie_changes_nothing_through_the_api(
    county: TestClient, issuer: str
) -> None:
    known_to(issuer, "u-1", roles="service-admin")
    sign_in(county, "u-1")
    unit = {"parent": None, "names": {"fi": "A", "sv": "A", "en": "A"}}

    assert county.put("/v1/units/a", json=unit).status_code == 401


def test_the_secret_of_a_session_is_no_key(county: TestClient, lead: str) -> None:
    sign_in(county, lead)
    bearer = {"Authorization": f"Bearer {county.cookies[SESSION]}"}

    assert county.get("/v1/units", headers=bearer).status_code == 401


@pytest.fixture
def paged(county: TestClient) -> TestClient:
    """Give a browser before a service with a page for leads."""
    assert isinstance(county.app, FastAPI)

    @county.app.get("/figures-of-mine", include_in_schema=False)
    def figures(
        actor: Annotated[Actor, permitted(Permission.READ_FIGURES)],
    ) -> list[str]:
        return sorted(actor.units)

    @county.app.post("/figures-of-mine", include_in_schema=False)
    def change(
        actor: Annotated[Actor, permitted(Permission.READ_FIGURES)],
    ) -> list[str]:
        return sorted(actor.units)

    return county


def test_a_page_sends_who_has_not_signed_in_to_where_they_can_and_back(
    paged: TestClient, lead: str
) -> None:
    sent = paged.get("/figures-of-mine?by=unit")
    assert sent.status_code == 303
    assert sent.headers["location"] == (
        "/sign-in?return_to=%2Ffigures-of-mine%3Fby%3Dunit"
    )
    # A form that was sent can be sent again, and is not lost on the way to sign in.
    unsent = paged.post("/figures-of-mine", headers={"Accept-Language": "en"})
    assert unsent.status_code == 401
    assert "/sign-in?return_to=/session" in unsent.text
    assert "Nothing that you wrote is lost" in unsent.text

    back = sign_in(paged, lead, parameters(sent.headers["location"])["return_to"])

    assert paged.get(back).json() == ["leppavaara"]


def test_a_page_that_shows_cases_needs_more_than_a_role() -> None:
    with pytest.raises(RuntimeError, match="write the look down"):
        permitted(Permission.READ_CASES)


def test_a_page_that_the_role_does_not_permit_is_refused(
    paged: TestClient, issuer: str
) -> None:
    known_to(issuer, "u-2", roles="service-admin")
    sign_in(paged, "u-2")

    answer = paged.get("/figures-of-mine?lang=en")

    assert answer.status_code == 403
    assert "Your role does not include this" in answer.text


def test_the_challenge_is_the_hash_of_what_the_browser_keeps(
    county: TestClient,
) -> None:
    asked = parameters(begin(county))
    kept = json.loads(urlsafe_b64decode(county.cookies[ATTEMPT].encode()))
    digest = hashlib.sha256(kept["verifier"].encode()).digest()

    assert asked["code_challenge"] == urlsafe_b64encode(digest).decode()
    assert (kept["state"], kept["nonce"]) == (asked["state"], asked["nonce"])
