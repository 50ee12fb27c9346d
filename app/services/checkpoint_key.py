"""The Ed25519 key that signs checkpoints, and its public half for whoever verifies."""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class CheckpointKeyError(Exception):
    """A key can be neither read nor made, or is of another kind; the message says."""


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Return the key that signs, made at its first use for its owner alone.

    Raises:
        CheckpointKeyError: it is no Ed25519 key, or can be neither read nor made.
    """
    try:
        if not path.exists():
            _make(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise CheckpointKeyError(f"The signing key {path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise CheckpointKeyError(f"The signing key {path} is not of Ed25519.")
    return key


def known_key(path: Path) -> Ed25519PublicKey | None:
    """Return the public half of the key that signs, None if there is none yet.

    Raises:
        CheckpointKeyError: it is no Ed25519 key, or cannot be read.
    """
    return signing_key(path).public_key() if path.exists() else None


def verifying_key(path: Path) -> Ed25519PublicKey:
    """Return the public key in the PEM file *path*.

    Raises:
        CheckpointKeyError: it is no Ed25519 key, or cannot be read.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CheckpointKeyError(f"The public key {path}: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise CheckpointKeyError(f"The public key {path} is not of Ed25519.")
    return key


def raw(key: Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of *key*."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def pem(key: Ed25519PublicKey) -> str:
    """Return *key* as PEM, as OpenSSL reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def keep_name(path: Path) -> None:
    """Make sure that a power cut does not undo that *path* was made."""
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _make(path: Path) -> None:
    """Make a key under another name, and link it when it is whole.

    Of two processes that do so at once the first wins; a crash leaves no half key.
    """
    content = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # Such a file is private from the start.
    with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.") as unfinished:
        unfinished.write(content)
        unfinished.flush()
        os.fsync(unfinished.fileno())
        with suppress(FileExistsError):
            os.link(unfinished.name, path)
    keep_name(path)
