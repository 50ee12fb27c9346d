"""Whatever stands between a browser and its session opens none."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc.util import urlsafe_b64encode

from app import clock
from app.db.database import Database
from app.identity.trusted import TrustedProvider
from tests.identity.issuer import claims, header, rsa_key, signed
from tests.sign_in.conftest import PUBLIC_URL, browser, emptied
from tests.sign_in.provider import (
    CLIENT_ID,
    HostileProvider,
    for_sign_in,
    parameters,
)

SESSION = "__Host-maaraaika-session"
HOUR = 3600


@pytest.fixture(scope="module")
def before_talking(shared: Database, talking: HostileProvider) -> Iterator[TestClient]:
    """Give a browser before a service that trusts the provider."""
    with browser(shared, for_sign_in(talking.address)) as client:
        yield client


@pytest.fixture
def client(
    before_talking: TestClient, shared: Database, hostile: HostileProvider
) -> TestClient:
    """Give the browser without anything in it; the provider has told nothing yet."""
    callers = before_talking.app.state.callers  # type: ignore[attr-defined] # ours
    callers.trusted[hostile.address] = TrustedProvider(for_sign_in(hostile.address))
    return emptied(before_talking, shared)


class Visit:
    """Somebody on the way through a provider that signs what it is told."""

    def __init__(self, client: TestClient, provider: HostileProvider) -> None:
        self.client = client
        self.provider = provider
        started = client.get("/sign-in/start")
        assert started.status_code == 303
        self.asked = parameters(started.headers["location"])

    def id_token(self, said: Mapping[str, object] | None = None, **more: Any) -> str:  # noqa: ANN401 (any claim)
        now = int(clock.now().timestamp())
        good = {"aud": CLIENT_ID, "nonce": self.asked["nonce"]}
        payload = claims(self.provider.address, now, **(good | more))
        return signed(payload, rsa_key(), said or header(rsa_key(), typ="JWT"))

    def back(self, answer: object, **more: str) -> int:
        """Come back with a code, for which the provider gives *answer*."""
        self.provider.answer = lambda _: answer
        query = {"code": "c-1", "state": self.asked["state"]} | more
        return self.client.get("/sign-in/callback", params=query).status_code

    def back_with(self, id_token: str, **more: object) -> int:
        token = {"token_type": "Bearer", "access_token": "a-1", "id_token": id_token}
        return self.back(token | more)


@pytest.fixture
def visit(client: TestClient, hostile: HostileProvider) -> Visit:
    return Visit(client, hostile)


def test_a_good_answer_opens_a_session(visit: Visit) -> None:
    assert visit.back_with(visit.id_token()) == 303
    assert SESSION in visit.client.cookies


def test_the_code_is_redeemed_with_what_only_this_browser_knows(visit: Visit) -> None:
    visit.back_with(visit.id_token())

    (sent,) = visit.provider.asked
    verifier = hashlib.sha256(sent["code_verifier"].encode()).digest()
    assert urlsafe_b64encode(verifier).decode() == visit.asked["code_challenge"]
    assert sent["grant_type"] == "authorization_code"
    assert sent["code"] == "c-1"
    assert sent["redirect_uri"] == f"{PUBLIC_URL}/sign-in/callback"


HOSTILE: dict[str, Callable[[Visit, int], str]] = {
    "no nonce": lambda visit, _: visit.id_token(nonce=None),
    "nonce of another attempt": lambda visit, _: visit.id_token(nonce="n"),
    "nonce that is a number": lambda visit, _: visit.id_token(nonce=1),
    "nonce that is no text": lambda visit, _: visit.id_token(nonce="\ud800"),
    "other audience": lambda visit, _: visit.id_token(aud="other"),
    "more audiences": lambda visit, _: visit.id_token(aud=[CLIENT_ID, "other"]),
    "issued to another": lambda visit, _: visit.id_token(azp="other"),
    "other issuer": lambda visit, _: visit.id_token(iss="https://login.example.fi"),
    "expired": lambda visit, now: visit.id_token(iat=now - HOUR, exp=now - 60),
    "of an hour ago": lambda visit, now: visit.id_token(iat=now - HOUR, exp=now + HOUR),
    "for ever": lambda visit, now: visit.id_token(exp=now + 48 * HOUR),
    "no subject": lambda visit, _: visit.id_token(sub=None),
    "of another access token": lambda visit, _: visit.id_token(at_hash="AAAA"),
    "hash that is a number": lambda visit, _: visit.id_token(at_hash=1),
    "access token": lambda visit, _: visit.id_token(header(rsa_key())),
    "unknown key": lambda visit, _: visit.id_token(
        header(rsa_key(), typ="JWT", kid="x")
    ),
    "critical header": lambda visit, _: visit.id_token(
        header(rsa_key(), typ="JWT", crit=["exp"])
    ),
    "not signed": lambda visit, _: visit.id_token().rpartition(".")[0] + ".",
    "signed by another": lambda visit, now: signed(
        claims(visit.provider.address, now, aud=CLIENT_ID, nonce=visit.asked["nonce"]),
        rsa_key("rsa-1", 3072),
        header(rsa_key(), typ="JWT"),
    ),
    "no token": lambda *_: "x",
}


@pytest.mark.parametrize("forge", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_id_token_opens_no_session(
    visit: Visit, forge: Callable[[Visit, int], str]
) -> None:
    status = visit.back_with(forge(visit, int(clock.now().timestamp())))

    assert status == 400
    assert SESSION not in visit.client.cookies
    # The attempt is over, so that nobody tries until one fits.
    assert visit.back_with(visit.id_token()) == 400


def test_the_hash_of_the_access_token_fits_its_own(visit: Visit) -> None:
    digest = hashlib.sha256(b"a-1").digest()
    at_hash = urlsafe_b64encode(digest[:16]).decode()

    assert visit.back_with(visit.id_token(at_hash=at_hash, azp=CLIENT_ID)) == 303


@pytest.mark.parametrize(
    ("answer", "status", "shown"),
    [
        pytest.param({"error": "invalid_grant"}, 400, 400, id="code refused"),
        pytest.param({}, 200, 400, id="nothing"),
        pytest.param({"id_token": 7}, 200, 400, id="token that is a number"),
        pytest.param([], 200, 503, id="list"),
        pytest.param(b"<html>", 200, 503, id="no JSON"),
        pytest.param(b"<html>", 502, 503, id="gateway that is away"),
    ],
)
def test_a_provider_that_gives_nothing_opens_no_session(
    visit: Visit, answer: object, status: int, shown: int
) -> None:
    visit.provider.status = status

    assert visit.back(answer) == shown
    assert SESSION not in visit.client.cookies


def test_a_provider_that_names_itself_must_do_so_in_its_answers(
    client: TestClient, hostile: HostileProvider
) -> None:
    hostile.told["authorization_response_iss_parameter_supported"] = True

    unnamed, misnamed, named = (Visit(client, hostile) for _ in range(3))
    token = {"id_token": unnamed.id_token()}
    assert unnamed.back(token) == 400
    misnamed = Visit(client, hostile)
    assert misnamed.back({"id_token": misnamed.id_token()}, iss="https://x.fi") == 400
    named = Visit(client, hostile)
    assert named.back({"id_token": named.id_token()}, iss=hostile.address) == 303


def test_the_code_of_one_provider_is_not_taken_to_another(
    shared: Database, hostile: HostileProvider
) -> None:
    """See that an answer of one is no answer to an attempt with another (mix-up)."""
    honest = for_sign_in("https://login.example.fi")
    with browser(shared, honest, for_sign_in(hostile.address)) as client:
        started = client.get("/sign-in/start?provider=1")
        asked = parameters(started.headers["location"])
        query = {"code": "c", "state": asked["state"], "iss": honest.issuer}
        answer = client.get("/sign-in/callback", params=query)

    assert answer.status_code == 400
    assert hostile.asked == []


def test_a_provider_that_is_away_says_so(shared: Database) -> None:
    nowhere = for_sign_in("http://127.0.0.1:9")
    with browser(shared, nowhere) as client:
        answer = client.get("/sign-in/start?lang=en")
        out = client.get("/signed-out?lang=en")

    assert answer.status_code == 503
    assert "does not answer right now" in answer.text
    assert out.status_code == 200


def test_a_provider_that_names_no_addresses_is_of_no_use(
    client: TestClient, hostile: HostileProvider
) -> None:
    hostile.told = {"issuer": hostile.address, "jwks_uri": f"{hostile.address}/keys"}

    assert client.get("/sign-in/start").status_code == 503
    assert client.get("/signed-out").status_code == 200


def test_a_provider_that_is_not_there_is_not_found(client: TestClient) -> None:
    assert client.get("/sign-in/start?provider=7").status_code == 404
