"""Cases that can be told apart in whatever is answered, file or page."""

import io
import zipfile
from collections.abc import Iterable
from enum import StrEnum

import httpx2
import pypdfium2

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Place(StrEnum):
    """Where a case is, seen from the unit of who asks.

    *ABROAD* is of the same unit and of another client system.
    """

    OWN = "own"
    SIBLING = "sibling"
    PARENT = "parent"
    FOREIGN = "foreign"
    NOBODY = "nobody"
    ABROAD = "abroad"

    @property
    def mark(self) -> str:
        """What stands in every reference, id and code of the place's cases."""
        return f"canary-{self.value}-"

    @property
    def unit(self) -> str | None:
        """The unit that has the cases."""
        if self is Place.NOBODY:
            return None
        return "unit-of-own" if self is Place.ABROAD else f"unit-of-{self.value}"

    @property
    def source(self) -> str:
        """The client system that sends the cases."""
        return "client-b" if self is Place.ABROAD else "client-a"


def text_of(answer: httpx2.Response) -> str:
    """Return what *answer* says, in whatever form, its headers included."""
    # The way to the next page repeats what was asked.
    head = (value for name, value in answer.headers.items() if name != "link")
    return " ".join([*head, body_of(answer)])


def body_of(answer: httpx2.Response) -> str:
    """Return what the body of *answer* says, in whatever form."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    content = answer.content
    if kind == "application/pdf":
        pages = pypdfium2.PdfDocument(content)
        return " ".join(page.get_textpage().get_text_range() for page in pages)
    if kind == XLSX:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            return " ".join(file.read(name).decode() for name in file.namelist())
    return content.decode()


def places_in(text: str, places: Iterable[Place]) -> set[Place]:
    """Return those of *places* whose cases are spoken of."""
    return {place for place in places if place.mark in text}
