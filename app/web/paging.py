"""Lists of several pages: the place that an address names, and the next page's."""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import urlencode

from fastapi import Request
from pydantic import TypeAdapter

from app.services.cursors import Cursors
from app.web.questions import UnfitAddressError

Place = TypeVar("Place")


class ListAsked(Protocol):
    """What is asked of a list; *cursor* tells the place behind which it goes on."""

    cursor: str | None

    @property
    def address(self) -> str:
        """The address of the first page of the answer."""


@dataclass(frozen=True, slots=True)
class Paging(Generic[Place]):
    """Carries places of a list in addresses, where nobody can read or change them."""

    places: TypeAdapter[Place]

    def place(self, request: Request, asked: ListAsked) -> Place | None:
        """Return the place that is asked for; None for the first page.

        Raises:
            UnfitAddressError: the cursor is none of ours, or one of another list.
        """
        if asked.cursor is None:
            return None
        cursors: Cursors = request.app.state.cursors
        found = cursors.texts.read(asked.cursor, purpose=asked.address)
        if found is None:
            raise UnfitAddressError
        return self.places.validate_json(found)

    def following(self, request: Request, asked: ListAsked, last: Place | None) -> str:
        """Return the address of the page behind *last*; empty if there is none."""
        if last is None:
            return ""
        cursors: Cursors = request.app.state.cursors
        told = self.places.dump_json(last)
        cursor = cursors.texts.made(told, purpose=asked.address)
        # Where nothing is chosen, the address ends with its question mark.
        joint = "" if asked.address.endswith("?") else "&"
        return f"{asked.address}{joint}{urlencode({'cursor': cursor})}"
