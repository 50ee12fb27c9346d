"""Texts as client systems send them, in which nothing tells who someone is."""

import base64
import uuid
from collections.abc import Iterator
from hashlib import sha256

WORDS = ("Leppävaara", "lastensuojeluilmoitus", "Pähkinärinne", "yöpäivystys")


def harmless_texts() -> list[str]:
    """Return references, dates, numbers and words by the thousand, ever the same."""
    return [text for number in range(400) for text in _texts(number)]


def _texts(number: int) -> Iterator[str]:
    day, month = number % 28 + 1, number % 12 + 1
    clock = f"{number % 24:02}:{number % 60:02}:{number * 7 % 60:02}"
    digest = sha256(str(number).encode()).digest()
    yield str(uuid.uuid5(uuid.NAMESPACE_OID, str(number)))
    yield from (digest.hex(), digest.hex()[:40], digest.hex()[:12])
    yield base64.b64encode(digest).decode()
    yield from (f"A-2026-{number:04}", f"A-2026-{number * 24_989:07}")
    yield from (f"2026{month:02}{day:02}-{number:04}", f"{number:04}/2026")
    yield from (f"{day:02}-{number * 97:05}", f"{day:02}-2026-{number:04}")
    yield f"ESPOO/{number * 13:04}/{month:02}.{day:02}/2026"
    yield f"ESPOO/{number * 13:04}/{month:02}.{day:02}.01/2026"
    yield f"HEL 2026-{number * 311:06} T {month:02} {day:02} 01"
    yield f"1.2.246.562.24.{number * 400_009:011}"
    yield f"2026-{month:02}-{day:02}T{clock}+03:00"
    yield f"2026{month:02}{day:02}T{clock.replace(':', '')}+0300"
    yield f"2026-{month:02}-{day:02}T{clock}.{number * 2503 % 1_000_000:06}Z"
    yield from (f"{day}.{month}.2026", f"{day:02}.{month:02}.2026 klo 14.20")
    yield from (f"{day:02}{month:02}2026", f"{day:02}/{month:02}/2026")
    yield f"{WORDS[number % 4]} {number}"
    yield from (str(1_790_000_000 + number * 9_973), f"{number * 24_989:010}")
    yield f"{number * 1_009:,}".replace(",", " ") + ",50 e"
