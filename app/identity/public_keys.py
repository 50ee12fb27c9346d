"""The public keys of a provider: which of those that it publishes can be used."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.util import urlsafe_b64decode

from app.identity.errors import ProviderUnavailableError
from app.identity.providers import Algorithm

PublicKey: TypeAlias = RSAKey | ECKey | OKPKey

_MOST_KEYS = 50
_SHORTEST_MODULUS = 2048 // 8  # bytes
_KINDS: dict[Algorithm, tuple[type[PublicKey], dict[str, str]]] = {
    Algorithm.RS256: (RSAKey, {"kty": "RSA"}),
    Algorithm.PS256: (RSAKey, {"kty": "RSA"}),
    Algorithm.ES256: (ECKey, {"kty": "EC", "crv": "P-256"}),
    Algorithm.EDDSA: (OKPKey, {"kty": "OKP", "crv": "Ed25519"}),
}


def usable(published: Mapping[str, Any], algorithm: Algorithm) -> Sequence[PublicKey]:
    """Return the keys among those *published* that verify signatures of *algorithm*.

    Others are passed over, as the standard has it (RFC 7517 section 5): keys of another
    kind or use, short ones, private ones, and those of which two bear one name.

    Raises:
        ProviderUnavailableError: it is no set of keys.
    """
    entries = published.get("keys")
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise ProviderUnavailableError("its keys are not a set of keys")
    keys = list(_usable(entries, algorithm))
    names = Counter(key.kid for key in keys)
    return [key for key in keys if names[key.kid] == 1]


def _usable(entries: Sequence[object], algorithm: Algorithm) -> Iterator[PublicKey]:
    key_type, kind = _KINDS[algorithm]
    for entry in entries:
        if not isinstance(entry, dict) or not _is_meant(entry, kind, algorithm):
            continue
        try:
            if key_type is not RSAKey or _modulus(entry) >= _SHORTEST_MODULUS:
                yield key_type.import_key(entry)
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            continue


def _is_meant(
    entry: Mapping[str, Any], kind: Mapping[str, str], algorithm: Algorithm
) -> bool:
    """Tell whether a key is of that *kind*, public, and for signatures of ours."""
    return (
        kind.items() <= entry.items()
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", str(algorithm)) == algorithm
        and entry.get("key_ops", ["verify"]) == ["verify"]
        # A private half that is published is known to everybody.
        and "d" not in entry
    )


def _modulus(entry: Mapping[str, Any]) -> int:
    """Return how many bytes the modulus of an RSA key has."""
    return len(urlsafe_b64decode(entry["n"].encode()).lstrip(b"\0"))
