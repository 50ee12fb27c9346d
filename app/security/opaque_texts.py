"""Texts that only the service can make and read, each for one purpose."""

import base64


class OpaqueTexts:
    """Makes and reads such texts under a key of 64 bytes.

    By AES-SIV (RFC 5297), under which the same content for the same purpose is the
    same text: whoever asks the same twice gets the same answer.
    """

    def __init__(self, key: bytes) -> None:
        # Takes longer to import than most requests take to answer, and few give or
        # follow a cursor.
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415

        self._cipher = AESSIV(key)

    def made(self, content: bytes, *, purpose: str) -> str:
        """Return *content* as a text of letters, digits, `-` and `_`."""
        encrypted = self._cipher.encrypt(content, [purpose.encode()])
        return base64.urlsafe_b64encode(encrypted).rstrip(b"=").decode()

    def read(self, text: str, *, purpose: str) -> bytes | None:
        """Return what *text* was made of, None if it was not made for *purpose*."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 (as above)

        padded = text + "=" * (-len(text) % 4)
        try:
            encrypted = base64.b64decode(padded, altchars=b"-_", validate=True)
            return self._cipher.decrypt(encrypted, [purpose.encode()])
        except (InvalidTag, ValueError):
            return None
