"""Keys that turn, and providers that are away; shown through the API."""

from fastapi.testclient import TestClient

from app import clock
from app.db.database import Database
from app.main import create_app
from tests.identity.issuer import claims, provider, publisher, rsa_key, signed


def test_a_new_key_is_found_and_an_old_one_is_not_taken_any_more(
    database: Database,
) -> None:
    with publisher() as shown:
        shown.publish(rsa_key("old"))
        app = create_app(database, providers=[provider(shown.address)])
        trusted = app.state.callers.trusted[shown.address]
        seconds = [1_000.0]
        trusted._keys._clock = lambda: seconds[0]
        said = claims(shown.address, int(clock.now().timestamp()))
        with TestClient(app) as client:

            def ask(kid: str, **more: object) -> int:
                token = signed(said | more, rsa_key(kid))
                headers = {"Authorization": f"Bearer {token}"}
                return client.get("/v1/units", headers=headers).status_code

            assert (ask("old"), ask("new")) == (200, 401)
            shown.publish(rsa_key("new"))
            seconds[0] += 30
            assert (ask("new"), ask("old", jti="another")) == (200, 401)


def test_while_the_keys_are_not_known_the_caller_is_told_to_come_again(
    database: Database,
) -> None:
    with publisher() as shown:
        said = claims(shown.address, int(clock.now().timestamp()))
        app = create_app(database, providers=[provider(shown.address)])
        with TestClient(app) as client:
            headers = {"Authorization": f"Bearer {signed(said, rsa_key())}"}
            answer = client.get("/v1/units", headers=headers)

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:maaraaika:problem:provider-unavailable"
    assert answer.headers["retry-after"].isdigit()


def test_a_provider_without_an_audience_issues_nothing_for_the_api(
    database: Database,
) -> None:
    with publisher() as shown:
        shown.publish(rsa_key())
        only_sign_in = provider(
            shown.address, audience=None, sign_in={"client_id": "web"}
        )
        said = claims(shown.address, int(clock.now().timestamp()))
        with TestClient(create_app(database, providers=[only_sign_in])) as client:
            headers = {"Authorization": f"Bearer {signed(said, rsa_key())}"}
            assert client.get("/v1/units", headers=headers).status_code == 401

    assert shown.asked == []


def test_a_system_posts_as_the_source_that_it_is_mapped_to(database: Database) -> None:
    with publisher() as shown:
        shown.publish(rsa_key())
        said = claims(
            shown.address,
            int(clock.now().timestamp()),
            roles=["service-system"],
            client_id="system-17",
        )
        app = create_app(database, providers=[provider(shown.address)])
        with TestClient(app) as client:
            headers = {"Authorization": f"Bearer {signed(said, rsa_key())}"}
            event = {
                "id": "e-1",
                "kind": "notification",
                "case_ref": "A-1",
                "occurred_at": "2026-10-05T14:20:00+03:00",
                "data": {"unit": "leppavaara", "entry": "report"},
            }
            own, other = (
                client.post("/v1/events", headers=headers, json=event | {"source": of})
                for of in ("client-a", "client-b")
            )

    assert (own.status_code, other.status_code) == (201, 403)
