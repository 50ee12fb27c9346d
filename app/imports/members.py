"""The members that events of each kind have, read off the definition of the events."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import get_args, get_origin, get_type_hints

from app.domain.events import (
    AssessmentFinalised,
    CaseClosed,
    CaseTransferred,
    DelayExplained,
    EventRetracted,
    InitiationDecided,
    Kind,
    NotificationReceived,
)

# What a correction says depends on the kind of its target; a file cannot tell it.
KINDS: Mapping[Kind, type] = {
    data.kind: data
    for data in (
        NotificationReceived,
        CaseTransferred,
        InitiationDecided,
        AssessmentFinalised,
        CaseClosed,
        DelayExplained,
        EventRetracted,
    )
}


class Form(StrEnum):
    """What the wire format wants as the value of a member."""

    TEXT = "text"
    WHOLE = "whole number"
    LIST = "list of texts"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of the data of an event; *choices* are its codes, if the list is closed.

    >>> [member.name for member in members(Kind.INITIATION)]
    ['outcome', 'answers', 'worker']
    """

    path: tuple[str, ...]
    form: Form
    choices: tuple[str, ...]
    is_required: bool

    @property
    def name(self) -> str:
        """Return the path as the mapping writes it."""
        return ".".join(self.path)

    @property
    def pointer(self) -> str:
        """Return the JSON pointer to the member in an event."""
        return "/data/" + "/".join(self.path)


def members(kind: Kind) -> tuple[Member, ...]:
    """Return the members of the data of events of *kind*, which is one of ``KINDS``."""
    return tuple(_members(KINDS[kind], ()))


def _members(data: type, path: tuple[str, ...]) -> Iterator[Member]:
    hints = get_type_hints(data)
    for field in fields(data):
        (hint,) = _without_none(hints[field.name])
        place = (*path, field.name)
        if is_dataclass(hint):
            yield from _members(hint, place)
        else:
            yield Member(
                path=place,
                form=_form(hint),
                choices=_choices(hint),
                is_required=not path and _is_required(field),
            )


def _without_none(hint: object) -> tuple[type, ...]:
    if get_origin(hint) is tuple:
        return (tuple,)
    types = get_args(hint) or (hint,)
    return tuple(each for each in types if each is not NoneType)


def _form(hint: type) -> Form:
    if hint is tuple:
        return Form.LIST
    return {int: Form.WHOLE, date: Form.DAY}.get(hint, Form.TEXT)


def _choices(hint: type) -> tuple[str, ...]:
    return tuple(hint) if issubclass(hint, StrEnum) else ()


def _is_required(field: "Field[object]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING
