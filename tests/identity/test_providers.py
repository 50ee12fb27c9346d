"""What an operator may say of a provider, and what a provider may say of itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.identity.errors import ProviderUnavailableError
from app.identity.providers import Algorithm, is_safe_address
from app.identity.public_keys import usable
from app.identity.trusted import TrustedProvider, endpoints
from app.settings import SettingsError, load
from tests.identity.issuer import ec_key, ed_key, provider, publisher, rsa_key

GOOD = """
[[provider]]
issuer = "https://login.example.fi/realms/county"
algorithm = "ES256"
audience = "maaraaika"

[provider.sign_in]
client_id = "maaraaika-web"
name = "Kirjaudu"

[provider.claims]
role = ["resource_access", "maaraaika", "roles"]
units = "units"

[provider.roles]
team-lead = "lead"
head = { role = "lead", units = "all" }
system = "integrator"

[provider.units]
"/units/leppavaara" = "leppavaara"

[provider.sources]
system-17 = "client-a"
"""


def test_the_file_describes_providers(tmp_path: Path) -> None:
    file = tmp_path / "identity.toml"
    file.write_text(GOOD, encoding="utf-8")

    (found,) = load({"MAARAAIKA_IDENTITY_FILE": str(file)}).providers

    assert found.algorithm is Algorithm.ES256
    assert found.claims.role == ("resource_access", "maaraaika", "roles")
    assert found.claims.units == ("units",)
    assert found.roles["head"].units == "all"
    assert found.sign_in is not None
    assert found.sign_in.client_secret_file is None


def test_without_a_file_nobody_is_trusted() -> None:
    assert load({}).providers == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(GOOD, "", "provider", id="nothing"),
        pytest.param("[[provider]]", "[[provider", "cannot be read", id="no TOML"),
        pytest.param("https://", "http://", "https", id="unsafe address"),
        pytest.param("https://", "https://u:p@", "https", id="password in the address"),
        pytest.param('"ES256"', '"HS256"', "algorithm", id="secret that is shared"),
        pytest.param('"ES256"', '"none"', "algorithm", id="no signature"),
        pytest.param("audience =", "audiense =", "audiense", id="misspelt"),
        pytest.param('= "lead"', '= "leader"', "team-lead", id="unknown role"),
        pytest.param('"lead", units', '"admin", units', "units", id="admin of units"),
        pytest.param('"client-a"', '"maaraaika"', "maaraaika", id="our own source"),
        pytest.param("[provider.roles]", "[provider.rules]", "roles", id="no roles"),
        pytest.param(GOOD, GOOD + GOOD, "once", id="the same twice"),
        pytest.param(
            GOOD,
            '[[provider]]\nissuer = "https://x.fi"\nalgorithm = "RS256"\n'
            'roles.a = "lead"\n',
            "sign_in",
            id="of no use",
        ),
    ],
)
def test_a_file_that_is_not_whole_is_refused_by_name(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    file = tmp_path / "identity.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")

    with pytest.raises(SettingsError, match=r"identity\.toml") as refusal:
        load({"MAARAAIKA_IDENTITY_FILE": str(file)})

    assert told in str(refusal.value)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load({"MAARAAIKA_IDENTITY_FILE": str(tmp_path / "nowhere.toml")})


@pytest.mark.parametrize("content", [None, "", " \n"])
def test_a_secret_that_is_not_there_is_refused_by_the_name_of_its_file(
    tmp_path: Path, content: str | None
) -> None:
    secret = tmp_path / "secret"
    if content is not None:
        secret.write_text(content, encoding="utf-8")
    file = tmp_path / "identity.toml"
    told = GOOD.replace(
        'name = "Kirj', f'client_secret_file = "{secret}"\nname = "Kirj'
    )
    file.write_text(told, encoding="utf-8")

    with pytest.raises(SettingsError, match="secret"):
        load({"MAARAAIKA_IDENTITY_FILE": str(file)})


def test_a_secret_is_read_from_its_file_and_told_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n", encoding="utf-8")
    sign_in = {"client_id": "web", "client_secret_file": str(secret)}

    described = provider("https://login.example.fi", sign_in=sign_in)

    assert described.sign_in is not None
    assert described.sign_in.client_secret == "open sesame"
    assert "sesame" not in repr(described)


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://login.example.fi/a?b=c", True),
        ("http://127.0.0.1:8080/a", True),
        ("http://localhost/a", True),
        ("http://[::1]:8080", True),
        ("http://login.example.fi", False),
        ("http://127.0.0.1.example.fi", False),
        ("ftp://localhost", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://a@b.fi", False),
        ("https://b.fi/#x", False),
        ("https://[::1", False),
        ("login.example.fi", False),
    ],
)
def test_an_address_is_of_https_or_of_this_machine(address: str, is_safe: bool) -> None:  # noqa: FBT001 (a row of the table)
    assert is_safe_address(address) is is_safe


def test_a_provider_tells_its_addresses_itself_but_only_its_own() -> None:
    with publisher() as shown:
        shown.documents["/.well-known/openid-configuration"] = {
            "issuer": shown.address,
            "authorization_endpoint": f"{shown.address}/authorize",
            "token_endpoint": "https://elsewhere.example.fi/token",
            "jwks_uri": 7,
            "end_session_endpoint": f"{shown.address.replace('http', 'https')}/end",
            "authorization_response_iss_parameter_supported": True,
        }

        told = endpoints(provider(shown.address))
        configured = endpoints(
            provider(
                shown.address,
                token_endpoint="https://elsewhere.example.fi/token",
                jwks_uri=f"{shown.address}/keys",
            )
        )

    assert told.authorization == f"{shown.address}/authorize"
    assert (told.token, told.jwks, told.end_session) == (None, None, None)
    assert told.names_itself
    assert configured.token == "https://elsewhere.example.fi/token"
    assert configured.jwks == f"{shown.address}/keys"


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="nothing"),
        pytest.param(b"<html>", id="no JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b" " * 300_000 + b"{}", id="too long"),
        pytest.param({"issuer": "https://other.example.fi"}, id="another name"),
        pytest.param({}, id="no name"),
    ],
)
def test_a_provider_that_cannot_be_understood_is_not_available(
    document: object,
) -> None:
    with publisher() as shown:
        if document is not None:
            shown.documents["/.well-known/openid-configuration"] = document

        with pytest.raises(ProviderUnavailableError):
            endpoints(provider(shown.address))


def test_a_provider_that_does_not_listen_is_not_available() -> None:
    with publisher() as shown:
        address = shown.address

    with pytest.raises(ProviderUnavailableError):
        endpoints(provider(address))


def test_a_provider_whose_addresses_are_all_named_is_not_asked_for_them() -> None:
    with publisher() as shown:
        shown.documents["/k"] = {"keys": [rsa_key().as_dict(private=False)]}
        trusted = TrustedProvider(
            provider(
                shown.address,
                jwks_uri=f"{shown.address}/k",
                authorization_endpoint=f"{shown.address}/a",
                token_endpoint=f"{shown.address}/t",
            )
        )

        assert trusted.endpoints.token == f"{shown.address}/t"
        assert [key.kid for key in trusted.keys(None)] == ["rsa-1"]
        assert shown.asked == ["/k"]


def of(key: object, **changes: object) -> dict[str, object]:
    """Return a key as it is published; a change to None leaves a member out."""
    published = key.as_dict(private=False)  # type: ignore[attr-defined] # each has it
    return {name: v for name, v in (published | changes).items() if v is not None}


@pytest.mark.parametrize(
    ("entry", "count"),
    [
        pytest.param(lambda: of(rsa_key()), 1, id="good"),
        pytest.param(lambda: of(rsa_key(), use=None), 1, id="for any use"),
        pytest.param(
            lambda: of(rsa_key(), alg="RS256", key_ops=["verify"]), 1, id="explicit"
        ),
        pytest.param(lambda: of(rsa_key(), use="enc"), 0, id="for encryption"),
        pytest.param(lambda: of(rsa_key(), alg="PS256"), 0, id="for another algorithm"),
        pytest.param(lambda: of(rsa_key(), key_ops=["sign"]), 0, id="for signing"),
        pytest.param(lambda: of(rsa_key(), n="AQ" * 86), 0, id="too short"),
        pytest.param(lambda: rsa_key().as_dict(private=True), 0, id="private"),
        pytest.param(lambda: of(ec_key()), 0, id="elliptic"),
        pytest.param(lambda: of(ed_key()), 0, id="of Edwards"),
        pytest.param(lambda: {"kty": "oct", "k": "c2VjcmV0"}, 0, id="secret"),
        pytest.param(lambda: of(rsa_key(), n="!"), 0, id="modulus that is none"),
        pytest.param(lambda: of(rsa_key(), n=7), 0, id="modulus that is a number"),
        pytest.param(lambda: of(rsa_key(), n=None), 0, id="without modulus"),
        pytest.param(lambda: of(rsa_key(), e=None), 0, id="without exponent"),
        pytest.param(lambda: "rsa", 0, id="text"),
    ],
)
def test_only_public_keys_for_signatures_of_the_issuer_are_used(
    entry: Callable[[], object], count: int
) -> None:
    assert len(usable({"keys": [entry()]}, Algorithm.RS256)) == count


def test_two_keys_of_one_name_are_neither_used() -> None:
    entries = [of(rsa_key()), of(rsa_key("rsa-1", 3072)), of(rsa_key("rsa-2"))]

    assert [key.kid for key in usable({"keys": entries}, Algorithm.RS256)] == ["rsa-2"]


@pytest.mark.parametrize("published", [{}, {"keys": {}}, {"keys": [{}] * 51}])
def test_what_is_no_set_of_keys_is_refused(published: dict[str, object]) -> None:
    with pytest.raises(ProviderUnavailableError):
        usable(published, Algorithm.RS256)
