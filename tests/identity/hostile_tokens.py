"""Tokens that nobody should take: forged, borrowed, outlived or merely odd."""

import hmac
import json
from collections.abc import Callable

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import RSAKey
from joserfc.util import urlsafe_b64encode

from tests.identity.issuer import (
    claims,
    ec_key,
    header,
    raw,
    rsa_key,
    segments,
    signed,
)

Forge = Callable[[str, int], str]
HOUR = 3600


def with_claims(**changes: object) -> Forge:
    """Return a maker of tokens, signed well, that claim otherwise."""

    def forge(issuer: str, now: int) -> str:
        said = {
            name: now + value[0] if isinstance(value, tuple) else value
            for name, value in changes.items()
        }
        return signed(claims(issuer, now, **said), rsa_key())

    return forge


def with_header(**changes: object) -> Forge:
    """Return a maker of tokens, signed well, whose header says otherwise."""

    def forge(issuer: str, now: int) -> str:
        return signed(claims(issuer, now), rsa_key(), header(rsa_key(), **changes))

    return forge


def remade(change: Callable[[str], str]) -> Forge:
    """Return a maker of good tokens that are written otherwise."""

    def forge(issuer: str, now: int) -> str:
        return change(signed(claims(issuer, now), rsa_key()))

    return forge


def with_json(change: Callable[[str], str]) -> Forge:
    """Return a maker of tokens, signed well, whose claims are odd JSON."""

    def forge(issuer: str, now: int) -> str:
        text = change(json.dumps(claims(issuer, now)))
        return signed(text.encode(), rsa_key())

    return forge


def with_hmac(secret: Callable[[], bytes], bits: int = 256) -> Forge:
    """Return a maker of tokens signed with what everybody knows, or with nothing."""

    def forge(issuer: str, now: int) -> str:
        said = header(rsa_key(), alg=f"HS{bits}")
        body = f"{raw(said)}.{raw(claims(issuer, now))}"
        signature = hmac.digest(secret(), body.encode(), f"sha{bits}")
        return f"{body}.{urlsafe_b64encode(signature).decode()}"

    return forge


def with_key(key: Callable[[], RSAKey], **changes: object) -> Forge:
    """Return a maker of tokens signed with a key that is not the issuer's."""

    def forge(issuer: str, now: int) -> str:
        said = header(rsa_key(), **changes)
        return signed(claims(issuer, now), key(), said)

    return forge


def unsigned(algorithm: str) -> Forge:
    """Return a maker of tokens that need no signature, and have none."""

    def forge(issuer: str, now: int) -> str:
        said = header(rsa_key(), alg=algorithm)
        return f"{raw(said)}.{raw(claims(issuer, now))}."

    return forge


def stranger() -> RSAKey:
    """Return a key of somebody else, under the name of the issuer's."""
    return rsa_key("rsa-1", 3072)


def pem() -> bytes:
    """Return the issuer's public key as it is written in files."""
    return rsa_key().public_key.public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )


def modulus() -> bytes:
    """Return the issuer's public key as it is published."""
    return json.dumps(rsa_key().as_dict(private=False)).encode()


def of_ec(signature: bytes) -> Forge:
    """Return a maker of tokens with an elliptic signature that is none."""

    def forge(issuer: str, now: int) -> str:
        said = header(ec_key(), alg="ES256")
        body = f"{raw(said)}.{raw(claims(issuer, now))}"
        return f"{body}.{urlsafe_b64encode(signature).decode()}"

    return forge


def of_other_algorithm(algorithm: str) -> Forge:
    """Return a maker of tokens signed with the issuer's key in another way."""

    def forge(issuer: str, now: int) -> str:
        return signed(claims(issuer, now), rsa_key(), algorithm=algorithm)

    return forge


def nested(issuer: str, now: int) -> str:
    """Return a token whose claims are a token."""
    inner = signed(claims(issuer, now), rsa_key())
    return signed(inner.encode(), rsa_key(), header(rsa_key(), cty="JWT"))


def as_json(issuer: str, now: int) -> str:
    """Return a good token in the form of JSON."""
    first, second, third = segments(signed(claims(issuer, now), rsa_key()))
    return json.dumps({"protected": first, "payload": second, "signature": third})


def as_general_json(issuer: str, now: int) -> str:
    """Return a token in the form of JSON that nobody has signed."""
    return json.dumps({"payload": raw(claims(issuer, now)), "signatures": []})


def with_swapped_claims(issuer: str, now: int) -> str:
    """Return a good token whose claims were changed after it was signed."""
    first, _, third = segments(signed(claims(issuer, now), rsa_key()))
    return f"{first}.{raw(claims(issuer, now, roles=['service-head']))}.{third}"


def _last_bit_set(token: str) -> str:
    """Return *token* with a bit set that the signature does not use."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) | 1]


def _embedded() -> dict[str, object]:
    return dict(ec_key("rsa-1").as_dict(private=False))


HOSTILE: dict[str, Forge] = {
    # Signed by nobody, or with what everybody knows.
    "no algorithm": unsigned("none"),
    "no algorithm, in other letters": unsigned("nOnE"),
    "no signature": unsigned("RS256"),
    "HMAC with the public key in PEM": with_hmac(pem),
    "HMAC with the public key as it is published": with_hmac(modulus),
    "HMAC with an empty key": with_hmac(bytes),
    "HMAC of 512 bits": with_hmac(pem, 512),
    "header without an algorithm": with_header(alg=None),
    "algorithm in a list": with_header(alg=["RS256"]),
    "algorithm in small letters": with_header(alg="rs256"),
    # Signed with another key.
    "key of somebody else under the same name": with_key(stranger),
    "key that comes with the token": with_key(stranger, jwk=_embedded()),
    "key at an address in the token": with_key(stranger, jku="https://x.example/k"),
    "certificate at an address": with_header(x5u="https://x.example/c"),
    "certificate in the token": with_header(x5c=["MIIB"]),
    "name of a key that is a path": with_header(kid="../../../../dev/null"),
    "name of a key that is a query": with_header(kid="' UNION SELECT 'x"),
    "name of a key that is a number": with_header(kid=1),
    "name of a key that is not known": with_header(kid="rsa-99"),
    # Signed in a way that the issuer does not use.
    "other padding": of_other_algorithm("PS256"),
    "longer hash": of_other_algorithm("RS512"),
    "elliptic signature of zeros": of_ec(bytes(64)),
    "elliptic signature of nothing": of_ec(b""),
    # Headers that would have to be understood.
    "critical header": with_header(crit=["exp"], exp=1),
    "empty list of critical headers": with_header(crit=[]),
    "payload that is not encoded": with_header(b64=False, crit=["b64"]),
    "compressed": with_header(zip="DEF"),
    "unknown header": with_header(trust="me"),
    "header named twice": remade(
        lambda token: ".".join(
            (
                urlsafe_b64encode(
                    b'{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"rsa-1"}'
                ).decode(),
                *segments(token)[1:],
            )
        )
    ),
    # Another kind of token.
    "ID token": with_header(typ="JWT"),
    "no type": with_header(typ=None),
    "type that is a list": with_header(typ=["at+jwt"]),
    "token about a sign-out": with_header(typ="logout+jwt"),
    # Of another, or for another.
    "other issuer": with_claims(iss="https://login.example.fi"),
    "issuer with a slash at the end": lambda issuer, now: signed(
        claims(issuer, now, iss=issuer + "/"), rsa_key()
    ),
    "list of issuers": lambda issuer, now: signed(
        claims(issuer, now, iss=[issuer]), rsa_key()
    ),
    "no issuer": with_claims(iss=None),
    "other audience": with_claims(aud="other"),
    "this audience and another": with_claims(aud=["maaraaika", "other"]),
    "audience as an object": with_claims(aud={"maaraaika": True}),
    "audience in other letters": with_claims(aud="Maaraaika"),
    "no audience": with_claims(aud=None),
    "no subject": with_claims(sub=None),
    "subject that is a number": with_claims(sub=17),
    "empty subject": with_claims(sub=""),
    "subject that is an identity code": with_claims(sub="010594Y9032"),
    # Not of this time.
    "expired": with_claims(iat=(-600,), exp=(-60,)),
    "no end": with_claims(exp=None),
    "end that is a text": with_claims(exp="9999999999"),
    "end that is a fraction": with_claims(exp=(0.5,)),
    "end that never comes": with_json(
        lambda text: text.replace('"exp": ', '"exp": 1e300, "was": ')
    ),
    "end that is not a number": with_json(
        lambda text: text.replace('"exp": ', '"exp": NaN, "was": ')
    ),
    "end before the beginning": with_claims(iat=(20,), exp=(10,)),
    "negative end": with_claims(exp=-1),
    "end that is true": with_claims(exp=True),
    "end of many digits": with_json(
        lambda text: text.replace('"exp": ', '"exp": ' + "9" * 5000 + ', "was": ')
    ),
    "life of two hours": with_claims(exp=(2 * HOUR,)),
    "issued in the future": with_claims(iat=(120,), exp=(HOUR,)),
    "no beginning": with_claims(iat=None),
    "beginning that is a fraction": with_claims(iat=(-0.5,)),
    "not valid yet": with_claims(nbf=(120,)),
    "not valid until a text": with_claims(nbf="0"),
    # Written in another way.
    "JSON form": as_json,
    "JSON form without signatures": as_general_json,
    "token in a token": nested,
    "claims changed afterwards": with_swapped_claims,
    "signature cut short": remade(lambda token: token[:-4]),
    "signature with a bit too many": remade(_last_bit_set),
    "padding": remade(lambda token: token + "=="),
    "one part more": remade(lambda token: token + ".x"),
    "five parts": remade(lambda token: f"{token}.x.y"),
    "too large": with_claims(note="x" * 8_192),
    "claims that are a list": lambda issuer, now: signed(
        json.dumps([claims(issuer, now)]).encode(), rsa_key()
    ),
    "claims that are no JSON": lambda _, __: signed(b"iss=x", rsa_key()),
    "claims that nest deep": lambda _, __: signed(b"[" * 5_000, rsa_key()),
    "claims that are not UTF-8": lambda _, __: signed(b"\xff\xfe", rsa_key()),
    "claim named twice": with_json(
        lambda text: text.replace('"sub": ', '"sub": "u-1", "sub": ')
    ),
    "something behind the claims": with_json(lambda text: text + "{}"),
    # Of somebody who has no business here.
    "no role": with_claims(roles=None),
    "unknown role": with_claims(roles=["janitor"]),
    "two roles": with_claims(roles=["service-lead", "service-admin"]),
    "role in an object": with_claims(roles={"service-lead": True}),
    "role among numbers": with_claims(roles=["service-lead", 1]),
    "role by our own name": with_claims(roles=["lead"]),
    "lead without units": with_claims(units=None),
    "lead of units that are no texts": with_claims(units=[1, 2]),
    "lead of an empty list of units": with_claims(units=[]),
    "system without a source": with_claims(roles=["service-system"]),
    "system of an unknown source": with_claims(
        roles=["service-system"], client_id="system-18"
    ),
    "system of two sources": with_claims(
        roles=["service-system"], client_id=["system-17", "system-17"]
    ),
}
